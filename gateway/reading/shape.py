"""Whether a mail is small and plain enough to be read on the event loop, where nothing may take long.

Rules of this file: pure; never raises; costs a few microseconds for a usual reply. In doubt a mail is not harmless: an
inspection process reads it as well, only later.
"""

from __future__ import annotations

import re

from gateway.mail import Octets
from gateway.reading.charset import is_plain, untransferred
from gateway.reading.containers import head_of, is_pdf, is_zip
from gateway.reading.parts import SIGNATURES, Part

MAX_SIZE = 64 << 10
MAX_FIELD = 2 << 10
MAX_PARTS = 50
MAX_HTML_DEPTH = 200
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_VOID = frozenset(b"area base br col embed hr img input link meta source track wbr".split())
_MEDIA = ("image/", "audio/", "video/", "font/")


def is_harmless(octets: Octets, root: Part, count: int) -> bool:
    """Tell whether reading this mail inline cannot stall anything."""
    if len(octets) > MAX_SIZE or count > MAX_PARTS:
        return False
    whole = bytes(octets)
    if whole.count(b"\r") != whole.count(b"\r\n"):
        return False  # a bare CR is a line end to some parsers
    for part in root.walk():
        for _, value in part.fields:
            if len(value) > MAX_FIELD:
                return False
        if not part.parts and not _is_harmless_leaf(octets, part):
            return False
    return True


def _is_harmless_leaf(octets: Octets, part: Part) -> bool:
    kind = part.type
    is_body = kind in ("text/plain", "text/html") and part.mime.disposition != "attachment" and not part.mime.name
    if not is_body:
        return kind in SIGNATURES or (kind.startswith(_MEDIA) and not _opens(octets, part))
    if kind == "text/plain":
        return True
    if not is_plain(part.param("charset")):
        return False
    return html_depth(bytes(octets[part.body : part.end]), part.mime.encoding) <= MAX_HTML_DEPTH


def _opens(octets: Octets, part: Part) -> bool:
    """Tell whether something that calls itself a picture would be opened as a zip or a PDF."""
    head = head_of(octets, part)
    return is_zip(head) or is_pdf(head)


def html_depth(octets: bytes, encoding: str) -> int:
    """An upper bound of how deep elements nest, in linear time."""
    if encoding != "base64":
        tags = octets.count(b"<") - octets.count(b"</")
        if encoding == "quoted-printable":
            tags += octets.count(b"=3C") + octets.count(b"=3c")
        if tags <= MAX_HTML_DEPTH:
            return max(tags, 0)
    depth = deepest = 0
    opened: dict[bytes, int] = {}
    for closing, name in _TAG.findall(untransferred(octets, encoding)[0]):
        tag = name.lower()
        if tag in _VOID:
            continue
        if not closing:
            opened[tag] = opened.get(tag, 0) + 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened.get(tag, 0):
            opened[tag] -= 1
            depth -= 1
    return deepest
