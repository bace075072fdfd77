"""The words by which a person orders something in an answer to a notice, in every language of our notices.

Rules of this file: pure; a language is one `OrderWords` and one line in `ORDER_WORDS`. Words of all languages are taken
whatever language the notice is in: who writes Finnish to customers may think in Swedish. A word that is a small word of
another of these languages stands in `at_home`, and counts in its own language alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verb(StrEnum):
    """What an answer can order."""

    RELEASE = "release"
    DISCARD = "discard"
    FIX = "fix"
    ASK = "ask"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class OrderWords:
    """One language's words, in small letters, with and without their diacritics."""

    verbs: Mapping[Verb, frozenset[str]]
    at_home: Mapping[Verb, frozenset[str]] = field(default_factory=dict)
    particles: frozenset[str] = frozenset()
    """What may stand behind a verb and is no reason: `päästä eteenpäin`."""
    negations: frozenset[str] = frozenset()
    """Behind a verb without a colon these turn it round: `släpp inte`."""
    all: frozenset[str] = frozenset()
    """`fix all`."""
    fillers: frozenset[str] = frozenset()
    """Between the names of fixes."""
    reason: frozenset[str] = frozenset()
    """What stands where a reason is to be written, and is none."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORDER_WORDS: Mapping[str, OrderWords] = {
    "en": OrderWords(
        verbs={
            Verb.RELEASE: _words("release"),
            Verb.DISCARD: _words("discard"),
            Verb.FIX: _words("fix mend correct"),
            Verb.ASK: _words("ask"),
            Verb.HELP: _words("help commands"),
        },
        negations=_words("not no"),
        all=_words("all everything"),
        fillers=_words("and please thanks it them the suggestion suggestions with"),
        reason=_words("reason"),
    ),
    "fi": OrderWords(
        verbs={
            Verb.RELEASE: _words("vapauta päästä paasta"),
            Verb.DISCARD: _words("hylkää hylkaa"),
            Verb.FIX: _words("korjaa"),
            Verb.ASK: _words("pyydä pyyda"),
            Verb.HELP: _words("ohje ohjeet apua"),
        },
        particles=_words("eteenpäin eteenpain"),
        negations=_words("ei älä ala"),
        all=_words("kaikki"),
        fillers=_words("ja kiitos se ne ehdotus ehdotukset ehdotuksilla ehdotusten mukaan"),
        reason=_words("syy"),
    ),
    "sv": OrderWords(
        verbs={
            Verb.RELEASE: _words("släpp slapp frisläpp frislapp"),
            Verb.DISCARD: _words("kasta förkasta forkasta"),
            Verb.FIX: _words("rätta ratta fixa"),
            Verb.ASK: _words("fråga fraga"),
            Verb.HELP: _words("hjälp hjalp"),
        },
        at_home={Verb.ASK: _words("be")},
        negations=_words("inte ej aldrig"),
        all=_words("alla allt"),
        fillers=_words("och tack den det dem förslag förslaget förslagen med"),
        reason=_words("skäl orsak"),
    ),
}


def verb_of(word: str, language: str) -> Verb | None:
    """What a word orders; None for any other word."""
    small = word.casefold()
    for own, words in ORDER_WORDS.items():
        for verb, forms in words.verbs.items():
            if small in forms or (own == language and small in words.at_home.get(verb, ())):
                return verb
    return None


PARTICLES = frozenset[str]().union(*(words.particles for words in ORDER_WORDS.values()))
NEGATIONS = frozenset[str]().union(*(words.negations for words in ORDER_WORDS.values()))
ALL = frozenset[str]().union(*(words.all for words in ORDER_WORDS.values()))
FILLERS = frozenset[str]().union(*(words.fillers for words in ORDER_WORDS.values()))
PLACEHOLDERS = frozenset[str]().union(*(words.reason for words in ORDER_WORDS.values()))
