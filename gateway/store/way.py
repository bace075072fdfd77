"""The store as the way uses it: what was judged, what became of it, what is held.

Rules of this file: coroutines only; the event loop never waits for the disk or for a large mail to be sealed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from gateway.entry import Entry
from gateway.hold import Hold, Outgoing
from gateway.mail import Octets
from gateway.status import Status
from gateway.store import chunks, holds, outbox, rotation, seal
from gateway.store import unanswered as unheard
from gateway.store.base import Base
from gateway.store.holds import Held
from gateway.store.transaction import Transaction

_HEAVY = 1 << 16
"""Octets of a sealed piece that would hold up the judgements of other mails."""


class ForTheWay(Base):
    """What a worker asks of the store."""

    async def judged(self, entry: Entry, whole: str) -> Status | None:
        """Log a judgement; it is durable on return.

        A status is the answer that this very mail got within the last 24 hours and the client never heard: give it,
        and do not send the mail again.
        """
        record = self._recorder.record(entry)

        def write(transaction: Transaction) -> Status | None:
            transaction.append_record(record)
            return transaction.answers.get(whole)

        return await self._writer.submit(write, lookup=(whole, entry.at))

    def disposed(self, entry: Entry, *, whole: str = "", unanswered: Status | None = None) -> asyncio.Future[None]:
        """Log the end of a mail with the next group commit.

        With `unanswered`, an answer that the client did not hear, it is remembered for the mail `whole`. Nobody needs
        to wait, but somebody must look at the future's exception: it is an alarm.
        """
        record = self._recorder.record(entry)

        def write(transaction: Transaction) -> None:
            transaction.append_record(record)
            if unanswered:
                transaction.remember(whole, unanswered, entry.at)

        return self._writer.submit(write, hurry=unanswered is not None)

    async def unanswered(self, whole: str, status: Status, at: datetime, kept: timedelta = unheard.KEPT) -> None:
        """Remember an answer that the client did not hear, a day long or for less; no time at all forgets it."""
        await self.run(lambda transaction: transaction.remember(whole, status, at, kept))

    async def append(self, *entries: Entry) -> None:
        """Log other things."""
        await self.run(lambda transaction: transaction.append(*entries))

    async def tell(self, letter: Outgoing, at: datetime) -> None:
        """Queue a letter of ours; it is durable on return."""
        await self._surely_a_key()
        await self.run(lambda transaction: outbox.put(transaction, letter, at, self._keys))

    async def hold(
        self,
        hold: Hold,
        octets: Octets,
        entries: Sequence[Entry],
        notice: Outgoing | None,
        *,
        digest_after: int = 20,
        digest_window: float = 600,
    ) -> Held:
        """Hold a mail; it is durable on return, with its entries and its notice.

        When `digest_after` holds within `digest_window` seconds were told to whom this notice goes, one digest, due
        after the window, tells of this and the next ones. What the mail turned out to be (held again, sharing a notice)
        is added to the facts of the disposed entry.
        """
        own, count = seal.new_key(), seal.pieces(len(octets))
        window = timedelta(seconds=digest_window)
        new = holds.NewHold(hold, entries, notice, count, own, digest_after, window)
        await self._surely_a_key()
        try:
            for number in range(count):
                piece, place = seal.piece(octets, number), seal.place(hold.id, number, count)
                sealed = await asyncio.to_thread(own.seal, piece, place)
                put = partial(_put_piece, hold=hold, number=number, sealed=sealed)
                heavy = len(sealed) > _HEAVY
                if number < count - 1:
                    await self._writer.submit(put, heavy=heavy)

            def write(transaction: Transaction) -> Held:
                put(transaction)  # the last piece goes with the hold: a small mail is one commit
                return holds.put(transaction, new, self._keys)

            return await self._writer.submit(write, heavy=heavy)
        except BaseException:
            dropping = self._writer.submit(lambda transaction: chunks.drop_orphan(transaction.connection, hold.id))
            dropping.add_done_callback(lambda done: done.exception())  # if it fails, the sweep does it later
            raise

    async def _surely_a_key(self) -> None:
        """Read the key before the writer needs it: nobody else shall wait for that file, nor fail for its sake."""
        if not self._keys.is_read:
            await self.look(lambda connection: self._keys.sealer(rotation.known(connection)))


def _put_piece(transaction: Transaction, *, hold: Hold, number: int, sealed: bytes) -> None:
    chunks.put(transaction.connection, hold.id, number, sealed, hold.held_at)
