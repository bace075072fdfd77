"""`saate doctor --send-test`: a note to the helpdesk's mailbox, and a person who says how it arrived.

Rules of this file: the note leaves as the courier's notes do: same envelope, same way out, same header fields. Only who
types its code has seen it; only her yes lets tickets be told.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from datetime import UTC, datetime

import click
from rich.text import Text

from gateway.app.start import hostname
from gateway.attempt import attempt
from gateway.cli.output import plain, show
from gateway.cli.settings import Problem
from gateway.cli.stores import Desk
from gateway.config import Config
from gateway.hold import Progress
from gateway.letter import Letter, Paragraph, Postmark, clean, to_octets
from gateway.mail import Envelope, Recipient
from gateway.nexthop import LocalSlots, Pool
from gateway.rights import Action
from gateway.ticket import NOTE_FIELDS, ticket_reference


def send_test(at: Desk, ticket: str) -> int:
    """Send it, ask, and keep the answer. 0: the note is internal; 1: it is not, or did not come."""
    at.must(Action.ROTATE)  # what is said here decides what customers may see
    notices = at.config.notices
    if not notices.ticket_address or notices.helpdesk not in NOTE_FIELDS:
        known = ", ".join(NOTE_FIELDS)
        raise Problem(f"set notices.ticket_address, and notices.helpdesk to one that takes internal notes: {known}")
    if not sys.stdin.isatty():
        raise Problem("--send-test asks what you see in the helpdesk; run it at a terminal")
    named = ticket or str(click.prompt("A ticket for tests, as its subjects name it ([Ticket#2026110210000017])"))
    reference = ticket_reference(named)
    if not reference:
        raise Problem(f"{named!r} is no reference that a subject can name a ticket by; write it with its brackets")
    code = secrets.token_hex(3)
    _sent(asyncio.run(_send(at.config, reference, code)))
    show(Text(f"A test note went to {plain(notices.ticket_address)} for {plain(reference)}. Open that ticket."))
    typed = str(click.prompt("The code in the note (empty: it did not come)", default="", show_default=False))
    came = typed.strip().lower() == code
    internal = came and click.confirm("Is it an internal note, which the customer cannot see?", default=False)
    at.store.note_proven(notices.helpdesk, notices.ticket_address, datetime.now(UTC), shown=internal)
    if internal:
        show(Text("Tickets are told from the next start of the gateway on: systemctl restart saate", style="green"))
        return 0
    why = "It is not internal" if came else "That is not the code"
    show(Text(f"{why}: agents are told instead. docs/holds.md says what the helpdesk must be set to.", style="yellow"))
    return 1


async def _send(config: Config, reference: str, code: str) -> Progress:
    notices, at, name = config.notices, datetime.now(UTC), hostname(config)
    text = f"This note shows how Saate's notes arrive. The code to type is {code}."
    letter = Letter("en", f"{clean(reference)} Test of internal notes", "Test of internal notes", (Paragraph(text),))
    sender = notices.sender or f"saate@{name}"
    fields = NOTE_FIELDS[notices.helpdesk]
    postmark = Postmark(sender, notices.ticket_address, at, f"test.{code}.{int(at.timestamp())}@{name}", "", fields)
    octets = to_octets(letter, postmark)
    parameters = () if (sender + notices.ticket_address + notices.reverse_path).isascii() else ("SMTPUTF8",)
    envelope = Envelope(notices.reverse_path, parameters, (Recipient(notices.ticket_address),))
    pool = Pool(notices.next_hop or config.next_hop, name, config.timeouts, config.pool, LocalSlots(1))
    try:
        return await attempt(pool, envelope, (octets,))
    finally:
        await pool.close()


def _sent(progress: Progress) -> None:
    if not progress.taken:
        raise Problem(f"the test note was not taken: {progress.status}")
