"""Invented mails, holds and entries for the store's tests, and what disturbs a store from outside."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.entry import Entry, EntryType
from gateway.hold import Hold, Mended, Outgoing, OutgoingKind
from gateway.mail import Envelope, Recipient
from gateway.status import Status
from gateway.store.seal import CHUNK
from gateway.verdict import Disposition, Finding, Fix, OnTimeout, PolicyStatus, ReleaseBy, Where

Place = tuple[str, str]
"""A store's URL and key file."""
NOON = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=UTC)
OK = Status(250, ("2.0.0 Ok: queued as 4XyZ", "second line"))
LATER = Status(451, ("4.3.0 not now",))
NEVER = Status(550, ("5.1.1 no such mailbox <liisa@example.org>",))
LARGE = b"Subject: Varaus\r\n\r\n" + bytes(2 * CHUNK)
"""Three pieces: two are committed ahead, the last with the hold."""
ENVELOPE = Envelope(
    "aino@example.com",
    ("SIZE=1234", "BODY=8BITMIME", "ENVID=Ab+3D"),
    (
        Recipient("liisa@example.org", ("NOTIFY=FAILURE", "ORCPT=rfc822;Liisa@example.org")),
        Recipient("k\udcf6@example.net"),
    ),
)
FINDING = Finding(
    policy="plaintext-password",
    check="plaintext-password",
    status=PolicyStatus.ENFORCED,
    disposition=Disposition.HOLD,
    where=Where("1.2", 4, 17),
    excerpt="Salasanasi on ••••",
    fixes=(Fix("blank-password", "•••"), Fix("greeting", "Hei Liisa!")),
)


def after(**delta: float) -> datetime:
    return NOON + timedelta(**delta)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def a_hold(mail_id: str, *, octets: bytes = b"", **other: Any) -> Hold:
    """A hold that shares nothing with others but what is said."""
    values: dict[str, Any] = {
        "id": mail_id,
        "held_at": NOON,
        "envelope": ENVELOPE,
        "client": "192.0.2.7",
        "size": len(octets),
        "message_id": "x\udce4\x00y@example.com",
        "subject": "Vastaus: \udce4 Varaus\x00 6745123",
        "header_from": "aino@example.com",
        "agent": "aino@example.com",
        "language": "fi",
        "automatic": False,
        "findings": (FINDING,),
        "release_by": ReleaseBy.REVIEWER,
        "octets_digest": hashlib.sha256(octets).hexdigest(),
        "same": digest(f"same {mail_id}"),
        "whole": digest(f"whole {mail_id}"),
    }
    return Hold(**(values | other))


def a_notice(mail_id: str, to: str = "aino@example.com", octets: bytes = b"Subject: held\r\n\r\nHei!\r\n") -> Outgoing:
    return Outgoing(OutgoingKind.NOTICE, mail_id, Envelope("", (), (Recipient(to),)), octets)


def mended(octets: bytes, **other: Any) -> Mended:
    """Octets after a fix that left nothing to be found but what is said."""
    values: dict[str, Any] = {
        "octets": octets,
        "fixes": ("greeting",),
        "findings": (),
        "subject": "Vastaus",
        "release_by": ReleaseBy.AGENT,
        "on_timeout": OnTimeout.RETURN,
    }
    return Mended(**(values | other))


def judged(mail_id: str, at: datetime = NOON) -> Entry:
    facts = {"disposition": "pass", "size": 6843, "language": "fi", "clean": ["missing-greeting"]}
    return Entry(
        EntryType.JUDGED, at, mail_id, facts=facts, personal={"subject": "Kiitos viestistäsi", "to": ["l@example.org"]}
    )


def disposed(mail_id: str, at: datetime = NOON) -> Entry:
    return Entry(EntryType.DISPOSED, at, mail_id, facts={"code": 250}, personal={"answer": "2.0.0 Ok"})


@contextmanager
def locked(path: Path) -> Iterator[Callable[[], None]]:
    """Hold the writers' lock of a store on SQLite, as another process would; gives what lets go of it."""
    lock = os.open(f"{path}.lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    yield lambda: fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and octets of every file in a folder."""
    return {path.name: (path.stat().st_mode & 0o777, path.read_bytes()) for path in folder.iterdir()}
