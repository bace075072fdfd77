"""Answers of the next hop that a client never heard: the same mail again within a day is answered from here.

Rules of this file: functions on a connection; a mail is known by `whole`, the digest of its octets and envelope.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, or_, select

from gateway.entry import timestamp
from gateway.status import Status
from gateway.store import codec
from gateway.store.hot import Hot
from gateway.store.schema import unanswered

KEPT = timedelta(hours=24)
"""Clients try again for days, but what comes after a day is rather a person who sends again."""


def remember(connection: Connection, whole: str, status: Status, at: datetime, kept: timedelta = KEPT) -> None:
    """Keep the newest answer to a mail, for a day or for less."""
    since = timestamp(at - KEPT + kept)
    connection.execute(delete(unanswered).where(unanswered.c.whole == whole))
    connection.execute(insert(unanswered).values(whole=whole, at=since, answer=codec.status_text(status)))


def look_up(connection: Connection, asked: Iterable[tuple[str, datetime]]) -> dict[str, Status]:
    """Find the answers of many mails in one query; each is asked for with the time at which it came."""
    times = dict(asked)
    wholes = list(times)
    # As many places as the next power of two, so that few statements serve every size of batch.
    places = 1 << (len(wholes) - 1).bit_length()
    found = {}
    filled = wholes + wholes[-1:] * (places - len(wholes))
    for whole, at, answer in _look_up(places)(connection, **{f"w{n}": one for n, one in enumerate(filled)}):
        status = codec.status(answer)
        if status and at > timestamp(times[whole] - KEPT):
            found[whole] = status
    return found


@cache
def _look_up(places: int) -> Hot:
    asked: list[BindParameter[str]] = [bindparam(f"w{n}") for n in range(places)]
    columns = (unanswered.c.whole, unanswered.c.at, unanswered.c.answer)
    return Hot(select(*columns).where(unanswered.c.whole.in_(asked)))


def sweep(connection: Connection, now: datetime) -> int:
    """Forget what is older than a day, and what a clock that was put back since has put far ahead."""
    old = or_(unanswered.c.at <= timestamp(now - KEPT), unanswered.c.at > timestamp(now + KEPT))
    return connection.execute(delete(unanswered).where(old)).rowcount
