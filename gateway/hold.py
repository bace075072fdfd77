"""A held reply and what waits to be sent, as values.

Rules of this file: frozen values only; no I/O. The table of states and who may move them stands in store/holds.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.mail import Envelope, Recipient
from gateway.status import Status
from gateway.verdict import Finding, ReleaseBy


class HoldState(StrEnum):
    """Where a held reply stands in its life."""

    HELD = "held"
    RELEASED = "released"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DISCARDED = "discarded"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Hold:
    """One held reply, without its octets. Every text is masked already."""

    id: str
    """The mail's id."""
    held_at: datetime
    envelope: Envelope
    client: str
    """IP address of the client that handed it in."""
    size: int
    message_id: str
    subject: str
    header_from: str
    agent: str
    """The mailbox of the agent, "" where nobody was found."""
    language: str
    automatic: bool
    findings: tuple[Finding, ...]
    release_by: ReleaseBy
    octets_digest: str
    """SHA-256 of the octets, hexadecimal."""
    same: str
    """SHA-256 over octets and reverse-path: holds that share it are one notice and one action."""
    whole: str
    """SHA-256 over octets and the whole envelope: what comes again within a day is this hold."""
    state: HoldState = HoldState.HELD
    mended: bool = False
    acted_by: str = ""
    acted_at: datetime | None = None
    reason: str = ""

    @property
    def policies(self) -> tuple[str, ...]:
        """Ids of the policies that found something, each once."""
        return tuple(dict.fromkeys(finding.policy for finding in self.findings))


class OutgoingKind(StrEnum):
    """What the courier carries."""

    NOTICE = "notice"
    DIGEST = "digest"
    RELEASE = "release"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail in the outbox."""

    kind: OutgoingKind
    mail_id: str
    """The hold it belongs to; a digest: the first of them."""
    envelope: Envelope
    octets: bytes = b""
    """The whole mail, sealed in the store; empty for a release, whose octets are the hold's."""
    created_at: datetime | None = None
    id: int = 0
    """Given by the store."""
    attempts: int = 0
    due_at: datetime | None = None
    last_status: Status | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One recipient, and what the next hop said of the mail for them."""

    recipient: Recipient
    status: Status


@dataclass(frozen=True, slots=True)
class Progress:
    """What one attempt to send a mail came to, recipient by recipient."""

    taken: tuple[Answered, ...] = ()
    refused: tuple[Answered, ...] = ()
    """For good."""
    waiting: tuple[Answered, ...] = ()
    """To be tried again."""

    @property
    def status(self) -> Status:
        """The one answer that tells most: a yes, else a no, else the reason to wait."""
        return (*self.taken, *self.refused, *self.waiting)[0].status
