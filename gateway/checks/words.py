"""Word lists made quick to ask: plain words and beginnings (`liit*`), in small letters.

Rules of this file: pure. Words of all languages are asked together: a reply may mix them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""A word of letters, apostrophes inside included."""


class WordSet:
    """Words and beginnings of words."""

    def __init__(self, entries: Iterable[str]) -> None:
        entries = [entry.lower() for entry in entries]
        self._words = frozenset(entry for entry in entries if not entry.endswith("*"))
        self._beginnings = tuple(entry[:-1] for entry in entries if entry.endswith("*"))

    def __contains__(self, word: object) -> bool:
        """Tell for a word in small letters."""
        return word in self._words or (isinstance(word, str) and word.startswith(self._beginnings))


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return WORD.findall(text.lower())
