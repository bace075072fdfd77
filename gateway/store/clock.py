"""What time does to held replies: which are due, and one step of their clock.

Rules of this file: the clock moves only what stands where it stood when the step was decided; who acted meanwhile has
won. Nothing is ever sent by time running out but where every policy that holds the mail says so: that is asked here
again. Times are the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from gateway.entry import Entry, EntryType, timestamp
from gateway.hold import Hold, HoldState, Outgoing, OutgoingKind, Stage
from gateway.mail import domain_of
from gateway.store import codec, outbox, search
from gateway.store.holds import US, alike, move, waited
from gateway.store.keys import Keyring
from gateway.store.outbox import AHEAD
from gateway.store.schema import holds
from gateway.store.transaction import Transaction
from gateway.verdict import OnTimeout

_ENTRIES = {Stage.REMINDED: EntryType.REMINDED, Stage.ESCALATED: EntryType.ESCALATED}


@dataclass(frozen=True, slots=True)
class Step:
    """What the clock does to a hold."""

    hold: Hold
    """As it was when the step was decided."""
    to: Stage | HoldState
    letters: Sequence[Outgoing]
    at: datetime
    clock_at: datetime | None
    """When the next step is due."""
    facts: Mapping[str, object]


def due(connection: Connection, now: datetime, limit: int) -> list[Hold]:
    """Holds whose clock is due, the longest due first; of those that share octets and stage, one."""
    query = (
        select(holds.c.id)
        .where(holds.c.clock_at != "", holds.c.clock_at <= timestamp(now))
        .order_by(holds.c.clock_at, holds.c.id)
        .limit(limit)
    )
    found = search.by_ids(connection, list(connection.execute(query).scalars()))
    return list({(one.same, one.octets_digest, one.stage): one for one in reversed(found)}.values())[::-1]


def step(transaction: Transaction, taken: Step, keys: Keyring) -> bool:
    """Do one step for a hold and those that share its octets and stage; False when it moved meanwhile.

    Those that share go along when they are told of anew; what is an end is so only for those that are due themselves.
    Raises ValueError for a release that its policies do not ask for.
    """
    hold = search.find(transaction.connection, taken.hold.id)
    if _where(hold) != _where(taken.hold) or hold.state is not HoldState.HELD:
        return False
    if taken.to is HoldState.RELEASED and hold.on_timeout is not OnTimeout.RELEASE:
        msg = f"no policy says that {hold.id} is sent when its time is over"
        raise ValueError(msg)
    for one in alike(transaction.connection, hold):
        if isinstance(taken.to, Stage) and one.stage is hold.stage:
            _on(transaction, one, taken.to, taken)
        elif isinstance(taken.to, HoldState) and _is_due(one, hold, taken.at):
            _end(transaction, one, taken.to, taken, keys)
    for letter in taken.letters:
        outbox.put(transaction, letter, taken.at, keys)
    return True


def rebase(connection: Connection, now: datetime) -> int:
    """Bring back the clocks that were set before ours was put back: each runs from now on as long as it was to run."""
    held = holds.c.state == HoldState.HELD.value
    query = select(holds.c.id, holds.c.clock_at, holds.c.clock_set).where(
        held, holds.c.clock_set > timestamp(now + AHEAD), holds.c.clock_at != ""
    )
    rows = connection.execute(query).all()
    for row in rows:
        left = max(codec.moment(row.clock_at) - codec.moment(row.clock_set), timedelta())
        values = {"clock_at": timestamp(now + left), "clock_set": timestamp(now)}
        connection.execute(update(holds).where(holds.c.id == row.id).values(**values))
    return len(rows)


def _where(hold: Hold) -> tuple[object, ...]:
    return hold.state, hold.stage, hold.clock_at, hold.octets_digest


def _is_due(one: Hold, hold: Hold, at: datetime) -> bool:
    return one.id == hold.id or (one.clock_at is not None and one.clock_at <= at and one.on_timeout is hold.on_timeout)


def _on(transaction: Transaction, hold: Hold, stage: Stage, taken: Step) -> None:
    if stage in _ENTRIES and stage is not hold.stage:
        facts, personal = _told(taken)
        facts = {"waited_seconds": waited(hold, taken.at), **facts}
        transaction.append(Entry(_ENTRIES[stage], taken.at, hold.id, US, facts, personal))
    values = {
        "stage": stage.value,
        "clock_at": timestamp(taken.clock_at) if taken.clock_at else "",
        "clock_set": timestamp(taken.at),
    }
    transaction.connection.execute(update(holds).where(holds.c.id == hold.id).values(**values))


def _end(transaction: Transaction, hold: Hold, to: HoldState, taken: Step, keys: Keyring) -> None:
    facts, personal = _told(taken)
    facts = {
        "policies": list(hold.policies),
        "held_seconds": waited(hold, taken.at),
        "asked_for": taken.hold.id,
        "channel": "clock",
        **facts,
    }
    ended = replace(hold, state=to, acted_by=US, acted_at=taken.at, reason="")
    move(transaction, ended, taken.at, actor=US, facts=facts, personal=personal)
    if to is HoldState.RELEASED:
        outbox.put(transaction, Outgoing(OutgoingKind.RELEASE, hold.id, hold.envelope), taken.at, keys)


def _told(taken: Step) -> tuple[dict[str, object], dict[str, object]]:
    """Facts and personal part of whom the letters of a step go to."""
    whom = list(dict.fromkeys(address for letter in taken.letters for address in letter.envelope.addresses))
    facts = {**({"to": sorted({domain_of(address) for address in whom})} if whom else {}), **taken.facts}
    return facts, {"to": whom} if whom else {}
