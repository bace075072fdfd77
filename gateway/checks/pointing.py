"""Pointing and saying: whether what is written beside a file says anything, or only that the file is there.

Rules of this file: pure. Each sentence is read in the language whose lists know most of its words. Clause by clause,
what points (`attachment.pointers`), what is enclosed (`things`), that it was agreed, asked for or forgotten (`agreed`)
and when (`occasions`), courtesy (`stock`) and filling (`fillers`, `common`) say nothing; what the reader has to do,
owes or finds changed (`matter`) always does. Of other words a few are needed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gateway.checks.words import WordSet, words_of
from gateway.lexicon import Lexicon, Resources, compiled_once

_WRAP = re.compile(r"(?<=[^\n.!?:])\n(?=[^\W\d_])")
"""A line's end inside a sentence."""
_SENTENCE_END = re.compile(r"[!?]+(?:\s+|$)|(?<!\d)\.+(?:\s+|$)|(?<=\d)\.+(?=\s+[^\W\d_a-zäöåõüæøéèß]|\s*$)|\n+")
_CLAUSE_END = re.compile(r"[;,:]\s|\s[-–—]\s|[()]")
_FILE_NAME = re.compile(r"(?<!\S)\S{1,200}\.[a-zA-Z0-9]{2,4}(?!\w)")
_ADDRESS = re.compile(r"(?<!\S)\S{1,200}@\S{1,200}|\b(?:https?://|www\.)\S+|\+?\d[\d ()-]{7,30}\d")
_MONEY = re.compile(
    r"(?:€|\$|£|\b(?:eur|sek|nok|dkk|pln|usd|gbp|kr)\b\.?)\s?\d|\d\s?(?:€|\$|£|%|zł|(?:eur|euro\w*|kr|sek|nok|dkk|pln|usd|gbp|kn)\b)",
    re.IGNORECASE,
)
_APOSTROPHE = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
_NO_SPACES = "\N{THAI CHARACTER KO KAI}"
"""From here on in Unicode most scripts set no spaces between words."""
_NOISE = re.compile(r"[\W\d_]{60,}")
_MOST = 16_000
"""Characters of a body at most, noise left out."""
_TOO_LONG = 400
"""More words than anybody spends on pointing at a file."""
_ELISION = 4
"""Letters that an apostrophe takes off at most: `dell'`, `qu'`, `'ve`."""
_LOOK = 40
"""Letters of a word at most."""
_ITEM_WORDS = 5
_THANKS_WORDS = 8
"""Words of thanks for a meeting, an order, a question."""
_NAMES_BESIDE = 3
"""Words of a further thing in an enumeration."""
_FIRST_PART = 3
_LAST_PART = 4
"""Letters of the parts of a compound at least."""
_MISSPELT = 6
"""Letters that a word must have to be taken for another one misspelt."""
_FILLERS = ("attachment.fillers", "attachment.stock", "common")
_TELLING = tuple(f"attachment.{name}" for name in ("pointers", "things", "agreed", "occasions", "matter"))


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists of one language."""

    pointers: WordSet
    misspelt: frozenset[str]
    """Pointers with one letter left out."""
    things: WordSet
    compounds: re.Pattern[str]
    """What is enclosed, as the last part of a longer word: `maksukuitti`, `lagerlista`."""
    joins: re.Pattern[str]
    """`and`, `that`, `but`: they may join a clause that says something to one that points."""
    thanks: tuple[str, ...]
    agreed: WordSet
    occasions: WordSet
    matter: WordSet
    fillers: WordSet
    known: WordSet
    """All of them, to tell the language by."""

    def points(self, word: str) -> bool:
        return word in self.pointers or (not self.fills(word) and self.is_misspelt(word))

    def is_misspelt(self, word: str) -> bool:
        return len(word) >= _MISSPELT and not self.misspelt.isdisjoint(_shortened(word))

    def fills(self, word: str) -> bool:
        return word in self.fillers or self.names(word)

    def names(self, word: str) -> bool:
        return word in self.things or self.compounds.search(word, _FIRST_PART) is not None

    def matters(self, word: str) -> bool:
        return word in self.matter and self.compounds.search(word, _FIRST_PART) is None


@compiled_once
def _languages(resources: Resources) -> tuple[_Lists, ...]:
    return tuple(map(_lists, resources.lexicons))


def _lists(lexicon: Lexicon) -> _Lists:
    words = lexicon.words
    pointers = words("attachment.pointers")
    things = words("attachment.things")
    last = [re.escape(word[:-1]) for word in things if word.endswith("*") and len(word) > _LAST_PART]
    long = [word.rstrip("*") for word in pointers if len(word.rstrip("*")) >= _MISSPELT]
    return _Lists(
        pointers=WordSet(pointers),
        misspelt=frozenset(short for word in long for short in _shortened(word)),
        things=WordSet(things),
        joins=re.compile(
            rf"\s(?:{'|'.join(map(re.escape, (*words('connectors'), *words('attachment.joins')))) or '(?!)'})\s"
        ),
        thanks=tuple(f"{word.lower()} " for word in words("thanks")),
        compounds=re.compile("|".join(last) or r"(?!)"),
        agreed=WordSet(words("attachment.agreed")),
        occasions=WordSet(words("attachment.occasions")),
        matter=WordSet(words("attachment.matter")),
        fillers=WordSet(entry for name in _FILLERS for entry in words(name)),
        known=WordSet(entry for name in (*_TELLING, *_FILLERS) for entry in words(name)),
    )


def _shortened(word: str) -> Iterator[str]:
    """A word, and all that is left of it when one letter is missing."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def says(body: str, least: int, resources: Resources, names: Sequence[str], people: Collection[str]) -> bool:
    """Tell whether a body says at least so much; the files' names and the people's are nothing said."""
    for name in names:
        body = body.replace(name, " ")
    body = _NOISE.sub("\n\n", body)[:_MOST]
    if len(words_of(body)) > _TOO_LONG:
        return True
    body = _WRAP.sub(" ", _ADDRESS.sub(" ", _FILE_NAME.sub(" ", body)))
    said, listing = 0, False
    for sentence in _SENTENCE_END.split(body):
        if not sentence.strip():
            continue
        spoken = [word for word in _words(sentence) if word not in people]
        lists = _language_of(spoken, resources)
        if listing and len(spoken) <= _ITEM_WORDS and not any(map(lists.matters, spoken)):
            continue
        listing = sentence.rstrip().endswith(":") and any(map(lists.points, spoken))
        said += _weight_of(sentence, lists, people, least)
        if said >= least:
            return True
    return False


