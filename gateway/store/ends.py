"""What the courier's attempts come to: the ends of rows in the outbox and of released holds.

Rules of this file: the end of a row, the state of its hold and the log entry are one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from gateway.entry import Entry, EntryType
from gateway.hold import HoldState, Outgoing, OutgoingKind, Progress
from gateway.status import Status
from gateway.store import outbox, search
from gateway.store.holds import MOVES, US, move
from gateway.store.keys import Keyring
from gateway.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class End:
    """What an attempt came to."""

    outgoing: Outgoing
    status: Status
    at: datetime
    follow_ups: Sequence[Outgoing] = ()
    """Letters that tell of it."""
    dialogue: Sequence[str] = ()
    """What was said, without the data; it names addresses."""

    def personal(self, **more: object) -> dict[str, object]:
        """The personal part of the entry."""
        said = {"dialogue": list(self.dialogue)} if self.dialogue else {}
        return {**more, **said}


def sent(transaction: Transaction, end: End, keys: Keyring) -> None:
    """The next hop took a mail: the end of its row in the outbox."""
    covers = _covers(transaction.connection, end.outgoing)
    outbox.remove(transaction.connection, end.outgoing)
    _ended(transaction, end, HoldState.DELIVERED, covers)
    _follow(transaction, end, keys)


def given_up(transaction: Transaction, end: End, keys: Keyring) -> None:
    """A mail will never go: the end of its row, and the beginning of those that tell of it."""
    covers = _covers(transaction.connection, end.outgoing)
    if not outbox.remove_taken(transaction.connection, end.outgoing):
        return  # another courier brought it to its end: our failure ends nothing
    _ended(transaction, end, HoldState.BOUNCED, covers)
    _follow(transaction, end, keys)


def partly(transaction: Transaction, end: End, progress: Progress, due_at: datetime, keys: Keyring) -> None:
    """A released mail has come to different ends for its recipients: one entry an end, and the row for who waits.

    It is delivered as soon as anybody has it, bounced when nobody ever will; whom it cannot reach, others are told.
    """
    outgoing, at = end.outgoing, end.at
    ends = ((progress.taken, HoldState.DELIVERED), (progress.refused, HoldState.BOUNCED))
    for answered, to in ends:
        if answered:
            addresses = [one.recipient.address for one in answered]
            facts = {**outbox.answer_facts(outgoing, answered[0].status), "partly": True, "recipients": len(addresses)}
            personal = end.personal(answer=answered[0].status.text, recipients=addresses)
            hold = search.find(transaction.connection, outgoing.mail_id)
            if (hold.state, to) in MOVES and not (to is HoldState.BOUNCED and progress.waiting):
                ended = replace(hold, state=to)
                move(transaction, ended, at, actor=US, facts=facts, personal=personal, was=hold.state)
            else:
                transaction.append(Entry(EntryType(to.value), at, hold.id, US, facts, personal))
    if progress.waiting:
        left = replace(outgoing.envelope, recipients=tuple(one.recipient for one in progress.waiting))
        waiting = replace(outgoing, envelope=left)
        outbox.postpone(transaction.connection, waiting, progress.waiting[0].status, due_at)
    else:
        outbox.remove(transaction.connection, outgoing)
    _follow(transaction, end, keys)


def needless(transaction: Transaction, outgoing: Outgoing, at: datetime) -> None:
    """A notice need not be sent any more: the end of its row."""
    covers = _covers(transaction.connection, outgoing)
    if outbox.remove_taken(transaction.connection, outgoing):
        outbox.needless(transaction, outgoing, at, covers)


def _covers(connection: Connection, outgoing: Outgoing) -> list[str]:
    if outgoing.kind is not OutgoingKind.DIGEST:
        return []
    return [hold.id for hold in search.of_digest(connection, outgoing.id)]


def _follow(transaction: Transaction, end: End, keys: Keyring) -> None:
    for letter in end.follow_ups:
        outbox.put(transaction, letter, end.at, keys)


def _ended(transaction: Transaction, end: End, to: HoldState, covers: list[str]) -> None:
    outgoing, status, at = end.outgoing, end.status, end.at
    if outgoing.kind is not OutgoingKind.RELEASE:
        outbox.noticed(transaction, outgoing, status, at, covers)
        return
    hold = search.find(transaction.connection, outgoing.mail_id)
    facts, personal = outbox.answer_facts(outgoing, status), end.personal(answer=status.text)
    if (hold.state, to) in MOVES:
        move(transaction, replace(hold, state=to), at, actor=US, facts=facts, personal=personal, was=hold.state)
    else:  # two couriers sent it, which is logged for both; the state was moved by the first
        transaction.append(Entry(EntryType(to.value), at, hold.id, US, {**facts, "again": True}, personal))
