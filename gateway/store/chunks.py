"""Held mails in sealed pieces.

Rules of this file: pieces may be committed ahead of their hold; only a row in `holds` makes them real, and what never
became real is swept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, insert, select

from gateway.entry import timestamp
from gateway.store.errors import StoreError
from gateway.store.schema import holds, octets
from gateway.store.seal import Sealer, place

ORPHANED = timedelta(hours=1)
"""Pieces without a hold are swept when they are so old; writing a mail's pieces takes seconds."""


def put(connection: Connection, hold_id: str, number: int, sealed: bytes, key_id: str, at: datetime) -> None:
    """Store one piece; it is not real yet."""
    row = {"hold_id": hold_id, "number": number, "key": key_id, "sealed": sealed, "at": timestamp(at)}
    connection.execute(insert(octets), row)


def count(connection: Connection, hold_id: str) -> int:
    """How many pieces of a mail are there."""
    return connection.execute(select(func.count()).where(octets.c.hold_id == hold_id)).scalar_one()


def drop_orphan(connection: Connection, hold_id: str) -> None:
    """Take the pieces of a mail away unless it became real."""
    real = exists().where(holds.c.id == hold_id)
    connection.execute(delete(octets).where(octets.c.hold_id == hold_id, ~real))


def opened(connection: Connection, hold_id: str, pieces: int, sealer: Sealer) -> bytes:
    """Open a held mail. Raises StoreError when a piece is missing or was changed."""
    query = select(octets.c.sealed, octets.c.key).where(octets.c.hold_id == hold_id).order_by(octets.c.number)
    rows = connection.execute(query).all()
    if len(rows) != pieces:
        raise StoreError(f"of hold {hold_id} only {len(rows)} of {pieces} pieces are there; put the store back")
    return b"".join(
        sealer.open(bytes(row.sealed), place(hold_id, number, pieces), row.key) for number, row in enumerate(rows)
    )


def sweep(connection: Connection, now: datetime) -> int:
    """Take away the pieces that never became real."""
    real = exists().where(holds.c.id == octets.c.hold_id)
    old = octets.c.at < timestamp(now - ORPHANED)
    return connection.execute(delete(octets).where(old, ~real)).rowcount
