"""One mail on one session with the next hop.

Rules of this file: what the next hop says goes back as it was said; whatever is unclear is one of our own 4xx, and a
2xx is given for a clear yes alone. A session whose step is not known for certain is never used again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from typing import Protocol

from gateway.config import Timeouts
from gateway.mail import Octets
from gateway.nexthop.extensions import mail_command, rcpt_command
from gateway.nexthop.session import SOUND, NextHopError, Session
from gateway.status import INTERNAL, NEXT_HOP_CHANGED, NEXT_HOP_LOST, NEXT_HOP_UNCLEAR, Status
from gateway.wire import DotStuffer

PIECE = 256 * 1024
"""Octets of a mail that are stuffed and written at once."""
TOGETHER = 64 * 1024
"""A mail, or the rest of one, up to so many octets is written together with its dot, which saves both sides a step."""


class Lender(Protocol):
    """Whom a transaction has its session from: the pool."""

    timeouts: Timeouts

    async def replace(self, lost: Session) -> Session:
        """A fresh session in the place of a lost one. Raises NextHopError."""

    def take_back(self, session: Session, *, reset: bool) -> None:
        """The mail is over; `reset`: its envelope still stands at the next hop."""


class Transaction:
    """MAIL, RCPT …, then `data`, `hold` or `abort`, each once. The session goes back to the pool by itself."""

    __slots__ = (
        "_forwards",
        "_in_data",
        "_is_over",
        "_lender",
        "_replaced",
        "_reused",
        "_reverse",
        "_session",
        "sent_dot",
    )

    def __init__(self, lender: Lender, session: Session, *, reused: bool) -> None:
        self.sent_dot = False
        self._lender = lender
        self._session = session
        self._reused = reused
        self._replaced = False
        self._in_data = False
        self._is_over = False
        self._reverse: tuple[str, Sequence[str]] | None = None
        self._forwards: list[tuple[str, Sequence[str]]] = []

    async def mail(self, reverse_path: str, parameters: Sequence[str]) -> Status:
        """Say MAIL. A pooled session that turns out to be gone, or never was clean, is replaced once."""
        self._must_be_on()
        answer = await self._say_mail(reverse_path, parameters)
        if self._reused and self._session.fault in (NEXT_HOP_LOST, NEXT_HOP_UNCLEAR):
            if (trouble := await self._replace()) is not SOUND:
                return trouble
            answer = await self._say_mail(reverse_path, parameters)
        if answer.is_success:
            self._reverse = (reverse_path, parameters)
        return answer

    async def rcpt(self, forward_path: str, parameters: Sequence[str]) -> Status:
        """Say RCPT. A session lost since the last answer is replaced, and the envelope so far replayed."""
        self._must_be_on()
        assert self._reverse is not None, "MAIL first"
        if self._session.fault is not SOUND and (trouble := await self._replay()) is not SOUND:
            return trouble
        command = rcpt_command(forward_path, parameters, self._session.capabilities)
        if isinstance(command, Status):
            return command
        answer = await self._say(command)
        if answer.is_success:
            self._forwards.append((forward_path, parameters))
        return answer

    async def data(self, chunks: Iterable[Octets], before_dot: Awaitable[bool]) -> Status:
        """Say DATA, write the mail and, once `before_dot` has come true, the dot; what is answered to that.

        `before_dot` is awaited to its end whatever the next hop says, and its exception is raised. Without its yes the
        session is closed without the dot, which no server takes for a mail.
        """
        self._must_be_on()
        assert self._forwards, "RCPT first"
        ready = asyncio.ensure_future(before_dot)
        try:
            self._in_data = True
            answer = await self._say_data()
            if answer.code == 354:
                answer = await self._write(chunks, ready)
            else:
                await ready
        except BaseException:
            self._session.abort()
            if ready is not before_dot:
                ready.cancel()
            raise
        else:
            return answer
        finally:
            self._leave(reset=not self.sent_dot)

    async def hold(self) -> None:
        """The mail was held: the next hop forgets its envelope, in the background."""
        await self.abort()

    async def abort(self) -> None:
        """The mail goes no further. Nothing happens once the dot is sent, or the transaction over."""
        if self.sent_dot or self._is_over:
            return
        if self._in_data or not self._session.is_quiet:
            self._session.abort()
        self._leave(reset=self._reverse is not None)

    def _must_be_on(self) -> None:
        """The session may long be another mail's: nothing may be said on it from here."""
        if self._is_over:
            raise RuntimeError("the transaction is over")

    def _leave(self, *, reset: bool) -> None:
        if not self._is_over:
            self._is_over = True
            self._lender.take_back(self._session, reset=reset)

    # --- one question, one answer

    async def _answer(self, waiter: asyncio.Future[Status]) -> Status:
        """An answer, or the fault for want of one. Whoever stops waiting leaves the session out of step: it ends."""
        try:
            return await waiter
        except BaseException:
            self._session.abort()
            self._leave(reset=False)
            raise

    async def _say(self, command: bytes) -> Status:
        """An answer to MAIL or RCPT: yes, not now or no."""
        answer = await self._answer(self._session.ask(command, self._lender.timeouts.reply))
        return answer if _is_yes(answer) or answer.code >= 400 else self._unclear("MAIL or RCPT")

    async def _say_mail(self, reverse_path: str, parameters: Sequence[str]) -> Status:
        command = mail_command(reverse_path, parameters, self._session.capabilities)
        return command if isinstance(command, Status) else await self._say(command)

    async def _say_data(self) -> Status:
        """354, a refusal, or trouble. A session lost before its answer is replaced and the envelope replayed."""
        answer = self._session.fault
        if answer is SOUND:
            answer = await self._answer(self._session.ask(b"DATA\r\n", self._lender.timeouts.reply))
            if answer is not NEXT_HOP_LOST:
                return self._data_answer(answer)
        if (trouble := await self._replay()) is not SOUND:
            return trouble
        answer = await self._answer(self._session.ask(b"DATA\r\n", self._lender.timeouts.reply))
        return self._data_answer(answer)

    def _data_answer(self, answer: Status) -> Status:
        return answer if answer.code == 354 or answer.code >= 400 else self._unclear("DATA")

    def _unclear(self, command: str) -> Status:
        self._session.fail(NEXT_HOP_UNCLEAR, f"its answer to {command} is none")
        return NEXT_HOP_UNCLEAR

    # --- a lost session

    async def _replace(self) -> Status:
        """A fresh session, once for each mail; SOUND, or why there is none."""
        if self._replaced or self._is_over:
            return self._session.fault
        self._replaced = True
        try:
            fresh = await self._lender.replace(self._session)
        except NextHopError as error:
            return error.status
        if self._is_over:  # while we waited
            self._lender.take_back(fresh, reset=False)
            return NEXT_HOP_LOST
        self._session = fresh
        return SOUND

    async def _replay(self) -> Status:
        """Say the accepted envelope again on a fresh session; SOUND when all of it is accepted again."""
        assert self._reverse is not None
        if (trouble := await self._replace()) is not SOUND:
            return trouble
        offered = self._session.capabilities
        commands = [mail_command(*self._reverse, offered), *(rcpt_command(*one, offered) for one in self._forwards)]
        octets = [command for command in commands if isinstance(command, bytes)]
        if len(octets) == len(commands) and all(map(_is_yes, await self._say_all(octets))):
            return SOUND
        fault = self._session.fault
        self._session.abort()
        return NEXT_HOP_CHANGED if fault is SOUND else fault

    async def _say_all(self, commands: Sequence[bytes]) -> list[Status]:
        """All answers, pipelined where that is offered (RFC 2920)."""
        patience = self._lender.timeouts.reply
        if self._session.capabilities.pipelining:
            return [await self._answer(waiter) for waiter in self._session.ask_all(commands, patience)]
        return [await self._answer(self._session.ask(command, patience)) for command in commands]

    # --- the data

    async def _write(self, chunks: Iterable[Octets], ready: asyncio.Future[bool]) -> Status:
        session, stuffer, patience = self._session, DotStuffer(), self._lender.timeouts.reply
        waiting: list[bytes] = []
        size = 0
        for piece in _pieces(chunks):
            waiting.append(stuffer.stuff(piece))
            size += len(piece)
            if size > TOGETHER:
                await session.send(b"".join(waiting), patience)
                waiting, size = [], 0
                await asyncio.sleep(0)  # the others' turn
            if session.fault is not SOUND:
                break
        may_end = await ready
        if session.fault is not SOUND:
            return session.fault
        if not may_end:
            session.abort()
            return INTERNAL
        waiting.append(stuffer.end())
        self.sent_dot = True
        answer = await self._answer(session.ask(b"".join(waiting), self._lender.timeouts.dot))
        return answer if _is_yes(answer) or answer.code >= 400 else self._unclear("the dot")


def _is_yes(answer: Status) -> bool:
    """A clear yes. 220 and 221 speak of the session (RFC 5321 §4.2.3), not of what was asked."""
    return answer.is_success and answer.code not in (220, 221)


def _pieces(chunks: Iterable[Octets]) -> Iterator[bytes]:
    """The octets in blocks: small chunks as they are, large ones without ever copying the whole."""
    for chunk in chunks:
        if isinstance(chunk, bytes) and len(chunk) <= PIECE:
            yield chunk
        else:
            yield from (chunk[at : at + PIECE] for at in range(0, len(chunk), PIECE))
