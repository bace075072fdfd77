"""Held replies and their states.

    from      to         by                                                        entry
    -         held       the relay: the verdict says hold                          disposed
    held      released   an operator, with a reason                                released
    held      discarded  an operator, with a reason                                discarded
    released  delivered  the courier: the next hop took it                         delivered
    released  bounced    the courier: the next hop refused it, or it was given up  bounced

`returned` (nobody acted) has no arrow yet. Every other move is refused with who was there first and when.

Rules of this file: a move is one transaction: the state, the log entry and the row in the outbox. Holds of the same
octets and reverse-path (servers split a mail at 50 recipients) move together. The transaction has taken the chain's
head, so that nobody else moves anything meanwhile: what is read here stays so until the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from gateway.entry import Entry, EntryType, timestamp
from gateway.hold import Hold, HoldState, Outgoing, OutgoingKind, Progress
from gateway.mail import is_id_prefix
from gateway.status import Status
from gateway.store import chunks, codec, outbox
from gateway.store.errors import AmbiguousId, HoldGone, NoSuchHold, StoreError
from gateway.store.schema import holds
from gateway.store.seal import Sealer
from gateway.store.transaction import Transaction

MOVES = {
    (HoldState.HELD, HoldState.RELEASED): EntryType.RELEASED,
    (HoldState.HELD, HoldState.DISCARDED): EntryType.DISCARDED,
    (HoldState.RELEASED, HoldState.DELIVERED): EntryType.DELIVERED,
    (HoldState.RELEASED, HoldState.BOUNCED): EntryType.BOUNCED,
}
"""The table above, for the code."""
AGAIN = timedelta(hours=24)
"""The same octets for the same envelope within a day are one hold: a client that did not get our answer."""
US = "saate"
"""The actor of what nobody asked for by name."""
_CANDIDATES = 10


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
    digest_after: int
    digest_window: timedelta


def put(transaction: Transaction, new: NewHold, sealer: Sealer) -> Held:
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
    told, digest = ("", 0) if shares or not new.notice else _tell(connection, new, new.notice, sealer)
    row = {
        "id": hold.id,
        "state": HoldState.HELD.value,
        "held_at": timestamp(hold.held_at),
        "record": codec.hold_text(hold),
        "same": hold.same,
        "whole": hold.whole,
        "told": told,
        "digest": digest,
        "chunks": new.pieces,
        "mended": 0,
        "acted": "",
    }
    connection.execute(insert(holds), row)
    _log(transaction, new.entries, {"shares_notice": True} if shares else {})
    return Held(hold.id, shares_notice=shares)


def _again(connection: Connection, hold: Hold) -> str:
    since = timestamp(hold.held_at - AGAIN)
    query = select(holds.c.id).where(holds.c.whole == hold.whole, holds.c.held_at > since)
    return connection.execute(query.order_by(holds.c.held_at)).scalar() or ""


def _shares(connection: Connection, hold: Hold) -> bool:
    # Only what still waits for a decision: a notice that was acted on would leave the newcomer to die quietly.
    query = select(holds.c.id).where(
        holds.c.same == hold.same,
        holds.c.state == HoldState.HELD.value,
        holds.c.held_at > timestamp(hold.held_at - AGAIN),
    )
    return connection.execute(query).first() is not None


def _tell(connection: Connection, new: NewHold, notice: Outgoing, sealer: Sealer) -> tuple[str, int]:
    """Queue the notice, or let a digest tell of this hold too. Returns whom, and the digest's row."""
    whom, at = outbox.told(notice), new.hold.held_at
    recent = select(func.count()).where(holds.c.told == whom, holds.c.held_at > timestamp(at - new.digest_window))
    if connection.execute(recent).scalar_one() < new.digest_after:
        outbox.put(connection, notice, at, sealer)
        return whom, 0
    digest = replace(notice, kind=OutgoingKind.DIGEST, octets=b"", due_at=at + new.digest_window)
    return whom, outbox.pending_digest(connection, whom) or outbox.put(connection, digest, at, sealer)


