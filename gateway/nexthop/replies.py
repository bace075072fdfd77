"""Reading SMTP replies (RFC 5321 §4.2).

Rules of this file: no I/O; octets in, `Status` out, in blocks cut anywhere. A bare <CR> or <LF>, a code that is none,
lines of different codes, or more of it than any server has to say, is no reply: nothing is guessed.
"""

from __future__ import annotations

from gateway.status import Status

LINE_OCTETS = 2048
"""RFC 5321 §4.5.3.1.5 allows 512 with the CRLF; real servers say more."""
LINES = 512
REPLY_OCTETS = 64 * 1024


class Garbled(ValueError):  # noqa: N818 - names what came, as in `except Garbled`
    """What came is no SMTP reply. The text says why and quotes nothing. It stays in this file."""


class ReplyParser:
    """Takes octets, gives whole replies until something is `garbled`; from then on it gives nothing."""

    __slots__ = ("_buffer", "_code", "_lines", "_octets", "garbled")

    def __init__(self) -> None:
        self.garbled = ""
        """Why what came is no reply; quotes nothing."""
        self._buffer = b""
        self._code = 0
        self._lines: list[str] = []
        self._octets = 0

    @property
    def is_midway(self) -> bool:
        """Whether a reply has begun and not ended."""
        return bool(self._buffer or self._lines)

    def feed(self, octets: bytes) -> list[Status]:
        """Take what came; the replies that are now whole, in order."""
        whole: list[Status] = []
        if self.garbled:
            return whole
        *lines, self._buffer = (self._buffer + octets).split(b"\n")
        try:
            for line in lines:
                self._take(line, whole)
        except Garbled as error:
            self.garbled = str(error)
        if len(self._buffer) > LINE_OCTETS:
            self.garbled = self.garbled or "an endless line"
        return whole

    def _take(self, line: bytes, whole: list[Status]) -> None:
        code, is_last, text = _read(line)
        self._octets += len(line) + 1
        if self._lines and code != self._code:
            raise Garbled("lines of one reply with different codes")
        self._code = code
        self._lines.append(text)
        if len(self._lines) > LINES or self._octets > REPLY_OCTETS:
            raise Garbled("an endless reply")
        if is_last:
            whole.append(Status(code, tuple(self._lines)))
            self._lines, self._octets = [], 0


def _read(line: bytes) -> tuple[int, bool, str]:
    """One line up to its <LF>: the code, whether it is the reply's last line, the text."""
    if len(line) >= LINE_OCTETS:
        raise Garbled("an endless line")
    if not line.endswith(b"\r") or line.count(b"\r") > 1:
        raise Garbled("a bare <CR> or <LF>")
    if b"\0" in line:
        raise Garbled("a NUL")
    code, mark = line[:3], line[3:4]
    # RFC 5321 §4.2 has second digits up to 5; servers have been seen to say 571 all the same.
    if len(code) != 3 or not code.isdigit() or code[:1] not in b"2345":
        raise Garbled("a line without a reply code")
    if mark not in (b" ", b"-", b"\r"):
        raise Garbled("neither space nor hyphen behind the code")
    return int(code), mark != b"-", line[4:-1].decode("utf-8", "surrogateescape")
