"""What the courier has to send: notices, digests, released mail, and reports of what could not be sent.

Rules of this file: taking a row counts the attempt and puts the row's next time behind the end of the taking, so that
no two couriers send it and a courier that dies loses nothing. The end of a row, the state of its hold and the log entry
are one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, select, update

from gateway.entry import Entry, EntryType, timestamp
from gateway.hold import Outgoing, OutgoingKind
from gateway.status import Status
from gateway.store import codec
from gateway.store.errors import StoreError
from gateway.store.hot import Hot
from gateway.store.keys import Keyring
from gateway.store.schema import outbox
from gateway.store.transaction import Transaction

TAKEN_FOR = timedelta(minutes=30)
"""How long a taken row is nobody else's; longer than one attempt with all its time limits."""
AHEAD = timedelta(minutes=10)
"""What was decided so far ahead of now was decided before the clock was put back; hosts differ by less."""


def told(outgoing: Outgoing) -> str:
    """Who is told, as a digest: it stands in an index."""
    addresses = "\n".join(sorted(address.lower() for address in outgoing.envelope.addresses))
    return hashlib.sha256(addresses.encode("utf-8", "surrogateescape")).hexdigest()


def put(transaction: Transaction, outgoing: Outgoing, at: datetime, keys: Keyring) -> int:
    """Queue a mail; its octets are sealed. Returns the row's id."""
    sealed, key = b"", ""
    if outgoing.octets:
        key = transaction.key
        sealed = keys.sealer(key).seal(outgoing.octets, place(outgoing.kind, outgoing.mail_id))
    row = {
        "kind": outgoing.kind.value,
        "mail_id": outgoing.mail_id,
        "told": told(outgoing),
        "envelope": codec.envelope_text(outgoing.envelope),
        "key": key,
        "sealed": sealed,
        "created_at": timestamp(outgoing.created_at or at),
        "due_at": timestamp(outgoing.due_at or at),
        "attempts": 0,
        "taken_by": "",
        "answer": "",
        "set_at": timestamp(at),
    }
    [(row_id,)] = _PUT(transaction.connection, **row)
    return int(row_id)


_PUT = Hot(
    insert(outbox)
    .values({column.name: bindparam(column.name) for column in outbox.columns if column.name != "id"})
    .returning(outbox.c.id)
)


def pending_digest(connection: Connection, whom: str) -> int:
    """The digest for a recipient that nobody has taken yet, or 0."""
    query = select(outbox.c.id).where(
        outbox.c.told == whom, outbox.c.kind == OutgoingKind.DIGEST.value, outbox.c.attempts == 0
    )
    return connection.execute(query).scalar() or 0


@dataclass(frozen=True, slots=True)
class Unopened:
    """A row that cannot be sent as it stands; it stays, and is due again like one whose courier died."""

    kind: str
    mail_id: str
    why: str


def take(
    connection: Connection, now: datetime, limit: int, node: str, keys: Keyring
) -> tuple[list[Outgoing], list[Unopened]]:
    """Take rows that are due, the longest due first; each is due again when the taking is over."""
    rebase(connection, now)
    query = select(outbox).where(outbox.c.due_at <= timestamp(now)).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
    rows = connection.execute(query).all()
    until = now + TAKEN_FOR
    if rows:
        taken = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
        values = {"due_at": timestamp(until), "set_at": timestamp(now), "taken_by": node}
        connection.execute(taken.values(**values, attempts=outbox.c.attempts + 1))
    good, bad = list[Outgoing](), list[Unopened]()
    for row in rows:
        try:
            good.append(replace(_outgoing(row, keys), attempts=row.attempts + 1, due_at=until))
        except StoreError as error:
            bad.append(Unopened(row.kind, row.mail_id, str(error)))
        except (ValueError, KeyError, TypeError) as error:  # JSON that nobody wrote like this
            bad.append(Unopened(row.kind, row.mail_id, f"its row is damaged ({type(error).__name__})"))
    return good, bad


def rebase(connection: Connection, now: datetime) -> int:
    """Bring back what a clock that was ahead has put far away: each waits from now on as long as it was to wait."""
    ahead = timestamp(now + AHEAD)
    newest: str | None = connection.execute(select(func.max(outbox.c.set_at))).scalar()
    if newest is None or newest <= ahead:
        return 0
    rows = connection.execute(
        select(outbox.c.id, outbox.c.due_at, outbox.c.set_at).where(outbox.c.set_at > ahead)
    ).all()
    for row in rows:
        left = max(codec.moment(row.due_at) - codec.moment(row.set_at), timedelta())
        values = {"due_at": timestamp(now + left), "set_at": timestamp(now)}
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(**values))
    return len(rows)


