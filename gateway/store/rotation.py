"""The store's keys: a new one, sealing anew with it, and letting the old one go.

Rules of this file: all of it happens under the chain's head, so that nobody seals meanwhile. The key file holds a key
before the store names it, and until nothing in the store needs it. Only keys that this store has had are ever taken
from the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, insert, or_, select, update

from gateway.entry import Entry, EntryType, timestamp
from gateway.hold import Actor, OutgoingKind
from gateway.store import chunks, codec, outbox, seal
from gateway.store.errors import StoreError
from gateway.store.keys import Keyring, read_keys, write_keys
from gateway.store.schema import chain, facts, holds
from gateway.store.schema import outbox as letters
from gateway.store.seal import Sealer
from gateway.store.transaction import Transaction

_FACT = "key "
_HEAVY = 16 << 20
"""Octets sealed anew in one transaction; one mail may be more."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key that seals this store, or did."""

    id: str
    since: datetime | None
    """When it began to; None for one that is older than the store's memory of it."""
    seals: bool
    """What is held from now on."""
    needed: int
    """So many held mails and letters are sealed with it."""
    is_there: bool
    """The key file holds it."""


def known(connection: Connection) -> str:
    """The id of the key that seals this store, or "" when it has none yet."""
    return connection.execute(select(chain.c.key)).scalar() or ""


def name_key(connection: Connection, key_id: str, at: datetime | None) -> None:
    """Let this key seal from now on."""
    connection.execute(update(chain).values(key=key_id))
    connection.execute(insert(facts).values(name=_FACT + key_id, value=timestamp(at) if at else ""))


def rotate(transaction: Transaction, new: Sealer, actor: Actor, at: datetime, keys: Keyring) -> None:
    """Let a new key seal from now on; it is durable in the key file first. May run twice with the same key."""
    held = {one.id: one for one in read_keys(keys.path, transaction.key)}
    held.setdefault(transaction.key, keys.sealer(transaction.key))  # says so where nobody has it
    held.pop(new.id, None)
    write_keys(keys.path, [*held.values(), new])
    keys.learn(new)
    old = transaction.key
    name_key(transaction.connection, new.id, at)
    transaction.append(Entry(EntryType.KEY_ROTATED, at, actor=actor.name, facts={"old": old, "new": new.id}))
    transaction.key = new.id  # what stands behind this in the same transaction seals with it already


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one go at sealing anew came to."""

    left: int
    failed: tuple[str, ...] = ()
    """What cannot be opened, a line each. It stays as it is, and its key in the file."""


def reseal(transaction: Transaction, limit: int, keys: Keyring) -> Resealed:
    """Seal up to so many holds and letters anew that an old key seals."""
    connection, heavy, failed = transaction.connection, 0, list[str]()
    rows = connection.execute(_old(holds, transaction.key).limit(limit)).all()
    for row in rows:
        try:
            heavy += _reseal_hold(transaction, row, keys)
        except StoreError as error:
            failed.append(str(error))
        if heavy >= _HEAVY:
            break
    if heavy < _HEAVY and len(rows) < limit:
        for row in connection.execute(_old(letters, transaction.key).limit(limit - len(rows))).all():
            try:
                _reseal_letter(transaction, row, keys)
            except (StoreError, ValueError) as error:
                failed.append(str(error))
    return Resealed(_count(connection, transaction.key), tuple(failed))


def finished(connection: Connection) -> str:
    """The id of the key that seals, once nothing is sealed with another; "" before."""
    key_id = known(connection)
    return "" if _count(connection, key_id) else key_id


def let_go(transaction: Transaction, keys: Keyring) -> None:
    """Take from the file the keys that this store has had and needs no more.

    In a transaction of its own: what was sealed anew must be durable before the key that it was sealed with goes.
    """
    connection, current = transaction.connection, transaction.key
    if _count(connection, current):
        return
    held = read_keys(keys.path, current)
    had = {name.removeprefix(_FACT) for name in connection.execute(select(facts.c.name)).scalars()} - {current}
    kept = [one for one in held if one.id not in had]
    if len(kept) < len(held) and current in {one.id for one in kept}:
        write_keys(keys.path, kept)


def listed(connection: Connection, keys: Keyring) -> list[KeyInfo]:
    """The keys that this store has had, the newest last."""
    current = known(connection)
    there = {one.id for one in read_keys(keys.path, current)}
    rows = connection.execute(select(facts).where(facts.c.name.startswith(_FACT)).order_by(facts.c.value)).all()
    return [
        KeyInfo(
            id=(key_id := row.name.removeprefix(_FACT)),
            since=codec.moment(row.value) if row.value else None,
            seals=key_id == current,
            needed=_needed(connection, key_id),
            is_there=key_id in there,
        )
        for row in rows
    ]


def _old(table: Table, key_id: str) -> Select[Any]:
    """Rows that another key seals; where the octets are gone, none does."""
    return select(table).where(_of_others(table, key_id))


def _of_others(table: Table, key_id: str) -> ColumnElement[bool]:
    # Two ranges, which an index knows, where `!=` is none.
    return or_(and_(table.c.key > "", table.c.key < key_id), table.c.key > key_id)


def _count(connection: Connection, key_id: str) -> int:
    queries = (select(func.count()).select_from(one).where(_of_others(one, key_id)) for one in (holds, letters))
    return sum(connection.execute(query).scalar_one() for query in queries)


def _reseal_hold(transaction: Transaction, row: Row[Any], keys: Keyring) -> int:
    """Returns how many octets were sealed anew: those of a key, but for a hold of schema 1."""
    connection, current = transaction.connection, keys.sealer(transaction.key)
    own, size = (chunks.own_key(row, keys), 0) if row.sealed_key else chunks.give_own_key(connection, row, keys)
    sealed = current.seal(own.key, seal.place_of_key(row.id))
    connection.execute(update(holds).where(holds.c.id == row.id).values(key=current.id, sealed_key=sealed))
    return size + seal.KEY


def _reseal_letter(transaction: Transaction, row: Row[Any], keys: Keyring) -> None:
    place = outbox.place(OutgoingKind(row.kind), row.mail_id)
    sealed = keys.sealer(transaction.key).seal(keys.sealer(row.key).open(bytes(row.sealed), place), place)
    one = update(letters).where(letters.c.id == row.id)
    transaction.connection.execute(one.values(key=transaction.key, sealed=sealed))


def _needed(connection: Connection, key_id: str) -> int:
    return sum(
        connection.execute(select(func.count()).select_from(table).where(table.c.key == key_id)).scalar_one()
        for table in (holds, letters)
    )
