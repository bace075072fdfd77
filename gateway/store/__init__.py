"""The store: policy log, held mail and outbox behind one door.

Rules of this file: no decisions and no SQL; it hands each call to the writer thread or opens a snapshot for it. What an
event loop calls is a coroutine; what the command line calls blocks, and may be called from any thread but the event
loop's.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from gateway.entry import Entry
from gateway.hold import Hold, HoldState, Outgoing, Progress
from gateway.mail import Octets
from gateway.status import Status
from gateway.store import chunks, holds, log, outbox, seal, verify
from gateway.store import unanswered as unheard
from gateway.store.database import Database
from gateway.store.errors import AmbiguousId, HoldGone, NoSuchHold, StoreError
from gateway.store.holds import Held
from gateway.store.log import LogRow
from gateway.store.prepare import known_key, place_of_key, prepare
from gateway.store.transaction import Transaction
from gateway.store.verify import BadEntry, Undisposed, VerifyResult
from gateway.store.writer import Writer

__all__ = [
    "ANSWER_KEPT",
    "AmbiguousId",
    "BadEntry",
    "Held",
    "HoldGone",
    "LogRow",
    "NoSuchHold",
    "Store",
    "StoreError",
    "Transaction",
    "Undisposed",
    "VerifyResult",
]

Result = TypeVar("Result")
ANSWER_KEPT = unheard.KEPT
"""So long an answer that a client did not hear is remembered."""
_PAGE = 500
_HEAVY = 1 << 16
"""Octets of a sealed piece that would hold up the judgements of other mails."""


class Store:
    """The store as one process uses it. Make it after the fork; it connects at its first use."""

    @staticmethod
    def prepare(url: str, key_file: str = "") -> None:
        """Make file, schema and key where they are missing; the parent calls it once. Raises StoreError."""
        database = Database(url)
        try:
            prepare(database, key_file)
        finally:
            database.close()

    def __init__(self, url: str, key_file: str = "", *, node: str = "") -> None:
        self._database = Database(url)
        self._key_path = place_of_key(self._database, key_file)
        self._node = node or socket.gethostname()
        self._recorder = log.Recorder(self._node)
        self._writer = Writer(self._database, self._recorder)
        self._sealer: seal.Sealer | None = None

    def close(self) -> None:
        """Commit what waits, then let go of thread, connections and lock."""
        if self._writer.close():
            self._database.close()

    # --- the way

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
        sealer = await self._sealing()
        count = seal.pieces(len(octets))
        new = holds.NewHold(hold, entries, notice, count, digest_after, timedelta(seconds=digest_window))
        try:
            for number in range(count):
                piece, place = seal.piece(octets, number), seal.place(hold.id, number, count)
                sealed = await asyncio.to_thread(sealer.seal, piece, place)
                put = partial(_put_piece, hold=hold, number=number, sealed=sealed, key_id=sealer.id)
                heavy = len(sealed) > _HEAVY
                if number < count - 1:
                    await self._writer.submit(put, heavy=heavy)

            def write(transaction: Transaction) -> Held:
                put(transaction)  # the last piece goes with the hold: a small mail is one commit
                return holds.put(transaction, new, sealer)

            return await self._writer.submit(write, heavy=heavy)
        except BaseException:
            dropping = self._writer.submit(lambda transaction: chunks.drop_orphan(transaction.connection, hold.id))
            dropping.add_done_callback(lambda done: done.exception())  # if it fails, the sweep does it later
            raise

    # --- the courier

    async def due(self, now: datetime, limit: int = 16) -> list[Outgoing]:
        """Take what is due; nobody else gets it for half an hour. Its `attempts` counts this one."""
        sealer = await self._sealing()
        return await self.run(lambda transaction: outbox.take(transaction.connection, now, limit, self._node, sealer))

    async def next_due(self) -> datetime | None:
        """When something is due next; None when nothing waits."""
        return await self.look(outbox.next_due)

    async def give_back(self, now: datetime) -> int:
        """Make due what a courier of this node had taken when it died; for its successor, before it begins."""
        return await self.run(lambda transaction: outbox.give_back(transaction.connection, self._node, now))

    async def digest(self, outgoing: Outgoing) -> list[Hold]:
        """The holds that a digest tells of."""
        return await self.look(lambda connection: holds.of_digest(connection, outgoing.id))

    async def delivered(self, outgoing: Outgoing, status: Status, at: datetime) -> None:
        """The next hop took it: its row goes, a released hold is delivered."""
        await self.run(lambda transaction: holds.sent(transaction, outgoing, status, at))

    async def postponed(self, outgoing: Outgoing, status: Status, due_at: datetime) -> None:
        """It did not go this time."""
        await self.run(lambda transaction: outbox.postpone(transaction.connection, outgoing, status, due_at))

    async def failed(self, outgoing: Outgoing, status: Status, at: datetime, follow_up: Outgoing | None) -> None:
        """It will never go: its row goes, a released hold is bounced, and `follow_up` tells somebody."""
        sealer = await self._sealing()
        await self.run(lambda transaction: holds.given_up(transaction, outgoing, status, at, follow_up, sealer))

    async def partly(
        self, outgoing: Outgoing, progress: Progress, at: datetime, due_at: datetime, follow_up: Outgoing | None
    ) -> None:
        """A released mail has come to different ends for its recipients; who waits is due again at `due_at`."""
        sealer = await self._sealing()
        await self.run(lambda transaction: holds.partly(transaction, outgoing, progress, at, due_at, follow_up, sealer))

    async def needless(self, outgoing: Outgoing, at: datetime) -> None:
        """What a notice would have said is over: its row goes unsent."""
        await self.run(lambda transaction: holds.needless(transaction, outgoing, at))

    async def octets(self, hold_id: str) -> bytes:
        """The octets of a hold."""
        return await self.look(lambda connection: holds.opened(connection, hold_id, self._key(connection)))

    async def sweep(self, now: datetime) -> None:
        """Take away what nobody needs: pieces without a hold, unheard answers older than a day."""

        def write(transaction: Transaction) -> None:
            chunks.sweep(transaction.connection, now)
            unheard.sweep(transaction.connection, now)

        await self.run(write)

    # --- the command line

    def find(self, prefix: str) -> Hold:
        """The hold whose id begins so. Raises NoSuchHold or AmbiguousId."""
        return self.read(lambda connection: holds.find(connection, prefix))

    def holds(self, states: Iterable[HoldState] = (), limit: int = 0, after: Hold | None = None) -> Iterator[Hold]:
        """Holds in these states (none named: all), the longest held first; `limit` 0 is no limit."""
        wanted, left = tuple(states), limit
        while True:
            size = min(left, _PAGE) if limit else _PAGE
            found = self.read(partial(holds.page, states=wanted, limit=size, after=after))
            yield from found
            left -= len(found)
            if len(found) < size or (limit and not left):
                return
            after = found[-1]

    def opened(self, hold_id: str) -> bytes:
        """The octets of a hold, for who blocks."""
        return self.read(lambda connection: holds.opened(connection, hold_id, self._key(connection)))

    def release(self, prefix: str, actor: str, reason: str, at: datetime) -> Hold:
        """Send a hold on its way, with all that share its octets. Raises HoldGone, NoSuchHold, AmbiguousId."""
        return self.write(lambda transaction: holds.act(transaction, prefix, HoldState.RELEASED, actor, reason, at))

    def discard(self, prefix: str, actor: str, reason: str, at: datetime) -> Hold:
        """Never send a hold. Raises HoldGone, NoSuchHold, AmbiguousId."""
        return self.write(lambda transaction: holds.act(transaction, prefix, HoldState.DISCARDED, actor, reason, at))

    def log_rows(self, after_seq: int = 0) -> Iterator[LogRow]:
        """The log behind an entry, in order, read in pages."""
        while True:
            rows = self.read(partial(log.page, after_seq=after_seq, limit=_PAGE))
            yield from (LogRow(*row) for row in rows)
            if len(rows) < _PAGE:
                return
            after_seq = rows[-1][0]

    def tail(self, count: int) -> list[LogRow]:
        """The newest entries, the oldest of them first."""
        return self.read(partial(log.last, count=count))

    def story(self, mail_id: str) -> list[LogRow]:
        """All that happened to one mail, in order."""
        return self.read(partial(log.of_mail, mail_id=mail_id))

    def verify(self) -> VerifyResult:
        """Walk the whole log."""
        return verify.verify(self._database.read)

    # --- both

    async def run(self, write: Callable[[Transaction], Result]) -> Result:
        """Do a write of one's own with the next group commit; it may be run twice and must not keep anything."""
        return await self._writer.submit(write)

    async def look(self, read: Callable[[Connection], Result]) -> Result:
        """Read in a thread, so that the event loop goes on."""
        return await asyncio.to_thread(self.read, read)

    def write(self, write: Callable[[Transaction], Result]) -> Result:
        """Do a write and wait for it."""
        return self._writer.do(write)

    def read(self, read: Callable[[Connection], Result]) -> Result:
        """Read from a snapshot."""
        with self._database.read() as connection:
            return read(connection)

    def _key(self, connection: Connection) -> seal.Sealer:
        """The sealer, read at its first use: what only lists and logs needs no key."""
        if self._sealer is None:
            self._sealer = seal.read_key(self._key_path, known_key(connection))
        return self._sealer

    async def _sealing(self) -> seal.Sealer:
        sealer = self._sealer
        return sealer if sealer is not None else await self.look(self._key)


def _put_piece(transaction: Transaction, *, hold: Hold, number: int, sealed: bytes, key_id: str) -> None:
    chunks.put(transaction.connection, hold.id, number, sealed, key_id, hold.held_at)
