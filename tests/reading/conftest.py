"""Fixtures of the reading room's tests."""

import pytest

from gateway.lexicon import Resources
from gateway.reading.words import Words, words_of
from mailmaking import resources as shipped


@pytest.fixture
def resources() -> Resources:
    return shipped()


@pytest.fixture
def words(resources: Resources) -> Words:
    return words_of(resources)
