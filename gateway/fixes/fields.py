"""Header fields in octets: where each stands, and what a change of a body makes of them.

Rules of this file: pure; a field that does not change keeps its octets; never raises on what a mail may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gateway.fixes.transfer import ByteEdit
from gateway.mail import Octets
from gateway.reading.parts import Part

SIGNATURES = frozenset(
    {
        "dkim-signature",
        "x-google-dkim-signature",
        "domainkey-signature",
        "arc-seal",
        "arc-message-signature",
        "arc-authentication-results",
        "authentication-results",
    }
)
"""Fields on top that vouch for octets (RFC 6376, RFC 4870, RFC 8617, RFC 8601)."""
_COUNTS = frozenset({"content-md5", "content-length", "lines", "content-digest", "digest"})
"""Fields that count or hash a body (RFC 1864, RFC 9530, mbox habits)."""
_CHARSET = re.compile(rb"(;\s*charset\s*=\s*)(\"[^\"]*\"|[^\s;]*)", re.IGNORECASE)
_SIZE = re.compile(rb"(;\s*size\s*=\s*)\"?\d+\"?", re.IGNORECASE)


class Place(NamedTuple):
    """A header field in the octets, folds and its last line end included."""

    name: str
    start: int
    value: int
    """Behind the colon."""
    end: int


def places(octets: Octets, part: Part) -> Iterator[Place]:
    """Every field of a part's header section, in order."""
    at, begun = part.head, part.head
    name, value = "", 0
    while at < part.body:
        found = octets.find(b"\n", at, part.body)
        after = part.body if found < 0 else found + 1
        if octets[at : at + 1] not in (b" ", b"\t"):
            if name:
                yield Place(name, begun, value, at)
            head, colon, _ = bytes(octets[at:after]).partition(b":")
            name = head.strip().decode("latin-1").lower() if colon else ""
            begun, value = at, at + len(head) + 1
        at = after
    if name:
        yield Place(name, begun, value, at)


def line_end(octets: Octets, part: Part) -> bytes:
    """The line end that a header section uses."""
    head = bytes(octets[part.head : part.body])
    return b"\n" if b"\n" in head and b"\r\n" not in head else b"\r\n"


def recoded(octets: Octets, part: Part, encoding: str, charset: str, size: int) -> tuple[list[ByteEdit], list[str]]:
    """The edits of a part's header after its body has changed, and the names of the fields that they remove.

    `encoding` and `charset` are given where they are new, "" where they stay.
    """
    edits: list[ByteEdit] = []
    removed: list[str] = []
    seen: set[str] = set()
    for place in places(octets, part):
        value = bytes(octets[place.value : place.end])
        if place.name in _COUNTS:
            edits.append(ByteEdit(place.start, place.end, b""))
            removed.append(bytes(octets[place.start : place.value - 1]).decode("latin-1").strip())
        elif place.name == "content-transfer-encoding" and encoding:
            edits.append(ByteEdit(place.value, place.end, b" " + encoding.encode() + _end(value)))
        elif place.name == "content-type" and charset:
            edits.append(ByteEdit(place.value, place.end, _with_charset(value, charset.encode())))
        elif place.name == "content-disposition" and _SIZE.search(value):
            edits.append(ByteEdit(place.value, place.end, _SIZE.sub(rb"\g<1>%d" % size, value)))
        seen.add(place.name)
    edits += _missing(octets, part, encoding, charset, seen)
    return edits, removed


def _end(value: bytes) -> bytes:
    return b"\r\n" if value.endswith(b"\r\n") else b"\n" if value.endswith(b"\n") else b""


def _with_charset(value: bytes, charset: bytes) -> bytes:
    if _CHARSET.search(value):
        return _CHARSET.sub(lambda found: found[1] + charset, value, count=1)
    bare = value.rstrip()
    return bare + b"; charset=" + charset + value[len(bare) :]


def _missing(octets: Octets, part: Part, encoding: str, charset: str, seen: set[str]) -> list[ByteEdit]:
    """Fields that must be there now. On top of a mail they need MIME-Version as well (RFC 2045 §4)."""
    end = line_end(octets, part)
    lines = b""
    if (encoding or charset) and not part.parent and "mime-version" not in seen:
        lines += b"MIME-Version: 1.0" + end
    if charset and "content-type" not in seen:
        lines += b"Content-Type: text/plain; charset=" + charset.encode() + end
    if encoding and "content-transfer-encoding" not in seen:
        lines += b"Content-Transfer-Encoding: " + encoding.encode() + end
    if not lines:
        return []
    at = _section_end(octets, part)
    return [ByteEdit(at, at, lines)]


def _section_end(octets: Octets, part: Part) -> int:
    """Before the empty line that ends the header section."""
    for ending in (b"\r\n", b"\n"):
        if bytes(octets[part.body - len(ending) : part.body]) == ending:
            return max(part.head, part.body - len(ending))
    return part.body


def has_empty_line(octets: Octets, part: Part) -> bool:
    """Whether a body may stand where this part's body begins."""
    head = bytes(octets[part.head : part.body])
    return head in (b"\r\n", b"\n") or head.endswith((b"\n\r\n", b"\n\n"))


def signatures(octets: Octets, root: Part) -> list[Place]:
    """The fields on top that vouch for what has changed."""
    return [place for place in places(octets, root) if place.name in SIGNATURES]
