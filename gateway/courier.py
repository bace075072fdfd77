"""The courier: what Saate sends on its own account, from the outbox to the next hop, until it has come to an end.

Rules of this file: it never loses a mail. A row stays in the outbox until its end is recorded, and what the next hop
has taken is recorded however long that takes; a courier that dies gives back what it had, so the one mail that can go
twice is one that was between its dot and the recorded answer (RFC 1047). Held octets go out byte for byte, with our
fields on top. Each way reads from top to bottom: released mail, notices, then the attempt itself, recipient by
recipient.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from gateway import annotate, trouble
from gateway.attempt import attempt
from gateway.clock import Clock
from gateway.config import Config
from gateway.hold import Hold, HoldState, Outgoing, OutgoingKind, Progress
from gateway.mail import Client, Envelope, domain_of
from gateway.nexthop import Pool
from gateway.notice import NoticeWriter
from gateway.report import report
from gateway.status import INTERNAL, Status
from gateway.store import Store, StoreError

log = logging.getLogger("saate.courier")

LOOK = 0.5
"""Seconds between looks into the outbox: relays and commands in other processes fill it and ring no bell."""
LOOK_AT_MOST = 30.0
"""Seconds between looks while the store is away."""
TICK = timedelta(seconds=20)
"""Between looks at the clock of held replies."""
_RESEALED = 20
"""Holds and letters sealed anew in one go, while an old key is still in use."""
_WAITING = 4
"""So many times more mails may wait for their destination's turn than are being sent."""
_KNOWN = 1000
"""Domains whose turns are remembered."""
SWEEP = timedelta(minutes=10)
"""Between looks at what time takes away, and at keys."""
_chance = random.SystemRandom().random


@dataclass(frozen=True, slots=True)
class Pools:
    """Sessions with the servers that take what we send."""

    mail: Pool
    """Released replies, and reports on them."""
    letters: Pool
    """Notices; the same server unless `notices.next_hop` names another."""


