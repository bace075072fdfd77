"""Attachments: what each is, and the text that it holds.

Rules of this file: pure; bounded by what comes out, not by what goes in; never raises. A type or a file name is
believed only as far as the first octets bear it out.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.mail import Octets
from gateway.reading.charset import decode, shown, untransferred
from gateway.reading.containers import NO_CONTAINER, container_of, head_of, is_pdf, is_zip
from gateway.reading.extract import MAX_TEXT, Extracted
from gateway.reading.html import html_rows
from gateway.reading.model import Attachment, Line
from gateway.reading.office import read_zip
from gateway.reading.parts import SIGNATURES, Part
from gateway.reading.pdf import read_pdf
from gateway.reading.rows import Row, plain_rows

MAX_OCTETS = 64 << 20
"""No more octets of one attachment are decoded."""
_MEDIA = ("image/", "audio/", "video/", "font/")
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/x-yaml", "application/javascript"})
_TEXT_NAMES = (
    *(".txt", ".text", ".csv", ".tsv", ".log", ".md", ".ini", ".cfg", ".conf", ".json", ".xml", ".yaml", ".yml"),
    *(".ics", ".vcf", ".eml", ".sql", ".sh", ".bat", ".ps1", ".ovpn", ".rdp", ".properties", ".env", ".reg"),
)
_OLE = b"\xd0\xcf\x11\xe0"
"""[MS-CFB] §2.2: the old office formats."""
_HTML_NAMES = (".html", ".htm", ".xhtml", ".shtml")
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
"""An Office document with a password is an OLE file with a stream of this name ([MS-OFFCRYPTO] §2.3.4.4)."""


def is_file(part: Part) -> bool:
    """Tell whether a client shows this leaf as a file at all."""
    return part.type not in SIGNATURES


def attachment_of(octets: Octets, part: Part) -> tuple[Attachment, str]:
    """Describe a part that a client shows as a file, with its text where it is text-like; and a defect, or ""."""
    head = b"" if part.parts else head_of(octets, part)
    container, extracted, size = NO_CONTAINER, Extracted(), _estimate(part)
    if reads := _reader(head, part):
        content = untransferred(bytes(octets[part.body : min(part.end, part.body + MAX_OCTETS)]), part.mime.encoding)[0]
        size = len(content)
        container = container_of(content)
        if not container.encrypted and not container.unreadable:
            extracted = reads(content)
    is_picture = part.type.startswith("image/") and part.mime.content_id and part.mime.disposition != "attachment"
    attachment = Attachment(
        part=part.section or "1",
        name=shown(part.mime.name) or ("winmail.dat" if part.type == "application/ms-tnef" else ""),
        type=part.type,
        size=size,
        inline=is_picture,
        lines=tuple(Line(row.text, part.section, row.line, row.column) for row in extracted.rows),
        encrypted=container.encrypted or extracted.encrypted or part.parent == "multipart/encrypted",
        unreadable=container.unreadable,
    )
    return attachment, "attachment-read-in-part" if extracted.partial else _oddity(head, part)


def _oddity(head: bytes, part: Part) -> str:
    """TNEF ([MS-OXTNEF] §2.1.3.1), which only some clients can open, is named as such."""
    return "tnef" if part.type == "application/ms-tnef" or head.startswith(b"\x78\x9f\x3e\x22") else ""


def _estimate(part: Part) -> int:
    size = part.end - part.body
    if part.mime.encoding == "base64":
        return size * 3 // 4 - size // 78 * 3 // 2  # the line ends are no content
    return size


def reads_text(head: bytes, part: Part) -> str:
    """Tell whether a file is read as a text: `html`, `plain`, or "" for everything else."""
    is_other = is_zip(head) or is_pdf(head) or head.startswith(_OLE) or b"-----BEGIN PGP MESSAGE-----" in head
    if is_other or part.type.startswith(_MEDIA) or part.parts:
        return ""
    name = part.mime.name.lower()
    if part.type in ("text/html", "application/xhtml+xml") or name.endswith(_HTML_NAMES):
        return "html"
    is_text = part.type.startswith("text/") or part.type in _TEXT_TYPES or name.endswith(_TEXT_NAMES)
    return "plain" if is_text else ""


def _reader(head: bytes, part: Part) -> Callable[[bytes], Extracted] | None:
    """What reads the text of a file; None for a file without text."""
    if is_zip(head):
        return lambda content: read_zip(content, _packed)
    if is_pdf(head):
        return read_pdf
    if head.startswith(_OLE):
        return lambda content: Extracted(encrypted=_ENCRYPTED_OFFICE in content)
    if b"-----BEGIN PGP MESSAGE-----" in head:
        return lambda _: Extracted(encrypted=True)
    if kind := reads_text(head, part):
        return lambda content: _text(content, part.param("charset"), html=kind == "html")
    return None


def _packed(name: str, content: bytes) -> list[Row]:
    return _text_rows(content, "", html=name.endswith(_HTML_NAMES))


def _text(content: bytes, charset: str, *, html: bool) -> Extracted:
    rows = _text_rows(content[: 4 * MAX_TEXT], charset, html=html)
    return Extracted(tuple(rows), partial=len(content) > 4 * MAX_TEXT)


def _text_rows(octets: bytes, charset: str, *, html: bool) -> list[Row]:
    text = decode(octets, charset)[0][:MAX_TEXT]
    reads: Callable[[str], list[Row]] = html_rows if html else plain_rows
    return reads(text)
