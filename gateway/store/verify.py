"""Verifying the policy log: every entry as it was written, none missing, and every mail come to an end.

Rules of this file: it reads in pages, each a snapshot with the head, and changes nothing. The first bad entry ends it.
The loop is written for speed (a hundred thousand entries a second): plain tuples and comparisons of octets; JSON is
read only where those do not agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from gateway.entry import FACTS_DOMAIN, EntryType, personal_hash
from gateway.store import log
from gateway.store.errors import Damaged

_PAGE = 4000

Snapshot = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class BadEntry:
    """The first entry that is not as it was written."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Undisposed:
    """A judged mail of which no end is logged: a crash, or it is under way right now."""

    mail_id: str
    seq: int
    at: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What verifying found."""

    entries: int
    """Good ones."""
    head: str
    """Hash of the last good entry, hexadecimal."""
    erased: int
    """Entries whose personal part was erased."""
    bad: BadEntry | None
    undisposed: tuple[Undisposed, ...]

    @property
    def is_whole(self) -> bool:
        return self.bad is None


class _Bad(Exception):  # noqa: N818 - never leaves this file
    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.found = BadEntry(seq, why)


class _Walk:
    """Where the walk along the chain stands."""

    __slots__ = ("erased", "hash", "judged", "seq")

    def __init__(self) -> None:
        self.seq = 0
        self.hash = log.GENESIS
        self.erased = 0
        self.judged: dict[str, tuple[int, str]] = {}

    def go(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Walk on over rows as `log.page` gives them. Raises _Bad at the first bad one."""
        judged, disposed = EntryType.JUDGED.value, EntryType.DISPOSED.value
        due, expected, open_mails = self.hash, self.seq, self.judged
        try:
            for seq, octets, hashed, personal, salt, at, kind, mail_id in rows:
                expected += 1
                if seq != expected:
                    raise _Bad(expected, f"it is missing; the next one is {seq}")
                due = sha256(b"%b%b%b%b" % (log.CHAIN_DOMAIN, seq.to_bytes(8), due, octets)).digest()
                if due != hashed:
                    raise _Bad(seq, "its hash does not follow from the entry before and its octets")
                if salt is None or personal is None:
                    self.erased += _is_erased(seq, octets, personal, salt)
                    tail = b'","type":"%b"}' % kind.encode()
                else:
                    inner = sha256(b"%b%b%b" % (FACTS_DOMAIN, salt, personal)).hexdigest()
                    tail = b',"personal":"%b","type":"%b"}' % (inner.encode(), kind.encode())
                if not (
                    octets.endswith(tail)
                    # In canonical JSON these sequences cannot stand inside a string, so that the first and the last of
                    # them are the entry's own.
                    and octets.startswith(b',"at":"%b","facts":{' % at.encode(), octets.find(b',"at":"'))
                    and octets.startswith(b',"mail_id":"%b","node":"' % mail_id.encode(), octets.rfind(b',"mail_id":"'))
                ):
                    raise _Bad(seq, _difference(octets, personal, salt, at, kind, mail_id))
                if kind == judged:
                    open_mails[mail_id] = (seq, at)
                elif kind == disposed:
                    open_mails.pop(mail_id, None)
                self.seq, self.hash = seq, due
        except (TypeError, AttributeError, ValueError, OverflowError):
            raise _Bad(expected, "a column holds another kind of value than it should") from None

    def end(self, seq: int, hashed: bytes) -> None:
        """Compare with the head that the store knows. Raises _Bad when the end of the log was cut off."""
        if (self.seq, self.hash) != (seq, hashed):
            raise _Bad(min(self.seq, seq) + 1, f"the log was cut or added to: its head is entry {seq}")


def _is_erased(seq: int, octets: bytes, personal: object, salt: object) -> bool:
    if personal is not None or salt is not None:
        raise _Bad(seq, "its personal part and the salt of that part are not erased together")
    return b',"personal":"","type":"' not in octets


def _difference(octets: bytes, *columns: Any) -> str:  # noqa: ANN401 - as they came from the database
    """Say which column does not repeat what the octets say."""
    personal, salt, at, kind, mail_id = columns
    said = json.loads(octets)
    if personal is not None and personal_hash(salt, personal) != said["personal"]:
        return "its personal part is not the one that was logged"
    for name, column in (("at", at), ("type", kind), ("mail_id", mail_id)):
        if said[name] != column:
            return f"its column {name} says something else than its octets"
    return "its octets are no canonical JSON"


def _read(snapshot: Snapshot, after_seq: int, limit: int) -> tuple[Sequence[tuple[Any, ...]], tuple[int, bytes]]:
    with snapshot() as connection:
        return log.page(connection, after_seq, limit), log.head(connection)


def _unreadable(snapshot: Snapshot, walk: _Walk, damage: Damaged) -> BadEntry:
    """Find the first entry of a page that the database cannot give, or an earlier bad one. Raises `damage` for none."""
    try:
        for _ in range(_PAGE):
            walk.go(_read(snapshot, walk.seq, 1)[0])
    except Damaged:
        return BadEntry(walk.seq + 1, "the database cannot read it")
    except _Bad as error:
        return error.found
    raise damage


def verify(snapshot: Snapshot) -> VerifyResult:
    """Walk the whole chain; `snapshot` opens a read transaction for each page. Raises StoreError."""
    walk = _Walk()
    bad = None
    try:
        while True:
            rows, (seq, hashed) = _read(snapshot, walk.seq, _PAGE)
            walk.go(rows)
            if len(rows) < _PAGE:
                walk.end(seq, hashed)
                break
    except Damaged as error:
        bad = _unreadable(snapshot, walk, error)
    except _Bad as error:
        bad = error.found
    undisposed = tuple(Undisposed(mail_id, seq, at) for mail_id, (seq, at) in walk.judged.items())
    return VerifyResult(walk.seq, walk.hash.hex(), walk.erased, bad, undisposed)
