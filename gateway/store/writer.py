"""The writer thread: one per process, and the only place that changes the store.

Rules of this file: it takes all writes that wait, does them in one transaction, commits once, and wakes each event loop
once (group commit). When one of them fails, the transaction is undone and each is done again in one of its own, so that
only the bad one fails; a write must therefore be able to run twice. The thread never dies of a write.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime
from typing import Any, TypeVar

from gateway.store import fault, log, unanswered
from gateway.store.database import PATIENCE, Database
from gateway.store.errors import StoreError
from gateway.store.transaction import Transaction

_BATCH = 512
"""Writes in one transaction at most; of heavy ones, a single one."""
_COMPANY = 0.02
"""Seconds that a write for which nobody waits looks for company before it makes a commit of its own."""

Result = TypeVar("Result")
Write = Callable[[Transaction], Result]
Outcome = tuple[Any, BaseException | None]


class Job:
    """One write that waits, and who hears of it."""

    __slots__ = ("future", "lookup", "loop", "since", "write")

    def __init__(
        self,
        write: Write[Any],
        future: asyncio.Future[Any] | Future[Any],
        loop: asyncio.AbstractEventLoop | None,
        lookup: tuple[str, datetime] | None,
    ) -> None:
        self.write = write
        self.future = future
        self.loop = loop
        self.lookup = lookup
        self.since = time.monotonic()


class Writer:
    """Queue, thread and group commit of one process."""

    def __init__(self, database: Database, recorder: log.Recorder) -> None:
        self._database = database
        self._recorder = recorder
        self._changed = threading.Condition()
        self._queue: deque[Job] = deque()
        self._heavy: deque[Job] = deque()
        self._hurry = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self._watching: asyncio.TimerHandle | None = None
        self._watched: asyncio.AbstractEventLoop | None = None

    # --- for the event loop

    def submit(
        self,
        write: Write[Result],
        *,
        lookup: tuple[str, datetime] | None = None,
        hurry: bool = True,
        heavy: bool = False,
    ) -> asyncio.Future[Result]:
        """Queue a write; the future is done when it is durable, or fails with StoreError.

        `lookup` names a mail whose unheard answer the batch looks up; without `hurry` it goes with the next commit;
        `heavy` ones (a piece of a large mail) do not hold up the others: each commit takes one of them along.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        try:
            self._put(Job(write, future, loop, lookup), hurry=hurry, heavy=heavy)
        except StoreError as error:
            future.set_exception(error)
            return future
        if self._watched is not loop:
            self._watched = loop
            self._watching = loop.call_later(PATIENCE, self._watch, loop)
        return future

    # --- for other threads

    def do(self, write: Write[Result]) -> Result:
        """Queue a write and wait until it is durable."""
        future: Future[Result] = Future()
        job = Job(write, future, None, None)
        self._put(job)
        try:
            return future.result(PATIENCE)
        except TimeoutError:
            with self._changed:
                self._withdraw([job])
            raise self._too_long() from None

    def close(self) -> bool:
        """Do what waits, then end the thread; False when it still waits for somebody else's lock."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._watching:
            self._watching.cancel()
        if self._thread:
            self._thread.join(PATIENCE)
        return not (self._thread and self._thread.is_alive())

    def _put(self, job: Job, *, hurry: bool = True, heavy: bool = False) -> None:
        with self._changed:
            if self._closing:
                raise StoreError(f"the store {self._database.name} is closed; start saate again")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
                self._thread.start()
            first = not self._queue and not self._heavy
            (self._heavy if heavy else self._queue).append(job)
            if (hurry and not self._hurry) or first:
                self._hurry = self._hurry or hurry
                self._changed.notify()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell those who have waited too long: another program holds the lock and does not go on."""
        late = time.monotonic() - PATIENCE
        with self._changed:
            old = [job for job in (*self._queue, *self._heavy) if job.loop is loop and job.since <= late]
            self._withdraw(old)
            self._watched = loop if self._queue or self._heavy else None
        if self._watched:
            self._watching = loop.call_later(PATIENCE / 10, self._watch, loop)
        _tell([(job, (None, self._too_long())) for job in old])

    def _withdraw(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            for queue in (self._queue, self._heavy):
                if job in queue:
                    queue.remove(job)

    def _too_long(self) -> StoreError:
        name = self._database.name
        return StoreError(f"the store {name} was locked by another saate for {PATIENCE:.0f} s; `fuser {name}` names it")

    # --- the thread

    def _run(self) -> None:
        while self._wait():
            try:
                with self._database.lock():
                    jobs = self._take()
                    done = self._commit(jobs)
            except Exception as error:  # noqa: BLE001 - the lock cannot be had: those who wait hear of it, the thread lives
                done = [(job, (None, error)) for job in self._take()]
            _wake(done)

    def _wait(self) -> bool:
        """Wait for a write that is in a hurry, or for others a moment longer; False when all is done and closed."""
        with self._changed:
            while not self._queue and not self._heavy and not self._closing:
                self._changed.wait()
            if not self._hurry and not self._closing:
                end = time.monotonic() + _COMPANY
                while not self._hurry and not self._closing and (left := end - time.monotonic()) > 0:
                    self._changed.wait(left)
            return bool(self._queue or self._heavy)

    def _take(self) -> list[Job]:
        with self._changed:
            jobs = [self._queue.popleft() for _ in range(min(len(self._queue), _BATCH))]
            if self._heavy:
                jobs.append(self._heavy.popleft())
            self._hurry = bool(self._queue or self._heavy)
            return jobs

    def _commit(self, jobs: list[Job]) -> list[tuple[Job, Outcome]]:
        """Do the writes in one transaction; when one of them fails, each in its own."""
        jobs = [job for job in jobs if not job.future.cancelled()]
        if not jobs:
            return []
        at_work = False
        try:
            with self._database.write() as connection:
                transaction = Transaction(connection, self._recorder)
                lookups = [job.lookup for job in jobs if job.lookup]
                if lookups:
                    transaction.answers = unanswered.look_up(connection, lookups)
                at_work = True
                results = [job.write(transaction) for job in jobs]
                transaction.finish()
                at_work = False
                fault.point("before commit")
            fault.point("after commit")
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to who waits; the thread lives
            if not at_work or len(jobs) == 1:
                # Beginning or committing failed, which is nobody's own fault: all hear of it.
                return [(job, (None, error)) for job in jobs]
            return [outcome for job in jobs for outcome in self._commit([job])]
        return [(job, (result, None)) for job, result in zip(jobs, results, strict=True)]


def _wake(done: list[tuple[Job, Outcome]]) -> None:
    """Hand over results: other threads at once, each event loop with one call."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Job, Outcome]]] = {}
    for job, outcome in done:
        if job.loop is None:
            _tell([(job, outcome)])
        else:
            loops.setdefault(job.loop, []).append((job, outcome))
    for loop, outcomes in loops.items():
        try:
            loop.call_soon_threadsafe(_tell, outcomes)
        except RuntimeError:  # the loop is closed: nobody waits any more
            continue


def _tell(done: list[tuple[Job, Outcome]]) -> None:
    for job, (result, error) in done:
        if job.future.done():
            continue
        if error is not None:
            job.future.set_exception(error)
        else:
            job.future.set_result(result)
