"""The sessions with the next hop: lent for one mail each, kept a moment, counted over all processes.

Rules of this file: a session has one borrower at a time; every session holds a slot from before its connection is made
until it is no more; who comes first is served first.
"""

from __future__ import annotations

import asyncio
import collections

from gateway.config import HostPort, Timeouts
from gateway.config import Pool as PoolSettings
from gateway.nexthop.extensions import Capabilities
from gateway.nexthop.session import SOUND, NextHopError, Session, open_session
from gateway.nexthop.slots import NO_SLOT, Slots
from gateway.nexthop.transaction import Transaction
from gateway.status import NEXT_HOP_BUSY, NEXT_HOP_LOST, SHUTDOWN, Status

POLL = 0.25
"""Seconds between looks for a slot while somebody waits: a process that was killed rings no bell."""


class Pool:
    """One for each process, made in it and used in its event loop; `close` at the end."""

    def __init__(self, address: HostPort, hostname: str, timeouts: Timeouts, pool: PoolSettings, slots: Slots) -> None:
        self.timeouts = timeouts
        self.capabilities: Capabilities | None = None
        """Of the last good EHLO; None until there was one."""
        self._address = address
        self._hostname = hostname
        self._settings = pool
        self._slots = slots
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sessions: set[Session] = set()
        """All whose connection is not closed yet, lent or not."""
        self._idle: list[Session] = []
        """The one used last at the end: it is lent first, so that surplus sessions grow old."""
        self._queue: collections.deque[asyncio.Future[Session | int]] = collections.deque()
        self._sweeper: asyncio.TimerHandle | None = None
        self._poller: asyncio.TimerHandle | None = None
        self._is_closing = False

    async def probe(self) -> Capabilities:
        """Hear what the next hop offers; a session that is open anyway has heard it. Raises NextHopError."""
        session, _ = await self._lend()
        self.take_back(session, reset=False)
        return session.capabilities

    async def transaction(self) -> Transaction:
        """A session for one mail. Raises NextHopError: none is free in time, or the next hop is away."""
        session, is_reused = await self._lend()
        return Transaction(self, session, reused=is_reused)

    async def close(self) -> None:
        """Close what is idle, politely; what is still lent is closed when its mail is over."""
        self._is_closing = True
        for turn in self._queue:
            if not turn.done():
                turn.set_exception(NextHopError(SHUTDOWN))
        while self._idle:
            self._idle.pop().quit()
        if leaving := [session.gone for session in self._sessions if not session.is_lent]:
            await asyncio.wait(leaving)  # QUIT has its own patience
        if self._loop is not None:
            self._slots.unwatch(self._loop)
            self._loop = None

    # --- lending

    async def _lend(self) -> tuple[Session, bool]:
        """A session, and whether it has been open before."""
        if self._is_closing:
            raise NextHopError(SHUTDOWN)
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._slots.watch(self._loop, self._bell)
        found = None if self._queue else self._find()
        if found is None:
            found = await self._turn()
        if isinstance(found, Session):
            found.is_lent = True
            return found, True
        return await self._open(found), False

    def _find(self) -> Session | int | None:
        """An idle session, or a slot to open one in."""
        now = self._now()
        while self._idle:
            session = self._idle.pop()
            if session.fault is SOUND and now - session.opened_at < self._settings.reuse:
                return session
            session.quit()
        slot = self._slots.take()
        return None if slot == NO_SLOT else slot

    async def _turn(self) -> Session | int:
        """Wait in the queue. Raises NextHopError when it took too long."""
        turn: asyncio.Future[Session | int] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        self._slots.wait(len(self._queue))
        self._poll()  # a slot may have become free since we looked
        try:
            async with asyncio.timeout(self._settings.wait):
                return await turn
        except TimeoutError:
            if turn.done() and not turn.cancelled():
                return turn.result()  # it came in the very last moment
            raise NextHopError(NEXT_HOP_BUSY) from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._put_back(turn.result())
            raise
        finally:
            if turn in self._queue:
                self._queue.remove(turn)
            self._slots.wait(len(self._queue))

    def _put_back(self, found: Session | int) -> None:
        if isinstance(found, Session):
            self.take_back(found, reset=False)
        else:
            self._give(found)

    def _serve(self) -> None:
        """Give what is free to those who wait, in the order they came."""
        while self._queue:
            if self._queue[0].done():
                self._queue.popleft()
                continue
            found = self._find()
            if found is None:
                break
            if isinstance(found, Session):
                found.is_lent = True
            self._queue.popleft().set_result(found)

    def _poll(self) -> None:
        self._poller = None
        self._serve()
        if self._queue and self._poller is None:
            self._poller = asyncio.get_running_loop().call_later(POLL, self._poll)

    def _bell(self) -> None:
        """Another process has freed a slot, or waits for one: what is idle here is worth more there."""
        self._serve()
        for _ in range(min(len(self._idle), self._slots.others_waiting())):
            self._idle.pop(0).quit()

    async def _open(self, slot: int) -> Session:
        try:
            session = await open_session(self._address, self._hostname, self.timeouts.connect, self._on_closed)
        except BaseException:
            self._give(slot)
            raise
        session.slot, session.is_lent = slot, True
        self._sessions.add(session)
        self.capabilities = session.capabilities
        return session

    async def replace(self, lost: Session) -> Session:
        """A fresh session in the slot of a lost one. Raises NextHopError."""
        slot, lost.slot = lost.slot, NO_SLOT
        lost.is_lent = False
        lost.abort()
        return await self._open(slot)

    # --- taking back

    def take_back(self, session: Session, *, reset: bool) -> None:
        """The mail is over; `reset`: its envelope still stands at the next hop."""
        session.is_lent = False
        if session.fault is not SOUND:
            if session.gone.done():
                self._free(session)
        elif not reset:
            self._keep(session)
        elif session.resets + 1 >= self._settings.holds or self._should_go(session):
            session.quit()
        else:
            self._reset(session)

    def _reset(self, session: Session) -> None:
        """In the background; the next MAIL may go out right behind RSET where the next hop takes that (RFC 2920)."""
        session.resets += 1
        is_pipelined = session.capabilities.pipelining

        def answered(waiter: asyncio.Future[Status]) -> None:
            if session.fault is SOUND and waiter.result().code != 250:
                session.fail(NEXT_HOP_LOST, f"RSET was answered {waiter.result().code}")
            elif not is_pipelined and session.fault is SOUND:
                self._keep(session)

        session.ask(b"RSET\r\n", self.timeouts.reply).add_done_callback(answered)
        if is_pipelined:
            self._keep(session)

    def _keep(self, session: Session) -> None:
        """Lend on what is clean, or let it lie idle for a moment, unless another process needs its slot more."""
        if session.fault is not SOUND or self._should_go(session):
            return session.quit()
        session.idle_since = self._now()
        self._idle.append(session)
        self._serve()
        if self._idle and self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(self._settings.idle, self._sweep)
        return None

    def _should_go(self, session: Session) -> bool:
        """Whether it is too old, or another process needs its slot more than we do."""
        is_old = self._now() - session.opened_at >= self._settings.reuse
        is_wanted = self._slots.should_yield() if self._queue else self._slots.others_waiting() > 0
        return is_old or is_wanted or self._is_closing

    def _sweep(self) -> None:
        """Close what has been idle for too long."""
        self._sweeper = None
        last = self._now() - self._settings.idle + 0.001
        while self._idle and self._idle[0].idle_since <= last:
            self._idle.pop(0).quit()
        if self._idle:
            due = self._idle[0].idle_since + self._settings.idle
            self._sweeper = asyncio.get_running_loop().call_at(due, self._sweep)

    def _on_closed(self, session: Session) -> None:
        """The connection is no more."""
        self._sessions.discard(session)
        if session in self._idle:
            self._idle.remove(session)
        if not session.is_lent:
            self._free(session)

    def _free(self, session: Session) -> None:
        slot, session.slot = session.slot, NO_SLOT
        if slot != NO_SLOT:
            self._give(slot)

    def _give(self, slot: int) -> None:
        self._slots.give(slot)
        self._serve()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
