"""Values in header fields: the subject, and the fields that repeat it.

Rules of this file: pure; one field at a time; a field without the value keeps its octets. A changed one is written
again by RFC 2047: encoded words of at most 75 characters, lines of at most 76.
"""

from __future__ import annotations

import re
from email.charset import Charset
from email.errors import MessageError
from email.header import Header

from gateway.fixes.fields import places
from gateway.fixes.transfer import ByteEdit, Edit, edited
from gateway.fixes.views import find, view_of
from gateway.mail import Octets
from gateway.reading.charset import codec_of
from gateway.reading.headers import decoded
from gateway.reading.parts import Part

_REPEATED = frozenset({"subject", "thread-topic", "comments", "keywords", "content-description"})
"""Fields of plain words; the subject comes again in some."""
_KEPT = re.compile(
    r"from|to|cc|bcc|reply-to|sender|return-path|received|date|message-id|references|in-reply-to|thread-index"
    r"|mime-version|content-.*|dkim-.*|domainkey-.*|arc-.*|authentication-.*|list-.*|x-google-dkim-signature"
)
"""Fields that stay as they are and hold nobody's words."""
_CHARSET = re.compile(rb"=\?([^?*\s]{1,40})[?*]")
_KEEPABLE = re.compile(r"utf-8|iso-8859-\d{1,2}|windows-125\d", re.IGNORECASE)
_WIDTH = 76


def blanked_fields(
    octets: Octets, root: Part, pattern: re.Pattern[str], words: str
) -> tuple[list[ByteEdit], list[str]]:
    """The edits that take values out of the header section on top, and the names of fields that hold one and stay."""
    edits: list[ByteEdit] = []
    stay: list[str] = []
    for place in places(octets, root):
        value = bytes(octets[place.value : place.end])
        if place.name not in _REPEATED:
            if not _KEPT.fullmatch(place.name) and pattern.search(decoded(value)):
                stay.append(place.name)
            continue
        written = bytes(octets[place.start : place.value - 1]).decode("latin-1")
        new = blanked(value, written, pattern, words)
        if new != value:
            edits.append(ByteEdit(place.value, place.end, new))
    return edits, stay


def blanked(value: bytes, name: str, pattern: re.Pattern[str], words: str) -> bytes:
    """The value of a field with every match of the pattern replaced."""
    if b"=?" not in value and value.isascii() and words.isascii():
        text = value.decode("ascii")
        unfolded = ((one, at, at + 1) for at, one in enumerate(text) if one not in "\r\n")
        view = view_of(unfolded)
        edits = [Edit(*found.places[0], words) for found in find(view, pattern) if len(found.places) == 1]
        if len(edits) == sum(1 for _ in pattern.finditer(view.text)):
            return edited(text, edits).encode("ascii")
    text = decoded(value)
    if not pattern.search(text):
        return value
    return _encoded(pattern.sub(lambda _: words, text), name, value)


def _encoded(text: str, name: str, old: bytes) -> bytes:
    """Write a field's value; in the charset of the old one where that holds it, raw where the old one was raw."""
    end = b"\r\n" if old.endswith(b"\r\n") else b"\n" if old.endswith(b"\n") else b""
    text = " ".join(text.split())
    if b"=?" not in old and not old.isascii():
        return b" " + text.encode("utf-8", "replace") + end
    for charset in _charsets(text, old):
        try:
            header = Header(text, Charset(charset), maxlinelen=_WIDTH, header_name=name)
            return b" " + header.encode(linesep=(end or b"\r\n").decode()).encode("ascii") + end
        except (UnicodeError, MessageError, LookupError):
            continue
    return b" " + text.encode("ascii", "replace") + end


def _charsets(text: str, old: bytes) -> list[str]:
    if text.isascii() and "=?" not in text:
        return ["us-ascii", "utf-8"]
    found = _CHARSET.search(old)
    named = found[1].decode("ascii", "replace") if found else ""
    return [named, "utf-8"] if _KEEPABLE.fullmatch(named) and codec_of(named) else ["utf-8"]
