"""Where each part of a mail begins and ends, so that a finding can name a place and a fix can mend it.

Rules of this file: pure; octets in, extents out; never raises; linear in size (the depth of nesting is bounded). A line
ends with CRLF or LF. Where clients may read the same octets in different ways (two boundaries, two Content-Types, a
broken header), every way is followed: `Part.others`. What a mail client may show, a check must see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.mail import Octets
from gateway.reading.headers import Field, Named, by_name, parameters, split_head
from gateway.reading.parts import IDENTITY, MESSAGES, Mime, Part, Structure, mime_of
from gateway.reading.shape import is_harmless

__all__ = ["UNSCANNED", "Part", "Structure", "scan"]

MAX_PARTS = 10_000
MAX_DEPTH = 40
MAX_READINGS = 20
"""Further readings of ambiguous parts: enough for any real mail, too few to multiply work."""
_PREAMBLES = frozenset(
    {
        b"This is a multi-part message in MIME format",
        b"This is a multipart message in MIME format",
        b"This is a MIME-encapsulated message",
        b"This is a MIME-formatted message",
        b"This is a message in Mime Format. If you see this, your mail reader does not support this format",
        b"This is a cryptographically signed message in MIME format",
        b"This is an S/MIME signed message",
        b"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)",
        b"This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)",
        b"This is a digitally signed message part",
    }
)
"""What mail software writes for readers without MIME."""
Extent = tuple[int, int]

UNSCANNED = Structure(Part("", 0, 0, 0, Mime()), 0, 0)
"""No structure yet."""


def scan(octets: Octets) -> Structure:
    """Find every part of a mail."""
    if octets.find(b"\n") < 0 <= octets.find(b"\r"):
        octets = bytes(octets).replace(b"\r", b"\n")  # a file of an old Mac; the extents stay the same
    scanner = _Scanner(octets)
    root = scanner.part(_Place(0, len(octets)))
    defects = tuple(dict.fromkeys(scanner.defects))
    # Where two parsers may disagree, the other one gets the whole mail, and what it makes of it is not bounded here.
    harmless = not defects and is_harmless(octets, root, scanner.count)
    return Structure(root, scanner.count, len(octets), defects, harmless)


class _Place(NamedTuple):
    """Where a part stands, before it is read."""

    start: int
    end: int
    section: str = ""
    parent: str = ""
    group: str = ""
    attached: bool = False
    depth: int = 0
    default: str = "text/plain"

    @property
    def is_root(self) -> bool:
        """The top of a mail, or of a message inside: it has no section of its own."""
        return not self.parent or self.parent in MESSAGES

    def inner(self, number: int) -> str:
        return f"{self.section}.{number}" if self.section else str(number)


class _Reading(NamedTuple):
    """What was found inside a part, before the part is made."""

    parts: tuple[Part, ...] = ()
    loose: tuple[Extent, ...] = ()
    others: tuple[Part, ...] = ()


@dataclass(slots=True)
class _Scanner:
    octets: Octets
    count: int = 0
    readings: int = 0
    defects: list[str] = field(default_factory=list)

    def part(self, place: _Place) -> Part:
        """Read the part at a place, and its other readings."""
        fields, body, odd = split_head(self.octets, place.start, place.end)
        named = by_name(fields)
        twice = self._twice(named)
        if not odd and not twice:
            return self._read(place, fields, named, body, 0)
        others = []
        if odd:
            self.defects.append("odd-header-line")
            more, after, _ = split_head(self.octets, place.start, place.end, lenient=True)
            if self._again():
                others.append(self._read(place, more, by_name(more), after, 0))
        if twice:
            self.defects.append("two-mime-fields")
            if self._again():
                others.append(self._read(place, fields, named, body, -1))
        return self._read(place, fields, named, body, 0, tuple(others))

    def _again(self) -> bool:
        self.readings += 1
        return self.readings <= MAX_READINGS

    @staticmethod
    def _twice(named: Named) -> bool:
        """Whether Content-Type or Content-Transfer-Encoding is given twice, and differently."""
        for name in ("content-type", "content-transfer-encoding"):
            if len(given := named.get(name, ())) > 1 and len(set(map(parameters, given))) > 1:
                return True
        return False

    def _read(  # what a part is made of
        self,
        place: _Place,
        fields: Sequence[Field],
        named: Named,
        body: int,
        pick: int,
        others: tuple[Part, ...] = (),
    ) -> Part:
        self.count += 1
        mime = mime_of(named, place.default, pick)
        inside = self._inside(place, mime, body)
        section = place.section
        if place.is_root and not inside.parts:
            section = place.inner(1)
        return Part(
            section,
            place.start,
            body,
            place.end,
            mime,
            tuple(fields),
            place.parent,
            place.group,
            place.attached,
            inside.parts,
            others + inside.others,
            inside.loose,
        )

    def _inside(self, place: _Place, mime: Mime, body: int) -> _Reading:
        is_multipart = mime.type.startswith("multipart/")
        if not is_multipart and mime.type not in MESSAGES:
            return _Reading()
        if self.count > MAX_PARTS or place.depth >= MAX_DEPTH:
            self.defects.append("too-many-parts" if self.count > MAX_PARTS else "nested-too-deep")
            return _Reading()
        if mime.encoding not in IDENTITY:
            self.defects.append("encoded-container")  # RFC 2045 §6.4 forbids it; `message` decodes it as a text
            if not is_multipart:
                return _Reading()
        if is_multipart:
            return self._multipart(place, mime, body)
        section = place.inner(1) if place.is_root else place.section
        inner = _Place(body, place.end, section, mime.type, attached=True, depth=place.depth + 1)
        return _Reading((self.part(inner),))

    def _multipart(self, place: _Place, mime: Mime, body: int) -> _Reading:
        boundaries = list(dict.fromkeys(value for key, value in mime.params if key == "boundary" and value))
        if not boundaries:
            self.defects.append("no-boundary")
            return _Reading()
        reading = self._parts(place, mime, body, boundaries[0])
        if len(boundaries) == 1:
            return reading
        self.defects.append("two-boundaries")
        others = (
            self._parts(place, mime, body, boundary).parts for boundary in boundaries[1:MAX_READINGS] if self._again()
        )
        return reading._replace(
            others=tuple(
                Part(place.section, place.start, body, place.end, mime, parent=place.parent, parts=parts)
                for parts in others
                if parts
            )
        )

    def _parts(self, place: _Place, mime: Mime, body: int, boundary: str) -> _Reading:
        extents, loose, closed = self._extents(body, place.end, boundary.encode("utf-8", "surrogateescape"))
        if not extents:
            self.defects.append("no-parts")
            return _Reading()
        if not closed:
            self.defects.append("unclosed-multipart")
        if loose:
            self.defects.append("text-outside-parts")
        group = (place.section or "TEXT") if mime.type == "multipart/alternative" else place.group
        default = "message/rfc822" if mime.type == "multipart/digest" else "text/plain"
        depth = place.depth + 1
        parts = []
        for number, (start, end) in enumerate(extents, 1):
            if self.count > MAX_PARTS:
                self.defects.append("too-many-parts")
                break
            parts.append(
                self.part(_Place(start, end, place.inner(number), mime.type, group, place.attached, depth, default))
            )
        return _Reading(tuple(parts), loose)

    def _extents(self, body: int, end: int, boundary: bytes) -> tuple[list[Extent], tuple[Extent, ...], bool]:
        """The extents between delimiter lines (RFC 2046 §5.1.1), what lies around them, whether it is closed."""
        extents: list[Extent] = []
        loose: list[Extent] = []
        begin, closed = -1, False
        for found, after, last in self._delimiters(b"--" + boundary, body, end):
            before = max(begin, body, found - (2 if self.octets[found - 2 : found] == b"\r\n" else 1))
            if begin >= 0:
                extents.append((begin, before))
            elif found > body:
                loose.append((body, before))
            begin = after
            if last:
                closed = True
                loose.append((after, end))
                break
        if begin >= 0 and not closed:
            extents.append((begin, end))
        return extents, tuple(extent for extent in loose if self._has_text(extent)), closed

    def _delimiters(self, delimiter: bytes, body: int, end: int) -> list[tuple[int, int, bool]]:
        """Each delimiter line up to the closing one: where it begins, where the next line begins, whether it closes."""
        out = []
        size = len(delimiter)
        at = body if self.octets[body : body + size] == delimiter else self._next(delimiter, body, end)
        while at >= 0:
            line_end = self.octets.find(b"\n", at + size, end)
            after = end if line_end < 0 else line_end + 1
            tail = bytes(self.octets[at + size : min(after, at + size + 80)]).rstrip()
            if tail in (b"", b"--"):
                out.append((at, after, tail == b"--"))
                if tail:
                    return out
            at = self._next(delimiter, after - 1, end) if line_end >= 0 else -1
        return out

    def _next(self, delimiter: bytes, at: int, end: int) -> int:
        found = self.octets.find(b"\n" + delimiter, at, end)
        return found + 1 if found >= 0 else -1

    def _has_text(self, extent: Extent) -> bool:
        """Tell whether anything worth reading stands before or after the parts."""
        start, end = extent
        text = bytes(self.octets[start : min(end, start + (64 << 10))]).strip(b" \t\r\n.-=\x00")
        return bool(text) and b" ".join(text.split()) not in _PREAMBLES
