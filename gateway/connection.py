"""One client's connection on aiosmtpd's protocol: reading command lines, timers, answers, and its end.

Rules of this file: nothing here knows what a mail is. What aiosmtpd does that a relay must not (answering an exception
with a permanent 500 and its text, ending a session on a half-close, taking a command that ends in a bare LF) is undone.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import logging
from collections.abc import Iterator
from typing import cast

from aiosmtpd.smtp import SMTP

from gateway import status, trouble
from gateway.mail import Client
from gateway.status import Status

log = logging.getLogger("saate.smtpd")

BLOCK = 64 * 1024
"""Octets read at once; the transport stops reading when twice as many wait."""
COMMAND_LINE = 4096
"""RFC 5321 §4.5.3.1.4 asks for 512; extensions add to it (RFC 3461 §5.4, RFC 6531 §3.4)."""


class BareLineEnd(Exception):  # noqa: N818 - the client's, not ours
    """A command line that ends in a bare LF, or holds a bare CR."""


class CommandReader(asyncio.StreamReader):
    """A stream of command lines, between blocks of data."""

    def unread(self, octets: bytes) -> None:
        """Put back what was read beyond the end of the data."""
        if octets:
            self._buffer[:0] = octets  # type: ignore[attr-defined]

    async def readuntil(self, separator: bytes = b"\n") -> bytes:  # type: ignore[override]  # aiosmtpd gives none
        """One command line with its CRLF. The end of the stream ends the session, as a lost connection does."""
        try:
            line = await super().readuntil(separator)
        except asyncio.IncompleteReadError:
            raise asyncio.CancelledError from None
        if not line.endswith(b"\r\n") or line.count(b"\r") != 1:
            raise BareLineEnd
        return line


class _Trouble:
    """aiosmtpd's way to be told what an exception answers: never 5xx for our own, never its text."""

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, BareLineEnd):
            return str(status.BAD_COMMAND_LINE_END)
        log.error("a session met trouble of our own: %s", trouble.of(error))
        return str(status.INTERNAL)


_OWN_TEXTS = {
    "500 Command line too long": status.LINE_TOO_LONG,
    "502 5.5.1 Too many unrecognized commands, goodbye.": status.TOO_MANY_ERRORS,
}


class Connection(SMTP):
    """aiosmtpd's protocol, made safe for a relay. `Session` in smtpd.py adds the commands of a mail."""

    command_size_limit = COMMAND_LINE
    command_size_limits = collections.defaultdict(lambda: COMMAND_LINE)  # noqa: RUF012 - the base declares it so

    def __init__(self, *, hostname: str, timeout: float, errors: int) -> None:
        """`timeout`: seconds for the next command or block; `errors`: refusals before the session is closed."""
        loop = asyncio.get_running_loop()
        super().__init__(
            _Trouble(), hostname=hostname, ident="ESMTP Saate", enable_SMTPUTF8=True, timeout=timeout, loop=loop
        )
        # Once more with a reader of ours: aiosmtpd makes one that holds two lines at most.
        asyncio.StreamReaderProtocol.__init__(
            self, CommandReader(limit=BLOCK, loop=loop), client_connected_cb=self._cb_client_connected, loop=loop
        )
        self._client = Client("")
        self._errors_left = errors

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._client = Client(peer[0] if isinstance(peer, tuple) else "")

    def eof_received(self) -> bool | None:
        """A half-closed client still gets its answers; the command loop ends when no line is left."""
        return asyncio.StreamReaderProtocol.eof_received(self)

    def _timeout_cb(self) -> None:
        self.leave(status.TIMEOUT)

    def leave(self, last_words: Status) -> None:
        """Say why, and close."""
        if self.transport is not None:
            self.transport.write(last_words.wire())  # type: ignore[attr-defined]
            self.transport.close()

    @contextlib.contextmanager
    def unhurried(self) -> Iterator[None]:
        """No timer on the client while we keep it waiting: the next hop's own deadlines hold."""
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        try:
            yield
        finally:
            if self.transport is not None:
                self._reset_timeout()

    @property
    def commands(self) -> CommandReader:
        """The client's stream."""
        return cast("CommandReader", self._reader)

    async def push(self, answer: str | bytes) -> None:
        """Every answer passes here: aiosmtpd's own refusals are put into our words, and refusals are counted."""
        octets = answer if isinstance(answer, bytes) else _in_our_words(answer).encode("utf-8", "surrogateescape")
        if octets.startswith(b"5"):
            self._errors_left -= 1
        if self._errors_left < 0:
            octets = str(status.TOO_MANY_ERRORS).encode()
        await super().push(octets)
        if octets.startswith(b"421 ") and self.transport is not None:
            self.transport.close()

    async def say(self, answer: Status) -> None:
        """Answer the client."""
        await self.push(answer.wire()[:-2])

    async def smtp_HELP(self, arg: str) -> None:  # noqa: ARG002 - RFC 5321 §4.1.1.8: the same help for all
        await self.say(status.HELP)

    async def smtp_VRFY(self, arg: str) -> None:
        await self.say(status.VRFY if arg else status.BAD_PARAMETER_SYNTAX)

    async def _not_implemented(self, arg: str) -> None:  # noqa: ARG002 - whatever it asks
        await self.say(status.NOT_IMPLEMENTED)

    smtp_EXPN = smtp_ETRN = smtp_TURN = smtp_AUTH = smtp_STARTTLS = smtp_BDAT = _not_implemented

    async def _not_smtp(self, arg: str) -> None:  # noqa: ARG002 - a browser was led to our port
        await self.say(status.NOT_SMTP)

    smtp_GET = smtp_POST = smtp_PUT = smtp_HEAD = smtp_OPTIONS = smtp_CONNECT = _not_smtp


def _in_our_words(answer: str) -> str:
    if answer.startswith(("500 5.", "451 ")):
        return answer
    return str(_OWN_TEXTS.get(answer, status.BAD_COMMAND)) if answer.startswith("50") else answer
