"""The header fields that we put on top of a mail, and the loop guard that reads them again.

Rules of this file: pure; octets in, octets out; no I/O, no clock. Fields are only ever prepended, so the octets below
stay the octets. What comes from outside (HELO, addresses) is taken only when it is plain; nothing here can carry a CR,
LF or NUL out of its field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from ipaddress import IPv6Address, ip_address

from gateway.config import Limits
from gateway.mail import Client, Octets

PRODUCT = "Saate"
"""Our mark in the comment after `by`: with our hostname it is how we know our own Received fields."""
LINE = 78
"""RFC 5322 §2.1.1: a line should have no more characters than this."""
GUARDED = 256 * 1024
"""So much of a header block the loop guard reads: hops put their fields on top, so a loop shows there."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9_])?\.?")
_LITERAL = re.compile(r"\[[A-Za-z0-9.:-]{2,64}\]")
_NOT_TOKEN = re.compile(r"[^A-Za-z0-9._-]+")
_RECEIVED = re.compile(rb"(?:\A|\r\n)received[ \t]*:([^\r\n]{0,998}(?:\r\n[ \t][^\r\n]{0,998}){0,9})", re.IGNORECASE)


def received(client: Client, hostname: str, mail_id: str, at: datetime) -> bytes:
    """Make the Received field of one mail (RFC 5321 §4.4).

    There is no `for` clause: it would tell a Bcc recipient to the others. An empty `client.protocol` leaves out the
    `with` clause, an empty `client.address` the comment with it.
    """
    literal = _address_literal(client.address)
    said = client.helo if _PLAIN_NAME.fullmatch(client.helo) or _LITERAL.fullmatch(client.helo) else ""
    protocol = _token(client.protocol)
    words = [
        "Received: from",
        said or literal or "unknown",
        f"({literal})" if literal else "",
        f"by {_token(hostname)} ({PRODUCT})",
        f"with {protocol}" if protocol else "",
        f"id {_token(mail_id)};",
        format_datetime(at.astimezone(UTC)),
    ]
    return _folded([word for word in words if word])


def annotated(mail_id: str, policies: Sequence[str] = ()) -> bytes:
    """Make the X-Saate field of an annotated mail; the policies are named only when they are given."""
    names = [name for name in map(_token, policies) if name]
    words = ["X-Saate: annotate;", f"id={_token(mail_id)}" + (";" if names else "")]
    if names:
        words.append(f"policies={','.join(names)}")
    return _folded(words)


def released(mail_id: str) -> bytes:
    """Make the X-Saate field of a mail that was held and let go."""
    return _folded(["X-Saate: released;", f"id={_token(mail_id)}"])


def loops(octets: Octets, hostname: str, limits: Limits) -> bool:
    """Tell whether a mail goes round: too many Received fields, or too many of ours (RFC 5321 §6.3)."""
    end = 0 if octets[:2] == b"\r\n" else octets.find(b"\r\n\r\n", 0, GUARDED)
    fields = [found[1] for found in _RECEIVED.finditer(octets, 0, GUARDED if end < 0 else end)]
    if len(fields) > limits.received_fields:
        return True
    mark = re.compile(rb"\bby\s+%b\s+\(%b\)" % (re.escape(_token(hostname).encode()), PRODUCT.encode()), re.IGNORECASE)
    return sum(1 for field in fields if mark.search(field)) > limits.own_received_fields


def _address_literal(address: str) -> str:
    """Write an IP address as RFC 5321 §4.1.3 wants it, "" for what is none."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return f"[IPv6:{parsed}]" if isinstance(parsed, IPv6Address) else f"[{parsed}]"


def _token(text: str) -> str:
    """Keep only what can stand in a header field as it is."""
    return _NOT_TOKEN.sub("", text)


def _folded(words: Sequence[str]) -> bytes:
    """Join words with spaces, folding before a word that would make the line too long (RFC 5322 §2.2.3).

    A list joined by commas may be folded behind a comma. A single word that is longer than a line stays whole.
    """
    lines: list[str] = []
    line = words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) <= LINE:
            line = f"{line} {word}"
            continue
        lines.append(line)
        *full, line = _broken_at_commas(f" {word}")
        lines.extend(full)
    return ("\r\n".join([*lines, line]) + "\r\n").encode("ascii")


def _broken_at_commas(line: str) -> list[str]:
    """Break a line that is too long behind its commas."""
    lines = []
    while len(line) > LINE and (comma := line.rfind(",", 1, LINE)) > 0:
        lines.append(line[: comma + 1])
        line = f" {line[comma + 1 :]}"
    return [*lines, line]
