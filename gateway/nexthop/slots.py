"""How many sessions with the next hop there may be, counted over all processes.

Rules of this file: a slot is a record lock on one octet of a nameless file, so the kernel frees the slots of a process
that dies. POSIX drops all of a process's locks when it closes any descriptor of the file: this one is never closed,
and nothing (an mmap would) may duplicate it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import mmap
import os
from collections.abc import Callable, Iterable
from typing import Protocol

NO_SLOT = -1
_MOST_SHOWN = 255


class Slots(Protocol):
    """What the pool of one process needs."""

    def take(self) -> int:
        """A free slot, or NO_SLOT."""

    def give(self, slot: int) -> None:
        """Free a slot."""

    def wait(self, count: int) -> None:
        """Say how many here wait for a slot."""

    def others_waiting(self) -> int:
        """How many in other processes wait for a slot."""

    def should_yield(self) -> bool:
        """Whether a process that waits has so much less than its share that a slot of ours should go to it."""

    def watch(self, loop: asyncio.AbstractEventLoop, called: Callable[[], None]) -> None:
        """Call back when another process has begun to wait or freed a slot."""

    def unwatch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop calling back."""


class LocalSlots:
    """The slots of a process that has the next hop for itself."""

    def __init__(self, sessions: int) -> None:
        self._free = list(range(sessions))

    def take(self) -> int:
        return self._free.pop() if self._free else NO_SLOT

    def give(self, slot: int) -> None:
        self._free.append(slot)

    def wait(self, count: int) -> None:
        """Nobody else is there to hear it."""

    def others_waiting(self) -> int:
        return 0

    def should_yield(self) -> bool:
        return False

    def watch(self, loop: asyncio.AbstractEventLoop, called: Callable[[], None]) -> None:
        """Nobody else is there to call."""

    def unwatch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing was watched."""


class SharedSlots:
    """Made by the parent before it forks; each child takes its own view with `of`."""

    def __init__(self, sessions: int, processes: int) -> None:
        self.sessions = sessions
        self.processes = processes
        self.file = os.memfd_create("saate-slots")
        self.board = mmap.mmap(-1, 2 * processes)
        """For each process how many wait in it, then for each how many slots it has; hints, written by their owner."""
        self.bells = [os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC) for _ in range(processes)]

    def of(self, process: int) -> ProcessSlots:
        """The view of the process with this number (from 0), called in that process; a successor takes the number."""
        return ProcessSlots(self, process)


class ProcessSlots:
    """One process's view of the shared slots."""

    def __init__(self, shared: SharedSlots, process: int) -> None:
        self._shared = shared
        self._process = process
        self._mine: set[int] = set()
        self._others = [other for other in range(shared.processes) if other != process]
        self.wait(0)
        self._show_mine()

    def take(self) -> int:
        for slot in range(self._shared.sessions):
            if slot in self._mine:
                continue  # a lock of our own would not stop us
            try:
                fcntl.lockf(self._shared.file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
            except (BlockingIOError, PermissionError):
                continue
            self._mine.add(slot)
            self._show_mine()
            return slot
        return NO_SLOT

    def give(self, slot: int) -> None:
        fcntl.lockf(self._shared.file, fcntl.LOCK_UN, 1, slot)
        self._mine.discard(slot)
        self._show_mine()
        self._ring(other for other in self._others if self._shared.board[other])

    def wait(self, count: int) -> None:
        before = self._shared.board[self._process]
        self._shared.board[self._process] = min(count, _MOST_SHOWN)
        if count > before:
            self._ring(self._others)

    def others_waiting(self) -> int:
        return sum(self._shared.board[other] for other in self._others)

    def should_yield(self) -> bool:
        board, processes, mine = self._shared.board, self._shared.processes, len(self._mine)
        return any(
            board[other] and (board[processes + other] < min(mine - 1, _MOST_SHOWN) or not board[processes + other])
            for other in self._others
        )

    def watch(self, loop: asyncio.AbstractEventLoop, called: Callable[[], None]) -> None:
        bell = self._shared.bells[self._process]

        def rung() -> None:
            with contextlib.suppress(BlockingIOError):  # a predecessor that is still on its way out heard it, too
                os.eventfd_read(bell)
            called()

        loop.add_reader(bell, rung)

    def unwatch(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.remove_reader(self._shared.bells[self._process])

    def _show_mine(self) -> None:
        self._shared.board[self._shared.processes + self._process] = min(len(self._mine), _MOST_SHOWN)

    def _ring(self, processes: Iterable[int]) -> None:
        for process in processes:
            os.eventfd_write(self._shared.bells[process], 1)
