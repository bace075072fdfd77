"""Mails that stall, swell or break mail software, made as they are needed; most hold a password at the far end.

Rules of this file: small in the source, whatever size the mail is; all people and values are invented.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Mapping

import pypdf
from pypdf.generic import DecodedStreamObject, NameObject

SECRET = "Kuutamo-4417"
SAID = f"Salasanasi on {SECRET}\r\n".encode()
HEAD = b"From: Aino <aspa@support.example>\r\nTo: Liisa <liisa@customer.example>\r\nSubject: Varaus\r\n"
HELLO = "Hei Liisa,\r\n\r\nvarauksesi on vahvistettu ja kuitti on liitteenä. Nähdään kesällä!\r\n\r\n".encode()
BYE = b"\r\nTerveisin\r\nAino Neuvonen\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hei Liisa,</p>"
MEGABYTE = 1 << 20


def attached(name: str, octets: bytes, kind: str = "application/octet-stream") -> bytes:
    """A good reply with a file."""
    encoded = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    return (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + PLAIN + HELLO + BYE + b"\r\n--b\r\n"
        b"Content-Type: %b; name=%b\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=%b\r\n\r\n%b\r\n--b--\r\n"
    ) % (kind.encode(), name.encode(), name.encode(), encoded)


def words(size: int) -> bytes:
    """A long but ordinary text of about so many octets, in lines."""
    line = b"Kiitos viestist\xc3\xa4si, asia etenee ja palaamme siihen viikon kuluessa uudestaan.\r\n"
    return line * (size // len(line))


def parts(count: int) -> bytes:
    one = b"--b\r\n" + PLAIN + b"Hei Liisa,\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + one * count + SAID + b"--b--\r\n"


def nested(levels: int) -> bytes:
    inner = PLAIN + HELLO + SAID
    for level in range(levels):
        container = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%b\r\n--b%d--\r\n"
        inner = container % (level, level, inner, level)
    return HEAD + inner


def table(size: int) -> bytes:
    row = b"<tr><td>10.5.</td><td>maksettu</td><td>14,90 e</td></tr>\r\n"
    last = f"<tr><td>salasana</td><td>{SECRET}</td></tr>".encode()
    return HEAD + HTML + b"<table>" + row * (size // len(row)) + last + b"</table>"


def broken_base64() -> bytes:
    """Octets that are no base64 in between, padding in the middle, and an end that is cut off."""
    encoded = base64.b64encode(HELLO + SAID + BYE).rstrip(b"=")
    lines = [encoded[at : at + 60] for at in range(0, len(encoded), 60)]
    return (
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"!" + b"\x00*\r\n".join(lines) + b"=\r\n=A"
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return made.getvalue()


def document(text: bytes, head: bytes = b"") -> bytes:
    """A .docx of one file: what our reading of it needs."""
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": b'<?xml version="1.0"?>%b<w:document xmlns:w="%b"><w:body>%b</w:body></w:document>'
            % (head, space, text),
        }
    )


def paragraph(text: bytes) -> bytes:
    return b"<w:p><w:r><w:t>%b</w:t></w:r></w:p>" % text


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LAUGHS = b"<!DOCTYPE a [<!ENTITY a 'ha'>%b]>" % b"".join(
    b"<!ENTITY %c '%b'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)
"""Entities that grow to a thousand million laughs where somebody expands them."""


def drawn_pdf(content: bytes) -> bytes:
    """A PDF of one page with this content, packed."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 200)
    drawn = DecodedStreamObject()
    drawn.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(drawn.flate_encode(1))
    return _written(writer)


def locked_pdf() -> bytes:
    """A PDF that nobody opens without its word."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("not told here", algorithm="RC4-128")
    return _written(writer)


def _written(writer: pypdf.PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


HOLDING: Mapping[str, Callable[[], bytes]] = {
    "50 MB of text": lambda: HEAD + PLAIN + HELLO + words(50 * MEGABYTE) + SAID + BYE,
    "50 MB of HTML": lambda: HEAD + HTML + words(50 * MEGABYTE) + b"<p>" + SAID + b"</p>",
    "5 MB of text": lambda: HEAD + PLAIN + HELLO + words(5 * MEGABYTE) + SAID + BYE,
    "10,000 parts": lambda: parts(10_000),
    "200 levels of nesting": lambda: nested(200),
    "a line of a megabyte": lambda: HEAD + PLAIN + HELLO + b"ja taas " * (MEGABYTE // 8) + SAID + BYE,
    "a line of a megabyte in HTML": lambda: HEAD + HTML + b"ja taas " * (MEGABYTE // 8) + b"<p>" + SAID,
    "a word of a megabyte": lambda: HEAD + PLAIN + HELLO + b"a" * MEGABYTE + b" " + SAID + BYE,
    "a megabyte of quote marks": lambda: HEAD + PLAIN + HELLO + b">" * MEGABYTE + b"\r\n" + SAID + BYE,
    "a megabyte of quoted lines": lambda: HEAD + PLAIN + HELLO + b"> a\r\n" * (MEGABYTE // 5) + b"> " + SAID,
    "a megabyte of divisions": lambda: HEAD + HTML + b"<div>" * (MEGABYTE // 5) + SAID,
    "a megabyte of Re:": lambda: HEAD + b"Subject: " + b"Re: " * (MEGABYTE // 4) + b"\r\n" + PLAIN + HELLO + SAID + BYE,
    "a table of 5 MB": lambda: table(5 * MEGABYTE),
    "broken base64": broken_base64,
    "a docx with an entity bomb": lambda: attached(
        "sopimus.docx", document(paragraph(b"&j;") + paragraph(SAID), LAUGHS), DOCX
    ),
}
"""Somewhere in each stands a password: it is found, or the mail could not be inspected; it never passes."""

UNREADABLE: Mapping[str, Callable[[], bytes]] = {
    "a zip bomb": lambda: attached("kuvat.zip", zipped({"a.txt": bytes(100 * MEGABYTE)}), "application/zip"),
    "a docx bomb": lambda: attached("sopimus.docx", document(paragraph(b"a" * 100 * MEGABYTE)), DOCX),
}
"""Nobody should open these."""

PASSING: Mapping[str, Callable[[], bytes]] = {
    "50 MB of attachment": lambda: attached("kuva.raw", bytes(range(256)) * (37 * MEGABYTE // 256)),
    "a locked PDF": lambda: attached("sopimus.pdf", locked_pdf(), "application/pdf"),
    "a PDF that is cut off": lambda: attached("kuitti.pdf", locked_pdf()[:300], "application/pdf"),
    "a PDF of 60 MB when unpacked": lambda: attached(
        "piirros.pdf", drawn_pdf(b"0 0 m 1 1 l S\n" * (60 * MEGABYTE // 14)), "application/pdf"
    ),
}
"""Good replies with a file that is large, locked or broken."""
