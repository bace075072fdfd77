"""Held mails in sealed pieces.

Rules of this file: pieces may be committed ahead of their hold; only a row in `holds` makes them real, and what never
became real is swept. The pieces of each generation of a hold's octets stand behind those of the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, or_, select, update

from gateway.entry import timestamp
from gateway.mail import Octets
from gateway.store import seal
from gateway.store.errors import StoreError
from gateway.store.hot import Hot
from gateway.store.keys import Keyring
from gateway.store.schema import holds, octets
from gateway.store.seal import Sealer, place

ORPHANED = timedelta(hours=1)
"""Pieces without a hold are swept when they are so old; writing a mail's pieces takes seconds."""
AHEAD = timedelta(days=1)
"""What is written for a time so far ahead was written before the clock was put back."""
OWN = ""
"""What stands for the id of a hold's own key."""


def put(connection: Connection, hold_id: str, number: int, sealed: bytes, at: datetime) -> None:
    """Store one piece, sealed with the hold's own key; it is not real yet."""
    _PUT(connection, hold_id=hold_id, number=number, key=OWN, sealed=sealed, at=timestamp(at))


_PUT = Hot(insert(octets).values({name: bindparam(name) for name in ("hold_id", "number", "key", "sealed", "at")}))


def put_mended(connection: Connection, hold: Any, octets_: Octets, own: Sealer, at: datetime) -> str:  # noqa: ANN401 - a row
    """Store the next generation of a hold's octets. Returns what its `pieces` are now."""
    counts = counted(hold.pieces)
    count, generation = seal.pieces(len(octets_)), len(counts)
    for number in range(count):
        sealed = own.seal(seal.piece(octets_, number), place(hold.id, number, count, generation))
        put(connection, hold.id, sum(counts) + number, sealed, at)
    return f"{hold.pieces} {count}"


def counted(pieces: str) -> list[int]:
    """How many pieces each generation has, from a row's `pieces`."""
    return [int(count) for count in pieces.split()]


def count(connection: Connection, hold_id: str) -> int:
    """How many pieces of a mail are there."""
    return connection.execute(select(func.count()).where(octets.c.hold_id == hold_id)).scalar_one()


def drop(connection: Connection, hold_ids: Iterable[str]) -> None:
    """Take all pieces of these mails away."""
    connection.execute(delete(octets).where(octets.c.hold_id.in_(list(hold_ids))))


def drop_orphan(connection: Connection, hold_id: str) -> None:
    """Take the pieces of a mail away unless it became real."""
    real = exists().where(holds.c.id == hold_id)
    connection.execute(delete(octets).where(octets.c.hold_id == hold_id, ~real))


def opened(connection: Connection, hold: Any, keys: Keyring, generation: int = -1) -> bytes:  # noqa: ANN401 - a row
    """Open one generation of a held mail, by default the newest.

    Raises StoreError when they were erased, or when a piece is missing or was changed.
    """
    if hold.erased:
        raise StoreError(f"the octets of {hold.id} are erased; its `erased` entry in the policy log says when and why")
    counts = counted(hold.pieces)
    generation = range(len(counts))[generation]
    number = octets.c.number
    first = sum(counts[:generation])
    wanted = [octets.c.hold_id == hold.id, number >= first]
    if generation < len(counts) - 1:  # else what is too much is as wrong as what is missing
        wanted.append(number < first + counts[generation])
    rows = connection.execute(select(octets.c.sealed, octets.c.key).where(*wanted).order_by(number)).all()
    if len(rows) != counts[generation]:
        raise StoreError(
            f"of hold {hold.id} {len(rows)} pieces are there and not {counts[generation]}; put the store back"
        )
    return b"".join(_opened(hold, rows, keys, generation))


def _opened(hold: Any, rows: Sequence[Any], keys: Keyring, generation: int) -> Iterable[bytes]:  # noqa: ANN401 - rows
    own = own_key(hold, keys) if hold.sealed_key else None
    for number, row in enumerate(rows):
        sealer = keys.sealer(row.key) if row.key != OWN or own is None else own
        yield sealer.open(bytes(row.sealed), place(hold.id, number, len(rows), generation))


def own_key(hold: Any, keys: Keyring) -> Sealer:  # noqa: ANN401 - a row
    """The hold's own key."""
    return Sealer(keys.sealer(hold.key).open(bytes(hold.sealed_key), seal.place_of_key(hold.id)))


def give_own_key(connection: Connection, hold: Any, keys: Keyring) -> tuple[Sealer, int]:  # noqa: ANN401 - a row
    """Seal the pieces of a hold of schema 1, which the store's key sealed, with a key of its own.

    Returns that key, which is the caller's to keep, and how many octets that were.
    """
    own = seal.new_key()
    query = select(octets.c.key, octets.c.sealed).where(octets.c.hold_id == hold.id).order_by(octets.c.number)
    rows = connection.execute(query).all()
    places = [place(hold.id, number, len(rows)) for number in range(len(rows))]
    clear = [keys.sealer(row.key).open(bytes(row.sealed), where) for row, where in zip(rows, places, strict=True)]
    if counted(hold.pieces) != [len(clear)]:
        raise StoreError(f"of hold {hold.id} {len(clear)} pieces are there and not {hold.pieces}; put the store back")
    for number, (piece, where) in enumerate(zip(clear, places, strict=True)):
        one = update(octets).where(octets.c.hold_id == hold.id, octets.c.number == number)
        connection.execute(one.values(key=OWN, sealed=own.seal(piece, where)))
    return own, sum(map(len, clear))


def sweep(connection: Connection, now: datetime) -> int:
    """Take away the pieces that never became real."""
    real = exists().where(holds.c.id == octets.c.hold_id)
    old = or_(octets.c.at < timestamp(now - ORPHANED), octets.c.at > timestamp(now + AHEAD))
    return connection.execute(delete(octets).where(old, ~real)).rowcount