def _log(transaction: Transaction, entries: Iterable[Entry], facts: dict[str, object]) -> None:
    for entry in entries:
        disposed = entry.type is EntryType.DISPOSED and facts
        transaction.append(replace(entry, facts={**entry.facts, **facts}) if disposed else entry)


def find(connection: Connection, typed: str) -> Hold:
    """Find a hold by the beginning of its id. Raises NoSuchHold or AmbiguousId."""
    start = typed.strip().lower()
    if not is_id_prefix(start):
        raise NoSuchHold(typed)
    # "~" sorts behind every character of an id.
    query = select(holds).where(holds.c.id >= start, holds.c.id < start + "~").order_by(holds.c.id).limit(_CANDIDATES)
    found = tuple(codec.hold(row) for row in connection.execute(query))
    if not found:
        raise NoSuchHold(typed)
    if len(found) > 1:
        raise AmbiguousId(typed, found)
    return found[0]


def page(connection: Connection, states: Iterable[HoldState], limit: int, after: Hold | None) -> list[Hold]:
    """Holds in these states (none named: all), the longest held first, those behind `after`."""
    query = select(holds).order_by(holds.c.held_at, holds.c.id).limit(limit)
    named = [state.value for state in states]
    if named:
        query = query.where(holds.c.state.in_(named))
    if after:
        query = query.where(_behind(timestamp(after.held_at), after.id))
    return [codec.hold(row) for row in connection.execute(query)]


def _behind(held_at: str, hold_id: str) -> ColumnElement[bool]:
    same_time = and_(holds.c.held_at == held_at, holds.c.id > hold_id)
    return and_(holds.c.held_at >= held_at, or_(holds.c.held_at > held_at, same_time))


def of_digest(connection: Connection, digest: int) -> list[Hold]:
    """The holds that a digest tells of, the longest held first."""
    query = select(holds).where(holds.c.digest == digest, holds.c.digest != 0).order_by(holds.c.held_at, holds.c.id)
    return [codec.hold(row) for row in connection.execute(query)]


def opened(connection: Connection, hold_id: str, sealer: Sealer) -> bytes:
    """The octets of a held mail."""
    pieces = connection.execute(select(holds.c.chunks).where(holds.c.id == hold_id)).scalar()
    if pieces is None:
        raise NoSuchHold(hold_id)
    return chunks.opened(connection, hold_id, pieces, sealer)


def act(transaction: Transaction, typed: str, to: HoldState, actor: str, reason: str, at: datetime) -> Hold:
    """Release or discard a hold, and those that share its octets. Raises HoldGone when somebody was quicker."""
    hold = find(transaction.connection, typed)
    if (hold.state, to) not in MOVES:
        raise HoldGone(hold)
    alike = select(holds).where(holds.c.same == hold.same, holds.c.state == hold.state.value).order_by(holds.c.id)
    for row in transaction.connection.execute(alike).all():
        one = codec.hold(row)
        waited = max(0, round((at - one.held_at).total_seconds()))
        facts = {"policies": list(one.policies), "held_seconds": waited, "asked_for": hold.id}
        _move(transaction, one, to, at, actor=actor, reason=reason, facts=facts, personal={"reason": reason})
        if to is HoldState.RELEASED:
            outbox.put(transaction.connection, Outgoing(OutgoingKind.RELEASE, one.id, one.envelope), at, None)
    return find(transaction.connection, hold.id)


def sent(transaction: Transaction, outgoing: Outgoing, status: Status, at: datetime) -> None:
    """The next hop took a mail: the end of its row in the outbox."""
    covers = _covers(transaction.connection, outgoing)
    outbox.remove(transaction.connection, outgoing)
    if outgoing.kind is OutgoingKind.RELEASE:
        _ended(transaction, outgoing, HoldState.DELIVERED, status, at)
    else:
        outbox.noticed(transaction, outgoing, status, at, covers)


