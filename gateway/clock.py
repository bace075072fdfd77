"""What happens to a held reply on which nobody acts: a reminder, an escalation, an end that a person hears of.

    stage      after (working time)    what happens                                       then
    waiting    clock.remind            the agent is told again                            reminded
    reminded   clock.escalate          reviewers are told                                 escalated
    escalated  clock.give_back         the reply goes back to the agent                   returned
                                       or, where every policy that holds it says
                                       `on_timeout: release`, to the customer             released

Rules of this file: one step is one transaction, with its letters and its log entry. Between two steps there is never
less working time than the configuration has between them, whatever the machine's clock did or however long nobody ran:
who comes late reminds first. While the clock of the machine is being set, nothing moves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway.config import Config
from gateway.hold import Hold, HoldState, Outgoing, Stage
from gateway.notice import NoticeWriter
from gateway.store import Store
from gateway.verdict import OnTimeout
from gateway.workdays import Workdays

log = logging.getLogger("saate.clock")

AT_ONCE = 50
JUMP = timedelta(minutes=5)
"""A difference between two clocks of the machine beyond which one of them was set."""
SETTLED = timedelta(minutes=15)
"""After a jump nothing moves for so long: what was set may be set back."""


def first_step(config: Config, workdays: Workdays, held_at: datetime) -> datetime:
    """When a reply held at this moment is to be reminded of."""
    return workdays.after(held_at, config.clock.remind)


class Clock:
    """One in the courier's process."""

    def __init__(
        self,
        config: Config,
        store: Store,
        notices: NoticeWriter,
        workdays: Workdays,
        *,
        now: Callable[[], datetime],
        steady: Callable[[], float],
    ) -> None:
        self._config = config
        self._store = store
        self._notices = notices
        self._workdays = workdays
        self._now = now
        self._steady = steady
        """Seconds of a clock that nobody sets."""
        self._offset = now() - timedelta(seconds=steady())
        self._rests_until = steady()

    async def tick(self) -> int:
        """Do what is due. Returns how many replies moved. Raises StoreError."""
        now = self._now()
        if not self._is_steady(now):
            return 0
        moved = 0
        for hold in await self._store.clock_due(now, AT_ONCE):
            moved += await self._step(hold, now)
        return moved

    def _is_steady(self, now: datetime) -> bool:
        offset = now - timedelta(seconds=self._steady())
        if abs(offset - self._offset) > JUMP:
            log.warning("the machine's clock was set by %s; held replies rest for a while", offset - self._offset)
            self._offset = offset
            self._rests_until = self._steady() + SETTLED.total_seconds()
        return self._steady() >= self._rests_until

    async def _step(self, hold: Hold, now: datetime) -> bool:
        """Bring one reply one step further; False when somebody was quicker."""
        clock = self._config.clock
        next_at: datetime | None = None
        to: Stage | HoldState
        match hold.stage:
            case Stage.WAITING:
                to, letters = Stage.REMINDED, _some(self._notices.for_reminder(hold, now))
                next_at = self._later(hold, now, clock.remind, clock.escalate)
            case Stage.REMINDED:
                to, letters = Stage.ESCALATED, tuple(self._notices.for_escalation(hold, now))
                next_at = self._later(hold, now, clock.escalate, clock.give_back)
            case Stage.ESCALATED if hold.on_timeout is OnTimeout.RELEASE:
                to, letters = HoldState.RELEASED, ()
            case Stage.ESCALATED:
                to, letters = HoldState.RETURNED, _some(self._notices.for_return(hold, now))
        is_told_later = hold.automatic and to is not HoldState.RETURNED  # of a machine's mail its digest told
        if not letters and to is not HoldState.RELEASED and not is_told_later:
            log.error("id=%s %s, and there is nobody to tell: set notices.fallback", hold.id, to.value)
        waited = round(self._workdays.between(hold.held_at, now).total_seconds())
        moved = await self._store.step(hold, to, letters, now, next_at, {"waited_seconds": waited})
        if moved:
            log.info("id=%s %s by the clock", hold.id, to.value)
        return moved

    def _later(self, hold: Hold, now: datetime, this: str, following: str) -> datetime:
        """When the following step is due: as planned from the beginning, yet never sooner after this one than that."""
        planned = self._workdays.after(hold.held_at, following)
        gap = self._workdays.between(self._workdays.after(hold.held_at, this), planned)
        return max(planned, self._workdays.after_time(now, gap))


def _some(letter: Outgoing | None) -> Sequence[Outgoing]:
    return (letter,) if letter else ()
