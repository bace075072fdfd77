"""A held reply's whole life on one road: Postfix, a running gateway with people and house policies, Postfix.

Rules of this file: nothing waits for working time to pass. What the clock has to do is made due through the store, and
the gateway is killed and started anew, since a courier looks at the clock as soon as it begins.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import signal
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sqlalchemy import update

from answering import Told, answer, told
from commands import Typed, saate
from gateway.entry import timestamp
from gateway.hold import Hold, HoldState
from gateway.store import Store, schema
from mortal import End, Mortal, Nursery
from postfix import Postfix, wait_for_banner
from serving import Serving

SECRET = "Kesäyö-7741"
END = "\n\nYstävällisin terveisin\nAino\n"
PASSWORD = f"Hei Liisa!\n\nTunnuksesi on liisa ja salasanasi on {SECRET}. Kirjaudu sillä palveluun.{END}"
NO_GREETING = f"Varauksesi on nyt vahvistettu ja huone on hiljainen, kuten toivoit.{END}"
BOTH = f"Tunnuksesi on liisa ja salasanasi on {SECRET}. Kirjaudu sillä palveluun.{END}"
AGENTS = ("aino", "berit", "carl", "doris", "eino", "frida", "greta", "hilma", "ilona")
PEOPLE = [
    {"mailbox": "veera@example.com", "role": "reviewer", "logins": ["veera"]},
    {"mailbox": "maija@example.com", "role": "reviewer", "logins": ["maija"]},
    {"mailbox": "ylva@example.com", "role": "admin", "logins": ["ylva"]},
    *({"mailbox": f"{name}@example.com", "logins": [name]} for name in AGENTS),
]
HOUSE = {"missing-greeting": "id: missing-greeting\ndisposition: hold\non_timeout: release\n"}
"""A missing greeting is held; the agent may let it go, and so may time."""
SETTINGS = {
    "policies": ["builtin", "house"],
    "people": PEOPLE,
    "notices": {"commands": "saate@saate.example.com", "fallback": "postmaster@example.com"},
    "courier": {"first_retry": 1, "max_retry": 2},
}
REFUSING = "header_checks = regexp:{ {/^X-Refuse-Me:/ REJECT this mailbox takes no such mail} }\n"
PATIENCE = 40

Found = TypeVar("Found")


def octets_of(agent: str, subject: str, text: str, *fields: str) -> bytes:
    """A reply of an agent, as one part of text."""
    head = (
        f"From: {agent.capitalize()} Neuvonen <{agent}@example.com>",
        "To: Liisa Asiakas <liisa@example.org>",
        f"Subject: {subject}",
        f"Message-ID: <{subject}@example.com>",
        f"In-Reply-To: <{subject}.asked@example.org>",
        f"References: <first@example.org> <{subject}.asked@example.org>",
        "Date: Mon, 02 Nov 2026 10:00:00 +0200",
        *fields,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    return ("\r\n".join(head) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()


def body_of(octets: bytes) -> bytes:
    """What stands below the header, line ends as a Maildir has them."""
    return octets.replace(b"\r\n", b"\n").partition(b"\n\n")[2]


def parsed(octets: bytes) -> EmailMessage:
    return email.message_from_bytes(octets, policy=email.policy.default)


def shown(octets: bytes) -> str:
    """The subject and all text of a letter, as a person could see it, on one line."""
    message = parsed(octets)
    texts = [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
    return " ".join(" ".join((str(message["Subject"]), *texts)).split())


def until(look: Callable[[], Found | None], what: str) -> Found:
    """What a look finds at last. Raises AssertionError when it finds nothing."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(what)


