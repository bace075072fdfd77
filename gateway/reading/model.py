"""What reading yields: the flat view of a reply that checks look at.

Rules of this file: frozen values only; no I/O. Every text is what a mail client would show; every line knows where it
stands, so that a finding can point to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a line is in a reply."""

    BODY = "body"
    GREETING = "greeting"
    SIGN_OFF = "sign-off"
    """The closing phrase and the name under it."""
    SIGNATURE = "signature"
    """Contact lines, `-- ` blocks, "Sent from my phone", logos' alt text at the end."""
    DISCLAIMER = "disclaimer"
    """Confidentiality notices and legal footers."""
    MARKER = "marker"
    """Ticket lines, "write your reply above this line", rules: nobody's words."""
    ATTRIBUTION = "attribution"
    """"X wrote:" lines and Outlook header blocks above a quote."""
    QUOTED = "quoted"
    """The thread below, or between inline answers."""


FRESH = frozenset({Role.BODY, Role.GREETING, Role.SIGN_OFF})
"""The roles of what the agent herself wrote now."""


@dataclass(frozen=True, slots=True)
class Line:
    """One shown line, its quote marks (`> `) taken off. Cells of a table row are joined by a tab."""

    text: str
    part: str
    """An IMAP section, or `header:Subject`."""
    line: int
    """From 1 in the decoded (HTML: shown) text of the part."""
    column: int = 1
    """Where `text` begins in that line, from 1: beyond the quote marks."""
    role: Role = Role.BODY
    depth: int = 0
    """Quote level: 0 is fresh."""
    preformatted: bool = False
    """Stands in `<pre>`, `<code>` or a monospaced font."""


@dataclass(frozen=True, slots=True)
class Text:
    """One body as a client may show it. Alternatives (plain and HTML) are two Texts with the same `group`."""

    part: str
    html: bool
    lines: tuple[Line, ...]
    """Every shown line that is not blank. A line is cut in two where a greeting and the matter share it: same number,
    another column."""
    group: str = ""
    """The section of the multipart/alternative that it belongs to; its own section where it stands alone."""

    @property
    def fresh(self) -> tuple[Line, ...]:
        """Greeting, body and sign-off that the agent wrote now, wherever they stand (inline answers too)."""
        return tuple(line for line in self.lines if line.role in FRESH)

    @property
    def quoted(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.role is Role.QUOTED)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox of a header field (RFC 5322 §3.4)."""

    name: str
    """The decoded display name, or ""."""
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """A name as one person would write it of another."""

    full: str = ""
    first: str = ""
    last: str = ""
    forms: frozenset[str] = frozenset()
    """Lower-case words that count as this name: first and last, their inflected forms."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One mail of the thread below."""

    author: str
    """As the attribution names them; "" where unknown."""
    date: str
    """As written in the attribution; "" where unknown."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that a client shows as a file."""

    part: str
    name: str
    """Decoded file name, or ""."""
    type: str
    """Media type by the header, lower case: `application/pdf`."""
    size: int
    """Octets after transfer decoding (or a close estimate for what was not decoded)."""
    inline: bool = False
    """A picture that the HTML shows (`cid:`), or Content-Disposition inline of an image with Content-ID."""
    lines: tuple[Line, ...] = ()
    """Extracted text, as lines of this part, role BODY."""
    encrypted: bool = False
    unreadable: str = ""
    """Why its text could not be extracted within the limits (a bomb, a limit); "" when fine or not text-like."""


@dataclass(frozen=True, slots=True)
class AgentReply:
    """The flat view of one reply."""

    subject: Line = Line("", "header:Subject", 1)
    message_id: str = ""
    from_: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    """Every header field of the top level, name as written and value decoded and unfolded, in order."""
    texts: tuple[Text, ...] = ()
    """Every body that a client may show, plain and HTML, in the order of parts."""
    greeting: tuple[Line, ...] = ()
    """The salutation lines, from whichever text has them; empty when there is none."""
    sign_off: tuple[Line, ...] = ()
    signature: tuple[Line, ...] = ()
    turns: tuple[Turn, ...] = ()
    """The thread below, newest first."""
    customer: Person = field(default_factory=Person)
    agent: Person = field(default_factory=Person)
    language: str = ""
    """ISO 639-1 of the fresh text, "" where unknown."""
    customer_language: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    """Auto-Submitted other than `no`, multipart/report or text/calendar (the null reverse-path is the envelope's)."""
    bulk: bool = False
    calendar: bool = False
    encrypted: str = ""
    """`smime` or `pgp` when the body is encrypted, else ""."""
    signed: str = ""
    """`smime` or `pgp` when the body is signed, else ""."""
    defects: tuple[str, ...] = ()
    """Short names of what is odd in the MIME, each once."""

    def field_values(self, name: str) -> tuple[str, ...]:
        """Every value of a header field, by name in any case."""
        wanted = name.lower()
        return tuple(value for key, value in self.fields if key.lower() == wanted)

    @property
    def fresh(self) -> tuple[Line, ...]:
        """Fresh lines of every text, plain and HTML alike."""
        return tuple(line for text in self.texts for line in text.fresh)
