"""The word lists that reading needs, in the form in which it looks things up.

Rules of this file: pure; compiled once per `Resources` object. Every look-up costs
the length of the line, never the length of the lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import normalize

import re2

from gateway.lexicon import Resources, compiled_once

LABELS = ("from", "sent", "to", "cc", "subject")
"""What a header block above a quote is made of."""
_MEMORY = 64 << 20
"""Octets that one automaton may take; with fewer RE2 falls back to a slow way for the long lists."""
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019\u00b4`.-][^\W_]+)*")
_FIRST = re.compile(r"[\W_]{0,8}" + f"({_TOKEN.pattern})")


class Tokens:
    """The words at the beginning of a row, in lower case, and where they stand."""

    __slots__ = ("_matches", "words")

    def __init__(self, text: str, limit: int) -> None:
        self._matches = list(_TOKEN.finditer(text, 0, limit))
        self.words = [match[0].lower() for match in self._matches]

    def __len__(self) -> int:
        return len(self.words)

    def start(self, at: int) -> int:
        return self._matches[at].start()

    def end(self, at: int) -> int:
        return self._matches[at].end()


def tokens(text: str, limit: int = 120) -> Tokens:
    """The words within the first `limit` characters."""
    return Tokens(text, limit)


def first_word(text: str) -> str:
    """The first word of a row in lower case, "" when the row begins otherwise."""
    found = _FIRST.match(text)
    return found[1].lower() if found else ""


class Phrases:
    """Phrases to be found where a row begins, the longest first."""

    __slots__ = ("_by_first",)

    def __init__(self, phrases: Iterable[str]) -> None:
        by_first: dict[str, set[tuple[str, ...]]] = {}
        for phrase in phrases:
            words = tuple(match[0].lower() for match in _TOKEN.finditer(phrase))
            if words:
                by_first.setdefault(words[0], set()).add(words)
        self._by_first = {
            first: (frozenset(them), tuple(sorted({len(one) for one in them}, reverse=True)))
            for first, them in by_first.items()
        }

    @property
    def first_words(self) -> frozenset[str]:
        return frozenset(self._by_first)

    def open(self, text: str) -> bool:
        """Tell whether a row's first word begins any phrase: a cheap look before `length`."""
        return first_word(text) in self._by_first

    def length(self, line: Tokens, at: int = 0) -> int:
        """How many words of the longest phrase stand in the line from `at` on; 0 for none."""
        words = line.words
        if at >= len(words) or words[at] not in self._by_first:
            return 0
        phrases, sizes = self._by_first[words[at]]
        for size in sizes:
            if at + size <= len(words) and tuple(words[at : at + size]) in phrases:
                return size
        return 0


class Anywhere:
    """Phrases to be found wherever a word begins in a text, by one automaton (RE2: linear time)."""

    __slots__ = ("_pattern",)

    def __init__(self, phrases: Iterable[str]) -> None:
        parts = [r"\s+".join(re2.escape(word) for word in phrase.split()) for phrase in phrases]
        options = re2.Options()
        options.max_mem = _MEMORY
        self._pattern = re2.compile(rf"(?i)(?:^|[^\pL\pN])({'|'.join(parts)})", options) if parts else None

    def search(self, text: str) -> bool:
        """Tell whether any phrase stands in a text, in letters of any case."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where phrases stand in a text."""
        if self._pattern is None or self._pattern.search(text) is None:
            return []
        return [match.span(1) for match in self._pattern.finditer(text)]


Vote = tuple[int, float]
"""A language by its place in `Voters.languages`, and how much is said for it."""


class Voters(NamedTuple):
    """What tells a language."""

    languages: tuple[str, ...]
    words: Mapping[str, tuple[Vote, ...]]
    suffixes: Mapping[str, tuple[Vote, ...]]
    letters: Mapping[str, tuple[Vote, ...]]


@dataclass(frozen=True)
class Words:
    """Every list, compiled."""

    salutations: frozenset[str]
    """First words of all that greets: a cheap look before the rest."""
    greetings: Phrases
    greetings_if_alone: Phrases
    greetings_with_name: Phrases
    greeting_nouns: frozenset[str]
    titles: frozenset[str]
    given_names: frozenset[str]
    """Small words that are names too."""
    no_greetings: Phrases
    """What begins like a salutation and is none: `Hello Kitty`."""
    praised: frozenset[str]
    """What `good` and `dear` say of things, not of readers: `Hyvä homma, …`."""
    connectors: frozenset[str]
    """`and` between two names."""
    desks: frozenset[str]
    """Words that make a display name or an address no person's: a desk, a house."""
    thanks: Phrases
    closings: Phrases
    closing_cores: frozenset[str]
    """A short row of nothing but these and their company closes: `Best wishes from all of us`."""
    closing_company: frozenset[str]
    closing_openers: frozenset[str]
    """First words of all that closes: a cheap look before the rest."""
    attribution_verbs: frozenset[str]
    original_message: frozenset[str]
    labels: Mapping[str, str]
    disclaimers: Anywhere
    privacy: Anywhere
    """What stands in footers about personal data, and in the matter too: it counts at the end only."""
    mobile: Phrases
    reply_above: Anywhere
    notices: Anywhere
    """What machines put above the matter: mail from outside, do not reply."""
    ticket_words: Phrases
    function_words: frozenset[str]
    """The small words of all languages."""
    voters: Voters


