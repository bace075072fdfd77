"""Erasing: what retention has ended for, and what a person asks to be erased.

Rules of this file: only what has come to an end is erased, in batches of one transaction each. Octets go with the key
that sealed them, so that what a backup or a free page still holds says nothing without it. Each hold has an entry
`erased` of its own: its story in the log says where its octets went. The log's chain stays whole; the personal parts of
a person's mails go, with their salts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from gateway.config import Retention
from gateway.entry import Entry, EntryType, timestamp
from gateway.hold import Hold, OutgoingKind
from gateway.mail import Envelope
from gateway.store import chunks, codec, log, search
from gateway.store.errors import NotOver
from gateway.store.holds import ENDS, US
from gateway.store.schema import holds, outbox
from gateway.store.transaction import Transaction

BATCH = 200
"""Holds in one transaction."""
_NO_ENVELOPE = Envelope("", (), ())


# --- retention


def sweep(transaction: Transaction, now: datetime, retention: Retention) -> bool:
    """Erase one batch of octets and one of records whose time has ended. True when there may be more."""
    octets = _octets_over(transaction.connection, now, retention)
    _erase_octets(transaction, octets, now)
    records = _records_over(transaction.connection, now, retention)
    for hold_id, had_octets in records:
        what = ["octets", "record"] if had_octets else ["record"]
        transaction.append(_entry(hold_id, US, now, {"what": what, "because": "retention"}))
    if records:
        ids = [hold_id for hold_id, _ in records]
        chunks.drop(transaction.connection, ids)
        _overwrite_key(transaction.connection, ids)
        transaction.connection.execute(delete(holds).where(holds.c.id.in_(ids)))
    return BATCH in {len(octets), len(records)}


def _octets_over(connection: Connection, now: datetime, retention: Retention) -> list[str]:
    found: list[str] = []
    for state in sorted(ENDS):
        seconds: float = getattr(retention, state.value)
        ended = holds.c.ended_at
        query = select(holds.c.id).where(
            holds.c.state == state.value,
            ended != "",
            ended <= timestamp(now - timedelta(seconds=seconds)),
            holds.c.erased == 0,
            ~_on_its_way(),
        )
        found += connection.execute(query.order_by(ended).limit(BATCH - len(found))).scalars()
        if len(found) == BATCH:
            break
    return found


def _records_over(connection: Connection, now: datetime, retention: Retention) -> list[tuple[str, bool]]:
    end = timestamp(now - timedelta(seconds=retention.records))
    query = select(holds.c.id, holds.c.erased).where(holds.c.ended_at != "", holds.c.ended_at <= end, ~_on_its_way())
    return [(row.id, not row.erased) for row in connection.execute(query.order_by(holds.c.ended_at).limit(BATCH))]


def _on_its_way() -> Any:  # noqa: ANN401 - a condition
    # A delivered mail may still wait for some of its recipients, and a letter tells of its hold.
    return holds.c.id.in_(select(outbox.c.mail_id))


def _erase_octets(transaction: Transaction, ids: Sequence[str], at: datetime) -> None:
    if not ids:
        return
    chunks.drop(transaction.connection, ids)
    _overwrite_key(transaction.connection, ids)
    for hold_id in ids:
        transaction.append(_entry(hold_id, US, at, {"what": ["octets"], "because": "retention"}))


def _overwrite_key(connection: Connection, ids: Iterable[str]) -> None:
    gone = {"key": "", "sealed_key": b"", "erased": 1}
    connection.execute(update(holds).where(holds.c.id.in_(list(ids))).values(**gone))


# --- a person


def check_over(connection: Connection, found: Sequence[Hold]) -> None:
    """Raise NotOver for holds that nobody has decided about, or whose mail is on its way to somebody."""
    ids = [hold.id for hold in found]
    sending: set[str] = set()
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        query = select(outbox.c.mail_id).where(outbox.c.kind == OutgoingKind.RELEASE.value, outbox.c.mail_id.in_(part))
        sending |= set(connection.execute(query).scalars())
    live = tuple(hold for hold in found if hold.state not in ENDS or hold.id in sending)
    if live:
        raise NotOver(live)


def erase(transaction: Transaction, ids: Sequence[str], actor: str, at: datetime) -> list[Hold]:
    """Erase these holds, all but their ids, states and hashes, and the personal parts of what the log says of them.

    Letters that were still to tell of them go too. Raises NotOver. Returns them as they are now.
    """
    connection = transaction.connection
    rows = connection.execute(select(holds).where(holds.c.id.in_(list(ids)))).all()
    check_over(connection, [codec.hold(row) for row in rows])
    for row in rows:
        facts = {"what": ["octets", "record", "log"], "because": "person", "state": row.state}
        transaction.append(_entry(row.id, actor, at, facts))
        _blank(connection, row)
    chunks.drop(connection, ids)
    letters = outbox.c.mail_id.in_(list(ids)), outbox.c.kind != OutgoingKind.DIGEST.value  # those tell of others too
    connection.execute(delete(outbox).where(*letters))
    log.forget(connection, ids)
    return search.by_ids(connection, ids)


def erase_log(transaction: Transaction, ids: Sequence[str], actor: str, at: datetime) -> None:
    """Erase the personal parts of the entries of mails that are no holds (any more)."""
    log.forget(transaction.connection, ids)
    for mail_id in ids:
        transaction.append(_entry(mail_id, actor, at, {"what": ["log"], "because": "person"}))


def mentioned(rows: Iterable[Any], address: str) -> list[str]:
    """Ids of the mails in whose log entries (tuples of log.COLUMNS) a mailbox stands."""
    # A mailbox is compared without case, octets beyond ASCII by their JSON.
    wanted = json.dumps(address, ensure_ascii=False)[1:-1].casefold()
    needle = wanted.encode("utf-8", "backslashreplace")
    found = []
    for row in rows:
        personal, mail_id = row[3], row[7]
        if personal is None or not mail_id or (needle.isascii() and needle not in bytes(personal).lower()):
            continue
        if any(text.casefold() == address.casefold() for text in _texts(json.loads(personal))):
            found.append(mail_id)
    return found


def _texts(value: Any) -> Iterable[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _blank(connection: Connection, row: Row[Any]) -> None:
    hold = codec.hold(row)
    blank = replace(
        hold,
        envelope=_NO_ENVELOPE,
        client="",
        message_id="",
        subject="",
        header_from="",
        agent="",
        ticket="",
        reason="",
        findings=tuple(replace(one, excerpt="", fixes=()) for one in hold.findings),
        overrides=tuple(replace(one, reason="") for one in hold.overrides),
    )
    none = {"key": "", "sealed_key": b"", "erased": 1, "told": "", "digest": 0}
    values = {**none, "same": f"erased {hold.id}", "whole": f"erased {hold.id}", **codec.finding_columns(blank)}
    record = {"acted": codec.acted_text(blank), "record": codec.hold_text(blank)}
    connection.execute(update(holds).where(holds.c.id == hold.id).values(**values, **record))


def _entry(hold_id: str, actor: str, at: datetime, facts: dict[str, object]) -> Entry:
    return Entry(EntryType.ERASED, at, hold_id, actor, facts)
