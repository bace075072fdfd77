"""A store as the first saate left it, of schema 1: what an upgrade finds.

Rules of this file: the tables are a copy that never changes; octets are sealed with the key of the store itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    insert,
    text,
)

from gateway.entry import Entry, EntryType, timestamp
from gateway.hold import HoldState, Outgoing
from gateway.store import codec, log
from gateway.store.database import Database, make_file
from gateway.store.keys import make_key
from gateway.store.outbox import told
from gateway.store.seal import CHUNK, Sealer, pieces
from storing import NOON, Place, a_hold, a_notice, after, disposed

MAIL = b"Subject: Varaus\r\n\r\nSalasanasi on Kes\xe4-2024!\r\n"
LONG = MAIL + bytes(CHUNK)
NEW = ("on_timeout", "ticket", "original_digest")
"""What a record of a hold did not have yet."""

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

entries = Table(
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


def make(place: Place, count: int = 0) -> None:
    """Make a store of schema 1: a held, a delivered and a released mail, a notice, a log, and `count` holds more."""
    database = Database(place[0])
    if database.path:
        make_file(database.path)
    sealer = make_key(Path(place[1]))
    with database.lock(), database.write() as connection:
        metadata.create_all(connection)
        known = [{"name": "schema", "value": "1"}, {"name": "key", "value": sealer.id}]
        connection.execute(insert(facts), known)
        connection.execute(insert(chain).values(id=1, seq=0, hash=log.GENESIS))
        put(connection, sealer, [("abcd2222", HoldState.HELD), ("ijkl2222", HoldState.RELEASED)], MAIL)
        put(connection, sealer, [("efgh2222", HoldState.DELIVERED)], LONG)
        names = (f"x{number:015}".translate(str.maketrans("0189", "abcd")) for number in range(count))
        put(connection, sealer, [(name, HoldState.HELD) for name in names], MAIL)
        send(connection, sealer, a_notice("abcd2222"))
        write_log(connection)
    database.close()


def put(connection: Connection, sealer: Sealer, named: list[tuple[str, HoldState]], mail: bytes) -> None:
    """Hold a mail several times."""
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    count = pieces(len(mail))
    for mail_id, state in named:
        hold = a_hold(mail_id, octets=mail)
        record = json.loads(codec.hold_text(hold))
        acted = {"by": "maija", "at": timestamp(after(hours=1)), "reason": "ok"}
        rows.append(
            {
                "id": mail_id,
                "state": state.value,
                "held_at": timestamp(NOON),
                "same": hold.same,
                "whole": hold.whole,
                "told": "",
                "digest": 0,
                "chunks": count,
                "mended": 0,
                "record": json.dumps({name: record[name] for name in record if name not in NEW}),
                "acted": "" if state is HoldState.HELD else json.dumps(acted),
            }
        )
        for number in range(count):
            piece = mail[number * CHUNK : (number + 1) * CHUNK]
            sealed = sealer.seal(piece, f"hold {mail_id} piece {number + 1} of {count}")
            named_so = {"hold_id": mail_id, "number": number, "key": sealer.id, "at": timestamp(NOON)}
            parts.append({**named_so, "sealed": sealed})
    if rows:
        connection.execute(insert(holds), rows)
        connection.execute(insert(octets), parts)


def send(connection: Connection, sealer: Sealer, letter: Outgoing) -> None:
    """Queue a letter."""
    row = {
        "kind": letter.kind.value,
        "mail_id": letter.mail_id,
        "told": told(letter),
        "key": sealer.id,
        "envelope": codec.envelope_text(letter.envelope),
        "sealed": sealer.seal(letter.octets, f"outbox {letter.kind.value} {letter.mail_id}"),
        "created_at": timestamp(NOON),
        "due_at": timestamp(NOON),
        "attempts": 0,
        "taken_by": "",
        "answer": "",
    }
    connection.execute(insert(outbox), row)


def write_log(connection: Connection) -> None:
    """Chain a few entries."""
    recorder, seq, last = log.Recorder("gw1"), 0, log.GENESIS
    ended = Entry(EntryType.DELIVERED, after(hours=2), "efgh2222", facts={"code": 250}, personal={"answer": "Ok"})
    for entry in (disposed("abcd2222"), disposed("efgh2222"), ended):
        record, seq = recorder.record(entry), seq + 1
        last = log.chained(seq, last, record.octets)
        values = (seq, record.octets, last, record.personal, record.salt, record.at, record.type, record.mail_id)
        connection.execute(insert(entries).values(dict(zip(log.COLUMNS, values, strict=True))))
    connection.execute(chain.update().values(seq=seq, hash=last))
