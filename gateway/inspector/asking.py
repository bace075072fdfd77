"""Inspecting a mail from an event loop: inline where it is harmless by shape, else in an inspection process.

Rules of this file: nothing here keeps the loop for longer than a small, fixed budget. A mail that outruns the deadline
or kills its process is a finding, `could-not-inspect`; that nobody could look at it is InspectionBusy.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Sequence

from gateway import trouble
from gateway.config import InspectionSettings
from gateway.inspector.budget import Budget, OutOfBudgetError
from gateway.inspector.judge import Answer, Judge, Reason
from gateway.inspector.process import Channel
from gateway.inspector.wire import BLOCK, HEAR, INSPECT, MEND, AnswerReader, BadAnswerError, Lost, Parcel, Task
from gateway.mail import Envelope, Mail, Octets
from gateway.orders import Heard, Remade
from gateway.verdict import Inspection

log = logging.getLogger("saate.inspection")

INLINE_SECONDS = 0.012
"""Processor time that a mail gets on the event loop; a usual 7 KB reply takes a tenth of it."""
PATIENCE = 60.0
"""Seconds until a waiting mail must have been taken by an inspection process."""
GRACE = 1.0
"""Seconds beyond the deadline after which a process that ought to be dead is not waited for."""
NEARLY = 0.8
"""A process that died after this share of the deadline died of it."""
TRIES = 4
_RETRY_SEND = 0.005


class InspectionBusy(Exception):  # noqa: N818 - no error of the mail's: it may come again
    """Too many mails wait to be inspected, or no inspection process is there to take one."""


class Inspector:
    """The inspections of one event loop; made in the main thread."""

    def __init__(self, judge: Judge, channel: Channel, settings: InspectionSettings) -> None:
        self._judge = judge
        self._requests = channel.asking
        self._settings = settings
        self._turns = asyncio.Semaphore(settings.processes)
        self._waiting = 0
        self._budget = Budget()

    async def inspect(self, mail: Mail) -> Inspection:
        """Read and judge a mail. Raises InspectionBusy when too many wait already, OSError when memory is out."""
        octets, envelope = mail.octets, mail.envelope
        answer = await self._done(mail, (INSPECT,), lambda: self._judge.inspect(octets, envelope))
        if isinstance(answer, Inspection):
            return answer
        reason = answer if isinstance(answer, Reason) else Reason.CRASH
        log.warning("id=%s could not be inspected: %s", mail.id, reason)
        return self._give_up(octets, envelope, reason)

    async def hear(self, mail: Mail) -> Heard | Reason:
        """Read an answer to a notice; a reason says why it could not be read. Raises as `inspect` does."""
        answer = await self._done(mail, (HEAR,), lambda: self._judge.hear(mail.octets))
        return answer if isinstance(answer, Heard | Reason) else Reason.CRASH

    async def mend(self, octets: Octets, envelope: Envelope, fixes: Sequence[str]) -> Remade | Reason:
        """Make fixes, and judge what comes of it; never on the event loop. Raises as `inspect` does."""
        answer = await self._queued(octets, envelope, (MEND, *fixes))
        return answer if isinstance(answer, Remade | Reason) else Reason.CRASH

    async def _done(self, mail: Mail, task: Task, here: Callable[[], Answer]) -> Answer | Reason:
        """Do a task at once where a mail is harmless by shape, else have it done."""
        try:
            answer: Answer | Reason | None = self._at_once(mail.octets, here)
        except Exception as error:  # noqa: BLE001 - whatever a mail does to the reader is a finding
            log.error("id=%s an inspection crashed: %s", mail.id, trouble.of(error))
            answer = Reason.CRASH
        return await self._queued(mail.octets, mail.envelope, task) if answer is None else answer

    def _at_once(self, octets: Octets, here: Callable[[], Answer]) -> Answer | None:
        """What is done with a mail that is harmless by shape; None when another process had better do it."""
        harmless = self._judge.harmless
        try:
            return self._budget.run(INLINE_SECONDS, lambda: here() if harmless(octets) else None)
        except OutOfBudgetError:
            return None

    def _give_up(self, octets: Octets, envelope: Envelope, reason: Reason) -> Inspection:
        """Say what the header tells; where even that takes too long, what the envelope tells."""
        try:
            return self._budget.run(INLINE_SECONDS, lambda: self._judge.give_up(octets, envelope, reason))
        except OutOfBudgetError:
            return self._judge.give_up(b"", envelope, reason)

    async def _queued(self, octets: Octets, envelope: Envelope, task: Task) -> Answer | Reason:
        if self._waiting >= self._settings.queue + self._settings.processes:
            raise InspectionBusy
        self._waiting += 1
        try:
            async with self._turns:
                return await self._ask(octets, envelope, task)
        finally:
            self._waiting -= 1

    async def _ask(self, octets: Octets, envelope: Envelope, task: Task) -> Answer | Reason:
        """Ask until somebody has an answer.

        A process that died before its deadline may have been killed for a reason outside the mail, so another one
        gets what is left of the time; the second death is the mail's own doing.
        """
        with Parcel(octets, envelope, task) as parcel:
            for _ in parcel.fill():
                await asyncio.sleep(0)
            left, deaths = self._settings.deadline, 0
            for _ in range(TRIES):
                answer, took = await self._once(parcel, left)
                if not isinstance(answer, Lost):
                    return answer
                if answer is Lost.WITHIN:
                    deaths += 1
                    if took >= left * NEARLY:
                        return Reason.DEADLINE
                    if deaths > 1:
                        return Reason.CRASH
                    left -= took
        raise InspectionBusy

    async def _once(self, parcel: Parcel, seconds: float) -> tuple[Answer | Reason | Lost, float]:
        """Ask one process; the answer, and how long it had the mail."""
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        with ours:
            with theirs:
                await self._send(parcel, seconds, theirs)
            try:
                return await _hear(ours, seconds)
            except BadAnswerError:
                log.error("an inspection process gave an answer that is none")
                return Reason.CRASH, 0.0

    async def _send(self, parcel: Parcel, seconds: float, reply: socket.socket) -> None:
        """Put the parcel into the channel, which holds a few hundred."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                return parcel.send(self._requests, seconds, reply)
            except BlockingIOError:
                await asyncio.sleep(_RETRY_SEND)
        raise InspectionBusy


async def _hear(ours: socket.socket, seconds: float) -> tuple[Answer | Reason | Lost, float]:
    loop, answers, began = asyncio.get_running_loop(), AnswerReader(), 0.0
    try:
        async with asyncio.timeout(PATIENCE) as timeout:
            while True:
                answer = answers.feed(await loop.sock_recv(ours, BLOCK))
                if answer is not None:
                    return answer, time.monotonic() - began
                if answers.taken and not began:
                    began = time.monotonic()
                    timeout.reschedule(loop.time() + seconds + GRACE)
    except TimeoutError:
        if answers.taken:
            return Reason.DEADLINE, seconds
        raise InspectionBusy from None
