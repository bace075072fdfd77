"""A store on disk with a configuration that names it, and holds to act on."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import yaml

from gateway.entry import Entry, EntryType
from gateway.hold import Hold
from gateway.mail import Envelope, Recipient
from gateway.policy import inspect
from gateway.store import Store
from gateway.verdict import Disposition, Finding, Fix, PolicyStatus, ReleaseBy, Where
from judging import enforced

AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
ENVELOPE = Envelope("aino@example.com", (), (Recipient("liisa@example.org"),))
OCTETS = b"From: aino@example.com\r\nSubject: =?utf-8?q?tunnus?=\r\n\r\nHei Liisa, salasanasi on Kuura88\r\n"


class Kept:
    """A configuration file and the store that it names."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "saate.yaml"
        self.url = f"sqlite:///{folder}/saate.db"
        self.config.write_text(f"store: {self.url}\nsenders: [example.com]\n")
        Store.prepare(self.url)

    def say(self, **settings: object) -> None:
        """Write the configuration anew, with these keys on top."""
        values = {"store": self.url, "senders": ["example.com"], "hostname": "gw.example.com"}
        self.config.write_text(yaml.safe_dump(values | settings))

    async def judged(self, hold_id: str, octets: bytes, **changes: object) -> Hold:
        """Hold a mail with what the built-in policies find in it."""
        octets = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        verdict = inspect(octets, ENVELOPE, enforced()).verdict
        digest = hashlib.sha256(octets).hexdigest()
        whole = {
            "findings": verdict.findings,
            "release_by": verdict.release_by,
            "size": len(octets),
            "octets_digest": digest,
            "same": digest + hold_id,
            "whole": digest + hold_id,
        }
        return await self.hold(hold_id, octets, **(whole | changes))

    async def hold(self, hold_id: str, octets: bytes = OCTETS, **changes: object) -> Hold:
        """Hold a mail, with the two log entries that it has in real life."""
        digest = hashlib.sha256(OCTETS + hold_id.encode()).hexdigest()
        finding = Finding(
            "plaintext-password",
            "plaintext-password",
            PolicyStatus.ENFORCED,
            Disposition.HOLD,
            Where("1", 1, 13),
            "salasanasi on ••••••",
            (Fix("blank-password"),),
        )
        hold = Hold(
            id=hold_id,
            held_at=AT,
            envelope=ENVELOPE,
            client="127.0.0.1",
            size=len(OCTETS),
            message_id="1@example.com",
            subject="tunnus",
            header_from="aino@example.com",
            agent="aino@example.com",
            language="fi",
            automatic=False,
            findings=(finding,),
            release_by=ReleaseBy.AGENT,
            octets_digest=digest,
            same=digest,
            whole=digest,
        )
        hold = replace(hold, **changes)  # type: ignore[arg-type]  # a test names the fields it cares about
        facts = {"verdict": "hold", "findings": [{"policy": "plaintext-password"}]}
        entries = (
            Entry(EntryType.JUDGED, AT, hold_id, facts=facts),
            Entry(EntryType.DISPOSED, AT, hold_id, facts={"outcome": "held", "code": 250}),
        )
        store = Store(self.url)
        try:
            await store.hold(hold, octets, entries, None)
        finally:
            store.close()
        return hold
