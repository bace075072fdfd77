"""The tables of the store, one schema for SQLite and PostgreSQL.

Rules of this file: names and types only; no connection. Texts that come from a mail stand inside JSON (ASCII only),
since neither a lone surrogate nor a NUL may stand in a text column. Times are RFC 3339 in UTC with microseconds, which
sort as text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

VERSION = "1"
"""Of this schema; a store of another version is not touched."""

metadata = MetaData()

# Compared and sorted octet by octet on both: a prefix is a range.
_Word = String().with_variant(String(collation="C"), "postgresql")
_Serial = BigInteger().with_variant(Integer(), "sqlite")

facts = Table(
    "store",
    metadata,
    Column("name", _Word, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the store knows of itself: `schema` and `key`, the id of the key that seals."""

chain = Table(
    "chain",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""One row, the head of the log. Every write transaction begins by taking it, so that writers stand in line."""

log = Table(
    "log",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=False),
    Column("octets", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("personal", LargeBinary),
    Column("salt", LargeBinary),
    Column("at", _Word, nullable=False),
    Column("type", _Word, nullable=False),
    Column("mail_id", _Word, nullable=False),
    Index("log_mail", "mail_id"),
    Index("log_at", "at"),
)
"""The policy log. `at`, `type` and `mail_id` repeat what the octets say, for queries; verifying compares them."""

holds = Table(
    "holds",
    metadata,
    Column("id", _Word, primary_key=True),
    Column("state", _Word, nullable=False),
    Column("held_at", _Word, nullable=False),
    Column("record", Text, nullable=False),
    Column("same", _Word, nullable=False),
    Column("whole", _Word, nullable=False),
    Column("told", _Word, nullable=False),
    Column("digest", BigInteger, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("mended", SmallInteger, nullable=False),
    Column("acted", Text, nullable=False),
    Index("holds_state", "state", "held_at", "id"),
    Index("holds_at", "held_at", "id"),
    # Wide enough that nothing narrower looks better to the planner of a store that was never analysed.
    Index("holds_same", "same", "state", "held_at"),
    Index("holds_whole", "whole", "held_at"),
    Index("holds_told", "told", "held_at"),
    Index("holds_digest", "digest", sqlite_where=text("digest != 0"), postgresql_where=text("digest != 0")),
)
"""`record`: what never changes. `told`: a digest of whom the notice goes to. `digest`: the outbox row that tells of it
with others, or 0. `acted`: who moved it, when and why."""

octets = Table(
    "octets",
    metadata,
    Column("hold_id", _Word, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", _Word, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", _Word, nullable=False),
    Index("octets_at", "at"),
)
"""Held mails in sealed chunks. Only a row in `holds` makes them real."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("kind", _Word, nullable=False),
    Column("mail_id", _Word, nullable=False),
    Column("told", _Word, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("key", _Word, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", _Word, nullable=False),
    Column("due_at", _Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("taken_by", _Word, nullable=False),
    Column("answer", Text, nullable=False),
    Index("outbox_due", "due_at"),
    Index("outbox_told", "told", "kind"),
    sqlite_autoincrement=True,  # an id is never given twice: holds remember their digest's
)
"""What the courier has to send. A row that a courier has taken is due again when its time is over."""

unanswered = Table(
    "unanswered",
    metadata,
    Column("whole", _Word, primary_key=True),
    Column("at", _Word, nullable=False),
    Column("answer", Text, nullable=False),
    Index("unanswered_at", "at"),
)
"""Answers that the next hop gave and the client never heard."""
