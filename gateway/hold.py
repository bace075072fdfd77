"""A held reply and what waits to be sent, as values.

Rules of this file: frozen values only; no I/O. The table of states and who may move them stands in store/holds.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.config import Role
from gateway.mail import Envelope, Recipient
from gateway.status import Status
from gateway.verdict import Disposition, Finding, OnTimeout, PolicyStatus, ReleaseBy


class HoldState(StrEnum):
    """Where a held reply stands in its life."""

    HELD = "held"
    RELEASED = "released"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DISCARDED = "discarded"
    RETURNED = "returned"


class Stage(StrEnum):
    """Where the clock of a held reply stands."""

    WAITING = "waiting"
    REMINDED = "reminded"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something to a hold."""

    name: str
    """As it is logged: a login, or a mailbox."""
    mailbox: str = ""
    role: Role = Role.ADMIN


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody's reason to let one finding go."""

    finding: int
    """Its number, from 1, in the hold's findings."""
    policy: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mended:
    """The octets of a held mail after a fix, judged again."""

    octets: bytes = field(repr=False)
    fixes: tuple[str, ...]
    """Names of the fixes; `edit` for words that a person wrote."""
    findings: tuple[Finding, ...]
    subject: str
    """Masked."""
    release_by: ReleaseBy
    on_timeout: OnTimeout
    removed: tuple[str, ...] = ()
    """Header fields that the change made untrue: signatures."""


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
    on_timeout: OnTimeout = OnTimeout.RETURN
    ticket: str = ""
    """The ticket's reference, as the subject names it; "" where it names none."""
    stage: Stage = Stage.WAITING
    clock_at: datetime | None = None
    """When the clock has the next thing to do; None where it has nothing."""
    original_digest: str = ""
    """Of a mended mail: SHA-256 of the octets as they came. `octets_digest` is of those as they are."""
    overrides: tuple[Override, ...] = ()
    erased: bool = False
    """The octets are gone."""

    @property
    def holding(self) -> tuple[tuple[int, Finding], ...]:
        """The findings that hold the mail, each with its number from 1."""
        return tuple(
            (number, finding)
            for number, finding in enumerate(self.findings, 1)
            if finding.status is PolicyStatus.ENFORCED and finding.disposition is Disposition.HOLD
        )

    @property
    def open(self) -> tuple[tuple[int, Finding], ...]:
        """Those that nobody has given a reason to let go."""
        waved = {one.finding for one in self.overrides}
        return tuple((number, finding) for number, finding in self.holding if number not in waved)

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
    """Tells the agent of a released mail that could not be delivered."""
    REPORT = "report"
    """A delivery status notification to the reverse-path (RFC 3464)."""
    REMINDER = "reminder"
    ESCALATION = "escalation"
    REQUEST = "request"
    """An agent asks for a release."""
    RETURN = "return"
    ANSWER = "answer"
    """What became of a command that came by mail."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which holds are meant. Every word given must fit; globs where a text is asked for."""

    states: tuple[HoldState, ...] = ()
    policy: str = ""
    sender: str = ""
    """Glob on the header From or reverse-path."""
    agent: str = ""
    recipient: str = ""
    ticket: str = ""
    before: datetime | None = None
    """Held before this moment."""
    after: datetime | None = None


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
    dialogue: tuple[str, ...] = ()
    """What was said, a line each, without the data: `> MAIL FROM:<…>`, `< 250 2.1.0 Ok`."""
    is_dsn_offered: bool = True
    """Whether the next hop reports on its own (RFC 3461); where it does not, what was asked for is ours to report."""

    @property
    def status(self) -> Status:
        """The one answer that tells most: a yes, else a no, else the reason to wait."""
        return (*self.taken, *self.refused, *self.waiting)[0].status
