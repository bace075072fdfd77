"""Notices in a browser: nothing is wider than the screen of a telephone."""

from __future__ import annotations

import pytest

from pictures import WIDTHS, WORDS, Browser, letters


@pytest.mark.parametrize("language", WORDS)
def test_no_notice_scrolls_sideways_on_a_telephone(language: str) -> None:
    """Held, with many findings and every kind of fix: the widest of them."""
    width, height = Browser().measure(letters(language)["busy"], WIDTHS["phone"])
    assert width <= WIDTHS["phone"]
    assert height > 1000  # it was really there
