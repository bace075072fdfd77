"""The policy log: entries into one hash chain, and out again.

Rules of this file: the octets of an entry are made once and never again; docs/policy-log.md tells a stranger how they
are chained. All functions take a connection; who opens the transaction is none of their business.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from gateway.entry import Entry, canonical, personal_hash, timestamp
from gateway.store import schema
from gateway.store.hot import Hot, execute

CHAIN_DOMAIN = b"saate policy log 1\n"
"""Domain separation of the hash over sequence, previous hash and octets."""
GENESIS = bytes(32)
"""What stands for the hash before the first entry."""
_SALT = 32
_SALTS = 64
_ROWS = 128
"""Rows in one INSERT; eight variables each, within SQLite's and PostgreSQL's limits."""
COLUMNS = ("seq", "octets", "hash", "personal", "salt", "at", "type", "mail_id")


@dataclass(frozen=True, slots=True)
class Record:
    """An entry whose octets are final, not chained yet."""

    octets: bytes
    personal: bytes | None
    salt: bytes | None
    at: str
    type: str
    mail_id: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry as it stands in the log."""

    seq: int
    octets: bytes
    hash: bytes
    personal: bytes | None
    """None: there was no personal part, or it was erased."""
    salt: bytes | None
    at: str
    type: str
    mail_id: str

    @property
    def entry(self) -> dict[str, Any]:
        """What the octets say: actor, at, facts, mail_id, node, personal (its hash), type."""
        value: dict[str, Any] = json.loads(self.octets)
        return value

    @property
    def about(self) -> dict[str, Any]:
        """What the personal part says; empty where there is none (any more)."""
        value: dict[str, Any] = json.loads(self.personal) if self.personal else {}
        return value


class Recorder:
    """Makes the octets of entries for one node, in one process: make it after the fork, or salts would come twice."""

    __slots__ = ("_node", "_salts")

    def __init__(self, node: str) -> None:
        self._node = node
        self._salts: list[bytes] = []

    def record(self, entry: Entry) -> Record:
        """Make the octets of an entry. Raises ValueError or TypeError for what is no JSON."""
        at = timestamp(entry.at)
        salt = personal = None
        hashed = ""
        if entry.personal:
            salt, personal = self._salt(), canonical(entry.personal)
            hashed = personal_hash(salt, personal)
        octets = canonical(
            {
                "actor": entry.actor,
                "at": at,
                "facts": entry.facts,
                "mail_id": entry.mail_id,
                "node": self._node,
                "personal": hashed,
                "type": entry.type.value,
            }
        )
        return Record(octets, personal, salt, at, entry.type.value, entry.mail_id)

    def _salt(self) -> bytes:
        # Drawn many at a time: each call of the system lets another thread run and then waits for it (the GIL).
        try:
            return self._salts.pop()
        except IndexError:
            drawn = os.urandom(_SALT * _SALTS)
            self._salts += [drawn[at : at + _SALT] for at in range(_SALT, len(drawn), _SALT)]
            return drawn[:_SALT]


def chained(seq: int, previous: bytes, octets: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(CHAIN_DOMAIN + seq.to_bytes(8) + previous + octets).digest()


class Chain:
    """The head of the log inside one write transaction."""

    __slots__ = ("_connection", "_hash", "_rows", "_seq", "key")

    def __init__(self, connection: Connection) -> None:
        # PostgreSQL: the row lock is where writers stand in line; SQLite has BEGIN IMMEDIATE and knows no FOR UPDATE.
        [(seq, hashed, key)] = _HEAD_LOCKED(connection)
        self._connection = connection
        self._seq: int = seq
        self._hash: bytes = bytes(hashed)
        self.key: str = key
        """The id of the key that seals. Who rotates takes the head like everybody, so that it stays so meanwhile."""
        self._rows: list[tuple[Any, ...]] = []

    def append(self, entry: Record) -> None:
        self._seq += 1
        self._hash = chained(self._seq, self._hash, entry.octets)
        self._rows.append(
            (self._seq, entry.octets, self._hash, entry.personal, entry.salt, entry.at, entry.type, entry.mail_id)
        )

    def flush(self) -> None:
        """Write what was appended, and the new head."""
        if not self._rows:
            return
        mark = "?" if self._connection.dialect.paramstyle == "qmark" else "%s"
        for start in range(0, len(self._rows), _ROWS):
            rows = self._rows[start : start + _ROWS]
            # One statement for many rows: each statement lets the other thread run and then waits for it (the GIL).
            values = tuple([value for row in rows for value in row])
            execute(self._connection, _insert_text(mark, len(rows)), values)
        _MOVE_HEAD(self._connection, new_seq=self._seq, new_hash=self._hash)
        self._rows = []


_HEAD = select(schema.chain.c.seq, schema.chain.c.hash)
_HEAD_LOCKED = Hot(_HEAD.add_columns(schema.chain.c.key).with_for_update())
_MOVE_HEAD = Hot(update(schema.chain).values(seq=bindparam("new_seq"), hash=bindparam("new_hash")))


@lru_cache(maxsize=512)
def _insert_text(mark: str, rows: int) -> str:
    row = "(" + ",".join([mark] * len(COLUMNS)) + ")"
    return f"INSERT INTO log ({','.join(COLUMNS)}) VALUES {','.join([row] * rows)}"  # noqa: S608 - our own names


def begin_chain(connection: Connection) -> None:
    """Write the head of an empty log when there is none."""
    if connection.execute(_HEAD).first() is None:
        connection.execute(insert(schema.chain).values(id=1, seq=0, hash=GENESIS, key=""))


def head(connection: Connection) -> tuple[int, bytes]:
    """The sequence and hash of the last entry."""
    row = connection.execute(_HEAD).one()
    return row.seq, bytes(row.hash)


def page(connection: Connection, after_seq: int, limit: int) -> Sequence[tuple[Any, ...]]:
    """The rows after a sequence, in order, as plain tuples of `COLUMNS`."""
    rows = select(*_COLUMNS).where(schema.log.c.seq > after_seq).order_by(schema.log.c.seq).limit(limit)
    return connection.execute(rows).fetchall()


def of_mail(connection: Connection, mail_id: str) -> list[LogRow]:
    """All that happened to one mail, in order."""
    rows = select(*_COLUMNS).where(schema.log.c.mail_id == mail_id).order_by(schema.log.c.seq)
    return [LogRow(*row) for row in connection.execute(rows)]


def since(connection: Connection, kind: str, moment: str) -> list[LogRow]:
    """The entries of one type from a moment on, in order."""
    wanted = schema.log.c.at >= moment, schema.log.c.type == kind
    rows = select(*_COLUMNS).where(*wanted).order_by(schema.log.c.seq)
    return [LogRow(*row) for row in connection.execute(rows)]


def last(connection: Connection, count: int) -> list[LogRow]:
    """The newest rows, oldest of them first."""
    rows = select(*_COLUMNS).order_by(schema.log.c.seq.desc()).limit(count)
    return [LogRow(*row) for row in connection.execute(rows)][::-1]


def forget(connection: Connection, mail_ids: Iterable[str]) -> int:
    """Erase the personal parts of these mails' entries, with their salts: fingerprints that fit nothing remain."""
    said = update(schema.log).where(schema.log.c.mail_id.in_(list(mail_ids)), schema.log.c.personal.is_not(None))
    return connection.execute(said.values(personal=None, salt=None)).rowcount


_COLUMNS = tuple(schema.log.c[name] for name in COLUMNS)
