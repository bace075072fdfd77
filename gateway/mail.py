"""The nouns of SMTP that everything else speaks in.

Rules of this file: frozen values only; no I/O, no clock, no randomness.
"""

from __future__ import annotations

import base64
import mmap
import re
from dataclasses import dataclass
from datetime import datetime

Octets = bytes | mmap.mmap
"""A mail as it came after dot-unstuffing (RFC 5321 §4.5.2): bytes, or a read-only map of an unlinked spool file."""

NULL_REVERSE_PATH = ""
"""`MAIL FROM:<>` (RFC 5321 §4.5.5), everywhere inside and in JSON."""

ID_LENGTH = 16
ID_PREFIX_LENGTH = 4
_ID = re.compile(r"[a-z2-7]{1,16}")


def mail_id(random: bytes) -> str:
    """Name a mail: 10 random octets become 16 base32 characters in lower case.

    Raises ValueError for any other number of octets.
    """
    if len(random) != 10:
        msg = f"a mail id is made of 10 random octets, not {len(random)}"
        raise ValueError(msg)
    return base64.b32encode(random).decode("ascii").lower()


def is_id_prefix(typed: str) -> bool:
    """Tell whether what a person typed can be the beginning of a mail id (at least 4 characters)."""
    return len(typed) >= ID_PREFIX_LENGTH and _ID.fullmatch(typed.lower()) is not None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One forward-path that the next hop has accepted, with its ESMTP parameters as they came."""

    address: str
    """The mailbox without angle brackets; octets beyond UTF-8 as surrogate escapes."""
    parameters: tuple[str, ...] = ()
    """As written after `RCPT TO:<…>`, in order: `("NOTIFY=FAILURE", "ORCPT=rfc822;x@example.org")`."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP envelope (RFC 5321 §2.3.1)."""

    reverse_path: str
    """The mailbox without angle brackets; "" is the null reverse-path."""
    parameters: tuple[str, ...] = ()
    """As written after `MAIL FROM:<…>`, in order: `("SIZE=1234", "BODY=8BITMIME")`."""
    recipients: tuple[Recipient, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The forward-paths alone, in the order of RCPT."""
        return tuple(recipient.address for recipient in self.recipients)


@dataclass(frozen=True, slots=True)
class Client:
    """Who handed the mail to us."""

    address: str
    """IP address without port; "" where there is none (command line, Unix socket)."""
    helo: str = ""
    """As said in EHLO or HELO, validated."""
    protocol: str = "ESMTP"
    """For the `with` clause (RFC 3848): SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA, UTF8SMTP …"""
    user: str = ""
    """The AUTH user; "" without AUTH."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail on its way: who sent it, to whom, and the octets."""

    id: str
    envelope: Envelope
    octets: Octets
    client: Client
    received_at: datetime
    """UTC, aware."""
    digest: str = ""
    """SHA-256 of the octets, hexadecimal; taken while they come in."""

    @property
    def size(self) -> int:
        """Octets of the content, without any field of ours."""
        return len(self.octets)


def domain_of(address: str) -> str:
    """Return the domain of a mailbox in lower case, "" where there is none."""
    return address.rpartition("@")[2].lower() if "@" in address else ""
