"""What mending yields: the new octets, what changed where, and what could not be done and why.

Rules of this file: frozen values only; no I/O. The lines of a change are masked before they come here, and octets have
no repr: a mail that is to be mended holds what must not be spread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

GREETING = "greeting"
BLANK_PASSWORD = "blank-password"  # noqa: S105  # the name of a fix, no password
COVER_NOTE = "cover-note"
DUMP_LIST = "dump-list"
EDIT = "edit"
"""The agent's own words in place of the fresh text; no finding names it."""
FIXES = (BLANK_PASSWORD, DUMP_LIST, COVER_NOTE, GREETING)
"""Every fix that a finding may name, in the order in which they are made: the greeting ends on top."""


class Reason(StrEnum):
    """Why something could not be mended, in words for a person."""

    UNKNOWN = "there is no fix of this name"
    NOTHING = "there is nothing here that it fits"
    SIGNED = "it is signed: a change would break the signature"
    ENCRYPTED = "it is encrypted"
    AMBIGUOUS = "mail programs read its structure in different ways"
    FORWARDED = "it belongs to a forwarded message, which stays as it is"
    FILE = "it is a file that cannot be changed here: attach it again without the value"
    FILE_NAME = "the value stands in the name of a file: attach it again under another name"
    FIELD = "the value stands in a header field that stays as it is"
    TRANSFER = "its transfer encoding is broken or unknown"
    CHARSET = "its octets do not fit its charset"
    SIZE = "it is too long to be mended"
    BOUNDARY = "the new text would end the part: a line of it is the boundary"
    MARKUP = "its HTML cannot be followed to the place"
    NO_TEXT = "there is no text part to write in"
    EMPTY = "nothing is left of the text"
    STRETCHES = "the edited text has not as many stretches as the old one: leave the lines that divide them"
    REMAINS = "something that the check takes for a value still stands here"


@dataclass(frozen=True, slots=True)
class Change:
    """What one fix changed in one part."""

    part: str
    """An IMAP section, or `header:Subject`."""
    fix: str
    before: tuple[str, ...] = ()
    """The shown lines that are gone, masked."""
    after: tuple[str, ...] = ()
    """The shown lines that stand there now, masked."""
    to_fill: bool = False
    """A template: a person must fill its blanks, and until then the check that it is for still finds the mail."""


@dataclass(frozen=True, slots=True)
class Unmendable:
    """What a fix could not do."""

    fix: str
    part: str
    """An IMAP section, `header:<name>`, or "" for the whole mail."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Mended:
    """A mail after its fixes."""

    octets: bytes = field(repr=False)
    changes: tuple[Change, ...] = ()
    unmendable: tuple[Unmendable, ...] = ()
    removed: tuple[str, ...] = ()
    """Names of header fields that are gone since the changes made them false: signatures, digests, lengths."""

    @property
    def to_fill(self) -> bool:
        """Whether a person must still fill a blank."""
        return any(change.to_fill for change in self.changes)


class CannotMend(Exception):  # noqa: N818  # it says what it is; nothing of the mail is in it
    """Raised inside this room where a part cannot be mended; never leaves it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason
