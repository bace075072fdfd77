"""A store on disk that the commands work on."""

from pathlib import Path

import pytest

from kept import Kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)
