"""Slots counted over real processes, and pools that make way for each other."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakehop import FakeHop
from gateway.nexthop import LocalSlots

PROGRAM = Path(__file__).parents[1] / "support" / "slotplay.py"


class Play:
    """The running program: `await play(worker, command)` gives the answer."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._answers: dict[str, asyncio.Queue[str]] = {}
        self._hearing = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        assert self._process.stdout is not None
        while line := (await self._process.stdout.readline()).decode().strip():
            number, _, answer = line.partition(" ")
            self._answers.setdefault(number, asyncio.Queue()).put_nowait(answer)

    def tell(self, worker: int, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{worker} {command}\n".encode())

    async def answer(self, worker: int) -> str:
        queue = self._answers.setdefault(str(worker), asyncio.Queue())
        return await asyncio.wait_for(queue.get(), 20)

    async def __call__(self, worker: int, command: str) -> str:
        self.tell(worker, command)
        return await self.answer(worker)

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._hearing


@asynccontextmanager
async def playing(slots: int, workers: int, port: int = 0) -> AsyncIterator[Play]:
    loop = type(asyncio.get_running_loop()).__module__.partition(".")[0]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROGRAM), loop, str(slots), str(workers), str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    play = Play(process)
    try:
        yield play
    finally:
        await play.stop()


async def test_slots_are_counted_over_all_processes() -> None:
    async with playing(3, 2) as play:
        assert {await play(0, "take"), await play(1, "take"), await play(0, "take")} == {"0", "1", "2"}
        assert await play(0, "take") == "-1"
        assert await play(1, "take") == "-1"
        await play(0, "give 0")
        assert await play(1, "take") == "0"
        assert await play(0, "take") == "-1"


async def test_a_killed_process_leaves_its_slots_to_the_others() -> None:
    async with playing(2, 2) as play:
        assert await play(0, "take") == "0"
        assert await play(0, "take") == "1"
        assert await play(1, "take") == "-1"
        await play(0, "kill")
        assert await play(1, "take") == "0"
        await play(0, "start")
        assert await play(0, "take") == "1"
        assert await play(0, "take") == "-1"


async def test_a_successor_starts_with_a_clean_board() -> None:
    async with playing(2, 2) as play:
        await play(0, "waiting 3")
        assert await play(1, "others") == "3"
        await play(0, "kill")
        await play(0, "start")
        assert await play(0, "others") == "0"
        assert await play(1, "others") == "0"


@pytest.mark.parametrize(
    ("mine", "theirs", "yields"), [(1, 0, True), (3, 1, True), (2, 1, False), (1, 1, False), (1, 2, False)]
)
async def test_a_process_yields_only_to_one_that_has_clearly_less(mine: int, theirs: int, *, yields: bool) -> None:
    async with playing(10, 2) as play:
        for worker, count in ((0, mine), (1, theirs)):
            for _ in range(count):
                await play(worker, "take")
        assert await play(0, "yield?") == "False", "nobody waits"
        await play(1, "waiting 1")
        assert await play(0, "yield?") == str(yields)


async def test_idle_sessions_make_way_at_once_for_another_process() -> None:
    async with FakeHop() as hop, playing(2, 2, hop.port) as play:
        assert await play(0, "begin") == "done"
        assert await play(0, "send") == "250"
        await play(0, "end")
        assert len(hop.open_sessions) == 2
        assert await play(1, "begin") == "done"
        assert await play(1, "begin") == "done"
        assert [session.ended for session in hop.sessions] == ["quit", "quit", "", ""]


async def test_who_waits_gets_the_session_that_another_process_gives_back() -> None:
    async with FakeHop() as hop, playing(1, 2, hop.port) as play:
        assert await play(0, "begin") == "done"
        play.tell(1, "send")
        await asyncio.sleep(0.1)
        assert len(hop.sessions) == 1
        await play(0, "end")
        assert await play.answer(1) == "250"
        assert hop.sessions[0].ended == "quit"


async def test_who_waits_gets_the_slot_of_a_process_that_is_killed() -> None:
    """Nobody rings a bell for it: the kernel frees the slot, and who waits looks again."""
    async with FakeHop() as hop, playing(1, 2, hop.port) as play:
        assert await play(0, "begin") == "done"
        play.tell(1, "send")
        await asyncio.sleep(0.05)
        await play(0, "kill")
        assert await play.answer(1) == "250"


async def test_a_busy_process_does_not_starve_another() -> None:
    async with FakeHop() as hop, playing(2, 2, hop.port) as play:
        await play(0, "stream 100000")
        await hop.until(lambda: len(hop.mails) > 100)
        for _ in range(5):
            assert await play(1, "send") == "250"


async def test_one_session_for_two_busy_processes_goes_round() -> None:
    async with FakeHop() as hop, playing(1, 2, hop.port) as play:
        await play(0, "stream 100000")
        await hop.until(lambda: len(hop.mails) > 50)
        for _ in range(5):
            assert await play(1, "send") == "250"
        assert max(len(hop.open_sessions), 1) == 1


def test_local_slots_are_so_many() -> None:
    slots = LocalSlots(2)
    assert {slots.take(), slots.take()} == {0, 1}
    assert slots.take() == -1
    slots.give(1)
    assert slots.take() == 1
