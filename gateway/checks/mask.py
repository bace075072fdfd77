"""Masking: how a found secret is kept out of every text that leaves the judging room.

Rules of this file: pure. A masked text keeps no trace of the secret, its length and its last punctuation included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.verdict import MASK

EXCERPT = 120
"""Characters of an excerpt at most."""
_BETWEEN = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*"
"""What may stand inside a secret where a line was folded or a client broke it."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_MASKS = re.compile(f"{MASK}(?:{_BETWEEN}{MASK})+")


class Mask:
    """Masks a set of secrets in any text, in any case and broken over white space."""

    def __init__(self, secrets: Iterable[str]) -> None:
        wanted = sorted({secret.strip() for secret in secrets} - {""}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_spelled, wanted)), re.IGNORECASE) if wanted else None

    def __call__(self, text: str) -> str:
        if self._pattern is None:
            return text
        return _MASKS.sub(MASK, self._pattern.sub(MASK, text))


def _spelled(secret: str) -> str:
    return _BETWEEN.join(re.escape(character) for character in secret if not character.isspace())


def excerpt(text: str) -> str:
    """One short line for people: no control characters, at most 120 characters. Mask first."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"
