"""What a courier leaves when it ends in the middle, at any point, and when its store fails it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import pytest

from courier_bench import OCTETS, Bench
from fakehop import Hang
from gateway import courier
from gateway.store import Store, StoreError

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, datetime, sys
from gateway.config import Config, HostPort
from gateway.courier import Courier, Pools
from gateway.nexthop import LocalSlots, Pool
from gateway.notice import NoticeWriter
from gateway.store import Store

async def main(url, port):
    config = Config(senders=("example.com",))
    pool = Pool(HostPort(host="127.0.0.1", port=port), "gw.example.com", config.timeouts, config.pool, LocalSlots(4))
    now = lambda: datetime.datetime.now(datetime.UTC)
    notices = NoticeWriter(config, "gw.example.com")
    one = Courier(config, Store(url), Pools(pool, pool), notices, hostname="gw.example.com", now=now)
    await one.run(asyncio.Event())

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def _a_courier_of_its_own(url: str, port: int) -> asyncio.subprocess.Process:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, url, str(port), env=env)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
async def test_killed_at_any_step_it_loses_nothing(bench: Bench, store_url: str, step: str) -> None:
    """Kill -9 while the next hop is silent: the next courier sends the mail, whole."""
    hold = await bench.hold(told=False)
    await bench.release(hold)
    bench.hop.script = {step: [Hang()]}
    process = await _a_courier_of_its_own(store_url, bench.hop.port)
    verb = "DATA" if step == "dot" else step
    await bench.hop.until(lambda: any(verb in session.verbs for session in bench.hop.sessions), 30)
    if step == "dot":
        await bench.hop.until(lambda: bench.hop.received)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await bench.state(hold) == "released"
    await bench.start()
    await bench.quiet()
    (mail,) = bench.hop.mails
    assert mail.octets.endswith(OCTETS)
    assert await bench.state(hold) == "delivered"


async def test_killed_while_it_waits_to_try_again_it_keeps_to_the_time(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    bench.hop.script = {"MAIL": ["451 4.3.0 not now"]}
    await bench.release(hold)
    await bench.start()
    await bench.tried(1)
    due_at = await bench.store.next_due()
    await bench.kill()
    await bench.start()
    await asyncio.sleep(0.1)
    assert await bench.store.next_due() == due_at
    assert len(bench.hop.received) == 0
    bench.clock.forward(minutes=2)
    await bench.quiet()
    assert await bench.state(hold) == "delivered"


async def test_what_was_taken_is_recorded_when_the_store_is_back_and_not_sent_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await bench.hold(told=False)
    await bench.release(hold)
    record, refusals = Store.delivered, iter([StoreError("the disk is full"), ValueError("a bug")])

    async def fails_twice(*arguments: object) -> None:
        if error := next(refusals, None):
            raise error
        await record(*arguments)  # type: ignore[arg-type]  # handed through as they came

    monkeypatch.setattr(Store, "delivered", fails_twice)
    await bench.start()
    await bench.quiet()
    assert await bench.state(hold) == "delivered"
    assert len(bench.hop.received) == 1


async def test_a_store_that_is_away_for_a_while_does_not_end_the_courier(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, refusals = Store.next_due, iter([StoreError("locked"), RuntimeError("a bug")])

    async def fails_twice(store: Store, *now: datetime) -> object:
        if error := next(refusals, None):
            raise error
        return await look(store, *now)

    monkeypatch.setattr(courier, "LOOK_AT_MOST", 0.05)
    await bench.hold()
    monkeypatch.setattr(Store, "next_due", fails_twice)
    await bench.start()
    await bench.hop.until(lambda: bench.hop.mails)


async def test_the_courier_sweeps_the_store(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and every hour from then on."""
    sweeps = 0
    sweep = Store.sweep

    async def counted(*arguments: object) -> None:
        nonlocal sweeps
        await sweep(*arguments)  # type: ignore[arg-type]  # handed through as they came
        sweeps += 1

    monkeypatch.setattr(Store, "sweep", counted)
    await bench.start()
    await bench.hop.until(lambda: sweeps == 1)
    bench.clock.forward(minutes=61)
    await bench.hop.until(lambda: sweeps == 2)