def _voters(resources: Resources) -> Voters:
    languages = tuple(lexicon.language for lexicon in resources.lexicons)
    return Voters(
        languages,
        _votes(resources, "function_words", lambda _: 1.0),
        _votes(resources, "suffixes", lambda suffix: len(suffix) / 6),
        _votes(resources, "letters", lambda _: 0.5, against=0.2),
    )


def _votes(
    resources: Resources, name: str, weight: Callable[[str], float], *, against: float = 0.0
) -> dict[str, tuple[Vote, ...]]:
    """For each entry of a list: what it tells of each language. What several share tells each of them less."""
    sharing: dict[str, list[int]] = {}
    for at, lexicon in enumerate(resources.lexicons):
        for word in dict.fromkeys(lexicon.words(name)):
            sharing.setdefault(word.lower(), []).append(at)
    return {
        word: tuple(
            (at, weight(word) / len(those) if at in those else -against)
            for at in range(len(resources.lexicons))
            if at in those or against
        )
        for word, those in sharing.items()
    }


_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "ł": "l", "ß": "ss"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _plain(phrase: str) -> str:
    return normalize("NFKD", phrase.translate(_PLAIN)).encode("ascii", "ignore").decode()


def _plain_too(resources: Resources, name: str) -> frozenset[str]:
    words = [word.lower() for word in resources.words(name)]
    return frozenset([*words, *map(_plain, words)])


def _spelt(resources: Resources, name: str) -> Phrases:
    """A list of phrases, with what people write who have no such keys: `Hyvaa paivaa`, `Mit freundlichen Gruessen`."""
    phrases = [phrase.lower() for phrase in resources.words(name)]
    plain = [_plain(phrase) for phrase in phrases]
    german = [
        phrase.lower().translate(_GERMAN)
        for lexicon in resources.lexicons
        if lexicon.language == "de"
        for phrase in lexicon.words(name)
    ]
    return Phrases([*phrases, *plain, *german])


@compiled_once
def words_of(resources: Resources) -> Words:
    """The compiled lists of these resources, made once."""
    labels = {word.lower(): kind for kind in LABELS for word in resources.words(f"labels_{kind}")}
    closings = _spelt(resources, "closings")
    cores, company = (_plain_too(resources, name) for name in ("closing_cores", "closing_company"))
    greets = [_spelt(resources, name) for name in ("greetings", "greetings_if_alone", "greetings_with_name")]
    return Words(
        salutations=frozenset().union(*(phrases.first_words for phrases in greets)),
        greetings=greets[0],
        greetings_if_alone=greets[1],
        greetings_with_name=greets[2],
        greeting_nouns=frozenset(word.lower() for word in resources.words("greeting_nouns")),
        given_names=frozenset(word.lower() for word in resources.words("given_names")),
        titles=frozenset(word.lower() for word in resources.words("titles")),
        no_greetings=Phrases(resources.words("no_greetings")),
        praised=frozenset(word.lower() for word in resources.words("praised")),
        connectors=frozenset(word.lower() for word in resources.words("connectors")),
        desks=frozenset(word.lower() for word in resources.words("desks")),
        thanks=_spelt(resources, "thanks"),
        closings=closings,
        closing_cores=cores,
        closing_company=company,
        closing_openers=closings.first_words | cores | company,
        attribution_verbs=frozenset(word.lower() for word in resources.words("attribution_verbs")),
        original_message=frozenset(word.lower() for word in resources.words("original_message")),
        labels=labels,
        privacy=Anywhere(resources.words("privacy_footers")),
        disclaimers=Anywhere(resources.words("disclaimers")),
        mobile=Phrases(resources.words("mobile_signatures")),
        reply_above=Anywhere(resources.words("reply_above")),
        notices=Anywhere(resources.words("notices")),
        ticket_words=Phrases(resources.words("ticket_words")),
        function_words=frozenset(word.lower() for word in resources.words("function_words")),
        voters=_voters(resources),
    )
