"""What we offer a client of ESMTP: no more than the next hop takes and we can keep.

Rules of this file: pure; a parameter that was not offered is refused, whatever it asks (RFC 5321 §4.1.1.11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.nexthop import Capabilities

SIZE_RESERVE = 4096
"""Octets that we may put on top: what we offer is so much less than what the next hop takes."""
OF_MAIL: Mapping[str, str] = {
    "SIZE": "size",
    "BODY": "eightbitmime",
    "SMTPUTF8": "smtputf8",
    "RET": "dsn",
    "ENVID": "dsn",
}
OF_RCPT: Mapping[str, str] = {"NOTIFY": "dsn", "ORCPT": "dsn"}
"""Parameters, each with the extension that brings it."""


def words(offers: Capabilities, most: int) -> Iterator[str]:
    """The lines of our answer to EHLO, without our name."""
    if offers.size >= 0:
        yield f"SIZE {most}"
    if offers.eightbitmime:
        yield "8BITMIME"
    if offers.smtputf8:
        yield "SMTPUTF8"
    if offers.dsn:
        yield "DSN"
    if offers.enhanced:
        yield "ENHANCEDSTATUSCODES"


def most_octets(limit: int, offers: Capabilities | None) -> int:
    """The largest mail that we take."""
    return min(limit, max(1, offers.size - SIZE_RESERVE)) if offers and offers.size > 0 else limit


def is_offered(offers: Capabilities | None, extension: str) -> bool:
    """Whether an extension was offered; without offers none was."""
    match extension:
        case "":
            return False
        case "size":
            return offers is not None and offers.size >= 0
        case _:
            return bool(getattr(offers, extension, False))
