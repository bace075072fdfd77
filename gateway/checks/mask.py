"""Masking: how a found secret is kept out of every text that leaves the judging room.

Rules of this file: pure. A masked text keeps no trace of the secret, its length and its last punctuation included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.entities import codepoint2name
from urllib.parse import quote

from gateway.verdict import MASK

EXCERPT = 120
"""Characters of an excerpt at most."""
_LONG = 4000
"""Characters of a line that are looked at for an excerpt."""
_BETWEEN = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*"
"""What may stand inside a secret where a line was folded or a client broke it."""
_SPACE = r"(?:[\s\u00ad\u200b-\u200f\u2060\ufeff]|%20|%C2%A0|\+|&nbsp;|&#32;)*"
"""A space of a secret, in a URL, a form and HTML too."""
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
    return _SPACE.join(_BETWEEN.join(map(_written, word)) for word in secret.split())


def _written(character: str) -> str:
    """One character in any case (`ß` is two in capitals, which `re.IGNORECASE` does not know), in a URL and in HTML."""
    if character.isascii() and character.isalnum():
        return character
    cases = {character, character.lower(), character.upper(), character.casefold()}
    forms = [_BETWEEN.join(map(re.escape, form)) for form in cases]
    forms += [quote(form, safe="", errors="surrogatepass") for form in cases]
    forms += [f"&{name};" for form in cases if len(form) == 1 for name in _entities(ord(form))]
    return f"(?:{'|'.join(sorted(dict.fromkeys(forms), key=len, reverse=True))})"


def _entities(letter: int) -> tuple[str, ...]:
    return (f"#{letter}", codepoint2name[letter]) if letter in codepoint2name else (f"#{letter}",)


def excerpt(text: str) -> str:
    """One short line for people: nothing that does not print, at most 120 characters. Mask first."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text[:_LONG]).split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"
