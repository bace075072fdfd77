"""Containers among attachments: is a zip or PDF locked, does a zip unpack to more than anybody should open.

Rules of this file: pure; never raises; nothing is unpacked. A zip is judged by its directory, a PDF by its trailer,
and both by their first octets, whatever the header calls them. What is merely broken is neither locked nor too much.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.mail import Octets
from gateway.reading.charset import untransferred
from gateway.reading.parts import Part

MAX_UNPACKED = 64 << 20
"""Octets: below that nothing is a bomb, however well it was packed."""
MAX_RATIO = 100
_PEEK = 1400
_PDF_WITHIN = 1024
"""The mark of a PDF may stand so far from its beginning (ISO 32000-1, Annex H, note 13)."""
_LOCKED_PDF = re.compile(rb"/Encrypt\s{1,20}\d{1,10}\s{1,20}\d{1,5}\s{1,20}R|/Encrypt\s{0,20}<<")
"""ISO 32000-1 §7.5.5: the trailer of an encrypted document names its encryption dictionary."""
_LOCKED_ENTRY = 0x1
"""APPNOTE.TXT §4.4.4: general purpose flag, bit 0."""


@dataclass(frozen=True, slots=True)
class Container:
    """What a look at a container tells."""

    encrypted: bool = False
    unreadable: str = ""
    """Why nobody should unpack it; "" when fine."""


NO_CONTAINER = Container()


def head_of(octets: Octets, part: Part) -> bytes:
    """The first octets of a part, decoded: enough to tell what it is."""
    return untransferred(bytes(octets[part.body : min(part.end, part.body + _PEEK)]), part.mime.encoding)[0]


def is_zip(head: bytes) -> bool:
    """Tell a zip by its first local header (APPNOTE.TXT §4.3.7)."""
    return head.startswith(b"PK\x03\x04")


def is_pdf(head: bytes) -> bool:
    """Tell a PDF by its mark."""
    return b"%PDF-" in head[:_PDF_WITHIN]


def container_of(whole: bytes) -> Container:
    """Look at what may be a zip (office documents are) or a PDF."""
    if is_zip(whole):
        return _zip(whole)
    return Container(encrypted=_LOCKED_PDF.search(whole) is not None) if is_pdf(whole) else NO_CONTAINER


def _zip(whole: bytes) -> Container:
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as opened:
            entries = opened.infolist()
    except Exception:  # noqa: BLE001  # a broken directory raises many things, and is broken, no more
        return NO_CONTAINER
    locked = any(entry.flag_bits & _LOCKED_ENTRY for entry in entries)
    return Container(locked, _too_much(entries, len(whole)))


def _too_much(entries: Sequence[zipfile.ZipInfo], size: int) -> str:
    """Entries that share their octets, or a great deal out of very little: nobody packs files so."""
    if sum(entry.compress_size for entry in entries) > size:
        return "its directory counts the same octets many times"
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED and unpacked > MAX_RATIO * size:
        return f"it would unpack to {unpacked >> 20} MB"
    return ""
