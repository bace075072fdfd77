"""Held replies and their states.

    from      to         by                                                        entry
    -         held       the relay: the verdict says hold                          disposed
    held      held       the clock: nobody has acted, the agent is told again      reminded
    held      held       the clock: nobody has acted, somebody else is told        escalated
    held      held       a person mended it: new octets, judged again              fixed
    held      held       an agent asked a reviewer to release it                   asked
    held      released   a person, with a reason for each finding that holds       released
    held      released   the clock, where every policy that holds says so          released
    held      discarded  a person, with a reason                                   discarded
    held      returned   the clock: nobody acted, the agent has it back            returned
    released  delivered  the courier: the next hop took it                         delivered
    released  bounced    the courier: the next hop refused it, or it was given up  bounced
    (an end)  (gone)     retention, or a person's right: octets, then the record   erased

Delivered, bounced, discarded and returned are ends. Every other move is refused with who was there first and when; who
tries what she may not do leaves an entry `denied` and changes nothing.

Rules of this file: a move is one transaction: the state, the log entry and the row in the outbox. Holds of the same
octets and reverse-path (servers split a mail at 50 recipients) move together, mended ones with those mended alike. The
transaction has taken the chain's head, so that nobody else moves anything meanwhile: what is read here stays so until
the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, update

from gateway.entry import Entry, EntryType, timestamp
from gateway.hold import Hold, HoldState, Outgoing, OutgoingKind
from gateway.store import chunks, codec, outbox
from gateway.store.errors import StoreError
from gateway.store.hot import Hot
from gateway.store.keys import Keyring
from gateway.store.schema import holds
from gateway.store.seal import Sealer, place_of_key
from gateway.store.transaction import Transaction

MOVES = {
    (HoldState.HELD, HoldState.RELEASED): EntryType.RELEASED,
    (HoldState.HELD, HoldState.DISCARDED): EntryType.DISCARDED,
    (HoldState.HELD, HoldState.RETURNED): EntryType.RETURNED,
    (HoldState.RELEASED, HoldState.DELIVERED): EntryType.DELIVERED,
    (HoldState.RELEASED, HoldState.BOUNCED): EntryType.BOUNCED,
}
"""The table above, for the code: from one state to another."""
ENDS = frozenset({HoldState.DELIVERED, HoldState.BOUNCED, HoldState.DISCARDED, HoldState.RETURNED})
"""Nothing leaves these."""
AGAIN = timedelta(hours=24)
"""The same octets for the same envelope within a day are one hold: a client that did not get our answer."""
US = "saate"
"""The actor of what nobody asked for by name."""


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a mail that was to be held."""

    id: str
    """The hold that stands for it."""
    again: bool = False
    """It was held before, and nothing new was stored but the log entries."""
    shares_notice: bool = False
    """Another hold of the same octets and reverse-path was told of already."""


@dataclass(frozen=True, slots=True)
class NewHold:
    """What is to be held, its octets apart."""

    hold: Hold
    entries: Sequence[Entry]
    notice: Outgoing | None
    pieces: int
    own: Sealer
    """Its own key, which sealed the pieces."""
    digest_after: int
    digest_window: timedelta


def put(transaction: Transaction, new: NewHold, keys: Keyring) -> Held:
    """Make a hold real, with its entries and its notice."""
    connection, hold = transaction.connection, new.hold
    earlier = _again(connection, hold)
    if earlier:
        chunks.drop_orphan(connection, hold.id)
        _log(transaction, new.entries, {"again": True, "held_as": earlier})
        return Held(earlier, again=True)
    if chunks.count(connection, hold.id) != new.pieces:
        raise StoreError(f"pieces of {hold.id} were swept before it was held; look at the clock of this machine")
    shares = _shares(connection, hold)
    told, digest = ("", 0) if shares or not new.notice else _tell(transaction, new, new.notice, keys)
    at = timestamp(hold.held_at)
    columns = {
        "id": hold.id,
        "state": HoldState.HELD.value,
        "held_at": at,
        "same": hold.same,
        "whole": hold.whole,
        "told": told,
        "digest": digest,
        "stage": hold.stage.value,
        "clock_at": timestamp(hold.clock_at) if hold.clock_at else "",
        "clock_set": at,
        "ended_at": "",
        "pieces": str(new.pieces),
        "key": transaction.key,
        "sealed_key": keys.sealer(transaction.key).seal(new.own.key, place_of_key(hold.id)),
        "erased": 0,
        "acted": "",
        "record": codec.hold_text(hold),
    }
    _PUT(connection, **columns, **codec.finding_columns(hold))
    _log(transaction, new.entries, {"shares_notice": True} if shares else {})
    return Held(hold.id, shares_notice=shares)


