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

VERSION = "2"
"""Of this schema. A store of version 1 is brought up (upgrade.py); one of any other is not touched."""

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
"""What the store knows of itself: `schema`, `secret`, `key ID` for each key that ever sealed it, with when it began
to, and `note HELPDESK ADDRESS` where notes to that mailbox were seen to arrive as internal, with when."""

chain = Table(
    "chain",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("key", _Word, nullable=False, server_default=""),
)
"""One row, the head of the log. Every write transaction begins by taking it, so that writers stand in line; `key` is
the id of the key that seals, which each of them learns with it."""

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
    Column("same", _Word, nullable=False),
    Column("whole", _Word, nullable=False),
    Column("told", _Word, nullable=False),
    Column("digest", BigInteger, nullable=False),
    Column("stage", _Word, nullable=False),
    Column("clock_at", _Word, nullable=False),
    Column("clock_set", _Word, nullable=False),
    Column("ended_at", _Word, nullable=False),
    Column("pieces", _Word, nullable=False),
    Column("key", _Word, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("erased", SmallInteger, nullable=False),
    Column("agent", _Word, nullable=False),
    Column("author", _Word, nullable=False),
    Column("sender", _Word, nullable=False),
    Column("ticket", _Word, nullable=False),
    Column("policies", _Word, nullable=False),
    Column("recipients", _Word, nullable=False),
    Column("acted", Text, nullable=False),
    Column("record", Text, nullable=False),
    Index("holds_state", "state", "held_at", "id"),
    # Whatever is asked of many holds is answered from this one. PostgreSQL keeps long columns out of the way by itself,
    # and an index there takes no entry of 3 KB.
    Index(
        "holds_find",
        *("held_at", "id", "state", "agent", "author", "sender", "ticket", "policies", "recipients"),
    ).ddl_if(dialect="sqlite"),
    Index("holds_at", "held_at", "id").ddl_if(dialect="postgresql"),
    # Wide enough that nothing narrower looks better to the planner of a store that was never analysed.
    Index("holds_same", "same", "state", "held_at"),
    Index("holds_whole", "whole", "held_at"),
    Index("holds_told", "told", "held_at"),
    Index("holds_key", "key"),
    Index("holds_digest", "digest", sqlite_where=text("digest != 0"), postgresql_where=text("digest != 0")),
    Index("holds_clock", "clock_at", sqlite_where=text("clock_at != ''"), postgresql_where=text("clock_at != ''")),
    Index(
        "holds_ended",
        *("state", "ended_at"),
        sqlite_where=text("ended_at != '' AND erased = 0"),
        postgresql_where=text("ended_at != '' AND erased = 0"),
    ),
    Index("holds_over", "ended_at", sqlite_where=text("ended_at != ''"), postgresql_where=text("ended_at != ''")),
)
"""`told`: a digest of whom the notice goes to. `digest`: the outbox row that tells of it with others, or 0. `clock_at`:
when the clock has something to do, "" for never; `clock_set`: when that was decided. `ended_at`: "" or when it came to
its end. `pieces`: how many each generation of its octets has, the newest last: `2 3`. `key`: the id of the store's key
that seals `sealed_key`, the key of this hold's own; both empty once the octets are gone. `agent` to `recipients`: for
finding, in small letters, lists with a line feed around each item. `acted`: who moved it, when and why, and who let
which finding go. `record`: the rest."""

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
"""Held mails in sealed pieces, those of a mended one behind those of the mail as it came. Only a row in `holds` makes
them real. `key`: "" where the hold's own key sealed the piece, else (a store that was of version 1) the store's."""

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
    Column("set_at", _Word, nullable=False, server_default=""),
    Index("outbox_due", "due_at"),
    Index("outbox_set", "set_at"),
    Index("outbox_told", "told", "kind"),
    sqlite_autoincrement=True,  # an id is never given twice: holds remember their digest's
)
"""What the courier has to send. A row that a courier has taken is due again when its time is over. `set_at`: when
`due_at` was decided; a time to come means that the clock was put back."""

unanswered = Table(
    "unanswered",
    metadata,
    Column("whole", _Word, primary_key=True),
    Column("at", _Word, nullable=False),
    Column("answer", Text, nullable=False),
    Index("unanswered_at", "at"),
)
"""Answers that the next hop gave and the client never heard."""
