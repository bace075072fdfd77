"""A hundred thousand holds stay pleasant: every question has an index, in a store that was never analysed, too."""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from gateway.config import Retention
from gateway.hold import Actor, Filter, HoldState, Stage
from gateway.store import Store
from storing import LATER, NOON, OK, a_hold, a_notice, after, digest, disposed, judged, locked, mended

MAIJA = Actor("maija")
TABLES = "log|holds|octets|outbox|unanswered"


async def asked(path: Path, act: Callable[[Store], Awaitable[Any]]) -> list[tuple[str, str]]:
    """Let a store do something; every statement on a large table, and how SQLite would go about it."""
    store, statements = Store(f"sqlite:///{path}"), list[str]()
    event.listen(
        store._database._engine, "connect", lambda connection, _: connection.set_trace_callback(statements.append)
    )
    await act(store)
    store.close()
    plans = []
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            if re.match(r"(SELECT|UPDATE|DELETE)\b", statement) and re.search(rf"\b({TABLES})\b", statement):
                steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
                plans.append((statement, "; ".join(steps)))
    return plans


async def hold(store: Store) -> None:
    await store.hold(a_hold("abcd2222"), b"x", [disposed("abcd2222")], a_notice("abcd2222"), digest_after=0)
    again = a_hold("efgh2222", whole=a_hold("abcd2222").whole)
    await store.hold(again, b"x", [disposed("efgh2222")], a_notice("efgh2222"))


async def look(store: Store) -> None:
    [held] = store.holds([HoldState.HELD])
    list(store.holds([HoldState.HELD], limit=10, after=held))
    list(store.holds(limit=10, after=held))
    store.find("abcd")
    store.opened("abcd2222")
    store.tail(5)
    store.story("abcd2222")
    list(store.log_rows(1))
    store.verify()


async def carry(store: Store) -> None:
    store.release("abcd", MAIJA, "fine", NOON)
    await store.next_due()
    await store.give_back(NOON)
    rows = await store.due(after(days=1))
    assert len(rows) == 2
    for row in rows:
        await store.digest(row)
        await store.postponed(row, LATER, NOON)
        await store.delivered(row, OK, NOON)


async def act(store: Store) -> None:
    for mail_id in ("ijkl2222", "mnop2222", "qrst2222"):
        await store.hold(a_hold(mail_id, clock_at=NOON), b"x", [disposed(mail_id)], None)
    mend = mended(b"y")
    store.mend("ijkl", mend, MAIJA, NOON, expected=store.find("ijkl").octets_digest)
    [due] = [hold for hold in await store.clock_due(NOON) if hold.id == "mnop2222"]
    await store.step(due, Stage.REMINDED, [], NOON, NOON)
    store.discard_many(["ijkl2222", "mnop2222"], MAIJA, "no", NOON)
    for wanted in (Filter(agent="a*", sender="*@example.com"), Filter(policy="p*d", recipient="*@example.org")):
        list(store.holds(wanted, limit=10))
        store.count(wanted)


async def tidy(store: Store) -> None:
    store.rotate(MAIJA, NOON)
    while await store.reseal():
        pass
    await store.reseal()
    store.list_keys()
    await store.sweep(after(days=40), Retention())
    await store.sweep(after(days=400), Retention())
    await store.hold(a_hold("uvwx2222"), b"x", [disposed("uvwx2222")], None)
    store.discard("uvwx", MAIJA, "no", NOON)
    store.erase("liisa@example.org", MAIJA, NOON, dry_run=True)


async def pass_by(store: Store) -> None:
    await store.judged(judged("efgh2222"), digest("a"))
    await store.unanswered(digest("a"), OK, NOON)
    await store.sweep(NOON)


async def test_every_question_has_an_index(sqlite_path: Path) -> None:
    plans = [plan for act in (hold, look, carry, act, tidy, pass_by) for plan in await asked(sqlite_path, act)]
    assert len(plans) > 30
    # All rows in the order of an index are fine where the statement takes only the first of them.
    slow = [plan for plan in plans if re.search(rf"SCAN ({TABLES})(?! USING)", plan[1])]
    # Once at the courier's start; after a rotation, until it is done.
    allowed = re.compile(
        r"UPDATE outbox SET .* WHERE outbox.taken_by|SELECT count.*FROM outbox\s+WHERE outbox.\"key\"", re.DOTALL
    )
    assert [plan for plan in slow if not allowed.match(plan[0]) and "LIMIT" not in plan[0]] == []


async def test_what_is_asked_for_each_hold_does_not_grow_with_the_holds(sqlite_path: Path) -> None:
    plans = await asked(sqlite_path, hold)
    about_holds = [plan for statement, plan in plans if "FROM holds" in statement and "SELECT" in statement]
    assert len(about_holds) >= 3
    for plan in about_holds:
        assert "SCAN" not in plan
        assert "holds_state" not in plan
        assert "holds_at" not in plan


@pytest.mark.parametrize("count", [1, 3, 40])
async def test_unheard_answers_are_looked_up_once_for_a_batch(sqlite_path: Path, count: int) -> None:
    async def several(store: Store) -> None:
        with locked(sqlite_path) as let_go:  # so that all of them wait
            asking = [asyncio.ensure_future(store.judged(judged(f"m{n}"), digest(str(n)))) for n in range(count)]
            await asyncio.sleep(0.01)
            let_go()
            await asyncio.gather(*asking)

    plans = await asked(sqlite_path, several)
    lookups = [plan for statement, plan in plans if "FROM unanswered" in statement]
    assert len(lookups) == 1
    assert "SEARCH unanswered USING INDEX" in lookups[0]
