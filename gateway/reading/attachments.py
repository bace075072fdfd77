"""Attachments: what each is, and the text that it holds.

Rules of this file: pure; bounded by what comes out, not by what goes in; never raises: what cannot be read says why. A type
or a file name is believed only as far as the first octets bear it out.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.mail import Octets
from gateway.reading.charset import decode, shown, untransferred
from gateway.reading.extract import MAX_TEXT, TOO_LARGE, Extracted
from gateway.reading.html import html_rows
from gateway.reading.model import Attachment, Line
from gateway.reading.office import read_zip
from gateway.reading.parts import Part
from gateway.reading.pdf import read_pdf
from gateway.reading.rows import Row, plain_rows

MAX_OCTETS = 64 << 20
"""No more octets of one attachment are decoded."""
_MEDIA = ("image/", "audio/", "video/", "font/")
_SIGNATURES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-encrypted",
    }
)
"""Parts of a signed or encrypted container that no client shows as files."""
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/x-yaml", "application/javascript"})
_TEXT_NAMES = (
    *(".txt", ".text", ".csv", ".tsv", ".log", ".md", ".ini", ".cfg", ".conf", ".json", ".xml", ".yaml", ".yml"),
    *(".ics", ".vcf", ".eml", ".sql", ".sh", ".bat", ".ps1", ".ovpn", ".rdp", ".properties", ".env", ".reg"),
)
_HTML_NAMES = (".html", ".htm", ".xhtml", ".shtml")
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
"""An Office document with a password is an OLE file with a stream of this name ([MS-OFFCRYPTO] §2.3.4.4)."""


def is_file(part: Part) -> bool:
    """Tell whether a client shows this leaf as a file at all."""
    return part.type not in _SIGNATURES


def attachment_of(octets: Octets, part: Part) -> Attachment:
    """Describe a part that a client shows as a file, with its text where it is text-like."""
    extracted = Extracted()
    if part.type.startswith(_MEDIA) or part.parts:
        size = _estimate(part)
    else:
        content = untransferred(bytes(octets[part.body : min(part.end, part.body + MAX_OCTETS)]), part.mime.encoding)[0]
        size = len(content)
        extracted = _extract(content, part)
    is_picture = part.type.startswith("image/") and part.mime.content_id and part.mime.disposition != "attachment"
    return Attachment(
        part=part.section or "1",
        name=shown(part.mime.name) or ("winmail.dat" if part.type == "application/ms-tnef" else ""),
        type=part.type,
        size=size,
        inline=is_picture,
        lines=tuple(Line(row.text, part.section, row.line, row.column) for row in extracted.rows),
        encrypted=extracted.encrypted or part.parent == "multipart/encrypted",
        unreadable=extracted.unreadable,
    )


def _estimate(part: Part) -> int:
    size = part.end - part.body
    if part.mime.encoding == "base64":
        return size * 3 // 4 - size // 78 * 3 // 2  # the line ends are no content
    return size


def _extract(content: bytes, part: Part) -> Extracted:
    name = part.mime.name.lower()
    if content.startswith(b"PK\x03\x04"):
        return read_zip(content, lambda inner, octets: _text_rows(octets, "", html=inner.endswith(_HTML_NAMES)))
    if b"%PDF-" in content[:1024]:
        return read_pdf(content)
    if content.startswith(b"\xd0\xcf\x11\xe0") and _ENCRYPTED_OFFICE in content:
        return Extracted(encrypted=True)
    if content.startswith((b"\x78\x9f\x3e\x22",)) or part.type == "application/ms-tnef":  # [MS-OXTNEF] §2.1.3.1
        return Extracted(unreadable="tnef")
    if b"-----BEGIN PGP MESSAGE-----" in content[:1024]:
        return Extracted(encrypted=True)
    is_html = part.type in ("text/html", "application/xhtml+xml") or name.endswith(_HTML_NAMES)
    if is_html or part.type.startswith("text/") or part.type in _TEXT_TYPES or name.endswith(_TEXT_NAMES):
        rows = _text_rows(content[: 4 * MAX_TEXT], part.param("charset"), html=is_html)
        return Extracted(rows=tuple(rows), unreadable=TOO_LARGE if len(content) > 4 * MAX_TEXT else "")
    return Extracted()


def _text_rows(octets: bytes, charset: str, *, html: bool) -> list[Row]:
    text = decode(octets, charset)[0][:MAX_TEXT]
    reads: Callable[[str], list[Row]] = html_rows if html else plain_rows
    return reads(text)
