"""What the next hop offers in its EHLO, and the MAIL and RCPT commands that fit it.

Rules of this file: no I/O. A parameter is sent only where its extension is offered, and never dropped in silence when
somebody would miss it; no CR, LF, NUL or other control character gets into a command.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.status import (
    BAD_FORWARD_PATH,
    BAD_PARAMETER_SYNTAX,
    BAD_REVERSE_PATH,
    NEEDS_SMTPUTF8,
    NEXT_HOP_CHANGED,
    UNKNOWN_PARAMETER,
    Status,
)

NOT_OFFERED = -1
_PATH = re.compile(r'(?:"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*+"|[^\x00-\x20<>"\x7f]++)*+')
"""Nothing that ends the path early: a space or an angle bracket stands only in a quoted local-part."""
_PARAMETER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*(?:=[^\x00-\x20=\x7f]+)?")
_DSN = frozenset({"RET", "ENVID", "NOTIFY", "ORCPT"})


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The extensions of one EHLO that matter to us; after HELO there are none."""

    size: int = NOT_OFFERED
    """RFC 1870: octets the server takes, 0 without a limit, -1 where SIZE is not offered."""
    eightbitmime: bool = False
    """RFC 6152."""
    smtputf8: bool = False
    """RFC 6531."""
    dsn: bool = False
    """RFC 3461."""
    pipelining: bool = False
    """RFC 2920."""
    enhanced: bool = False
    """RFC 2034."""


def capabilities(ehlo: Status) -> Capabilities:
    """Read the answer to EHLO (RFC 5321 §4.1.1.1); the first line is the server's name."""
    words = {line.split(" ")[0].upper(): line for line in ehlo.lines[1:]}
    return Capabilities(
        size=_size(words["SIZE"]) if "SIZE" in words else NOT_OFFERED,
        eightbitmime="8BITMIME" in words,
        smtputf8="SMTPUTF8" in words,
        dsn="DSN" in words,
        pipelining="PIPELINING" in words,
        enhanced="ENHANCEDSTATUSCODES" in words,
    )


def _size(line: str) -> int:
    limit = line[4:].strip()
    return int(limit) if limit.isascii() and limit.isdigit() and len(limit) <= 20 else 0


def mail_command(reverse_path: str, parameters: Sequence[str], offered: Capabilities) -> bytes | Status:
    """`MAIL FROM:<…> …` with its CRLF, or the Status that says why it cannot be sent."""
    return _command("MAIL FROM", reverse_path, parameters, offered, BAD_REVERSE_PATH)


def rcpt_command(forward_path: str, parameters: Sequence[str], offered: Capabilities) -> bytes | Status:
    """`RCPT TO:<…> …` with its CRLF, or the Status that says why it cannot be sent."""
    if not forward_path:
        return BAD_FORWARD_PATH
    return _command("RCPT TO", forward_path, parameters, offered, BAD_FORWARD_PATH)


def _command(
    verb: str, path: str, parameters: Sequence[str], offered: Capabilities, bad_path: Status
) -> bytes | Status:
    if not _PATH.fullmatch(path):
        return bad_path
    if not (path.isascii() or offered.smtputf8):
        return NEEDS_SMTPUTF8
    kept = []
    for parameter in parameters:
        if not _PARAMETER.fullmatch(parameter):
            return BAD_PARAMETER_SYNTAX
        match _fate(parameter, offered):
            case True:
                kept.append(parameter)
            case Status() as refusal:
                return refusal
    return f"{verb}:<{path}>{''.join(f' {one}' for one in kept)}\r\n".encode("utf-8", "surrogateescape")


def _fate(parameter: str, offered: Capabilities) -> bool | Status:
    """Send it, leave it out since nobody will miss it, or refuse: it was offered to the client and is not any more."""
    keyword, _, value = parameter.partition("=")
    match keyword.upper():
        case "SIZE":
            return offered.size != NOT_OFFERED
        case "BODY":
            return offered.eightbitmime or (value.upper() != "7BIT" and NEXT_HOP_CHANGED)
        case "SMTPUTF8":
            return offered.smtputf8 or NEXT_HOP_CHANGED
        case dsn if dsn in _DSN:
            return offered.dsn or NEXT_HOP_CHANGED
        case _:
            return UNKNOWN_PARAMETER
