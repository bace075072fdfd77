"""Which language a text is in, also when it is five words long.

Rules of this file: pure; linear; about the first 100 words are looked at; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.reading.words import Words

MAX_WORDS = 100
_WORD = re.compile(r"[^\W\d_]+")


def language_of(lines: Iterable[str], words: Words) -> str:
    """ISO 639-1 of the language that most of the lines' small words belong to; "" where nothing tells."""
    scores: dict[str, float] = {}
    table = words.function_words
    seen = 0
    for line in lines:
        for word in _WORD.findall(line[:1000].lower()):
            seen += 1
            if word in table:
                languages = table[word]
                share = 1 / len(languages)
                for language in languages:
                    scores[language] = scores.get(language, 0) + share
        if seen > MAX_WORDS:
            break
    if not scores:
        return ""
    return max(scores, key=lambda language: scores[language])
