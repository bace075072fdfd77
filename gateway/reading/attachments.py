"""Attachments: what each is, and the text that it holds.

Rules of this file: pure; bounded by what comes out, not by what goes in; never raises: what cannot be read says why.
"""

from __future__ import annotations

from gateway.mail import Octets
from gateway.reading.charset import decode, shown, untransferred
from gateway.reading.model import Attachment, Line
from gateway.reading.parts import Part
from gateway.reading.rows import plain_rows

MAX_TEXT = 1 << 20
"""No more characters of one attachment are extracted: 1 M."""


def attachment_of(octets: Octets, part: Part) -> Attachment:
    """Describe a part that a client shows as a file, with its text where it is text-like."""
    size = part.end - part.body
    if part.mime.encoding == "base64":
        size = size * 3 // 4 - size // 78 * 3 // 2  # the line ends are no content
    lines: tuple[Line, ...] = ()
    if part.type.startswith("text/"):
        raw = bytes(octets[part.body : min(part.end, part.body + 2 * MAX_TEXT)])
        text = decode(untransferred(raw, part.mime.encoding)[0], part.param("charset"))[0]
        lines = tuple(_lines(part.section, text[:MAX_TEXT]))
    inline = part.type.startswith("image/") and part.mime.content_id and part.mime.disposition != "attachment"
    return Attachment(part.section, shown(part.mime.name), part.type, size, inline, lines)


def _lines(section: str, text: str) -> list[Line]:
    return [Line(row.text, section, row.line, row.column) for row in plain_rows(text)]
