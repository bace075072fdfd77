"""The data of a mail on the wire (RFC 5321 §4.5.2), for both sides: reading to its end, and stuffing dots.

Rules of this file: pure state machines, octets in and octets out, in blocks cut anywhere. The data ends at
<CR><LF>.<CR><LF> and nowhere else; a bare <CR> or <LF> (§2.3.8) or a NUL never passes, in either direction, since the
next server might take it for the end of the data and what follows for commands (SMTP smuggling).
"""

from __future__ import annotations

import re
from enum import StrEnum

END_OF_DATA = b"\r\n.\r\n"
_LINE_DOT = re.compile(rb"\r\n\.")  # for these two a pattern searches faster than bytes.find and bytes.count
_BARE_CR = re.compile(rb"\r[^\n]")


class Flaw(StrEnum):
    """Why octets are no mail; the empty one is false."""

    NONE = ""
    LINE_END = "line-end"
    """A bare <CR> or <LF>."""
    NUL = "nul"


class UnsafeOctets(ValueError):  # noqa: N818 - names what was met, as in `except UnsafeOctets`
    """What was to be sent is no mail: our own fault, since the door lets no such octets in."""


def flaw_in(octets: bytes, end: int) -> Flaw:
    """Look at the octets before `end`, which must not part a <CR> from its <LF>."""
    if (
        octets.count(b"\r", 0, end) != octets.count(b"\n", 0, end)
        or octets.endswith(b"\r", 0, end)
        or _BARE_CR.search(octets, 0, end)
    ):
        return Flaw.LINE_END  # each CR has its LF behind it, and then as many LF as CR leaves no LF alone
    return Flaw.NUL if octets.find(0, 0, end) >= 0 else Flaw.NONE


class DataReader:
    """Reads what a client sends between 354 and the end of the data.

    Feed it blocks until `ended`; `surplus` is then what came behind the end. From the first `flaw` on no content is
    given out, but the reading goes on to the true end, so that the session stays in step.
    """

    __slots__ = ("_held", "_skip", "ended", "flaw", "surplus")

    def __init__(self) -> None:
        self.ended = False
        self.flaw = Flaw.NONE
        self.surplus = b""
        # The beginning of the data is the beginning of a line: as if a CRLF had come before, which is not content.
        self._held = b"\r\n"
        self._skip = 2

    def feed(self, block: bytes) -> tuple[bytes, ...]:
        """Take the next block, give the content in it: dots unstuffed, the final CRLF included."""
        assert not self.ended, "the data has ended; what comes now is for somebody else"
        octets = self._held + block
        dot = _LINE_DOT.search(octets) if b"." in octets else None
        end = octets.find(END_OF_DATA, dot.start()) if dot else -1
        if end >= 0:
            self.ended, self.surplus, cut = True, octets[end + len(END_OF_DATA) :], end + 2
            self._held = b""
        else:
            cut = len(octets) - _held_back(octets)
            self._held = octets[cut:]
        self.flaw = self.flaw or flaw_in(octets, cut)
        skip = self._skip
        self._skip = 0 if cut else skip
        if self.flaw or cut <= skip:
            return ()
        if dot and dot.start() < (end if self.ended else cut):
            return (octets[:cut].replace(b"\r\n.", b"\r\n")[skip:],)
        return (octets[skip:cut],)


def _held_back(octets: bytes) -> int:
    """How many octets at the end may be the beginning of an end of data."""
    return next((length for length in (4, 3, 2, 1) if octets.endswith(END_OF_DATA[:length])), 0)


class DotStuffer:
    """Writes a mail in blocks: `stuff` each, then `end`."""

    __slots__ = ("_at_line_start", "_held")

    def __init__(self) -> None:
        self._at_line_start = True
        self._held = b""  # a CR whose LF is still to come

    def stuff(self, block: bytes) -> bytes:
        """Double the dots that begin a line. Raises UnsafeOctets; returns the block itself where nothing changes."""
        octets = self._held + block if self._held else block
        self._held = b"\r" if octets.endswith(b"\r") else b""
        if self._held:
            octets = octets[:-1]
        if not octets:
            return b""
        if flaw := flaw_in(octets, len(octets)):
            raise UnsafeOctets(flaw)
        stuffed = octets.replace(b"\r\n.", b"\r\n..") if _LINE_DOT.search(octets) else octets
        if self._at_line_start and octets.startswith(b"."):
            stuffed = b"." + stuffed
        self._at_line_start = octets.endswith(b"\r\n")
        return stuffed

    def end(self) -> bytes:
        """The end of the data; a mail whose last line lacks its CRLF is given one. Raises UnsafeOctets."""
        if self._held:
            raise UnsafeOctets(Flaw.LINE_END)
        return b".\r\n" if self._at_line_start else END_OF_DATA
