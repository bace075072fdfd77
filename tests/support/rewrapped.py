"""Which verdicts change when a reply of the corpus is put into another MIME shape, and which of these are known.

Rules of this file: a change is known only with its reason, in changes.tsv; one that has gone is to be struck out there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from labelled import Judged, Labelled, house, judge
from rewrapping import Letter, Wrapping, letter_of, one_at_a_time, wrapped

KNOWN = Path(__file__).parent.parent / "quality" / "changes.tsv"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Change:
    """One reply that is judged otherwise in another shape."""

    name: str
    wrapping: Wrapping
    before: frozenset[str]
    """Policies that found something in the mail as it stands in the corpus."""
    after: frozenset[str]
    expected: frozenset[str]

    def __str__(self) -> str:
        gained = [f"+{policy}" for policy in sorted(self.after - self.before)]
        lost = [f"-{policy}" for policy in sorted(self.before - self.after)]
        return f"{self.name}  [{self.wrapping}]  {' '.join(gained + lost)}"


@dataclass(frozen=True, slots=True)
class Known:
    """A line of changes.tsv."""

    name: str
    """A file of the corpus, or `*`."""
    shape: str
    """What is special about the wrapping, all of it or some: `html of divs, gmail`."""
    reason: str

    def covers(self, name: str, wrapping: Wrapping) -> bool:
        return self.name in (ANY, name) and set(self.shape.split(", ")) <= set(str(wrapping).split(", "))


@lru_cache(maxsize=1)
def known() -> tuple[Known, ...]:
    """The changes that are expected for now."""
    lines = KNOWN.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    return tuple(Known(*line.split("\t")) for line in lines)


def letters(corpus: Sequence[Labelled]) -> tuple[tuple[Labelled, Letter], ...]:
    """Every mail that is one plain text, unwrapped."""
    pairs = ((mail, letter_of(mail)) for mail in corpus)
    return tuple((mail, letter) for mail, letter in pairs if letter is not None)


def rejudged(mail: Labelled, letter: Letter, wrapping: Wrapping) -> Judged:
    """Judge a reply in another shape. Raises UnicodeEncodeError where the charset has not all its letters."""
    return judge(replace(mail, octets=wrapped(letter, wrapping)))


def changes_of(mail: Labelled, every: int = 1) -> tuple[Change, ...]:
    """Judge one mail in every shape, or in one of so many, taken by a hash of its name."""
    letter = letter_of(mail)
    if letter is None:
        return ()
    before = judge(mail).found
    return tuple(
        Change(mail.name, wrapping, before, after, mail.expected)
        for wrapping in _some(mail.name, every)
        if (after := _found(mail, letter, wrapping, before)) != before
    )


def _some(name: str, every: int) -> Iterator[Wrapping]:
    """All for a mail that is known to change, so that it is seen when it no longer does."""
    first = hashlib.sha256(name.encode()).digest()[1]
    whole = any(one.name == name for one in known())
    return (wrapping for at, wrapping in enumerate(one_at_a_time(), first) if whole or at % every == 0)


def _found(mail: Labelled, letter: Letter, wrapping: Wrapping, otherwise: frozenset[str]) -> frozenset[str]:
    try:
        return rejudged(mail, letter, wrapping).found
    except UnicodeEncodeError:
        return otherwise


def all_changes(corpus: Sequence[Labelled]) -> tuple[Change, ...]:
    """Every mail in every shape, in as many processes as there are processors."""
    house()  # before the fork
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return tuple(change for found in pool.map(changes_of, corpus, chunksize=4) for change in found)


def unknown(changes: Sequence[Change]) -> tuple[str, ...]:
    """Those that changes.tsv does not name."""
    return tuple(str(one) for one in changes if not any(line.covers(one.name, one.wrapping) for line in known()))


def gone(changes: Sequence[Change], lines: Sequence[Known]) -> tuple[str, ...]:
    """Lines of changes.tsv that nothing answers to any more."""
    return tuple(
        f"{line.name} {line.shape}: no longer changes; strike it out of changes.tsv"
        for line in lines
        if not any(line.covers(one.name, one.wrapping) for one in changes)
    )
