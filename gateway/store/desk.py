"""The store as people use it: finding holds and acting on them, reading and verifying the log, keys, erasing.

Rules of this file: its calls block, and may be made from any thread but an event loop's. Rights are asked at the doors
before; reasons are asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from gateway.entry import EntryType, timestamp
from gateway.hold import Actor, Filter, Hold, HoldState, Mended, Outgoing
from gateway.store import acts, chunks, erasing, log, proven, rotation, seal, search, verify
from gateway.store.acts import Act, Outcome, Reasons
from gateway.store.base import Base
from gateway.store.errors import StoreError
from gateway.store.log import LogRow
from gateway.store.rotation import KeyInfo
from gateway.store.verify import VerifyResult

PAGE = 500
BATCH = 200
"""Holds that one transaction moves."""
CLI = "cli"


def _nobody(_: int) -> None:
    """Who hears of progress where nobody asked."""


class ForPeople(Base):
    """What the command line and other doors ask of the store."""

    # --- looking

    def find(self, prefix: str) -> Hold:
        """The hold whose id begins so. Raises NoSuchHold or AmbiguousId."""
        return self.read(lambda connection: search.find(connection, prefix))

    def holds(
        self, wanted: Filter | Iterable[HoldState] = (), limit: int = 0, after: Hold | None = None
    ) -> Iterator[Hold]:
        """Holds that fit a filter (states alone will do), the longest held first; `limit` 0 is no limit.

        Read page by page: what moves out of the filter behind the reader is not missed, nor seen twice.
        """
        asked, left = _filter(wanted), limit
        while True:
            size = min(left, PAGE) if limit else PAGE
            found = self.read(partial(search.page, wanted=asked, limit=size, after=after))
            yield from found
            left -= len(found)
            if len(found) < size or (limit and not left):
                return
            after = found[-1]

    def count(self, wanted: Filter | Iterable[HoldState] = ()) -> int:
        """How many holds fit."""
        return self.read(lambda connection: search.count(connection, _filter(wanted)))

    def opened(self, hold_id: str, generation: int = -1) -> bytes:
        """The octets of a hold: the newest, or with 0 as they came."""
        return self.read(
            lambda connection: chunks.opened(connection, search.row(connection, hold_id), self._keys, generation)
        )

    # --- acting

    def release(
        self, prefix: str, actor: Actor, reasons: Reasons, at: datetime, *, channel: str = CLI, expected: str = ""
    ) -> Hold:
        """Send a hold on its way, with all that share its octets.

        `reasons`: by the number of the finding; a text alone where one finding holds (or none, after a fix).
        `expected`: the digest of the octets that the reasons are for. Raises Unreasoned, UnknownFinding, HoldChanged,
        HoldGone, NoSuchHold, AmbiguousId.
        """
        act = Act(actor, at, channel, expected)
        return self.write(lambda transaction: acts.release(transaction, prefix, reasons, act, self._keys))

    def discard(
        self, prefix: str, actor: Actor, reason: str, at: datetime, *, channel: str = CLI, expected: str = ""
    ) -> Hold:
        """Never send a hold. Raises Unreasoned, HoldChanged, HoldGone, NoSuchHold, AmbiguousId."""
        act = Act(actor, at, channel, expected)
        return self.write(lambda transaction: acts.discard(transaction, prefix, reason, act))

    def mend(
        self, prefix: str, mended: Mended, actor: Actor, at: datetime, *, channel: str = CLI, expected: str
    ) -> Hold:
        """Put mended octets in the place of a hold's, and of those that share them.

        `expected`: the digest of the octets that the fix was made from. Raises HoldChanged, HoldGone, NoSuchHold,
        AmbiguousId.
        """
        act = Act(actor, at, channel, expected)
        return self.write(lambda transaction: acts.mend(transaction, prefix, mended, act, self._keys))

    def ask(
        self, prefix: str, actor: Actor, reason: str, letter: Outgoing | None, at: datetime, *, channel: str = CLI
    ) -> Hold:
        """Ask a reviewer to release a hold; the letter tells her. Raises Unreasoned, HoldGone and so on."""
        act = Act(actor, at, channel)
        return self.write(lambda transaction: acts.ask(transaction, prefix, reason, letter, act, self._keys))

    def deny(self, prefix: str, actor: Actor, action: str, why: str, at: datetime, *, channel: str = CLI) -> None:
        """Log that somebody tried what she may not do; `prefix` may be empty."""
        act = Act(actor, at, channel)
        self.write(lambda transaction: acts.deny(transaction, prefix, action, why, act))

    def release_many(
        self,
        ids: Sequence[str],
        actor: Actor,
        reasons: Reasons,
        at: datetime,
        *,
        channel: str = CLI,
        progress: Callable[[int], None] = _nobody,
    ) -> list[Outcome]:
        """Release many, each for itself: what is refused is said in its outcome and keeps nothing back.

        `progress` hears after each transaction how many are done. What fails as a whole (a full disk) is an error of
        that batch, and nothing of it was done.
        """
        return self._many(ids, HoldState.RELEASED, reasons, Act(actor, at, channel), progress)

    def discard_many(
        self,
        ids: Sequence[str],
        actor: Actor,
        reason: str,
        at: datetime,
        *,
        channel: str = CLI,
        progress: Callable[[int], None] = _nobody,
    ) -> list[Outcome]:
        """Discard many, as `release_many` does."""
        return self._many(ids, HoldState.DISCARDED, reason, Act(actor, at, channel), progress)

    def _many(
        self, ids: Sequence[str], to: HoldState, reasons: Reasons, act: Act, progress: Callable[[int], None]
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            try:
                outcomes += self.write(partial(acts.many, ids=batch, to=to, reasons=reasons, act=act, keys=self._keys))
            except StoreError as error:
                outcomes += [Outcome(one, error=error) for one in batch]
            progress(len(outcomes))
        return outcomes

    # --- erasing

    def erase(self, person: str, actor: Actor, at: datetime, *, dry_run: bool = False) -> list[Hold]:
        """Erase what is kept of a mailbox: the holds in whose envelope, From or agent it stands, and the log's words.

        Returns those holds, as they are now. Raises NotOver, and does nothing, while one of them is held or on its way;
        `dry_run` only shows them all.
        """
        found = self.read(lambda connection: search.of_person(connection, person))
        if dry_run:
            return found
        self.read(lambda connection: erasing.check_over(connection, found))
        erased: list[Hold] = []
        for start in range(0, len(found), erasing.BATCH):
            ids = [hold.id for hold in found[start : start + erasing.BATCH]]
            erased += self.write(partial(erasing.erase, ids=ids, actor=actor.name, at=at))
        self._erase_log(person, {hold.id for hold in found}, actor, at)
        self._database.scrub()
        return erased

    def _erase_log(self, person: str, done: set[str], actor: Actor, at: datetime) -> None:
        """Erase what the log says of mails of that person that are not held, or no longer recorded."""
        after_seq = 0
        while True:
            rows = self.read(partial(log.page, after_seq=after_seq, limit=PAGE * 8))
            ids = sorted(set(erasing.mentioned(rows, person)) - done)
            for start in range(0, len(ids), erasing.BATCH):
                batch = ids[start : start + erasing.BATCH]
                self.write(partial(erasing.erase_log, ids=batch, actor=actor.name, at=at))
            done |= set(ids)
            if len(rows) < PAGE * 8:
                return
            after_seq = rows[-1][0]

    # --- keys

    def rotate(self, actor: Actor, at: datetime) -> str:
        """Make a new key, durable in the key file, that seals from now on. Returns its id.

        What the old one sealed is sealed anew by `reseal`, in the background.
        """
        new = seal.new_key()
        self.write(lambda transaction: rotation.rotate(transaction, new, actor, at, self._keys))
        return new.id

    def list_keys(self) -> list[KeyInfo]:
        """The keys that this store has had, the newest last."""
        return self.read(lambda connection: rotation.listed(connection, self._keys))

    # --- what was proven

    def note_proven(self, helpdesk: str, address: str, at: datetime, *, shown: bool = True) -> None:
        """Remember that a note to this helpdesk's mailbox arrives as internal; or, not `shown`, that it does not."""
        self.write(lambda transaction: proven.note(transaction.connection, helpdesk, address, at, shown=shown))

    def is_proven(self, helpdesk: str, address: str) -> bool:
        """Whether that was proven for exactly these."""
        return self.read(lambda connection: proven.is_proven(connection, helpdesk, address))

    # --- the log

    def happened(self, kind: EntryType, since: datetime) -> list[LogRow]:
        """The entries of one type since a moment, in order."""
        return self.read(partial(log.since, kind=kind.value, moment=timestamp(since)))

    def log_rows(self, after_seq: int = 0) -> Iterator[LogRow]:
        """The log behind an entry, in order, read in pages."""
        while True:
            rows = self.read(partial(log.page, after_seq=after_seq, limit=PAGE))
            yield from (LogRow(*row) for row in rows)
            if len(rows) < PAGE:
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


def _filter(wanted: Filter | Iterable[HoldState]) -> Filter:
    return wanted if isinstance(wanted, Filter) else Filter(states=tuple(wanted))
