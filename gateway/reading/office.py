"""Text out of zip files: Word, Excel, PowerPoint and OpenDocument files, and plain texts packed together.

Rules of this file: pure; never raises; what comes out is counted while it comes out, so that a bomb ends at the limit.
The XML is read as a stream of tags, never as a document: entities are not expanded and nothing outside is fetched.
"""

from __future__ import annotations

import html as entities
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.reading.charset import lines_of, shown
from gateway.reading.extract import MAX_INFLATED, MAX_MEMBERS, MAX_TEXT, Extracted
from gateway.reading.rows import Row

_TAG = re.compile(r"<(/?)(?:[A-Za-z0-9_]{1,20}:)?([A-Za-z][A-Za-z-]{0,30})([^<>]*)>([^<]*)")
_BREAKS = frozenset({"p", "h", "br", "row", "tr", "si", "table-row", "line-break"})
"""Paragraph, heading, break, row: whatever ends a line in the four formats."""
_CELLS = frozenset({"tc", "c", "table-cell", "tab"})
_SHEET = re.compile(r"xl/worksheets/sheet\d{1,6}\.xml")
_PARTS = re.compile(
    r"word/(?:document|header\d{0,3}|footer\d{0,3}|footnotes|endnotes|comments)\.xml"
    r"|ppt/(?:slides/slide|notesSlides/notesSlide)\d{1,5}\.xml|content\.xml"
)
_PACKED = (".txt", ".csv", ".html", ".htm", ".log", ".md", ".json", ".xml", ".ini", ".conf", ".eml", ".ovpn")

Reader = Callable[[str, bytes], list[Row]]
"""From a member's name and octets to rows."""


@dataclass(slots=True)
class _Budget:
    left: int = MAX_INFLATED
    spent: bool = False
    rows: list[Row] = field(default_factory=list)
    characters: int = 0

    def add(self, texts: Iterator[str]) -> None:
        for text in texts:
            if stripped := shown(text).strip():
                self.rows.append(Row(stripped, len(self.rows) + 1))
                self.characters += len(stripped)
                if self.characters > MAX_TEXT:
                    self.spent = True
                    return


def read_zip(content: bytes, reads: Reader) -> Extracted:
    """The text of an Office document, or of the plain texts in an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _members(archive, reads)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, KeyError):
        return Extracted(partial=True)


def _members(archive: zipfile.ZipFile, reads: Reader) -> Extracted:
    members = archive.infolist()
    budget = _Budget()
    names = {member.filename: member for member in members[:MAX_MEMBERS]}
    strings: Sequence[str] = ()
    if "xl/sharedStrings.xml" in names:
        strings = list(_shared(_inflate(archive, names["xl/sharedStrings.xml"], budget)))
    for name, member in names.items():
        if budget.spent:
            break
        if _SHEET.fullmatch(name):
            budget.add(_sheet(_inflate(archive, member, budget), strings))
        elif _PARTS.fullmatch(name):
            budget.add(_lines(_inflate(archive, member, budget)))
        elif name.lower().endswith(_PACKED) and not name.startswith(
            ("_rels/", "[Content", "word/", "xl/", "ppt/", "META-")
        ):
            rows = reads(name.lower(), _inflate(archive, member, budget).encode("utf-8", "surrogateescape"))
            budget.add(row.text for row in rows)
    return Extracted(tuple(budget.rows), partial=budget.spent or len(members) > MAX_MEMBERS)


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> str:
    with archive.open(member) as opened:
        octets = opened.read(budget.left + 1)
    if len(octets) > budget.left:
        budget.spent = True
        octets = octets[: budget.left]
    budget.left -= len(octets)
    return octets.decode("utf-8", "surrogateescape")


def _lines(xml: str) -> Iterator[str]:
    """The lines of a document, the cells of a table row joined by a tab."""
    line: list[str] = []
    in_row = 0
    for closing, tag, _, text in _TAG.findall(xml):
        if tag in ("tr", "table-row"):
            in_row += -1 if closing else 1
        ends = tag in _BREAKS and (closing or tag in ("br", "line-break"))
        if ends and in_row > 0 and tag not in ("tr", "table-row"):
            line.append(" ")  # a paragraph in a cell does not end the row
        elif ends:
            yield "".join(line)
            line = []
        elif tag in _CELLS and (closing or tag == "tab"):
            line.append("\t")
        if text:
            line.append(entities.unescape(text))
    yield "".join(line)


def _shared(xml: str) -> Iterator[str]:
    """The shared strings of a workbook, in order ([ECMA-376] §18.4.9)."""
    line: list[str] = []
    in_text = False
    for closing, tag, _, text in _TAG.findall(xml):
        if tag == "t":
            in_text = not closing
        if in_text and text:
            line.append(entities.unescape(text))
        if tag == "si" and closing:
            yield "".join(line)
            line = []


def _sheet(xml: str, strings: Sequence[str]) -> Iterator[str]:
    """The rows of a worksheet ([ECMA-376] §18.3.1.73)."""
    cells: list[str] = []
    shared = wanted = False
    for closing, tag, attributes, text in _TAG.findall(xml):
        if tag == "c" and not closing:
            shared = 't="s"' in attributes
        elif tag in ("v", "t"):
            wanted = not closing
        elif tag == "row" and closing:
            yield "\t".join(cells)
            cells = []
        if wanted and text:
            cells.append(" ".join(lines_of(_string(text, strings) if shared else entities.unescape(text))))
    yield "\t".join(cells)


def _string(text: str, strings: Sequence[str]) -> str:
    return strings[int(text)] if text.isdecimal() and len(text) < 10 and int(text) < len(strings) else ""
