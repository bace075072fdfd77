"""A store on disk with a configuration that names it, and holds to act on."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.entry import Entry, EntryType
from gateway.hold import Hold
from gateway.mail import Envelope, Recipient
from gateway.store import Store
from gateway.verdict import Disposition, Finding, Fix, PolicyStatus, ReleaseBy, Where

AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
OCTETS = b"From: aino@example.com\r\nSubject: =?utf-8?q?tunnus?=\r\n\r\nHei Liisa, salasanasi on Kuura88\r\n"


class Kept:
    """A configuration file and the store that it names."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "saate.yaml"
        self.url = f"sqlite:///{folder}/saate.db"
        self.config.write_text(f"store: {self.url}\nsenders: [example.com]\n")
        Store.prepare(self.url)

    async def hold(self, hold_id: str, **changes: object) -> Hold:
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
            envelope=Envelope("aino@example.com", (), (Recipient("liisa@example.org"),)),
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
            await store.hold(hold, OCTETS, entries, None)
        finally:
            store.close()
        return hold
