"""Names of people: taken from display names, addresses and sign-offs, with the forms in which they appear in text.

Rules of this file: pure; never raises; Finnish forms by plain suffix rules.
"""

from __future__ import annotations

import re

from gateway.reading.model import Mailbox, Person

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def person_of(name: str) -> Person:
    """A person by a written name: `Liisa Virtanen`, `Virtanen, Liisa`, `Liisa Virtanen / Yritys Oy`."""
    bare = re.split(r"[(/|@]|\s[-\u2013]\s", name, maxsplit=1)[0].strip()
    last_first = "," in bare
    words = [word for word in _WORD.findall(bare) if len(word) > 1]
    if not words:
        return Person()
    if last_first and len(words) > 1:
        words = words[1:] + words[:1]
    first, last = words[0], words[-1] if len(words) > 1 else ""
    forms = {first.lower(), *inflected(first.lower())}
    if last:
        forms |= {last.lower(), *inflected(last.lower())}
    return Person(" ".join(words), first, last, frozenset(forms))


def person_of_mailbox(mailbox: Mailbox) -> Person:
    """A person by a mailbox; by `first.last@` where there is no display name."""
    if mailbox.name and "@" not in mailbox.name:
        return person_of(mailbox.name)
    local = mailbox.address.partition("@")[0]
    pieces = [piece for piece in re.split(r"[._-]", local) if piece.isalpha() and len(piece) > 1]
    if len(pieces) == 2:
        return person_of(" ".join(piece.capitalize() for piece in pieces))
    return Person()


def inflected(name: str) -> set[str]:
    """The forms of a name in lower case that Finnish, Swedish and English texts use."""
    back = not any(c in "äöy" for c in name)
    a = "a" if back else "ä"
    stems = {name}
    if name.endswith("nen"):
        stems.add(name[:-3] + "se")
    elif name[-1] not in "aeiouyäöå":
        stems.add(name + "i")
    elif name.endswith("i"):
        stems.add(name[:-1] + "e")
    for strong, weak in (
        ("kk", "k"),
        ("pp", "p"),
        ("tt", "t"),
        ("nt", "nn"),
        ("lt", "ll"),
        ("rt", "rr"),
        ("mp", "mm"),
        ("nk", "ng"),
    ):
        if name[-3:-1] == strong:
            stems.add(name[:-3] + weak + name[-1])
    endings = ("n", a, "t" + a, "lle", "lt" + a, "ll" + a, "st" + a, "ss" + a, "ksi", "n" + a, "nne", "in")
    forms = {stem + ending for stem in stems for ending in endings}
    forms |= {name + "s", name + "'s", name + "\u2019s", name + ":n", name + ":lle"}
    return forms
