"""A second opinion on the structure: mail-parser's, so that nothing hides where two parsers disagree.

Rules of this file: pure; never raises whatever mail-parser does. It is given what decides the structure: MIME fields,
the header section of each part, and of each body the lines that begin with `--`, for text costs it much. If it finds
other leaves in that than `structure` did, it gets the octets whole, and what it reads there is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message as Parsed

import mailparser.core
import mailparser.utils

from gateway.mail import Octets
from gateway.reading.charset import decode, untransferred
from gateway.reading.headers import parameters
from gateway.reading.parts import MESSAGES, Part, Structure

for _module in (mailparser.core, mailparser.utils):
    _module.log.disabled = True  # it logs header fields and names of files, which may hold what must not be spread

MAX_SIZE = 4 << 20
"""Octets that it is given when the two disagree. Beyond, our own reading stands alone: it costs 14 ms a megabyte."""
MAX_PARTS = 1000
"""Beyond so many parts its way of walking them costs more than a second opinion is worth."""
_DELIMITER = re.compile(rb"(?<![^\r\n])--[^\r\n]*")
_Sketch = tuple[str, int]
"""What a leaf is compared by: its type and how many octets its body has."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What mail-parser finds that we did not."""

    texts: tuple[tuple[bool, str], ...] = ()
    """Whether HTML, and the text."""
    defects: tuple[str, ...] = ()


AGREED = Opinion()


class _MailParser(mailparser.core.MailParser):  # type: ignore[misc]  # mail-parser has no types
    """MailParser as far as we ask it, its tree of parts: what else it works out at once is half its cost."""

    def parse(self) -> _MailParser:
        return self


def opinion(octets: Octets, structure: Structure) -> Opinion:
    """Let mail-parser parse, and compare the leaves."""
    if structure.count > MAX_PARTS:
        return Opinion(defects=("no-second-opinion",))
    skeleton, expected = _skeleton(octets, structure)
    try:
        if [_sketch(leaf) for leaf in _leaves(_MailParser.from_bytes(skeleton).message)] == expected:
            return AGREED
        whole = _MailParser.from_bytes(bytes(octets[:MAX_SIZE])).message
        known = {(leaf.type, leaf.end - leaf.body) for leaf in _own_leaves(structure.root)}
        return Opinion(tuple(_texts(whole, known)), ("parsers-disagree",))
    except Exception:  # noqa: BLE001  # it raises all sorts of things on odd mail; ours has read that all the same
        return Opinion(defects=("parser-failed",))


def _skeleton(octets: Octets, structure: Structure) -> tuple[bytes, list[_Sketch]]:
    """What mail-parser gets at first, and the leaves that it should find in it."""
    root = structure.root
    pieces: list[bytes] = []
    if "odd-header-line" in structure.defects:
        pieces.append(bytes(octets[root.head : root.body]))
    else:
        # Of the fields on top only those of MIME bear on the structure, and it is slow at addresses and dates.
        pieces += [name.encode("latin-1") + b":" + value + b"\n" for name, value in root.fields if name[:1] in "cC"]
        pieces.append(b"\r\n")
    expected: list[_Sketch] = []
    at = root.body
    for leaf in _own_leaves(root):
        body = _delimiters(octets, leaf.body, leaf.end)
        pieces += (bytes(octets[at : leaf.body]), body)
        at = leaf.end
        expected.append((leaf.type, 0 if leaf.type.startswith("message/") else len(body)))
    pieces.append(bytes(octets[at : root.end]))
    return b"".join(pieces), expected


def _delimiters(octets: Octets, start: int, end: int) -> bytes:
    """The lines of a body that may be boundaries to somebody: those that begin with `--`."""
    if octets.find(b"\r--", start, end) >= 0:  # a bare CR is a line end to the standard parser; slower, and rare
        return b"\r\n".join(_DELIMITER.findall(octets, start, end))
    found: list[bytes] = []
    at = start if octets[start : start + 2] == b"--" else _after_line_end(octets, start, end)
    while at >= 0:
        stop = octets.find(b"\n", at, end)
        found.append(bytes(octets[at : end if stop < 0 else stop]).rstrip(b"\r"))
        at = _after_line_end(octets, stop, end) if stop >= 0 else -1
    return b"\r\n".join(found)


def _after_line_end(octets: Octets, at: int, end: int) -> int:
    found = octets.find(b"\n--", at, end)
    return found + 1 if found >= 0 else -1


def _own_leaves(part: Part) -> Iterator[Part]:
    if part.parts:
        for inner in part.parts:
            yield from _own_leaves(inner)
    else:
        yield part


def _sketch(leaf: Parsed) -> _Sketch:
    kind = leaf.get_content_type()
    if kind.startswith("message/"):
        return kind, 0  # the standard parser takes reports apart, we do not
    # get_payload() would decode octets beyond ASCII with the declared charset and change their number.
    return kind, len(leaf._payload or "")  # type: ignore[attr-defined]  # noqa: SLF001


def _leaves(message: Parsed) -> Iterator[Parsed]:
    if message.is_multipart() and (
        message.get_content_maintype() != "message" or message.get_content_type() in MESSAGES
    ):
        for part in message.get_payload():
            if isinstance(part, Parsed):
                yield from _leaves(part)
    else:
        yield message


def _texts(whole: Parsed, known: set[_Sketch]) -> Iterator[tuple[bool, str]]:
    """The texts that stand elsewhere, or reach further, than ours."""
    leaves: Sequence[Parsed] = [leaf for leaf in _leaves(whole) if leaf.get_content_maintype() == "text"]
    for leaf in leaves:
        payload = leaf._payload  # type: ignore[attr-defined]  # noqa: SLF001  # as in _sketch
        if isinstance(payload, str) and _sketch(leaf) not in known:
            octets = payload.encode("utf-8", "surrogateescape")
            encoding = parameters(str(leaf.get("content-transfer-encoding", "")).encode("utf-8", "replace"))[0]
            text = decode(untransferred(octets, encoding)[0], str(leaf.get_param("charset", "")))[0]
            yield leaf.get_content_subtype() == "html", text
