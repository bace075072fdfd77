"""One SMTP session with the next hop: octets out, one answer for each question in.

Rules of this file: what no question asked for ends the session, and a session that has ended never works again: its
`fault` says why and answers every question from then on. One future for one answer; no task of its own.
"""

from __future__ import annotations

import asyncio
import collections
import logging
from collections.abc import Callable, Sequence
from typing import cast

from gateway.config import HostPort
from gateway.nexthop.extensions import Capabilities, capabilities
from gateway.nexthop.replies import ReplyParser
from gateway.nexthop.slots import NO_SLOT
from gateway.status import NEXT_HOP_AWAY, NEXT_HOP_LOST, NEXT_HOP_SLOW, NEXT_HOP_UNCLEAR, Status

log = logging.getLogger("saate.nexthop")

SOUND = Status(0, ())
"""The fault of a session that has none."""
HIGH_WATER = 256 * 1024
"""Octets on their way out before `drain` waits."""
QUIT_PATIENCE = 2.0


class NextHopError(Exception):
    """The next hop cannot be talked to. `status` is for the client; the text says what was seen, for a person."""

    def __init__(self, status: Status, seen: str = "") -> None:
        super().__init__(seen or status.text)
        self.status = status


class Session(asyncio.Protocol):
    """Made by `open_session`; `closed` is called once, when the connection is no more."""

    def __init__(self, loop: asyncio.AbstractEventLoop, closed: Callable[[Session], None]) -> None:
        self.fault = SOUND
        self.capabilities = Capabilities()
        self.opened_at = loop.time()
        self.greeting: asyncio.Future[Status] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        """Done when the connection is no more."""
        # What the pool knows of it.
        self.slot = NO_SLOT
        self.is_lent = False
        self.idle_since = 0.0
        self.resets = 0
        self._loop = loop
        self._closed = closed
        self._transport: asyncio.Transport | None = None
        self._parser = ReplyParser()
        self._waiters = collections.deque((self.greeting,))
        self._writable: asyncio.Future[None] | None = None
        self._patience = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0.0

    # --- questions

    def ask(self, octets: bytes, patience: float) -> asyncio.Future[Status]:
        """Write a command, or the end of the data; the future gets the answer, or the session's fault."""
        waiter: asyncio.Future[Status] = self._loop.create_future()
        if self.fault is not SOUND or self._transport is None:
            waiter.set_result(self.fault)
            return waiter
        self._waiters.append(waiter)
        self._transport.write(octets)
        self._expect_within(patience)
        return waiter

    def ask_all(self, commands: Sequence[bytes], patience: float) -> list[asyncio.Future[Status]]:
        """Write several commands at once (RFC 2920), `patience` for each answer."""
        if self.fault is not SOUND or self._transport is None:
            return [self.ask(b"", patience) for _ in commands]
        waiters: list[asyncio.Future[Status]] = [self._loop.create_future() for _ in commands]
        self._waiters.extend(waiters)
        self._transport.write(b"".join(commands))
        self._expect_within(patience)
        return waiters

    async def send(self, octets: bytes, patience: float) -> None:
        """Write data, and wait while too much of it is still on its way out."""
        if self.fault is SOUND and self._transport is not None:
            self._transport.write(octets)
        if self.fault is SOUND and self._writable is not None:
            self._expect_within(patience)
            await asyncio.shield(self._writable)

    @property
    def is_quiet(self) -> bool:
        """Whether every question has its answer."""
        return not self._waiters

    # --- the end

    def fail(self, fault: Status, seen: str) -> None:
        """End the session now; whoever waits for an answer gets the fault."""
        if self.fault is SOUND:
            self.fault = fault
            if seen:
                log.warning("a session with the next hop was given up: %s", seen)
        if self._transport is not None:
            self._transport.abort()
        self._release()

    def abort(self) -> None:
        """End the session now, in the middle of whatever it was doing."""
        self.fail(NEXT_HOP_LOST, "")

    def quit(self) -> None:
        """End the session as RFC 5321 §4.1.1.10 asks; what is said to that is heard by nobody."""
        if self.fault is not SOUND or self._transport is None:
            return self.abort()
        self.fault = NEXT_HOP_LOST
        self._transport.write(b"QUIT\r\n")
        self._release()
        self._timer = self._loop.call_later(QUIT_PATIENCE, self._transport.abort)
        return None

    def _release(self) -> None:
        self._stop_timer()
        while self._waiters:
            _settle(self._waiters.popleft(), self.fault)
        self.resume_writing()

    # --- the clock: one lazy timer, since most answers come long before it

    def _expect_within(self, patience: float) -> None:
        self._patience = patience
        self._due = self._loop.time() + patience
        if self._timer is None or self._due < self._timer_due:
            self._set_timer()

    def _set_timer(self) -> None:
        self._stop_timer()
        self._timer = self._loop.call_at(self._due, self._look_at_clock)
        self._timer_due = self._due

    def _look_at_clock(self) -> None:
        self._timer = None
        if not self._waiters and self._writable is None:
            return
        if self._due - self._loop.time() <= 0.001:
            self.fail(NEXT_HOP_SLOW, "it took too long")
        else:
            self._set_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does not derive from asyncio's
        self._transport.set_write_buffer_limits(high=HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self.fault is not SOUND:
            return self._transport.abort()  # the answer to QUIT, or what nobody wants to hear any more
        if not self._waiters:
            return self.fail(NEXT_HOP_UNCLEAR, "it spoke without being asked")
        if len(self._waiters) == 1 and self._transport.get_write_buffer_size() > 0:
            # The one question has not wholly left us yet: whatever this answers, it is not that.
            return self.fail(NEXT_HOP_UNCLEAR, "it answered before it was asked")
        replies = self._parser.feed(data)
        for reply in replies:
            if not self._waiters:
                return self.fail(NEXT_HOP_UNCLEAR, "it answered twice")
            _settle(self._waiters.popleft(), reply)
            if reply.code == 421:
                return self.fail(NEXT_HOP_LOST, "it said 421")
        if self._parser.garbled:
            return self.fail(NEXT_HOP_UNCLEAR, self._parser.garbled)
        if self._waiters and replies:  # half an answer is none: a next hop that drips does not win time
            self._due = self._loop.time() + self._patience
        elif self._parser.is_midway and not self._waiters:
            return self.fail(NEXT_HOP_UNCLEAR, "it said more than was asked")
        return None

    def eof_received(self) -> None:
        self.fail(NEXT_HOP_LOST, "it hung up" if self._waiters else "")

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(NEXT_HOP_LOST, "the connection was lost" if self._waiters or exc else "")
        self._transport = None
        self.gone.set_result(None)
        self._closed(self)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None


def _settle(waiter: asyncio.Future[Status], status: Status) -> None:
    if not waiter.done():
        waiter.set_result(status)


async def open_session(address: HostPort, hostname: str, patience: float, closed: Callable[[Session], None]) -> Session:
    """Connect, hear the greeting, say EHLO, all within `patience`. Raises NextHopError."""
    loop = asyncio.get_running_loop()
    session = Session(loop, closed)
    try:
        async with asyncio.timeout(patience):
            await loop.create_connection(lambda: session, address.host, address.port)
            await _greet(session, hostname, patience)
    except NextHopError:
        session.quit()
        raise
    except TimeoutError:
        session.abort()
        raise NextHopError(NEXT_HOP_AWAY, f"{address} did not answer within {patience:g} s") from None
    except (OSError, UnicodeError) as error:
        session.abort()
        raise NextHopError(NEXT_HOP_AWAY, f"{address} cannot be reached: {error}") from None
    except BaseException:
        session.abort()
        raise
    return session


async def _greet(session: Session, hostname: str, patience: float) -> None:
    """RFC 5321 §3.1 and §3.2: 220, then EHLO, or HELO for a server that does not know it."""
    greeting = await session.greeting
    _must_be(session, greeting, 220, "the greeting")
    ehlo = await session.ask(f"EHLO {hostname}\r\n".encode("ascii"), patience)
    if ehlo.is_permanent:
        helo = await session.ask(f"HELO {hostname}\r\n".encode("ascii"), patience)
        _must_be(session, helo, 250, "the answer to HELO")
        return
    _must_be(session, ehlo, 250, "the answer to EHLO")
    session.capabilities = capabilities(ehlo)


def _must_be(session: Session, status: Status, code: int, what: str) -> None:
    if session.fault is not SOUND:
        raise NextHopError(session.fault if status is session.fault else NEXT_HOP_AWAY, f"{what}: {status}")
    if status.code != code:
        raise NextHopError(NEXT_HOP_AWAY, f"{what} was {status}")
