"""Which language a text is in, also when it is five words long.

Rules of this file: pure; linear; about the first 100 words are looked at; never raises. Small words tell most, the
ends of the others and letters beyond ASCII tell the rest; what several languages share tells each of them less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.reading.words import Vote, Voters, Words

MAX_WORDS = 100
MIN_SCORE = 0.3
_DECISIVE = 3.0
"""A lead of so many small words over the second language is not lost again."""
_ENOUGH = 8
"""Words, before a lead is looked at."""
_LONGEST = 5
_WORD = re.compile(r"[^\W\d_]+")
_LINK = re.compile(r"\S*(?:@|://)\S*")


def language_of(lines: Iterable[str], words: Words) -> str:
    """ISO 639-1 of the language that the words of the lines belong to most; "" where nothing tells."""
    voters = words.voters
    scores = [0.0] * len(voters.languages)
    seen = 0
    for line in lines:
        text = _LINK.sub(" ", line[:1000]) if "@" in line or "://" in line else line[:1000]
        for word in _WORD.findall(text):
            if len(word) > 1 and word.isupper():
                continue  # codes and cries
            seen += 1
            for votes in _votes(word.lower(), voters):
                for at, vote in votes:
                    scores[at] += vote
        if seen > MAX_WORDS or (seen > _ENOUGH and _lead(scores) > _DECISIVE):
            break
    best = max(scores, default=0.0)
    return voters.languages[scores.index(best)] if best >= MIN_SCORE else ""


def _lead(scores: list[float]) -> float:
    first, second, *_ = sorted([*scores, 0.0, 0.0], reverse=True)
    return first - second


def _votes(word: str, voters: Voters) -> list[tuple[Vote, ...]]:
    found = []
    if word in voters.words:
        found.append(voters.words[word])
    else:
        for size in range(min(_LONGEST, len(word) - 1), 1, -1):
            if (suffix := word[-size:]) in voters.suffixes:
                found.append(voters.suffixes[suffix])
                break
    if not word.isascii():
        found += [voters.letters[letter] for letter in set(word) if letter in voters.letters]
    return found
