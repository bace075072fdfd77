"""The words that speak of getting in, compiled from the lexicons: `opens`, `network`, `the key`, `in small letters`.

Rules of this file: pure. A clue alone says nothing; `passing` adds up what stands together. The long ones count at the
end of a compound too (Fotoalbum, nuottikansio). They are thousands, so they are looked up word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import re2

from gateway.checks.words import WordSet
from gateway.lexicon import Resources, compiled_once


class Clue(Enum):
    """What a word adds to the picture."""

    ENTER = auto()
    """logs in, opens, gets you in, asks for: somebody gets at something, or is asked who goes there."""
    KEY = auto()
    """the key, the word, avain, kod: names a secret only where something is entered."""
    PHRASE = auto()
    """the words, lauseella: the same for words with spaces."""
    PLACE = auto()
    """network, album, folder, portal: what one gets into."""
    SPELLING = auto()
    """in small letters, with a capital, the exclamation mark included: how something is typed."""
    CARE = auto()
    """change it, tell nobody, delete this mail."""
    MEANWHILE = auto()
    """for now, toistaiseksi, tills vidare."""


_LISTS = {
    "enters": Clue.ENTER,
    "phrases": Clue.PHRASE,
    "keys": Clue.KEY,
    "places": Clue.PLACE,
    "spelling": Clue.SPELLING,
    "care": Clue.CARE,
    "meanwhile": Clue.MEANWHILE,
}
_COMPOUND = 5
_TECHNICAL = 3
"""Different words of programs that make a text technical."""
_AROUND = bytes(range(33)) + b"\"'().,:;!?/-"

_LONGEST = 14
"""Letters of a compound's last part."""
_WORD = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """A clue where it stands."""

    start: int
    end: int
    clue: Clue


@dataclass(frozen=True, slots=True)
class Tongue:
    """The clues of one language."""

    hint: Any
    """RE2 over `octets_of` a text: where somebody gets in, or is told to type."""
    firsts: Mapping[str, tuple[tuple[str, Clue], ...]]
    """By their first word, the longest first."""
    tails: Mapping[str, Clue]
    """What a compound may end in."""
    withs: WordSet
    """with, mit, med, avec: before what opens something."""
    thens: WordSet
    """then, sitten, sedan: before the second of what is typed."""
    typed: Mapping[str, tuple[str, ...]]
    """type, key in, näppäile: before what is written as it stands; by their last word."""


@dataclass(frozen=True)
class Clues:
    """Everything that `passing` asks of the lexicons and `Lexemes` does not know."""

    tongues: Mapping[str, Tongue]
    """By language."""
    methods: WordSet
    """What one logs in or opens things with that is no secret: BankID, e-mail, a card, Acrobat."""
    refusals: tuple[str, ...]
    """A sentence with one of these is about something else: discounts, flights."""
    programs: Any
    """RE2 over `octets_of` a text: words of those who write programs and build machines."""

    def is_technical(self, text: str) -> bool:
        """Whether a text is about programs: there any word may be odd, and everything opens and has a key."""
        octets = octets_of(text)
        words: set[bytes] = set()
        for found in self.programs.finditer(octets):
            words.add(found[0].strip(_AROUND))
            if len(words) >= _TECHNICAL:
                return True
        return False


def octets_of(text: str) -> bytes:
    """A text in small letters, an octet for each character; what Latin-1 has not is a question mark."""
    return text.lower().encode("latin-1", "replace")


def octetwise() -> Any:  # noqa: ANN401  # RE2 has no types
    """Options of a pattern over `octets_of` a text."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    return options


def _hint(entries: Iterable[str]) -> Any:  # noqa: ANN401  # RE2 has no types
    spelled = [rb"\s".join(re.escape(part) for part in octets_of(entry).split()) for entry in entries]
    return re2.compile(rb"(?:^|[^a-z\x80-\xff])(?:" + b"|".join(spelled) + rb")(?:[^a-z\x80-\xff]|$)", octetwise())


def within(tongue: Tongue, text: str, start: int, end: int) -> Iterator[Found]:
    """The clues of a language between two positions of a text in small letters, from left to right."""
    behind = start
    for word in _WORD.finditer(text, start, end):
        begin = word.start()
        if begin < behind:
            continue
        entries = tongue.firsts.get(word[0])
        found = next((entry for entry in entries if _stands(text, begin, entry[0])), None) if entries else None
        if found:
            behind = begin + len(found[0])
            yield Found(begin, behind, found[1])
        elif len(word[0]) > _COMPOUND:
            clue = _tail(tongue, word[0])
            if clue:
                yield Found(begin, word.end(), clue)


def _stands(text: str, begin: int, entry: str) -> bool:
    """Whether an entry stands there as whole words; a line may end where it has a space."""
    end = begin + len(entry)
    here = text[begin:end]
    return (here == entry or ("\n" in here and here.replace("\n", " ") == entry)) and not text[end : end + 1].isalnum()


def _tail(tongue: Tongue, word: str) -> Clue | None:
    for length in range(min(_LONGEST, len(word) - 2), _COMPOUND - 1, -1):
        if word[-length:] in tongue.tails:
            return tongue.tails[word[-length:]]
    return None


def _by_last_word(entries: Iterable[str]) -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    for entry in map(str.lower, entries):
        *before, last = entry.split()
        words[last] = (*words.get(last, ()), " ".join(before))
    return words


@compiled_once
def clues(resources: Resources) -> Clues:
    """Compile the lists."""
    tongues = {}
    for lexicon in resources.lexicons:
        firsts: dict[str, dict[str, Clue]] = {}
        tails: dict[str, Clue] = {}
        for name, clue in _LISTS.items():
            for entry in map(str.lower, lexicon.words("password." + name)):
                first = _WORD.match(entry)
                if first:
                    firsts.setdefault(first[0], {}).setdefault(entry, clue)
                if clue in {Clue.KEY, Clue.PLACE} and _COMPOUND <= len(entry) <= _LONGEST and entry.isalpha():
                    tails.setdefault(entry, clue)
        longest = {
            first: tuple(sorted(entries.items(), key=lambda entry: -len(entry[0]))) for first, entries in firsts.items()
        }
        tongues[lexicon.language] = Tongue(
            _hint([*lexicon.words("password.enters"), *lexicon.words("password.typed")]),
            longest,
            tails,
            WordSet(lexicon.words("password.withs")),
            WordSet(lexicon.words("password.thens")),
            _by_last_word(lexicon.words("password.typed")),
        )
    return Clues(
        tongues=tongues,
        methods=WordSet(resources.words("password.methods")),
        refusals=tuple(word.lower() for word in resources.words("password.refusals")),
        programs=_hint(resources.words("password.programs")),
    )