_PUT = Hot(insert(holds).values({column.name: bindparam(column.name) for column in holds.columns}))


def _again(connection: Connection, hold: Hold) -> str:
    query = select(holds.c.id).where(holds.c.whole == hold.whole, *_within(hold.held_at, AGAIN))
    return connection.execute(query.order_by(holds.c.held_at)).scalar() or ""


def _within(at: datetime, window: timedelta) -> tuple[Any, ...]:
    # Both ways: a hold from before the clock was put back is not the last day's for years.
    return holds.c.held_at > timestamp(at - window), holds.c.held_at < timestamp(at + window)


def _shares(connection: Connection, hold: Hold) -> bool:
    # Only what still waits for a decision: a notice that was acted on would leave the newcomer to die quietly. So would
    # the notice of one that was mended since, whose fix does not reach these octets.
    query = select(holds.c.id).where(
        holds.c.same == hold.same,
        holds.c.state == HoldState.HELD.value,
        *_within(hold.held_at, AGAIN),
        holds.c.pieces.not_like("% %"),
    )
    return connection.execute(query).first() is not None


def _tell(transaction: Transaction, new: NewHold, notice: Outgoing, keys: Keyring) -> tuple[str, int]:
    """Queue the notice, or let a digest tell of this hold too. Returns whom, and the digest's row."""
    whom, at = outbox.told(notice), new.hold.held_at
    recent = select(func.count()).where(holds.c.told == whom, *_within(at, new.digest_window))
    if transaction.connection.execute(recent).scalar_one() < new.digest_after:
        outbox.put(transaction, notice, at, keys)
        return whom, 0
    digest = replace(notice, kind=OutgoingKind.DIGEST, octets=b"", due_at=at + new.digest_window)
    pending = outbox.pending_digest(transaction.connection, whom)
    return whom, pending or outbox.put(transaction, digest, at, keys)


def _log(transaction: Transaction, entries: Iterable[Entry], facts: dict[str, object]) -> None:
    for entry in entries:
        disposed = entry.type is EntryType.DISPOSED and facts
        transaction.append(replace(entry, facts={**entry.facts, **facts}) if disposed else entry)


def alike(connection: Connection, hold: Hold) -> list[Hold]:
    """A hold and those that share its octets as they are now, all in its state; they act as one."""
    rows = connection.execute(_ALIKE, {"of": hold.same, "at": hold.state.value})
    found = (hold if row.id == hold.id else codec.hold(row) for row in rows)
    return [one for one in found if one.octets_digest == hold.octets_digest]


_ALIKE = select(holds).where(holds.c.same == bindparam("of"), holds.c.state == bindparam("at")).order_by(holds.c.id)


def move(
    transaction: Transaction,
    hold: Hold,
    at: datetime,
    *,
    actor: str,
    facts: Mapping[str, object],
    personal: Mapping[str, object],
    was: HoldState = HoldState.HELD,
) -> None:
    """Write a hold that has a new state, and log how it came to it."""
    entry = Entry(MOVES[was, hold.state], at, hold.id, actor, {"from": was.value, **facts}, personal)
    transaction.append(entry)
    _MOVE(
        transaction.connection,
        hold_id=hold.id,
        to=hold.state.value,
        ended=timestamp(at) if hold.state in ENDS else "",
        by=codec.acted_text(hold),
    )


_MOVE = Hot(
    update(holds)
    .where(holds.c.id == bindparam("hold_id"))
    .values(state=bindparam("to"), clock_at=literal_column("''"), ended_at=bindparam("ended"), acted=bindparam("by"))
)


def waited(hold: Hold, at: datetime) -> int:
    """Seconds since it was held; none when the clock was put back."""
    return max(0, round((at - hold.held_at).total_seconds()))
