"""Answers of the next hop that a client never heard: the same mail again within a day is answered from here.

Rules of this file: functions on a connection; a mail is known by `whole`, the digest of its octets and envelope.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from gateway.entry import timestamp
from gateway.status import Status
from gateway.store import codec
from gateway.store.schema import unanswered

KEPT = timedelta(hours=24)
"""Clients try again for days, but what comes after a day is rather a person who sends again."""


def remember(connection: Connection, whole: str, status: Status, at: datetime) -> None:
    """Keep the newest answer to a mail."""
    connection.execute(delete(unanswered).where(unanswered.c.whole == whole))
    connection.execute(insert(unanswered).values(whole=whole, at=timestamp(at), answer=codec.status_text(status)))


def look_up(connection: Connection, asked: Iterable[tuple[str, datetime]]) -> dict[str, Status]:
    """Find the answers of many mails in one query; each is asked for with the time at which it came."""
    times = dict(asked)
    query = select(unanswered.c.whole, unanswered.c.at, unanswered.c.answer).where(unanswered.c.whole.in_(times))
    found = {}
    for row in connection.execute(query):
        status = codec.status(row.answer)
        if status and row.at > timestamp(times[row.whole] - KEPT):
            found[row.whole] = status
    return found


def sweep(connection: Connection, now: datetime) -> int:
    """Forget what is older than a day."""
    return connection.execute(delete(unanswered).where(unanswered.c.at <= timestamp(now - KEPT))).rowcount
