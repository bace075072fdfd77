"""Killed at any point, the store shows all of a thing or nothing of it."""

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from gateway.hold import Actor, HoldState, OutgoingKind
from gateway.store import Store
from storing import LARGE, Place, a_hold, after, disposed

PROGRAM = """
import asyncio, os, signal, sys, threading
from sqlalchemy import event
from gateway.hold import Actor
from storing import LARGE, NOON, OK, a_hold, a_notice, disposed
from gateway.store import Store, writer

url, key, act, point = sys.argv[1:]
commits = 0

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def commit(_):
    global commits
    commits += threading.current_thread().name == "store-writer"  # not the end of a snapshot
    if point == f"before commit {commits}":
        die()

wake = writer._wake

def woken(done):
    if point == f"after commit {commits}":
        die()
    wake(done)

writer._wake = woken

async def main():
    store = Store(url, key, node="gw1")
    event.listen(store._database._engine, "commit", commit)
    if act == "hold":
        await store.hold(a_hold("abcd2222", octets=LARGE), LARGE, [disposed("abcd2222")], a_notice("abcd2222"))
    elif act == "release":
        store.release("abcd2222", Actor("maija"), "fine", NOON)
    else:
        [row] = await store.due(NOON)
        await store.delivered(row, OK, NOON)
    die()

asyncio.run(main())
"""


def run_until_killed(place: Place, act: str, point: str) -> None:
    support = next(path for path in sys.path if path.endswith("support"))
    command = [sys.executable, "-c", PROGRAM, *place, act, point]
    assert subprocess.run(command, env={"PYTHONPATH": f"{support}:."}, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("before commit 1", False),
        ("after commit 1", False),
        ("after commit 2", False),
        ("before commit 3", False),
        ("after commit 3", True),
    ],
)
async def test_a_hold_is_there_with_entry_and_notice_or_not_at_all(
    place: Place, another: Callable[..., Store], point: str, *, kept: bool
) -> None:
    run_until_killed(place, "hold", point)
    store = another()
    assert store.verify().is_whole
    assert [row.type for row in store.log_rows()] == ["disposed"] * kept
    assert [hold.id for hold in store.holds()] == ["abcd2222"] * kept
    assert [row.kind for row in await store.due(after(days=1))] == [OutgoingKind.NOTICE] * kept
    await store.sweep(after(days=1))
    count = "SELECT count(*) FROM octets"
    pieces = store.read(lambda connection: connection.exec_driver_sql(count).scalar_one())
    assert pieces == 3 * kept
    if kept:
        assert store.opened("abcd2222") == LARGE


@pytest.mark.parametrize(("point", "kept"), [("before commit 1", False), ("after commit 1", True)])
async def test_a_release_is_there_with_entry_and_mail_to_send_or_not_at_all(
    place: Place, another: Callable[..., Store], point: str, *, kept: bool
) -> None:
    store = another()
    await store.hold(a_hold("abcd2222"), b"x", [disposed("abcd2222")], None)
    run_until_killed(place, "release", point)
    assert store.verify().is_whole
    assert store.find("abcd2222").state is (HoldState.RELEASED if kept else HoldState.HELD)
    assert [row.type for row in store.log_rows()] == ["disposed"] + ["released"] * kept
    assert [row.kind for row in await store.due(after(days=1))] == [OutgoingKind.RELEASE] * kept


@pytest.mark.parametrize(
    ("point", "kept"),
    [("before commit 1", False), ("after commit 1", False), ("before commit 2", False), ("after commit 2", True)],
)
async def test_a_delivery_is_recorded_wholly_or_is_due_again(
    place: Place, another: Callable[..., Store], point: str, *, kept: bool
) -> None:
    store = another()
    await store.hold(a_hold("abcd2222"), b"x", [disposed("abcd2222")], None)
    store.release("abcd2222", Actor("maija"), "fine", after(seconds=-1))
    run_until_killed(place, "deliver", point)
    assert store.verify().is_whole
    assert store.find("abcd2222").state is (HoldState.DELIVERED if kept else HoldState.RELEASED)
    assert [row.type for row in store.log_rows()][2:] == ["delivered"] * kept
    assert [row.kind for row in await store.due(after(minutes=30))] == [OutgoingKind.RELEASE] * (not kept)