def given_up(
    transaction: Transaction,
    outgoing: Outgoing,
    status: Status,
    at: datetime,
    follow_up: Outgoing | None,
    sealer: Sealer,
) -> None:
    """A mail will never go: the end of its row, and the beginning of one that tells of it."""
    covers = _covers(transaction.connection, outgoing)
    if not outbox.remove_taken(transaction.connection, outgoing):
        return  # another courier brought it to its end: our failure ends nothing
    if outgoing.kind is OutgoingKind.RELEASE:
        _ended(transaction, outgoing, HoldState.BOUNCED, status, at)
    else:
        outbox.noticed(transaction, outgoing, status, at, covers)
    if follow_up:
        outbox.put(transaction.connection, follow_up, at, sealer)


def partly(
    transaction: Transaction,
    outgoing: Outgoing,
    progress: Progress,
    at: datetime,
    due_at: datetime,
    follow_up: Outgoing | None,
    sealer: Sealer,
) -> None:
    """A released mail has come to different ends for its recipients: one entry an end, and the row for who waits.

    It is delivered as soon as anybody has it, bounced when nobody ever will; whom it cannot reach, `follow_up` tells.
    """
    ends = ((progress.taken, HoldState.DELIVERED), (progress.refused, HoldState.BOUNCED))
    for answered, to in ends:
        if answered:
            addresses = [one.recipient.address for one in answered]
            facts = {**outbox.answer_facts(outgoing, answered[0].status), "partly": True, "recipients": len(addresses)}
            personal = {"answer": answered[0].status.text, "recipients": addresses}
            hold = find(transaction.connection, outgoing.mail_id)
            if (hold.state, to) in MOVES and not (to is HoldState.BOUNCED and progress.waiting):
                _move(transaction, hold, to, at, actor=US, reason=hold.reason, facts=facts, personal=personal)
            else:
                transaction.append(Entry(EntryType(to.value), at, hold.id, US, facts, personal))
    if progress.waiting:
        left = replace(outgoing.envelope, recipients=tuple(one.recipient for one in progress.waiting))
        waiting = replace(outgoing, envelope=left)
        outbox.postpone(transaction.connection, waiting, progress.waiting[0].status, due_at)
    else:
        outbox.remove(transaction.connection, outgoing)
    if follow_up:
        outbox.put(transaction.connection, follow_up, at, sealer)


def needless(transaction: Transaction, outgoing: Outgoing, at: datetime) -> None:
    """A notice need not be sent any more: the end of its row."""
    covers = _covers(transaction.connection, outgoing)
    if outbox.remove_taken(transaction.connection, outgoing):
        outbox.needless(transaction, outgoing, at, covers)


def _covers(connection: Connection, outgoing: Outgoing) -> list[str]:
    if outgoing.kind is not OutgoingKind.DIGEST:
        return []
    return [hold.id for hold in of_digest(connection, outgoing.id)]


def _ended(transaction: Transaction, outgoing: Outgoing, to: HoldState, status: Status, at: datetime) -> None:
    hold = find(transaction.connection, outgoing.mail_id)
    facts, personal = outbox.answer_facts(outgoing, status), {"answer": status.text}
    if (hold.state, to) in MOVES:
        _move(transaction, hold, to, at, actor=US, reason=hold.reason, facts=facts, personal=personal)
    else:  # two couriers sent it, which is logged for both; the state was moved by the first
        transaction.append(Entry(EntryType(to.value), at, hold.id, US, {**facts, "again": True}, personal))


def _move(
    transaction: Transaction,
    hold: Hold,
    to: HoldState,
    at: datetime,
    *,
    actor: str,
    reason: str,
    facts: Mapping[str, object],
    personal: Mapping[str, object],
) -> None:
    entry = Entry(MOVES[hold.state, to], at, hold.id, actor, {"from": hold.state.value, **facts}, personal)
    transaction.append(entry)
    row = update(holds).where(holds.c.id == hold.id)
    values: dict[str, object] = {"state": to.value}
    if actor != US:
        values["acted"] = codec.acted_text(actor, at, reason)
    transaction.connection.execute(row.values(values))
