"""What a mend must leave alone, and mails of every form to mend."""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Sequence

from gateway.fixes import Mended
from gateway.reading.message import Message, read
from gateway.reading.parts import Part

SECRET = "Kesä2024x"
HEAD = (
    "From: Aino Neuvonen <aino@matkat.example>\r\nTo: Liisa Virtanen <liisa@asiakas.example>\r\n"
    "Subject: Varaus\r\nMessage-ID: <1@matkat.example>\r\nIn-Reply-To: <0@asiakas.example>\r\n"
    "References: <0@asiakas.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0200\r\nMIME-Version: 1.0\r\n"
)


def leaf(text: str, kind: str, charset: str, encoding: str, *, end: str = "\r\n", width: int = 76) -> bytes:
    """A part, header section and body; `text` has line feeds and is written with `end`."""
    octets = text.replace("\n", end).encode(charset)
    if encoding == "base64":
        whole = base64.b64encode(octets).decode()
        octets = end.join(whole[at : at + width] for at in range(0, len(whole), width)).encode()
    elif encoding == "quoted-printable":
        octets = quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", end.encode())
    semicolon = "; " if ";" in kind else ""
    kind, _, more = kind.partition("; ")
    field = f"Content-Type: {kind}; charset={charset}{semicolon}{more}{end}Content-Transfer-Encoding: {encoding}{end}"
    return (field + end).encode() + octets


def container(parts: Sequence[bytes], kind: str, boundary: str, end: str = "\r\n") -> bytes:
    """A multipart of some parts."""
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{end}{end}'.encode()
    line = end.encode() + b"--" + boundary.encode()
    return head + b"".join(line + end.encode() + part for part in parts) + line + b"--" + end.encode()


def mail(body: bytes, *, end: str = "\r\n", more: str = "") -> bytes:
    """A mail around a part."""
    return (more + HEAD).replace("\r\n", end).encode() + body


def leaves(message: Message) -> list[Part]:
    return [part for part in message.structure.root.walk() if not part.parts]


def outside(octets: bytes, touched: set[str]) -> bytes:
    """A mail without the touched parts, and without the fields on top that a mend may remove."""
    message = read(octets)
    kept, at = [], 0
    for part in leaves(message):
        if (part.section or "1") in touched:
            if part.parent:
                kept.append(octets[at : part.head])
            at = part.end
    return b"".join((*kept, octets[at:]))


def is_sound(old: bytes, mended: Mended) -> bool:
    """Tell whether everything outside the touched parts is as it was, and nothing new is odd."""
    before, after = read(old), read(mended.octets)
    shapes = [[(part.section, part.type) for part in one.structure.root.walk()] for one in (before, after)]
    touched = {change.part for change in mended.changes}
    if shapes[0] != shapes[1] or set(after.defects) - set(before.defects):
        return False
    if "header:Subject" in touched:
        return True
    return without(outside(old, touched), mended.removed) == outside(mended.octets, touched)


def without(octets: bytes, names: Sequence[str]) -> bytes:
    """A mail without some fields of its own header section."""
    head = octets[: read(octets).structure.root.body]
    rest = octets[len(head) :]
    for name in names:
        head = re.sub(rb"(?mi)^" + name.encode() + rb"[ \t]*:.*\n(?:[ \t].*\n)*", b"", head)
    return head + rest
