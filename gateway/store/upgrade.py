"""Bringing a store of schema 1 up to schema 2, in one transaction.

Rules of this file: everything that was there is there afterwards, or nothing was done. Octets stay where and as they
are, sealed with the store's key; sealing them anew (rotation.py) gives each hold a key of its own in time. The clock
takes up what is held where it finds it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, Row, Table, func, insert, inspect, select, text

from gateway.entry import EntryType
from gateway.hold import HoldState, Stage
from gateway.store import codec, schema
from gateway.store.holds import ENDS
from gateway.store.rotation import name_key

_PAGE = 500
_KEPT = ("id", "state", "held_at", "same", "whole", "told", "digest", "acted", "record")
_ENDED = (EntryType.DELIVERED.value, EntryType.BOUNCED.value, EntryType.DISCARDED.value)


def upgrade(connection: Connection) -> None:
    """Make schema 2 of schema 1."""
    word = schema.chain.c.key.type.compile(connection.dialect)
    for table, column in (("chain", "key"), ("outbox", "set_at")):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column} {word} NOT NULL DEFAULT ''"))
    connection.execute(text("CREATE INDEX outbox_set ON outbox (set_at)"))
    key = connection.execute(text("SELECT value FROM store WHERE name = 'key'")).scalar() or ""
    connection.execute(text("DELETE FROM store WHERE name = 'key'"))
    if key:
        name_key(connection, key, None)
    _upgrade_holds(connection, key)
    connection.execute(text("UPDATE store SET value = '2' WHERE name = 'schema'"))


def _upgrade_holds(connection: Connection, key: str) -> None:
    for index in inspect(connection).get_indexes("holds"):
        connection.execute(text(f'DROP INDEX "{index["name"]}"'))
    connection.execute(text("ALTER TABLE holds RENAME TO holds_1"))
    schema.holds.create(connection)
    old = Table("holds_1", MetaData(), autoload_with=connection)
    last = ""
    while rows := connection.execute(select(old).where(old.c.id > last).order_by(old.c.id).limit(_PAGE)).all():
        ended = _ended(connection, rows)
        connection.execute(insert(schema.holds), [_row(row, key, ended.get(row.id, "")) for row in rows])
        last = rows[-1].id
    connection.execute(text("DROP TABLE holds_1"))


def _ended(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """When these came to their end, as the log has it."""
    ids = [row.id for row in rows if HoldState(row.state) in ENDS]
    log = schema.log.c
    query = select(log.mail_id, func.min(log.at).label("at")).where(log.mail_id.in_(ids), log.type.in_(_ENDED))
    return {row.mail_id: row.at for row in connection.execute(query.group_by(log.mail_id))}


def _row(row: Row[Any], key: str, ended_at: str) -> dict[str, object]:
    record = json.loads(row.record)
    envelope = record["envelope"]
    is_over = HoldState(row.state) in ENDS
    return {
        **{name: getattr(row, name) for name in _KEPT},
        "stage": Stage.WAITING.value,
        "clock_at": row.held_at if row.state == HoldState.HELD.value else "",
        "clock_set": row.held_at,
        "ended_at": (ended_at or row.held_at) if is_over else "",
        "pieces": str(row.chunks),
        "key": key,
        "sealed_key": b"",
        "erased": 0,
        "agent": codec.word(record["agent"]),
        "author": codec.word(record["header_from"]),
        "sender": codec.word(envelope["reverse_path"]),
        "ticket": "",
        "policies": codec.words(dict.fromkeys(one["policy"] for one in record["findings"])),
        "recipients": codec.words(one["address"] for one in envelope["recipients"]),
    }
