"""A parent and its forked workers that share slots, told what to do line by line; run as a program.

    python slotplay.py asyncio|uvloop SLOTS WORKERS NEXT_HOP_PORT

Lines in: `NUMBER COMMAND`. Lines out: `NUMBER ANSWER`. Commands to the parent: `kill` (with SIGKILL, as `kill -9` does)
and `start` (a successor); to a worker: `take`, `give SLOT`, `waiting COUNT`, `others`, `yield?`, and with a next hop:
`begin` and `end` (a mail that keeps its session meanwhile), `send`, `stream COUNT` (so many mails one after the other
by each of four senders, in the background).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import uvloop

from gateway.config import HostPort, Timeouts
from gateway.config import Pool as PoolSettings
from gateway.nexthop import NextHopError, Pool, SharedSlots, Transaction
from hopclient import envelope, send

SETTINGS = PoolSettings(max_sessions=100, idle=600, wait=30)
LOOP = sys.argv[1]


class Worker:
    """One process: its view of the slots, and a pool over it."""

    def __init__(self, shared: SharedSlots, number: int, port: int) -> None:
        self.slots = shared.of(number)
        self.pool = Pool(
            HostPort(host="127.0.0.1", port=port or 1), "gateway.example", Timeouts(), SETTINGS, self.slots
        )
        self.mails: list[Transaction] = []
        self.streams: set[asyncio.Task[None]] = set()

    async def obey(self, command: str, argument: int) -> object:
        match command:
            case "take":
                return self.slots.take()
            case "give":
                self.slots.give(argument)
            case "waiting":
                self.slots.wait(argument)
            case "others":
                return self.slots.others_waiting()
            case "yield?":
                return self.slots.should_yield()
            case _:
                return await self.on_mail(command, argument)
        return "done"

    async def on_mail(self, command: str, argument: int) -> object:
        match command:
            case "begin":
                self.mails.append(await envelope(self.pool))
            case "end":
                await self.mails.pop().abort()
            case "send":
                return (await send(self.pool)).code
            case "stream":
                self.streams |= {asyncio.create_task(self.stream(argument)) for _ in range(4)}
            case _:
                raise LookupError(command)
        return "done"

    async def stream(self, count: int) -> None:
        for _ in range(count):
            assert (await send(self.pool)).code == 250

    async def live(self, commands: int, number: int) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(commands, "rb"))
        while line := await reader.readline():
            command, _, argument = line.decode().strip().partition(" ")
            try:
                answer = await self.obey(command, int(argument or 0))
            except NextHopError as error:
                answer = error.status.code
            os.write(1, f"{number} {answer}\n".encode())


def fork(shared: SharedSlots, number: int, port: int) -> tuple[int, int]:
    """The process id of a new worker, and the pipe for its commands."""
    commands, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(tell)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop if LOOP == "uvloop" else None) as runner:
            runner.run(Worker(shared, number, port).live(commands, number))
        os._exit(0)
    os.close(commands)
    return pid, tell


def main(slots: int, count: int, port: int) -> None:
    shared = SharedSlots(slots, count)
    workers = {number: fork(shared, number, port) for number in range(count)}
    for line in sys.stdin:
        number, _, command = line.strip().partition(" ")
        pid, tell = workers[int(number)]
        match command:
            case "kill":
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                os.close(tell)
                os.write(1, f"{number} killed\n".encode())
            case "start":
                workers[int(number)] = fork(shared, int(number), port)
                os.write(1, f"{number} started\n".encode())
            case _:
                os.write(tell, f"{command}\n".encode())
    for pid, _ in workers.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(*map(int, sys.argv[2:]))