def _words(text: str) -> Iterator[str]:
    """Words without what an apostrophe joins to them; single letters are none."""
    for word in words_of(text):
        for part in _APOSTROPHE.split(word[:_LOOK]):
            whole = part == word or len(part) > _ELISION or (len(part) > 2 and len(part) * 2 > len(word))
            if whole and (len(part) > 1 or part >= _NO_SPACES):
                yield part


def _language_of(spoken: Sequence[str], resources: Resources) -> _Lists:
    return max(_languages(resources), key=lambda lists: sum(word in lists.known for word in spoken))


def _weight_of(sentence: str, lists: _Lists, people: Collection[str], least: int) -> int:
    """How many words a sentence says."""
    if _is_address(sentence):
        return 0
    said, pointed = 0, False
    clauses = (part for clause in _CLAUSE_END.split(sentence) for part in lists.joins.split(clause))
    for clause in filter(str.strip, clauses):
        spoken = [word for word in _words(clause) if word not in people]
        if any(map(lists.matters, spoken)) or _MONEY.search(clause):
            return least
        if clause.lower().lstrip().startswith(lists.thanks) and len(spoken) <= _THANKS_WORDS:
            continue
        said += _own_words(spoken, lists, pointed=pointed)
        pointed = pointed or any(map(lists.points, spoken))
    return said


def _own_words(spoken: Sequence[str], lists: _Lists, *, pointed: bool) -> int:
    """Count what a clause says of its own.

    A clause that points to nothing is a message as it stands, once it says one thing of its own. What points may name
    what it points to.
    """
    points = any(word in lists.pointers for word in spoken)
    own = [word for word in spoken if word not in lists.pointers and not lists.fills(word)]
    new = [word for word in own if not lists.is_misspelt(word)]
    points = points or len(new) < len(own)
    other = [word for word in new if word not in lists.agreed and word not in lists.occasions]
    refers = points or any(word in lists.agreed for word in spoken)
    if not other:
        return 0 if refers or pointed or not own else _length(spoken)
    if points:
        return max(0, _length(other) - 1)
    if pointed and len(spoken) <= _NAMES_BESIDE and any(map(lists.names, spoken)):
        return _length(other)
    return _length(spoken)


def _is_address(sentence: str) -> bool:
    """A line of names alone: a house and where it stands, a person and what she is."""
    spoken = re.findall(r"[^\W\d_][^\s]*", sentence)
    return len(spoken) > 1 and not sentence.isupper() and all(word[0].isupper() for word in spoken)


def _length(spoken: Sequence[str]) -> int:
    return sum(map(_weight, spoken))


def _weight(word: str) -> int:
    """Scripts that set no spaces write a sentence as one run: two characters stand for a word."""
    return 1 if max(word) < _NO_SPACES else max(1, len(word) // 2)
