"""The clock of held replies: reminder, escalation and end, whatever the machine's clock does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from courier_bench import TEXTS, Bench
from gateway.clock import Clock, first_step
from gateway.config import Config, Person, Role
from gateway.hold import Actor, Hold, Stage
from gateway.notice import NoticeWriter
from gateway.status import OK
from gateway.store import Store
from gateway.verdict import OnTimeout
from gateway.workdays import Workdays

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
PEOPLE = (Person(mailbox="veera@example.com", role=Role.REVIEWER), Person(mailbox="maija@example.com"))


@dataclass
class Machine:
    """A machine with a clock that can be set, and one that cannot."""

    at: datetime = MONDAY
    steady: float = 1000.0
    config: Config = field(default_factory=lambda: Config(senders=("example.com",), people=PEOPLE))

    def passes(self, **more: float) -> None:
        self.at += timedelta(**more)
        self.steady += timedelta(**more).total_seconds()

    def clock(self, store: Store) -> Clock:
        notices = NoticeWriter(self.config, "gw.example.com", TEXTS)
        workdays = Workdays(self.config.calendar)
        return Clock(self.config, store, notices, workdays, now=lambda: self.at, steady=lambda: self.steady)


@pytest.fixture
def machine() -> Machine:
    return Machine()


async def held(bench: Bench, machine: Machine, **changed: Any) -> Hold:
    """A reply held now, its clock set as the relay sets it."""
    at = first_step(machine.config, Workdays(machine.config.calendar), machine.at)
    return await bench.hold(told=False, held_at=machine.at, clock_at=at, **changed)


def entries(bench: Bench, hold: Hold) -> list[str]:
    return [kind for kind, _ in bench.log(hold)]


async def waiting(bench: Bench, machine: Machine) -> list[tuple[str, tuple[str, ...]]]:
    """What the courier would carry now; it is carried."""
    due = await bench.store.due(machine.at)
    for one in due:
        await bench.store.delivered(one, OK, machine.at)
    return [(one.kind.value, one.envelope.addresses) for one in due]


async def test_a_reply_that_nobody_looks_at_comes_back_to_its_agent(bench: Bench, machine: Machine) -> None:
    hold, clock = await held(bench, machine), machine.clock(bench.store)
    machine.passes(minutes=59)
    assert await clock.tick() == 0
    machine.passes(minutes=2)
    assert await clock.tick() == 1
    assert await waiting(bench, machine) == [("reminder", ("maija@example.com",))]
    machine.passes(hours=3)
    assert await clock.tick() == 1
    assert await waiting(bench, machine) == [("escalation", ("veera@example.com",))]
    machine.passes(days=2, hours=19)
    assert await clock.tick() == 0
    machine.passes(hours=3)
    assert await clock.tick() == 1
    assert await waiting(bench, machine) == [("return", ("maija@example.com",))]
    assert await bench.state(hold) == "returned"
    moves = [kind for kind in entries(bench, hold) if kind != "noticed"]
    assert moves == ["reminded", "escalated", "returned"]
    machine.passes(days=30)
    assert await clock.tick() == 0


async def test_nights_and_weekends_do_not_count(bench: Bench, machine: Machine) -> None:
    machine.at = datetime(2026, 11, 6, 15, 30, tzinfo=UTC)  # a Friday, half an hour before the end of work
    await held(bench, machine)
    clock = machine.clock(bench.store)
    machine.passes(days=2, hours=16)
    assert await clock.tick() == 0
    machine.passes(hours=2)
    assert await clock.tick() == 1


async def test_nothing_goes_to_the_customer_by_time_running_out(bench: Bench, machine: Machine) -> None:
    await held(bench, machine)
    clock = machine.clock(bench.store)
    for _ in range(60):
        machine.passes(hours=12)
        await clock.tick()
    kinds = {kind for kind, _ in await waiting(bench, machine)}
    assert kinds == {"reminder", "escalation", "return"}


async def test_a_reply_whose_policies_all_say_so_is_released_at_its_end(bench: Bench, machine: Machine) -> None:
    hold = await held(bench, machine, on_timeout=OnTimeout.RELEASE)
    clock = machine.clock(bench.store)
    for _ in range(12):
        machine.passes(hours=12)
        await clock.tick()
    assert await bench.state(hold) == "released"
    assert ("release", ("matti@customer.example",)) in await waiting(bench, machine)
    (released,) = (row.entry for row in bench.store.story(hold.id) if row.entry["type"] == "released")
    assert released["actor"] == "saate"


async def test_who_acts_first_ends_it(bench: Bench, machine: Machine) -> None:
    hold, clock = await held(bench, machine), machine.clock(bench.store)
    machine.passes(hours=2)
    bench.store.discard(hold.id, Actor("veera"), "not needed", machine.at)
    assert await clock.tick() == 0
    assert entries(bench, hold) == ["discarded"]


async def test_after_a_long_stop_it_reminds_first_and_gives_time(bench: Bench, machine: Machine) -> None:
    """Nobody ran for two weeks: the reply is not given back before anybody could have acted."""
    hold = await held(bench, machine)
    machine.passes(days=14)
    clock = machine.clock(bench.store)
    assert await clock.tick() == 1
    assert bench.store.find(hold.id).stage is Stage.REMINDED
    assert await clock.tick() == 0
    machine.passes(hours=3)
    assert await clock.tick() == 1
    machine.passes(days=1)
    assert await clock.tick() == 0
    assert bench.store.find(hold.id).stage is Stage.ESCALATED


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400), timedelta(hours=1)])
async def test_while_the_machine_s_clock_is_being_set_nothing_moves(
    bench: Bench, machine: Machine, jump: timedelta
) -> None:
    hold, clock = await held(bench, machine), machine.clock(bench.store)
    machine.passes(minutes=30)
    machine.at += jump
    assert await clock.tick() == 0
    machine.passes(minutes=5)
    machine.at -= jump
    assert await clock.tick() == 0
    machine.passes(minutes=20)
    assert await clock.tick() == 0
    machine.passes(minutes=10)
    assert await clock.tick() == 1
    assert bench.store.find(hold.id).stage is Stage.REMINDED


async def test_a_clock_that_stays_where_it_was_set_goes_on_from_there(bench: Bench, machine: Machine) -> None:
    hold, clock = await held(bench, machine), machine.clock(bench.store)
    machine.at += timedelta(days=7)
    assert await clock.tick() == 0
    machine.passes(minutes=16)
    assert await clock.tick() == 1
    assert bench.store.find(hold.id).stage is Stage.REMINDED
    assert await clock.tick() == 0


async def test_where_nobody_can_be_told_it_moves_all_the_same_and_says_so(
    bench: Bench, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.config = Config(senders=())
    hold = await held(bench, machine, agent="")
    clock = machine.clock(bench.store)
    machine.passes(hours=2)
    assert await clock.tick() == 1
    assert f"id={hold.id} reminded, and there is nobody to tell: set notices.fallback" in caplog.text


async def test_the_courier_looks_at_the_clock(bench: Bench) -> None:
    """The wiring: what is due when the courier begins is told of by it."""
    long_ago = bench.clock() - timedelta(days=30)
    hold = await bench.hold(told=False, held_at=long_ago, clock_at=long_ago)
    await bench.start()
    await bench.hop.until(lambda: bench.hop.mails)
    assert bench.hop.mails[0].addresses == ["maija@example.com"]
    assert bench.store.find(hold.id).stage is Stage.REMINDED
