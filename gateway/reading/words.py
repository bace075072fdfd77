"""The word lists that reading needs, in the form in which it looks things up.

Rules of this file: pure; one compilation per `Resources` object, kept as long as that object lives. Every look-up costs
the length of the line, never the length of the lists.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import re2

from gateway.lexicon import Resources

LABELS = ("from", "sent", "to", "cc", "subject")
"""What a header block above a quote is made of."""
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019\u00b4`.-][^\W_]+)*")


_FIRST = re.compile(r"[\W_]{0,3}" + f"({_TOKEN.pattern})")


class Token(NamedTuple):
    """A word of a line and where it stands."""

    word: str
    """In lower case."""
    start: int
    end: int


def tokens(text: str, limit: int = 120) -> list[Token]:
    """The words at the beginning of a line."""
    return [Token(m[0].lower(), m.start(), m.end()) for m in _TOKEN.finditer(text[:limit])]


class Phrases:
    """Phrases by their first word, the longest first."""

    __slots__ = ("_by_first",)

    def __init__(self, phrases: Iterable[str]) -> None:
        by_first: dict[str, set[tuple[str, ...]]] = {}
        for phrase in phrases:
            words = tuple(match[0].lower() for match in _TOKEN.finditer(phrase))
            if words:
                by_first.setdefault(words[0], set()).add(words)
        self._by_first = {first: tuple(sorted(them, key=len, reverse=True)) for first, them in by_first.items()}

    def open(self, text: str) -> bool:
        """Tell whether a row's first word begins any phrase: a cheap look before `length`."""
        found = _FIRST.match(text)
        return found is not None and found[1].lower() in self._by_first

    def length(self, line: Sequence[Token], at: int = 0) -> int:
        """How many words of the longest phrase stand in the line from `at` on; 0 for none."""
        if at >= len(line):
            return 0
        for words in self._by_first.get(line[at].word, ()):
            size = len(words)
            if all(
                token.word == word for token, word in zip(line[at : at + size], words, strict=False)
            ) and at + size <= len(line):
                return size
        return 0


class Anywhere:
    """Phrases to be found anywhere in a text, by one automaton (RE2: linear time)."""

    __slots__ = ("_pattern",)

    def __init__(self, phrases: Iterable[str]) -> None:
        parts = [r"\s+".join(re2.escape(word) for word in phrase.lower().split()) for phrase in phrases]
        self._pattern = re2.compile("|".join(parts)) if parts else None

    def search(self, text: str) -> bool:
        """Tell whether any phrase stands in a text, in letters of any case."""
        return self._pattern is not None and self._pattern.search(text.lower()) is not None


@dataclass(frozen=True)
class Words:
    """Every list, compiled."""

    greetings: Phrases
    greetings_if_alone: Phrases
    greetings_with_name: Phrases
    greeting_nouns: frozenset[str]
    thanks: Phrases
    closings: Phrases
    attribution_verbs: frozenset[str]
    original_message: frozenset[str]
    labels: Mapping[str, str]
    disclaimers: Anywhere
    mobile: Phrases
    reply_above: Anywhere
    ticket_words: Phrases
    function_words: Mapping[str, tuple[str, ...]]
    """Word → the languages that use it."""


def _compile(resources: Resources) -> Words:
    function: dict[str, list[str]] = {}
    for lexicon in resources.lexicons:
        for word in lexicon.words("function_words"):
            function.setdefault(word.lower(), []).append(lexicon.language)
    labels = {word.lower(): kind for kind in LABELS for word in resources.words(f"labels_{kind}")}
    return Words(
        greetings=Phrases(resources.words("greetings")),
        greetings_if_alone=Phrases(resources.words("greetings_if_alone")),
        greetings_with_name=Phrases(resources.words("greetings_with_name")),
        greeting_nouns=frozenset(word.lower() for word in resources.words("greeting_nouns")),
        thanks=Phrases(resources.words("thanks")),
        closings=Phrases(resources.words("closings")),
        attribution_verbs=frozenset(word.lower() for word in resources.words("attribution_verbs")),
        original_message=frozenset(word.lower() for word in resources.words("original_message")),
        labels=labels,
        disclaimers=Anywhere(resources.words("disclaimers")),
        mobile=Phrases(resources.words("mobile_signatures")),
        reply_above=Anywhere(resources.words("reply_above")),
        ticket_words=Phrases(resources.words("ticket_words")),
        function_words={word: tuple(languages) for word, languages in function.items()},
    )


_COMPILED: dict[int, tuple[weakref.ref[Resources], Words]] = {}


def words_of(resources: Resources) -> Words:
    """The compiled lists of these resources, made once."""
    found = _COMPILED.get(id(resources))
    if found is not None and found[0]() is resources:
        return found[1]
    for key in [key for key, (alive, _) in _COMPILED.items() if alive() is None]:
        del _COMPILED[key]
    words = _compile(resources)
    _COMPILED[id(resources)] = (weakref.ref(resources), words)
    return words
