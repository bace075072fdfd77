"""The whole way of a mail in one event loop: door, relay, inspector, store and pool, before a fake next hop.

What is judged stands in the mail itself: a line `hold me` holds it, `mark me` annotates it (policies of the tests' own,
so that these tests speak of the way and not of what a password looks like).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fakehop import FakeHop
from gateway.config import Config
from gateway.courier import Courier, Pools
from gateway.inspector import Channel, Inspector, Judge, Reason
from gateway.mail import Envelope, Octets
from gateway.nexthop import LocalSlots, Pool
from gateway.notice import NoticeWriter
from gateway.ordering import Ordering
from gateway.orders import token
from gateway.reading.headers import quick_facts
from gateway.relay import Relay
from gateway.smtpd import Door
from gateway.store import Store
from gateway.verdict import Disposition, Finding, Inspection, PolicyStatus, ReplyFacts, Verdict, Where
from inspecting import Processes

HOSTNAME = "gw.example.com"


def _looks_harmless(_: Octets) -> bool:
    return True


def _look(octets: Octets, _: Envelope) -> Inspection:
    text = bytes(octets[:])
    if b"crash me" in text:
        message = "the secret is Kesä2024"
        raise ValueError(message)
    wanted = (
        Disposition.HOLD if b"hold me" in text else Disposition.ANNOTATE if b"mark me" in text else Disposition.PASS
    )
    return _inspection(wanted, quick_facts(octets))


def _inspection(wanted: Disposition, facts: ReplyFacts) -> Inspection:
    if wanted is Disposition.PASS:
        return Inspection(Verdict(clean=("marked",)), facts)
    finding = Finding("marked", "marked", PolicyStatus.ENFORCED, wanted, Where("1", 1, 1), "a mark")
    return Inspection(Verdict(wanted, (finding,)), facts)


def _give_up(octets: Octets, _: Envelope, reason: Reason) -> Inspection:
    finding = Finding(
        "could-not-inspect", "could-not-inspect", PolicyStatus.ENFORCED, Disposition.HOLD, Where("1"), reason
    )
    return Inspection(Verdict(Disposition.HOLD, (finding,)), quick_facts(octets))


JUDGE = Judge(_looks_harmless, _look, _give_up)


@dataclass
class House:
    """Everything that a test may look into."""

    port: int
    hop: FakeHop
    store: Store
    door: Door
    config: Config
    home: Path
    notices: NoticeWriter
    secret: bytes
    dialogs: list[Dialog] = field(default_factory=list)

    async def dialog(self, *, hello: bool = True) -> Dialog:
        """A client, greeted; with `hello` it has said EHLO."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        dialog = Dialog(reader, writer)
        self.dialogs.append(dialog)
        assert (await dialog.hear()).startswith("220 ")
        if hello:
            assert (await dialog.say("EHLO client.example.com")).startswith("250")
        return dialog

    @contextlib.asynccontextmanager
    async def courier(self) -> AsyncIterator[None]:
        """The courier at work; at the end all that is due has gone."""
        limits = self.config.pool.max_sessions
        pool = Pool(self.config.next_hop, HOSTNAME, self.config.timeouts, self.config.pool, LocalSlots(limits))
        one = Courier(
            *(self.config, self.store, Pools(pool, pool), self.notices),
            hostname=HOSTNAME,
            now=lambda: datetime.now(UTC),
        )
        stopping = asyncio.Event()
        running = asyncio.create_task(one.run(stopping))
        try:
            yield
            while await self.store.next_due() is not None:  # noqa: ASYNC110 - the store rings no bell
                await asyncio.sleep(0.01)
        finally:
            stopping.set()
            await running
            await pool.close()

    async def log(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and facts of every log entry, once all is written."""
        await self.store.append()
        return [(row.type, row.entry["facts"]) for row in await asyncio.to_thread(lambda: list(self.store.log_rows()))]


class Dialog:
    """A client that says lines and hears answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def hear(self) -> str:
        """One whole answer, lines joined by a newline; "" when the connection has ended."""
        lines = []
        while line := (await asyncio.wait_for(self.reader.readline(), 20)).decode("utf-8", "surrogateescape"):
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def say(self, line: str | bytes) -> str:
        """Say a line, hear the answer."""
        self.write(line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape") + b"\r\n")
        return await self.hear()

    def write(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def envelope(
        self, sender: str = "aino@example.com", recipients: Sequence[str] = ("liisa@example.org",)
    ) -> None:
        """MAIL, RCPT and DATA, all accepted."""
        assert (await self.say(f"MAIL FROM:<{sender}>")).startswith("250")
        for recipient in recipients:
            assert (await self.say(f"RCPT TO:<{recipient}>")).startswith("250")
        assert (await self.say("DATA")).startswith("354")

    async def send(self, octets: bytes, **envelope: Any) -> str:
        """A whole mail; the answer to its dot."""
        await self.envelope(**envelope)
        return await self.say(stuffed(octets) + b".\r\n")

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


def stuffed(octets: bytes) -> bytes:
    """Dots doubled at the beginning of lines (RFC 5321 §4.5.2), line by line."""
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in octets.split(b"\r\n"))


def reply(text: str = "Hei Liisa!\r\n\r\nVaraus on vahvistettu.\r\n", subject: str = "Vastaus") -> bytes:
    """A usual reply of an agent."""
    head = (
        "From: Aino Neuvonen <aino@example.com>\r\nTo: Liisa Asiakas <liisa@example.org>\r\n"
        f"Subject: {subject}\r\nMessage-ID: <1@example.com>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return (head + text).encode()


@contextlib.asynccontextmanager
async def house(
    home: Path, hop: FakeHop, *, processes: Processes | None = None, **settings: Any
) -> AsyncIterator[House]:
    """Start everything before `hop`; settings are keys of the configuration.

    `processes` are at work already and have a judge of their own.
    """
    url = f"sqlite:///{home}/saate.db"
    config = Config.model_validate(
        {"next_hop": f"127.0.0.1:{hop.port}", "store": url, "senders": ["example.com"], "hostname": HOSTNAME} | settings
    )
    Store.prepare(url)
    store, channel = Store(url, node="test"), processes.channel if processes else Channel()
    judge, secret = processes.judge if processes else JUDGE, Store.secret(url)
    notices = NoticeWriter(config, HOSTNAME, token_for=partial(token, secret))
    inspector = Inspector(judge, channel, config.inspection)
    pool = Pool(config.next_hop, HOSTNAME, config.timeouts, config.pool, LocalSlots(config.pool.max_sessions))
    relay = Relay(
        config,
        store,
        inspector,
        notices,
        hostname=HOSTNAME,
        policy_set="0" * 64,
        now=lambda: datetime.now(UTC),
    )
    ordering = Ordering(config, store, inspector, notices, secret=secret, now=lambda: datetime.now(UTC))
    door = Door(config, relay, pool, hostname=HOSTNAME, now=lambda: datetime.now(UTC), ordering=ordering)
    with contextlib.suppress(Exception):
        await pool.probe()
    server = await asyncio.get_running_loop().create_server(door.protocol, "127.0.0.1", 0, family=socket.AF_INET)
    here = House(server.sockets[0].getsockname()[1], hop, store, door, config, home, notices, secret)
    try:
        yield here
    finally:
        for dialog in here.dialogs:
            await dialog.close()
        server.close()
        await asyncio.wait_for(door.drain(), 10)
        await server.wait_closed()
        await pool.close()
        await asyncio.to_thread(store.close)
        if not processes:
            channel.close()
