"""What a judgement is made of: from what a check saw to what happens to the mail.

Rules of this file: frozen values only; no I/O. A found secret lives in `Seen.secrets` and nowhere else; `policy.judge`
drops it when it makes the `Finding`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

MASK = "\N{BULLET}" * 6
"""What stands in a text instead of a secret, however long that was."""


class Disposition(IntEnum):
    """What happens to a mail. Ordered: the verdict is the maximum over all enforced findings."""

    PASS = 0
    ANNOTATE = 1
    HOLD = 2

    @property
    def word(self) -> str:
        """As written in YAML, JSON and the log."""
        return self.name.lower()


class PolicyStatus(StrEnum):
    """Whether a policy bites."""

    ENFORCED = "enforced"
    TRIAL = "trial"
    OFF = "off"


class ReleaseBy(StrEnum):
    """Who may release what a policy holds."""

    AGENT = "agent"
    REVIEWER = "reviewer"


class OnTimeout(StrEnum):
    """What becomes of a held reply on which nobody acts in time."""

    RETURN = "return"
    """It goes back to the agent."""
    RELEASE = "release"
    """It is sent as it is; only where every policy that holds it says so."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a mail as a person would name it."""

    part: str
    """An IMAP section (RFC 9051 §6.4.5), `1.2`, or `header:Subject`; "" is the whole mail."""
    line: int = 0
    """From 1 in the decoded (HTML: shown) text; 0 where the finding has no line."""
    column: int = 0
    """From 1, in characters; 0 where the finding has no line."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A deterministic edit that a person may choose; `fixes.py` knows how to apply it."""

    name: str
    """`greeting`, `blank-password`, `cover-note` or `dump-list`."""
    preview: str = ""
    """The words that it would put in, without any secret; "" where it only takes away."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a check saw. It says what is there, never what that means."""

    where: Where
    excerpt: str
    """For people, already masked."""
    fixes: tuple[Fix, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Found values in clear, so that `policy.judge` can mask them everywhere else (subject, names, other excerpts)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a policy makes of what its check saw."""

    policy: str
    check: str
    status: PolicyStatus
    disposition: Disposition
    where: Where
    excerpt: str
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one mail."""

    disposition: Disposition = Disposition.PASS
    findings: tuple[Finding, ...] = ()
    clean: tuple[str, ...] = ()
    """Ids of the policies that applied and found nothing."""
    release_by: ReleaseBy = ReleaseBy.AGENT
    """The strictest among the enforced findings that hold."""
    on_timeout: OnTimeout = OnTimeout.RETURN

    @property
    def policies(self) -> tuple[str, ...]:
        """Ids of the enforced policies that found something, each once, in the order of findings."""
        return tuple(dict.fromkeys(f.policy for f in self.findings if f.status is PolicyStatus.ENFORCED))


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What the way needs to know of a reply once it has been read. Secrets found are already masked in every text."""

    message_id: str = ""
    """Without angle brackets."""
    subject: str = ""
    header_from: tuple[str, ...] = ()
    """Every mailbox of every From field."""
    header_recipients: tuple[str, ...] = ()
    """Every mailbox of To, Cc and Bcc."""
    from_name: str = ""
    """The display name of the first From mailbox."""
    sign_off: tuple[str, ...] = ()
    """Lines of sign-off and signature, for the `agents:` map."""
    agent_field: str = ""
    """The value of the field that `agent_header` names."""
    language: str = ""
    """ISO 639-1 of the fresh text, "" where unknown."""
    automatic: bool = False
    """Auto-Submitted other than `no`, null reverse-path, multipart/report or text/calendar."""
    bulk: bool = False
    """List-Unsubscribe, or Precedence bulk."""
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Microseconds that reading and judging took."""

    read: int = 0
    judge: int = 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """What inspecting a mail yields: all that crosses from an inspection process to the way."""

    verdict: Verdict
    facts: ReplyFacts = field(default_factory=ReplyFacts)
    timings: Timings = field(default_factory=Timings)
