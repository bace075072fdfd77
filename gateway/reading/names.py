"""Names of people: taken from display names, addresses and sign-offs, with the forms in which they appear in text.

Rules of this file: pure; never raises. Finnish forms by plain suffix rules, and by a dictionary where one was loaded:
the rules give every form that a name might have, the dictionary is asked of words that the mail has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gateway.lexicon import WordForms
from gateway.reading.model import Mailbox, Person
from gateway.reading.words import Words

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_REST = re.compile(r"[(/|@]|\s[-\u2013]\s|\svia\s")
"""What follows a name: a house, a remark, a list."""
_CALLED = re.compile(r"[^\W\d_]{3,40}")
_MOST_CALLED = 10
_VOWELS = "aeiouyäöå"
_LONGEST = 38
_MOST_ASKED = 40
"""So many words of a mail are looked up for a person; there are two or three that begin like the name."""
_SINGLE = {"k": "", "p": "v", "t": "d"}
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


def names_of(boxes: Sequence[Mailbox], words: Words) -> frozenset[str]:
    """Words in small letters by which some mailboxes may be called: of display names and addresses, desks left out."""
    found: set[str] = set()
    for box in boxes[:_MOST_CALLED]:
        found.update(word.lower() for word in _CALLED.findall(f"{box.name[:100]} {box.address.partition('@')[0]}"))
    return frozenset(found - words.desks - words.function_words - words.greeting_nouns)


def first_person(candidates: Sequence[Person]) -> Person:
    """The first of some candidates that is anybody."""
    return next((person for person in candidates if person.first), Person())


def inflected(name: str) -> set[str]:
    """The forms of a name in lower case that Finnish, Swedish and English texts use, itself among them."""
    a = "a" if next((c for c in reversed(name) if c in "aouåäöy"), "ä") in "aouå" else "ä"
    cases = ("n", a, "t" + a, "lle", "lt" + a, "ll" + a, "st" + a, "ss" + a, "ksi", "n" + a)
    endings = (*cases, "nne", "in", "en", "seen")
    forms = {stem + ending for stem in _stems(name) for ending in endings}
    forms.add((name[:-3] + "s" if name.endswith("nen") else name[:-1]) + "t" + a)  # Virtasta, Saarta
    return forms | {name, name + "s", name + "'s", name + "\u2019s", name + ":n", name + ":lle"}


def _stems(name: str) -> set[str]:
    """What endings are put to, strong and weak; more than a name has, for no rule tells one from the other."""
    if name.endswith("nen"):
        return {name, name[:-3] + "se"}
    last = name[-1]
    if last == "s":
        return {name, name + "i", name[:-1] + "kse", name[:-1] + name[-2:-1]}
    if last not in _VOWELS:
        return {name, name + "i"}
    body = name[:-1]
    finals = {"i": ("i", "e"), "e": ("e", "ee")}.get(last, (last,))
    bodies = {body, body[:-2] + _GRADES[body[-2:]]} if body[-2:] in _GRADES else {body}
    if body[-2:-1] not in ("", "s", "t", body[-1]) and body[-1] in _SINGLE:
        bodies.add(body[:-1] + _SINGLE[body[-1]])
    stems = {one + final for one in bodies for final in finals}
    return stems | {stem + stem[-1] for stem in stems if stem[-1] == last}  # Liisaan, Mattiin


def with_forms_in(person: Person, lines: Iterable[str], word_forms: WordForms) -> Person:
    """The person, with the forms of the name that a dictionary knows among the words of some lines."""
    if not person.first or not word_forms.source:
        return person
    names = {name.lower() for name in (person.first, person.last) if name}
    begin = "|".join(sorted({re.escape(name[:2]) for name in names}))
    alike = re.compile(rf"(?<![^\W\d_])(?:{begin})[^\W\d_]{{1,{_LONGEST}}}", re.IGNORECASE)
    found = {word.lower() for line in lines for word in alike.findall(line)} - person.forms
    asked = sorted(found)[:_MOST_ASKED]
    known = frozenset(word for word in asked if not names.isdisjoint(word_forms.bases(word)))
    return replace(person, forms=person.forms | known) if known else person
