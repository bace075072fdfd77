"""The parts of a mail as values: what each says of itself, and its extent in the octets.

Rules of this file: frozen values and plain readings of header fields; no I/O; never raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.reading.headers import Field, Named, decode_words, parameters

IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
"""Transfer encodings that change nothing (RFC 2045 §6.2)."""
MESSAGES = frozenset({"message/rfc822", "message/global"})
SIGNATURES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-encrypted",
    }
)
"""Parts of a signed or encrypted container that no client shows as files."""


class Mime(NamedTuple):
    """What the MIME fields of one part say (RFC 2045, RFC 2183)."""

    type: str = "text/plain"
    params: tuple[tuple[str, str], ...] = ()
    encoding: str = ""
    disposition: str = ""
    name: str = ""
    content_id: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part (RFC 2045 §2.4) and its extent in the octets."""

    section: str
    """IMAP section (RFC 9051 §6.4.5): `1.2`; "" is the whole mail when it is a multipart."""
    head: int
    body: int
    end: int
    """The header section is `octets[head:body]`, the body `octets[body:end]` without the line end before a boundary."""
    mime: Mime
    fields: tuple[Field, ...] = ()
    parent: str = ""
    """Media type of the part around it, "" at the top."""
    group: str = ""
    """The section of the nearest multipart/alternative around it, `TEXT` for the whole mail; "" outside any."""
    attached: bool = False
    """Stands inside a forwarded message (message/rfc822)."""
    parts: tuple[Part, ...] = ()
    others: tuple[Part, ...] = ()
    """Other readings of the same octets."""
    loose: tuple[tuple[int, int], ...] = ()
    """Extents of preamble and epilogue that hold more than white space."""

    @property
    def type(self) -> str:
        """Media type in lower case."""
        return self.mime.type

    def param(self, name: str) -> str:
        """The first parameter of Content-Type of that name, or ""."""
        for key, value in self.mime.params:
            if key == name:
                return value
        return ""

    def walk(self) -> Iterator[Part]:
        """This part and all within, in order; other readings after the part that they read again."""
        yield self
        for part in self.parts:
            yield from part.walk()
        for other in self.others:
            yield from other.walk()


@dataclass(frozen=True, slots=True)
class Structure:
    """The parts of a mail."""

    root: Part
    count: int
    size: int
    defects: tuple[str, ...] = ()
    harmless: bool = False
    """Small and plain enough to be read on the event loop."""


def mime_of(named: Named, default: str, pick: int) -> Mime:
    """Read the MIME fields; where a field comes twice, `pick` says which (0 the first, -1 the last)."""
    kind, params = parameters(named["content-type"][pick]) if "content-type" in named else (default, ())
    if kind.count("/") != 1:
        kind = "text/plain"  # RFC 2045 §5.2
    encoding = ""
    if "content-transfer-encoding" in named:
        encoding = parameters(named["content-transfer-encoding"][pick])[0]
    disposition, more = parameters(named["content-disposition"][0]) if "content-disposition" in named else ("", ())
    name = _first(more, "filename") or _first(params, "name")
    return Mime(
        kind,
        params,
        encoding,
        disposition,
        decode_words(name) if "=?" in name else name,
        "content-id" in named,
    )


def _first(params: Sequence[tuple[str, str]], name: str) -> str:
    for key, value in params:
        if key == name and value:
            return value
    return ""
