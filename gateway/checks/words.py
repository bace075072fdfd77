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
        self.entries = frozenset(entries)
        self._words = frozenset(entry for entry in entries if not entry.endswith("*"))
        self._beginnings = frozenset(entry[:-1] for entry in entries if entry.endswith("*"))
        self._sizes = sorted({len(beginning) for beginning in self._beginnings})

    def __contains__(self, word: object) -> bool:
        """Tell for a word in small letters."""
        if word in self._words:
            return True
        return isinstance(word, str) and any(word[:size] in self._beginnings for size in self._sizes)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return WORD.findall(text.lower())