class Life:
    """Both servers, what stands between them, and who uses it."""

    def __init__(self, support: Postfix, gateway: Serving, hop: Postfix) -> None:
        self.support = support
        self.gateway = gateway
        self.hop = hop
        self.store = Store(gateway.url)
        self.mortal: Mortal | None = None

    # --- mail

    def send(self, octets: bytes, sender: str, *to: str) -> None:
        """Hand a mail to the support server."""
        with smtplib.SMTP("127.0.0.1", self.support.port) as client:
            client.sendmail(sender, to or ("liisa@example.org",), octets, mail_options=["BODY=8BITMIME"])

    def reply(self, agent: str, subject: str, text: str, *fields: str) -> bytes:
        octets = octets_of(agent, subject, text, *fields)
        self.send(octets, f"{agent}@example.com")
        return octets

    def held(self, subject: str) -> Hold:
        """The hold of a reply that was sent."""
        wanted = f"{subject}@example.com"
        return until(
            lambda: next((one for one in self.store.holds() if one.message_id == wanted), None),
            f"{subject} was not held; {self.gateway.log()[-2000:]}",
        )

    def hold(self, agent: str, subject: str, text: str, *fields: str) -> Hold:
        self.reply(agent, subject, text, *fields)
        return self.held(subject)

    def letters(self, to: str, kind: str = "") -> list[bytes]:
        """What the receiving server filed of ours for a mailbox."""
        mails = [one for one in self.hop.mails() if f"\nDelivered-To: {to}@".encode() in b"\n" + one]
        return [one for one in mails if b"\nAuto-Submitted: auto-" in one and kind.encode() in one]

    def letter(self, to: str, number: int = 1) -> bytes:
        """The letter of that number that a mailbox got."""

        def look() -> bytes | None:
            found = self.letters(to)
            return found[number - 1] if len(found) >= number else None

        return until(look, f"{to} has no letter {number}; {self.gateway.log()[-2000:]}\n{self.hop.log()[-1000:]}")

    def received(self, hold: Hold) -> bytes:
        """The mail itself, once it has been let go."""
        return self.hop.wait_for(b"X-Saate: released; id=" + hold.id.encode(), PATIENCE)

    def has_customer(self, subject: str) -> bool:
        named = f"\nMessage-ID: <{subject}@example.com>".encode()
        return any(named in one and b"Delivered-To: liisa@" in one for one in self.hop.mails())

    # --- people

    def types(self, who: str, *words: str) -> Typed:
        """Somebody types a command on the gateway's machine."""
        return saate(*words, "--config", self.gateway.file, SUDO_USER=who)

    def answers(self, who: str, notice: Told, *typed: str) -> None:
        """Somebody answers a notice with her mail program, through the support server."""
        mailbox = f"{who}@example.com"
        self.send(answer(typed, notice, sender=mailbox), mailbox, notice.answer_to)

    def notice(self, to: str, number: int = 1) -> Told:
        return told(self.letter(to, number))

    # --- the store

    def comes_to(self, hold: Hold, state: HoldState) -> Hold:
        """Wait until a hold is in a state."""

        def look() -> Hold | None:
            now = self.store.find(hold.id)
            return now if now.state is state else None

        return until(look, f"{hold.id} is {self.store.find(hold.id).state}; {self.gateway.log()[-2000:]}")

    def due(self, *holds: Hold) -> None:
        """Let the clock of some holds be due; nothing else of them changes."""

        async def set_them() -> None:
            for one in holds:
                now, hold = datetime.now(UTC), await asyncio.to_thread(self.store.find, one.id)
                assert await self.store.step(hold, hold.stage, (), now, now)

        asyncio.run(set_them())

    def hurry(self) -> None:
        """Let everything in the outbox be due now: digests wait an hour."""
        now = timestamp(datetime.now(UTC))
        self.store.write(lambda transaction: transaction.connection.execute(update(schema.outbox).values(due_at=now)))

    def story(self, hold: Hold, *leaving_out: str) -> list[str]:
        """Types of the entries of a hold, in order."""
        return [row.type for row in self.store.story(hold.id) if row.type not in leaving_out]

    # --- dying

    @cached_property
    def nursery(self) -> Nursery:
        return Nursery()

    def armed(self, entry: str, point: str, alone: Path | None = None) -> None:
        """Start the gateway so that it dies at a commit: every process of it, or the one, which makes a file then."""
        words = ("serve", "--config", self.gateway.file)
        end = End(entry, point, str(alone or ""))
        self.mortal = self.nursery.bear(end, self.gateway.home / "serve.log", "ylva", words)
        wait_for_banner(self.gateway.port)

    def dies(self) -> None:
        """Wait until it has died of that and of nothing else, and what it had sent is filed."""
        assert self.mortal
        assert self.mortal.wait(PATIENCE) == -signal.SIGKILL, self.gateway.log()[-2000:]
        self.mortal = None
        assert self.store.verify().is_whole
        self.filed()

    def types_and_dies(self, who: str, entry: str, point: str, *words: str) -> None:
        """Somebody types a command, which dies at a commit."""
        said = self.gateway.home / "typed.log"
        mortal = self.nursery.bear(End(entry, point), said, who, (*words, "--config", self.gateway.file))
        assert mortal.wait(PATIENCE) == -signal.SIGKILL, said.read_text()
        assert self.store.verify().is_whole

    def rest(self) -> None:
        """Kill the gateway, however it was started."""
        if self.gateway.process:
            self.gateway.kill()
        if self.mortal:
            self.mortal.kill()
            self.mortal = None

    def close(self) -> None:
        self.rest()
        self.store.close()
        if "nursery" in self.__dict__:
            self.nursery.close()

    def filed(self) -> None:
        """Wait until the receiving server has filed all that it took: what is counted then is all there is."""
        until(lambda: not any(self._queued()), "the receiving server has mail in its queue")

    def _queued(self) -> Iterator[Path]:
        for queue in ("maildrop", "incoming", "active", "deferred"):
            yield from (one for one in (self.hop.home / "queue" / queue).rglob("*") if one.is_file())

    def quiet(self) -> None:
        """Wait until nothing is left to send, and all that was sent is filed."""
        until(lambda: asyncio.run(self.store.next_due()) is None, f"not quiet; {self.gateway.log()[-2000:]}")
        self.filed()

    def crash(self) -> None:
        """Kill every process of the gateway, and start it anew."""
        self.gateway.kill()
        self.gateway.start()


@contextmanager
def life(home: Path) -> Iterator[Life]:
    """The whole road, below a folder that Postfix can reach."""
    gateway_home = home / "gateway"
    house = gateway_home / "house"
    house.mkdir(parents=True)
    for name, text in HOUSE.items():
        (house / f"{name}.yaml").write_text(text)
    with (
        Postfix(home, "hop", settings=REFUSING) as hop,
        Serving(gateway_home, hop.port, **SETTINGS) as gateway,
        Postfix(home, "support", relayhost=gateway.port) as support,
    ):
        road = Life(support, gateway, hop)
        try:
            yield road
        finally:
            road.close()
