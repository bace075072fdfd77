"""Names of people: taken from display names, addresses and sign-offs, with the forms in which they appear in text.

Rules of this file: pure; never raises; Finnish forms by plain suffix rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.reading.model import Mailbox, Person
from gateway.reading.words import Words

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_REST = re.compile(r"[(/|@]|\s[-\u2013]\s|\svia\s")
"""What follows a name: a house, a remark, a list."""
_VOWELS = "aeiouyäöå"
_GRADES = {"kk": "k", "pp": "p", "tt": "t", "nt": "nn", "lt": "ll", "rt": "rr", "mp": "mm", "nk": "ng"}
"""Consonant gradation: strong and weak grade."""


def person_of(name: str) -> Person:
    """A person by a written name: `Liisa Virtanen`, `Virtanen, Liisa`, `Liisa Virtanen / Yritys Oy`."""
    bare = _REST.split(name[:200], maxsplit=1)[0].strip()
    words = [word for word in _WORD.findall(bare) if len(word) > 1]
    if not words:
        return Person()
    if "," in bare and len(words) == 2:
        words.reverse()
    first, last = words[0], words[-1] if len(words) > 1 else ""
    forms = inflected(first.lower()) | (inflected(last.lower()) if last else set())
    return Person(" ".join(words), first, last, frozenset(forms))


def person_of_mailbox(mailbox: Mailbox, words: Words) -> Person:
    """A person by a mailbox; by `first.last@` where there is no display name. A desk or a house is nobody."""
    if mailbox.name and "@" not in mailbox.name:
        return _unless_desk(mailbox.name, words)
    pieces = re.split(r"[._]", mailbox.address.partition("@")[0])
    if len(pieces) == 2 and all(piece.isalpha() and len(piece) > 1 for piece in pieces):
        return _unless_desk(" ".join(piece.capitalize() for piece in pieces), words)
    return Person()


def _unless_desk(name: str, words: Words) -> Person:
    written = [word.lower() for word in _WORD.findall(_REST.split(name[:200], maxsplit=1)[0])]
    return person_of(name) if words.desks.isdisjoint(written) else Person()


def first_person(candidates: Sequence[Person]) -> Person:
    """The first of some candidates that is anybody."""
    return next((person for person in candidates if person.first), Person())


def inflected(name: str) -> set[str]:
    """The forms of a name in lower case that Finnish, Swedish and English texts use, itself among them."""
    harmony = next((c for c in reversed(name) if c in "aouäöy"), "ä")
    a = "a" if harmony in "aou" else "ä"
    endings = ("n", a, "t" + a, "lle", "lt" + a, "ll" + a, "st" + a, "ss" + a, "ksi", "n" + a, "nne", "in")
    forms = {stem + ending for stem in _stems(name) for ending in endings}
    if name.endswith("nen"):
        forms.add(name[:-3] + "st" + a)
    return forms | {name, name + "s", name + "'s", name + "\u2019s", name + ":n", name + ":lle"}


def _stems(name: str) -> set[str]:
    stems = {name}
    if name.endswith("nen"):
        stems.add(name[:-3] + "se")
    elif name[-1] not in _VOWELS:
        stems.add(name + "i")
    weak = _GRADES.get(name[-3:-1], "")
    if weak:
        stems.add(name[:-3] + weak + name[-1])
    return stems