def give_back(connection: Connection, node: str, now: datetime) -> int:
    """Make due what a courier of this node had taken when it died."""
    mine = update(outbox).where(outbox.c.taken_by == node)
    return connection.execute(mine.values(taken_by="", due_at=timestamp(now), set_at=timestamp(now))).rowcount


def next_due(connection: Connection, now: datetime | None) -> datetime | None:
    """When the courier has something to do next: at once where the clock was put back."""
    due, newest = connection.execute(
        select(select(func.min(outbox.c.due_at)).scalar_subquery(), select(func.max(outbox.c.set_at)).scalar_subquery())
    ).one()
    if due and now and newest > timestamp(now + AHEAD):
        return now
    return codec.moment(due) if due else None


def postpone(connection: Connection, outgoing: Outgoing, status: Status, due_at: datetime) -> None:
    """Try again later, for the envelope that `outgoing` has now: recipients who are done with have left it."""
    row = update(outbox).where(*_taken(outgoing))
    envelope = codec.envelope_text(outgoing.envelope)
    values = {"taken_by": "", "answer": codec.status_text(status), "envelope": envelope}
    connection.execute(row.values(due_at=timestamp(due_at), **values))


def remove(connection: Connection, outgoing: Outgoing) -> None:
    """Take a row away, whoever has it now: the mail has gone."""
    connection.execute(delete(outbox).where(outbox.c.id == outgoing.id))


def remove_taken(connection: Connection, outgoing: Outgoing) -> bool:
    """Take a row away if this taking of it is the last one; False when it is over and another courier has the row."""
    return connection.execute(delete(outbox).where(*_taken(outgoing))).rowcount == 1


def _taken(outgoing: Outgoing) -> tuple[ColumnElement[bool], ...]:
    # Each taking counts an attempt, so that the count tells one taking from another.
    return outbox.c.id == outgoing.id, outbox.c.attempts == outgoing.attempts


def noticed(transaction: Transaction, outgoing: Outgoing, status: Status, at: datetime, covers: Sequence[str]) -> None:
    """Log what became of a notice."""
    facts = {"kind": outgoing.kind.value, "outcome": outcome(status), **answer_facts(outgoing, status)}
    if covers:
        facts["covers"] = list(covers)
    personal = {"recipients": list(outgoing.envelope.addresses), "answer": status.text}
    transaction.append(Entry(EntryType.NOTICED, at, outgoing.mail_id, facts=facts, personal=personal))


def needless(transaction: Transaction, outgoing: Outgoing, at: datetime, covers: Sequence[str]) -> None:
    """Log that a notice was never sent, since what it would have said had come to its end before."""
    facts: dict[str, object] = {"kind": outgoing.kind.value, "outcome": "needless"}
    if covers:
        facts["covers"] = list(covers)
    personal = {"recipients": list(outgoing.envelope.addresses)}
    transaction.append(Entry(EntryType.NOTICED, at, outgoing.mail_id, facts=facts, personal=personal))


def outcome(status: Status) -> str:
    """One word for what became of a mail."""
    return "delivered" if status.is_success else "given-up"


def answer_facts(outgoing: Outgoing, status: Status) -> dict[str, object]:
    """What may be kept for ever of an answer: its text may hold an address."""
    return {"code": status.code, "enhanced": status.enhanced, "attempts": outgoing.attempts}


def place(kind: OutgoingKind, mail_id: str) -> str:
    """What the octets of a letter belong to."""
    return f"outbox {kind.value} {mail_id}"


def _outgoing(row: Row[tuple[object, ...]], keys: Keyring) -> Outgoing:
    kind = OutgoingKind(row.kind)
    octets = keys.sealer(row.key).open(bytes(row.sealed), place(kind, row.mail_id)) if row.sealed else b""
    return Outgoing(
        kind=kind,
        mail_id=row.mail_id,
        envelope=codec.envelope(row.envelope),
        octets=octets,
        created_at=codec.moment(row.created_at),
        id=row.id,
        attempts=row.attempts,
        due_at=codec.moment(row.due_at),
        last_status=codec.status(row.answer),
    )
