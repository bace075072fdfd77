"""A courier with a real SQLite store, a clock that can be put forward, and the fake next hop."""

from __future__ import annotations

import asyncio
import email
import email.policy
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from fakehop import FakeHop, FiledMail
from gateway.clock import Clock as HeldClock
from gateway.config import Config
from gateway.courier import Courier, Pools
from gateway.entry import Entry, EntryType
from gateway.hold import Actor, Hold
from gateway.mail import Envelope, Recipient, mail_id
from gateway.nexthop import LocalSlots, Pool
from gateway.notice import NoticeWriter, PolicyText
from gateway.store import Store
from gateway.verdict import Disposition, Finding, PolicyStatus, ReleaseBy, ReplyFacts, Where
from gateway.workdays import Workdays

OCTETS = b"From: support@example.com\r\nSubject: x\r\n\r\n.dot\r\n..dots\r\nh\xe4t\xe4 \x01\r\nno final newline\r\n"
TEXTS = {"plaintext-password": PolicyText({"en": "A password is written out"})}


def letter_of(mail: FiledMail) -> EmailMessage:
    """A notice that the next hop took."""
    return email.message_from_bytes(mail.octets, policy=email.policy.default)


def words(mail: FiledMail) -> str:
    """What stands in its text, on one line."""
    part = letter_of(mail).get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def _is_report(mail: FiledMail) -> bool:
    return b"multipart/report" in mail.octets


@dataclass
class Clock:
    """The time of the courier: the real one and what a test has added."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, **more: float) -> None:
        self.ahead += timedelta(**more)


@dataclass
class Bench:
    """All that a test of the courier needs."""

    config: Config
    store: Store
    hop: FakeHop
    clock: Clock
    notices: NoticeWriter
    count: int = 0
    running: list[tuple[asyncio.Event, asyncio.Task[None], Pool]] = field(default_factory=list)

    @property
    def letters(self) -> list[FiledMail]:
        """What the next hop took, delivery reports apart."""
        return [mail for mail in self.hop.mails if not _is_report(mail)]

    @property
    def reports(self) -> list[FiledMail]:
        return [mail for mail in self.hop.mails if _is_report(mail)]

    async def hold(self, *to: str, agent: str = "maija@example.com", told: bool = True, **changed: Any) -> Hold:
        """Hold a mail as the relay does; it waits until `start`."""
        self.count += 1
        hold_id = mail_id(self.count.to_bytes(10, "big"))
        recipients = tuple(Recipient(address) for address in to or ("matti@customer.example",))
        envelope = Envelope("support@example.com", ("SIZE=4711", "BODY=8BITMIME"), recipients)
        where, policy = Where("1", 1, 1), "plaintext-password"
        finding = Finding(policy, policy, PolicyStatus.ENFORCED, Disposition.HOLD, where, "it is ••••••••")
        fields: dict[str, Any] = {
            "id": hold_id,
            "held_at": self.clock(),
            "envelope": envelope,
            "client": "192.0.2.7",
            "size": len(OCTETS),
            "message_id": "original@example.com",
            "subject": "Re: x",
            "header_from": "support@example.com",
            "agent": agent,
            "language": "en",
            "automatic": False,
            "findings": (finding,),
            "release_by": ReleaseBy.AGENT,
            "octets_digest": hashlib.sha256(OCTETS).hexdigest(),
            "same": f"same {hold_id}",
            "whole": f"whole {hold_id}",
        }
        hold = Hold(**{**fields, **changed})
        entry = Entry(EntryType.DISPOSED, hold.held_at, hold.id, facts={"outcome": "held"})
        notice = self.notices.for_hold(hold, ReplyFacts(), hold.held_at) if told else None
        await self.store.hold(hold, OCTETS, (entry,), notice)
        return hold

    async def release(self, hold: Hold) -> None:
        await asyncio.to_thread(self.store.release, hold.id, Actor("liisa"), "it is fine", self.clock())

    async def discard(self, hold: Hold) -> None:
        await asyncio.to_thread(self.store.discard, hold.id, Actor("liisa"), "never mind", self.clock())

    async def start(self) -> None:
        pool = Pool(self.hop.address, "gw.example.com", self.config.timeouts, self.config.pool, LocalSlots(8))
        workdays = Workdays(self.config.calendar)
        held_clock = HeldClock(
            *(self.config, self.store, self.notices, workdays),
            now=self.clock,
            steady=lambda: self.clock().timestamp(),
        )
        one = Courier(
            *(self.config, self.store, Pools(pool, pool), self.notices),
            hostname="gw.example.com",
            now=self.clock,
            clock=held_clock,
            jitter=lambda: 0.5,
        )
        stopping = asyncio.Event()
        self.running.append((stopping, asyncio.create_task(one.run(stopping)), pool))

    async def stop(self) -> None:
        for stopping, task, pool in self.running:
            stopping.set()
            await task
            await pool.close()
        self.running.clear()

    async def kill(self) -> None:
        """End the courier as a crash does: nothing more is recorded."""
        for _, task, pool in self.running:
            task.cancel()
            await asyncio.wait({task})
            await pool.close()
        self.running.clear()

    async def quiet(self) -> None:
        """Wait until nothing is left to send."""
        while await self.store.next_due() is not None:  # noqa: ASYNC110 - the store rings no bell
            await asyncio.sleep(0.01)

    async def tried(self, times: int) -> None:
        """Wait until so many MAIL commands were said, and the last attempt is recorded."""
        await self.hop.until(lambda: sum(line.startswith("MAIL") for line in self.hop.commands) >= times)
        await self.put_off()

    async def put_off(self) -> None:
        """Wait until what is in the outbox waits for its next try."""
        while True:
            due_at = await self.store.next_due()
            if due_at is None or self.clock() < due_at <= self.clock() + timedelta(minutes=25):
                return
            await asyncio.sleep(0.01)

    async def state(self, hold: Hold) -> str:
        return (await asyncio.to_thread(self.store.find, hold.id)).state.value

    def log(self, of: Hold) -> list[tuple[str, dict[str, Any]]]:
        """Type and facts of the entries of a hold, without its making."""
        entries = [row.entry for row in self.store.story(of.id)]
        return [(entry["type"], entry["facts"]) for entry in entries if entry["type"] != "disposed"]
