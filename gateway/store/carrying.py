"""The store as the courier's process uses it: what is to be sent, what is due by the clock, what time takes away.

Rules of this file: coroutines only; times are the caller's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from gateway.config import Retention
from gateway.hold import Hold, HoldState, Outgoing, Progress, Stage
from gateway.status import Status
from gateway.store import chunks, clock, ends, erasing, outbox, rotation, search
from gateway.store import unanswered as unheard
from gateway.store.base import Base
from gateway.store.transaction import Transaction

log = logging.getLogger("saate.store")
_SWEEPS = 5
"""Batches in one sweep: the courier has other things to do."""
_NO_FACTS: Mapping[str, object] = MappingProxyType({})


class ForTheCourier(Base):
    """What the courier's process asks of the store."""

    _tidy_for = ""
    """While this key seals there is nothing to do: all is sealed with it, and the key file holds none without need."""

    # --- the outbox

    async def due(self, now: datetime, limit: int = 16) -> list[Outgoing]:
        """Take what is due; nobody else gets it for half an hour. Its `attempts` counts this one.

        A row that cannot be opened is an alarm and keeps nothing else back; it is due again in half an hour.
        """
        taken, bad = await self.run(
            lambda transaction: outbox.take(transaction.connection, now, limit, self._node, self._keys)
        )
        for one in bad:
            log.critical("id=%s %s cannot be sent: %s", one.mail_id, one.kind, one.why)
        return taken

    async def next_due(self, now: datetime | None = None) -> datetime | None:
        """When something is due next; None when nothing waits. With `now`, a clock that was put back is seen."""
        return await self.look(lambda connection: outbox.next_due(connection, now))

    async def give_back(self, now: datetime) -> int:
        """Make due what a courier of this node had taken when it died; for its successor, before it begins."""
        return await self.run(lambda transaction: outbox.give_back(transaction.connection, self._node, now))

    async def digest(self, outgoing: Outgoing) -> list[Hold]:
        """The holds that a digest tells of."""
        return await self.look(lambda connection: search.of_digest(connection, outgoing.id))

    async def delivered(
        self,
        outgoing: Outgoing,
        status: Status,
        at: datetime,
        follow_ups: Sequence[Outgoing] = (),
        dialogue: Sequence[str] = (),
    ) -> None:
        """The next hop took it: its row goes, a released hold is delivered; `dialogue` is kept in the log."""
        end = ends.End(outgoing, status, at, follow_ups, dialogue)
        await self.run(lambda transaction: ends.sent(transaction, end, self._keys))

    async def postponed(self, outgoing: Outgoing, status: Status, due_at: datetime) -> None:
        """It did not go this time."""
        await self.run(lambda transaction: outbox.postpone(transaction.connection, outgoing, status, due_at))

    async def failed(
        self,
        outgoing: Outgoing,
        status: Status,
        at: datetime,
        follow_ups: Sequence[Outgoing],
        dialogue: Sequence[str] = (),
    ) -> None:
        """It will never go: its row goes, a released hold is bounced, and `follow_ups` tell of it."""
        end = ends.End(outgoing, status, at, follow_ups, dialogue)
        await self.run(lambda transaction: ends.given_up(transaction, end, self._keys))

    async def partly(
        self, outgoing: Outgoing, progress: Progress, at: datetime, due_at: datetime, follow_ups: Sequence[Outgoing]
    ) -> None:
        """A released mail has come to different ends for its recipients; who waits is due again at `due_at`."""
        end = ends.End(outgoing, progress.status, at, follow_ups, progress.dialogue)
        await self.run(lambda transaction: ends.partly(transaction, end, progress, due_at, self._keys))

    async def needless(self, outgoing: Outgoing, at: datetime) -> None:
        """What a notice would have said is over: its row goes unsent."""
        await self.run(lambda transaction: ends.needless(transaction, outgoing, at))

    async def octets(self, hold_id: str) -> bytes:
        """The octets of a hold, the newest."""
        return await self.look(lambda seen: chunks.opened(seen, search.row(seen, hold_id), self._keys))

    # --- the clock

    async def clock_due(self, now: datetime, limit: int = 16) -> list[Hold]:
        """Held replies whose `clock_at` has come, the longest due first; one for each group that acts as one."""
        return await self.look(lambda connection: clock.due(connection, now, limit))

    async def step(
        self,
        hold: Hold,
        to: Stage | HoldState,
        letters: Sequence[Outgoing],
        at: datetime,
        clock_at: datetime | None,
        facts: Mapping[str, object] = _NO_FACTS,
    ) -> bool:
        """Move the clock of a hold on, or end it, with its group; the letters go into the outbox.

        False, and nothing is done, when the hold moved, was mended or was stepped meanwhile. RELEASED is for holds
        whose policies say `on_timeout: release`; else it raises ValueError. The stage that a hold has already, with
        another `clock_at`, only sets the clock.
        """
        taken = clock.Step(hold, to, letters, at, clock_at, facts)
        return await self.run(lambda transaction: clock.step(transaction, taken, self._keys))

    # --- what time takes away

    async def sweep(self, now: datetime, retention: Retention | None = None) -> bool:
        """Take away what nobody needs: octets and records after `retention`, pieces without a hold, old answers.

        In batches, and a bounded number of them; True when more waits. It also sets right what was decided before the
        clock was put back.
        """

        def write(transaction: Transaction) -> None:
            connection = transaction.connection
            chunks.sweep(connection, now)
            unheard.sweep(connection, now)
            outbox.rebase(connection, now)
            clock.rebase(connection, now)

        await self.run(write)
        if retention is None:
            return False
        for _ in range(_SWEEPS):
            if not await self.run(lambda transaction: erasing.sweep(transaction, now, retention)):
                await self._scrub()
                return False
        await self._scrub()
        return True

    async def reseal(self, limit: int = 200) -> int:
        """After a rotation, seal so many holds and letters with the new key. Returns how many are left.

        The call that finds none left takes the old key from the key file. Cheap where there was no rotation.
        """
        if await self.look(rotation.known) == self._tidy_for:
            return 0
        if only := await self.look(rotation.finished):
            await self._let_go(only)
            return 0
        done = await self.run(lambda transaction: rotation.reseal(transaction, limit, self._keys))
        for why in done.failed:
            log.critical("cannot be sealed with the new key, and keeps the old one needed: %s", why)
        return done.left

    async def _let_go(self, only: str) -> None:
        await self.run(lambda transaction: rotation.let_go(transaction, self._keys))
        self._tidy_for = only

    async def _scrub(self) -> None:
        """Let what was erased leave the write-ahead log too."""
        await asyncio.to_thread(self._database.scrub)
