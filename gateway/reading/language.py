"""Which language a text is in, also when it is five words long.

Rules of this file: pure; linear; at most the first 300 words are looked at; never raises.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.reading.words import Words, tokens

MAX_WORDS = 300


def language_of(lines: Iterable[str], words: Words) -> str:
    """ISO 639-1 of the language that most of the lines' small words belong to; "" where nothing tells."""
    scores: dict[str, float] = {}
    seen = 0
    table = words.function_words
    for line in lines:
        for token in tokens(line, 1000):
            seen += 1
            languages = table.get(token.word)
            if languages:
                share = 1 / len(languages)
                for language in languages:
                    scores[language] = scores.get(language, 0) + share
        if seen > MAX_WORDS:
            break
    if not scores:
        return ""
    return max(scores, key=lambda language: scores[language])
