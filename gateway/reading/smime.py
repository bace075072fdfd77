"""What is in an opaquely signed S/MIME mail (RFC 8551 §3.5.2): signed, not encrypted, and shown by every client.

Rules of this file: pure; never raises; nothing is verified. BER is walked just as far as the content (RFC 5652 §5.1),
with its lengths checked against the octets that there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
"""1.2.840.113549.1.7.2"""
_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT_0 = 0x30, 0x06, 0x04, 0x24, 0xA0
_MAX_DEPTH = 8
_MAX_PIECES = 100_000


class _Value(NamedTuple):
    tag: int
    start: int
    end: int


def signed_content(octets: bytes) -> bytes:
    """The MIME entity that was signed; b"" where there is none to be found."""
    info = _first(octets, _SEQUENCE, 0, len(octets))
    kind = _first(octets, _OID, info.start, info.end)
    if octets[kind.start : kind.end] != _SIGNED_DATA:
        return b""
    wrapped = _first(octets, _EXPLICIT_0, kind.end, info.end)
    signed = _first(octets, _SEQUENCE, wrapped.start, wrapped.end)
    content = _first(octets, _SEQUENCE, signed.start, signed.end)
    inner = _first(octets, _EXPLICIT_0, content.start, content.end)
    return b"".join(_pieces(octets, inner.start, inner.end, 0))


def _pieces(octets: bytes, start: int, end: int, depth: int) -> Iterator[bytes]:
    """An octet string, whole or in pieces of pieces (X.690 §8.7)."""
    for value in _values(octets, start, end):
        if value.tag == _OCTETS:
            yield octets[value.start : value.end]
        elif value.tag == _OCTETS_IN_PIECES and depth < _MAX_DEPTH:
            yield from _pieces(octets, value.start, value.end, depth + 1)


def _first(octets: bytes, tag: int, start: int, end: int) -> _Value:
    return next((value for value in _values(octets, start, end) if value.tag == tag), _Value(0, end, end))


def _values(octets: bytes, start: int, end: int) -> Iterator[_Value]:
    """The values that stand side by side (X.690 §8.1). One of indefinite length reaches to the end of what holds it."""
    at = start
    for _ in range(_MAX_PIECES):
        if at + 2 > end or octets[at : at + 2] == b"\x00\x00":
            return
        tag, size = octets[at], octets[at + 1]
        at += 2
        if size == 0x80:
            yield _Value(tag, at, end)
            return
        if size > 0x80:
            count = size - 0x80
            size = int.from_bytes(octets[at : at + count], "big") if count <= 4 else end
            at += count
        if at + size > end:
            size = max(0, end - at)
        yield _Value(tag, at, at + size)
        at += size
