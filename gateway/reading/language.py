"""Which language a text is in, also when it is five words long.

Rules of this file: pure; linear; about the first 100 words are looked at; never raises. Small words tell most, the
ends of the others and letters beyond ASCII tell the rest; what several languages share tells each of them less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.reading.words import Words

MAX_WORDS = 100
MIN_SCORE = 0.3
_SUFFIX = 0.5
_LETTER = 0.5
_FOREIGN_LETTER = 0.2
_LONGEST = 5
_LINK = re.compile(r"\S*(?:@|://)\S*")
_WORD = re.compile(r"[^\W\d_]+")


def language_of(lines: Iterable[str], words: Words) -> str:
    """ISO 639-1 of the language that the words of the lines belong to most; "" where nothing tells."""
    scores: dict[str, float] = {}
    seen = 0
    for line in lines:
        text = _LINK.sub(" ", line[:1000]) if "@" in line or "://" in line else line[:1000]
        for word in _WORD.findall(text):
            if len(word) > 1 and word.isupper():
                continue  # codes and cries
            seen += 1
            _score(word.lower(), words, scores)
        if seen > MAX_WORDS:
            break
    best = max(scores, key=lambda language: scores[language], default="")
    return best if scores.get(best, 0) >= MIN_SCORE else ""


def _score(word: str, words: Words, scores: dict[str, float]) -> None:
    if word in words.function_words:
        _share(1.0, words.function_words[word], scores)
    else:
        for size in range(min(_LONGEST, len(word) - 1), 1, -1):
            if word[-size:] in words.suffixes:
                _share(_SUFFIX * size / 3, words.suffixes[word[-size:]], scores)
                break
    if not word.isascii():
        for letter in set(word):
            if letter in words.letters:
                languages = words.letters[letter]
                _share(_LETTER, languages, scores)
                for language in scores.keys() - languages:
                    scores[language] -= _FOREIGN_LETTER


def _share(weight: float, languages: tuple[str, ...], scores: dict[str, float]) -> None:
    share = weight / len(languages)
    for language in languages:
        scores[language] = scores.get(language, 0.0) + share