class Courier:
    """One for each store and host. Make it after the fork; `run` until told to stop."""

    def __init__(
        self,
        config: Config,
        store: Store,
        pools: Pools,
        notices: NoticeWriter,
        *,
        hostname: str,
        now: Callable[[], datetime],
        clock: Clock | None = None,
        jitter: Callable[[], float] = _chance,
    ) -> None:
        self._config = config
        self._store = store
        self._pools = pools
        self._notices = notices
        self._clock = clock
        self._hostname = hostname
        self._now = now
        self._jitter = jitter
        """From 0 to 1: spreads what failed together, so that it does not come back together."""
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._sending = 0
        """Of those at work; the others wait for their destination's turn."""
        self._turns: dict[str, asyncio.Semaphore] = {}
        """By domain."""
        self._tick_at = now()
        self._gave_back = False
        self._sweep_at = now()

    async def run(self, stopping: asyncio.Event) -> None:
        """Carry what is due until told to stop; what is under way then is brought to its end."""
        stopped = asyncio.ensure_future(stopping.wait())
        pause = LOOK
        try:
            while not stopping.is_set():
                pause = await self._look(pause)
                awaited = {stopped, *self._at_work.values()}
                await asyncio.wait(awaited, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            if self._at_work:
                await asyncio.wait(self._at_work.values())
        finally:
            for task in (stopped, *self._at_work.values()):
                task.cancel()

    async def _look(self, pause: float) -> float:
        """Look into the outbox once. Returns how long to rest; never raises."""
        try:
            if not self._gave_back:
                await self._give_back()
            await self._begin()
        except StoreError as error:
            log.error("the outbox cannot be read: %s", error)
            return min(pause * 2, LOOK_AT_MOST)
        except Exception as error:  # noqa: BLE001 - the courier goes on, whatever one look came to
            log.error("trouble of our own: %s", trouble.of(error))
            return LOOK_AT_MOST
        return LOOK

    async def _give_back(self) -> None:
        """Before the first look: make due again what our predecessor had taken when it died."""
        if count := await self._store.give_back(self._now()):
            log.info("%d mails were under way when the last courier ended; they are tried again", count)
        self._gave_back = True

    async def _begin(self) -> None:
        """Begin what is due, as far as there are hands, and sweep now and then."""
        now = self._now()
        await self._keep_house(now)
        most = self._config.courier.max_sessions
        hands = min(most - self._sending, _WAITING * most - len(self._at_work))
        due_at = await self._store.next_due(now) if hands > 0 else None
        if due_at is None or due_at > now:
            return
        for outgoing in await self._store.due(now, hands):
            if outgoing.id not in self._at_work:  # else a mail so slow that its row came due again
                task = asyncio.create_task(self._carry(outgoing))
                self._at_work[outgoing.id] = task
                task.add_done_callback(partial(self._done, outgoing.id))

    async def _keep_house(self, now: datetime) -> None:
        """What is due now and then: the clock of held replies, retention, keys."""
        if self._clock and (now >= self._tick_at or now < self._tick_at - TICK):
            self._tick_at = now + TICK
            await self._clock.tick()
        if now >= self._sweep_at or now < self._sweep_at - SWEEP:
            more = await self._store.sweep(now, self._config.retention)
            left = await self._store.reseal(_RESEALED)
            self._sweep_at = now + (timedelta(seconds=LOOK) if more or left else SWEEP)

    def _done(self, row: int, _: asyncio.Task[None]) -> None:
        del self._at_work[row]

    async def _carry(self, outgoing: Outgoing) -> None:
        """Bring one row one step further. Never raises: what fails in us is tried again."""
        try:
            match outgoing.kind:
                case OutgoingKind.RELEASE:
                    await self._release(outgoing)
                case OutgoingKind.DIGEST:
                    await self._digest(outgoing)
                case OutgoingKind.REPORT:
                    await self._report(outgoing)
                case OutgoingKind.NOTICE | OutgoingKind.REMINDER | OutgoingKind.ESCALATION | OutgoingKind.REQUEST:
                    await self._notice(outgoing)
                case OutgoingKind.BOUNCE | OutgoingKind.RETURN | OutgoingKind.ANSWER:
                    await self._tell(outgoing, outgoing, [await self._hold(outgoing)])
        except StoreError as error:
            log.error("id=%s %s waits, the store says: %s", *_name(outgoing), error)
            await self._put_off(outgoing)
        except Exception as error:  # noqa: BLE001 - a row of ours is never lost by a bug of ours
            log.error("id=%s %s trouble of our own: %s", *_name(outgoing), trouble.of(error))
            await self._put_off(outgoing)

    async def _put_off(self, outgoing: Outgoing) -> None:
        """Nothing was sent: the row waits as the back-off wants it."""
        try:
            await self._store.postponed(outgoing, INTERNAL, self._next_try(outgoing))
        except Exception as error:  # noqa: BLE001 - the store makes the row due again by itself
            log.error("id=%s %s cannot be put off: %s", *_name(outgoing), trouble.of(error))

    async def _surely(self, outgoing: Outgoing, record: Callable[[], Awaitable[None]]) -> None:
        """Record what an attempt came to, again and again: what was taken must not be sent a second time."""
        pause = LOOK
        while True:
            try:
                return await record()
            except Exception as error:  # noqa: BLE001 - store away, disk full, or a bug: none is a reason to send twice
                words = str(error) if isinstance(error, StoreError) else trouble.of(error)
                log.critical("id=%s %s has an answer that cannot be recorded yet: %s", *_name(outgoing), words)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LOOK_AT_MOST)

    # --- released mail

    async def _release(self, outgoing: Outgoing) -> None:
        """Send a released mail as it was held, and tell somebody of every recipient who cannot have it."""
        hold = await self._hold(outgoing)
        octets = await self._store.octets(hold.id)
        async with self._turn(outgoing.envelope):
            progress = await attempt(self._pools.mail, outgoing.envelope, (self._fields(hold), octets))
        if self._is_late(outgoing):
            progress = replace(progress, refused=progress.refused + progress.waiting, waiting=())
        told = self._told_of(hold, progress)
        if progress.refused and not told:
            log.error("id=%s could not be delivered, and there is nobody to tell: set notices.fallback", hold.id)
        await self._surely(outgoing, lambda: self._record(outgoing, hold, progress, told))
        log.info(
            "id=%s released: delivered=%d refused=%d waiting=%d attempt=%d answer=%d",
            *(hold.id, len(progress.taken), len(progress.refused), len(progress.waiting)),
            *(outgoing.attempts, progress.status.code),
        )

    def _told_of(self, hold: Hold, progress: Progress) -> tuple[Outgoing, ...]:
        """A report to the reverse-path, and a letter to whoever else is to know."""
        told = report(hold, progress, self._hostname, self._now())
        letter = self._notices.for_bounce(hold, progress, self._now()) if progress.refused else None
        if told and letter and letter.envelope.addresses == told.envelope.addresses:
            letter = None
        return tuple(one for one in (told, letter) if one)

    @asynccontextmanager
    async def _turn(self, envelope: Envelope) -> AsyncIterator[None]:
        """Wait until the destination has no more than its share of what is being sent."""
        domain = domain_of(envelope.addresses[0]) if envelope.recipients else ""
        turn = self._turns.setdefault(domain, asyncio.Semaphore(self._config.courier.per_destination))
        async with turn:
            self._sending += 1
            try:
                yield
            finally:
                self._sending -= 1
        if not turn.locked() and len(self._turns) > _KNOWN:
            self._turns.clear()  # those who wait hold on to their own

    async def _record(self, outgoing: Outgoing, hold: Hold, progress: Progress, told: Sequence[Outgoing]) -> None:
        """Record one attempt: all recipients came to the same end, or each to its own."""
        status, at, due_at = progress.status, self._now(), self._next_try(outgoing)
        is_whole = outgoing.envelope.recipients == hold.envelope.recipients
        match progress:
            case Progress(taken=(), refused=()):
                await self._store.postponed(outgoing, status, due_at)
            case Progress(refused=(), waiting=()) if is_whole:
                await self._store.delivered(outgoing, status, at, told, progress.dialogue)
            case Progress(taken=(), waiting=()) if is_whole:
                await self._store.failed(outgoing, status, at, told, progress.dialogue)
            case _:
                await self._store.partly(outgoing, progress, at, due_at, told)

    def _fields(self, hold: Hold) -> bytes:
        """Our trace of when the mail came to us, not of when it was let go: the time in between is ours to show."""
        client = Client(hold.client, protocol="")
        return annotate.received(client, self._hostname, hold.id, hold.held_at) + annotate.released(hold.id)

    # --- letters of ours

    async def _report(self, outgoing: Outgoing) -> None:
        """Tell the reverse-path. A report that nobody takes ends here: reports on reports are how loops begin."""
        progress = await attempt(self._pools.mail, outgoing.envelope, (outgoing.octets,))
        log.info("id=%s %s attempt=%d answer=%d", *_name(outgoing), outgoing.attempts, progress.status.code)
        if progress.waiting and not self._is_late(outgoing):
            await self._surely(outgoing, lambda: self._put_off_with(outgoing, progress.status))
        elif progress.taken:
            await self._surely(outgoing, lambda: self._store.delivered(outgoing, progress.status, self._now()))
        else:
            await self._surely(outgoing, lambda: self._store.failed(outgoing, progress.status, self._now(), ()))

    async def _put_off_with(self, outgoing: Outgoing, status: Status) -> None:
        await self._store.postponed(outgoing, status, self._next_try(outgoing))

    async def _notice(self, outgoing: Outgoing) -> None:
        """Tell of a hold, unless somebody has decided meanwhile."""
        hold = await self._hold(outgoing)
        if hold.state is HoldState.HELD:
            await self._tell(outgoing, outgoing, [hold])
        else:
            await self._store.needless(outgoing, self._now())

    async def _digest(self, outgoing: Outgoing) -> None:
        """Tell of many holds, as they are now; of none when somebody has decided about all."""
        holds = [hold for hold in await self._store.digest(outgoing) if hold.state is HoldState.HELD]
        if holds:
            await self._tell(outgoing, self._notices.for_digest(outgoing, holds, self._now()), holds)
        else:
            await self._store.needless(outgoing, self._now())

    async def _tell(self, outgoing: Outgoing, letter: Outgoing, holds: list[Hold]) -> None:
        """Send a letter of ours; what a mailbox refuses, or nobody takes in time, goes to the fallback once."""
        progress = await attempt(self._pools.letters, letter.envelope, (letter.octets,))
        log.info("id=%s %s attempt=%d answer=%d", *_name(outgoing), outgoing.attempts, progress.status.code)
        await self._surely(outgoing, lambda: self._record_telling(outgoing, holds, progress))

    async def _record_telling(self, outgoing: Outgoing, holds: list[Hold], progress: Progress) -> None:
        status, now = progress.status, self._now()
        if progress.taken:
            await self._store.delivered(outgoing, status, now)
        elif progress.waiting and self._may_still_go(outgoing):
            await self._store.postponed(outgoing, status, self._next_try(outgoing))
        else:
            await self._tell_another(outgoing, holds, status, now)

    def _may_still_go(self, outgoing: Outgoing) -> bool:
        """Not when its time is up, nor with an address that this next hop cannot be told (RFC 6531)."""
        offered = self._pools.letters.capabilities
        untellable = offered and not offered.smtputf8 and "SMTPUTF8" in outgoing.envelope.parameters
        return not (untellable or self._is_late(outgoing))

    async def _tell_another(self, outgoing: Outgoing, holds: list[Hold], status: Status, now: datetime) -> None:
        instead = self._notices.instead(outgoing, holds, now)
        if instead is None:
            log.error("id=%s %s was refused, and there is nobody else to tell", *_name(outgoing))
        if instead and instead.kind is OutgoingKind.DIGEST:  # its holds know it by its row, which therefore stays
            await self._store.postponed(replace(outgoing, envelope=instead.envelope), status, now)
        else:
            await self._store.failed(outgoing, status, now, (instead,) if instead else ())

    # --- when

    def _next_try(self, outgoing: Outgoing) -> datetime:
        """Exponential back-off with a fifth of jitter; the last try is when the time is up."""
        settings = self._config.courier
        pause = min(
            settings.first_retry * settings.factor ** min(max(outgoing.attempts - 1, 0), 30), settings.max_retry
        )
        due_at = self._now() + timedelta(seconds=pause * (0.9 + 0.2 * self._jitter()))
        return due_at if self._is_late(outgoing) else min(due_at, max(self._end(outgoing), self._now()))

    def _is_late(self, outgoing: Outgoing) -> bool:
        return self._now() >= self._end(outgoing)

    def _end(self, outgoing: Outgoing) -> datetime:
        return (outgoing.created_at or self._now()) + timedelta(seconds=self._config.courier.give_up)

    async def _hold(self, outgoing: Outgoing) -> Hold:
        return await asyncio.to_thread(self._store.find, outgoing.mail_id)


def _name(outgoing: Outgoing) -> tuple[str, str]:
    """How the log names a row: the hold's id and the kind, no address."""
    return outgoing.mail_id, outgoing.kind.value
