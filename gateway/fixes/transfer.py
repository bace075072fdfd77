"""New text into old octets: the same charset, the same transfer encoding, and every encoded line that may stay, stays.

Rules of this file: pure; octets and edits in, octets out; raises CannotMend and nothing else. A text is only written
where it can be read and written back octet for octet: whoever cannot do that must not touch the part.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from gateway.fixes.model import CannotMend, Reason
from gateway.reading.charset import codec_of, untransferred
from gateway.reading.parts import IDENTITY

MAX_LINE = 998
"""Octets of a line without its end (RFC 5322 §2.1.1)."""
_QP_LINE = 76
"""RFC 2045 §6.7 (5), the `=` of a soft break included."""
_QP_PHYSICAL = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_UNSAFE = re.compile(rb"[^\t !-<>-~]")
_STATEFUL = frozenset({"utf-7", "hz", "iso2022-jp-2", "iso2022-kr"})
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_SOFT_END = re.compile(rb"=[ \t]*\r?\n?\Z")
_STRICT = {"cp1252": "latin-1", "cp1254": "iso8859-9"}
"""What a label means in the strict sense, where clients read more into it (WHATWG Encoding §4.2)."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"))
_WIDE_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Edit(NamedTuple):
    """Characters `start` to `end` of a text become `words`."""

    start: int
    end: int
    words: str


class ByteEdit(NamedTuple):
    """The same for octets."""

    start: int
    end: int
    octets: bytes


class Coding(NamedTuple):
    """How a text became octets."""

    codec: str
    bom: bytes = b""
    is_ascii: bool = False
    """Declared US-ASCII, or nothing: other characters need a charset that says so."""
    strict: str = ""
    """The codec that new words must fit as well."""

    def encode(self, text: str) -> bytes:
        return self.bom + text.encode(self.codec)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with its edits made; they are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.start], edit.words)
        at = edit.end
    return "".join((*pieces, text[at:]))


def coding_of(octets: bytes, text: str, charset: str) -> Coding:
    """The coding by which `octets` are `text`, so that writing the text gives the octets. Raises CannotMend."""
    declared = codec_of(charset) if charset else "utf-8"
    unnamed = declared in ("", "utf-8") and "utf" not in charset.lower() and "unicode" not in charset.lower()
    for bom, codec in _BOMS + _WIDE_BOMS:
        if octets.startswith(bom) and _fits(octets[len(bom) :], text, codec):
            return Coding(codec, bom)
    for codec in dict.fromkeys((declared, "utf-8", "cp1252", "latin-1")):
        if codec in ("utf-16", "utf-32"):
            # Without a mark it is big-endian by RFC 2781 §4.3, and this machine's order to the decoder.
            for ordered in (f"{codec}-le", f"{codec}-be"):
                if _fits(octets, text, ordered):
                    return Coding(ordered)
        elif codec and _fits(octets, text, codec):
            strict = _STRICT.get(codec, "") if charset.lower().startswith("iso") or codec != declared else ""
            return Coding(codec, is_ascii=unnamed and octets.isascii(), strict=strict)
    raise CannotMend(Reason.CHARSET)


def _fits(octets: bytes, text: str, codec: str) -> bool:
    try:
        return octets.decode(codec) == text and text.encode(codec) == octets
    except (UnicodeError, LookupError):
        return False


def holds(coding: Coding, words: str) -> bool:
    """Tell whether new words can be written without changing what the part says of its charset."""
    if coding.is_ascii:
        return words.isascii()
    try:
        words.encode(coding.codec)
        words.encode(coding.strict or coding.codec)
    except UnicodeError:
        return False
    return True


def encode_body(body: bytes, encoding: str, old: bytes, edits: Sequence[ByteEdit], end: bytes) -> tuple[bytes, str]:
    """Make edits in the decoded octets `old`, of which `body` is the encoded form, with `end` at the end of a line.

    Returns the new body and its transfer encoding, which only changes where 7bit or 8bit cannot hold the new octets.
    """
    new = _spliced(old, edits)
    match encoding:
        case "base64":
            return _base64(body, new, end), encoding
        case "quoted-printable":
            return _quoted(body, old, edits, end), encoding
        case _ if encoding in IDENTITY:
            fits = _may_stand(old, new, encoding)
            return (new, encoding) if fits else (quoted_printable(new, end), "quoted-printable")
        case _:
            raise CannotMend(Reason.TRANSFER)


def byte_edits(text: str, edits: Sequence[Edit], coding: Coding) -> list[ByteEdit]:
    """The edits of a text as edits of its octets. In a charset with states they are one edit, from first to last."""
    if coding.codec in _STATEFUL:
        old, new = coding.encode(text), coding.encode(edited(text, edits))
        start = _common(old, new)
        tail = _common(old[start:][::-1], new[start:][::-1])
        return [ByteEdit(start, len(old) - tail, new[start : len(new) - tail])]
    out, at, position = [], 0, len(coding.bom)
    for edit in edits:
        position += len(text[at : edit.start].encode(coding.codec))
        size = len(text[edit.start : edit.end].encode(coding.codec))
        out.append(ByteEdit(position, position + size, edit.words.encode(coding.codec)))
        at, position = edit.end, position + size
    return out


def _common(one: bytes, other: bytes) -> int:
    """How many octets two runs begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _spliced(old: bytes, edits: Sequence[ByteEdit]) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for edit in edits:
        pieces += (old[at : edit.start], edit.octets)
        at = edit.end
    return b"".join((*pieces, old[at:]))


def untransfer(body: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding that we could write again. Raises CannotMend."""
    octets, defect = untransferred(body, encoding)
    if defect == "broken-base64" and not _NOT_BASE64.search(body.strip()):
        defect = ""  # its padding is missing, and every client reads it alike
    if defect or encoding not in IDENTITY | {"base64", "quoted-printable"}:
        raise CannotMend(Reason.TRANSFER)
    return octets


def _may_stand(old: bytes, new: bytes, encoding: str) -> bool:
    """Whether the new octets are as good for this encoding as the old ones were (RFC 2045 §2.7, §2.8)."""
    if encoding == "binary":
        return True
    allowed = max(MAX_LINE, _longest(old))
    return (new.isascii() or not old.isascii() or encoding == "8bit") and _longest(new) <= allowed


def _longest(octets: bytes) -> int:
    return max(len(line.rstrip(b"\r")) for line in octets.split(b"\n"))


def _base64(body: bytes, new: bytes, end: bytes) -> bytes:
    """Lines as long as they were, and the same end."""
    inner = body.strip()
    first = inner.partition(b"\n")[0].strip()
    width = len(first) if first and len(first) % 4 == 0 and b"\n" in inner else 76
    encoded = base64.b64encode(new)
    lines = end.join(encoded[at : at + width] for at in range(0, len(encoded), width))
    return body[: len(body) - len(body.lstrip())] + lines + body[len(body.rstrip()) :]


def _quoted(body: bytes, old: bytes, edits: Sequence[ByteEdit], end: bytes) -> bytes:
    """Encode the lines anew that an edit touches; the others stay as they are."""
    lines = _QP_PHYSICAL.findall(body)
    decoded = [untransferred(line, "quoted-printable")[0] for line in lines]
    if b"".join(decoded) != old:
        return quoted_printable(_spliced(old, edits), end)
    starts = list(accumulate(map(len, decoded), initial=0))
    out: list[bytes] = []
    at = 0
    for first, stop, mine in _touched(lines, starts, edits):
        begin = starts[first]
        words = _spliced(old[begin : starts[stop]], [ByteEdit(e.start - begin, e.end - begin, e.octets) for e in mine])
        out += lines[at:first]
        out.append(_requoted(words, soft=stop > first and _is_soft(lines[stop - 1]), end=end))
        at = stop
    return b"".join((*out, *lines[at:]))


def _is_soft(line: bytes) -> bool:
    return _SOFT_END.search(line) is not None


def _touched(
    lines: Sequence[bytes], starts: Sequence[int], edits: Sequence[ByteEdit]
) -> list[tuple[int, int, list[ByteEdit]]]:
    """Runs of lines, from and to, each with the edits in it. Whole lines put between two lines touch neither."""
    runs: list[tuple[int, int, list[ByteEdit]]] = []
    for edit in edits:
        first = min(bisect_right(starts, edit.start) - 1, max(0, len(lines) - 1))
        between = edit.start == edit.end == starts[first] and edit.octets.endswith(b"\n")
        if between and not (first and _is_soft(lines[first - 1])):
            stop = first
        else:
            stop = min(len(lines), max(first + 1, bisect_left(starts, edit.end)))
        if runs and first < runs[-1][1]:
            first, _, mine = runs.pop()
            runs.append((first, stop, [*mine, edit]))
        else:
            runs.append((first, stop, [edit]))
    return runs


def _requoted(octets: bytes, *, soft: bool, end: bytes) -> bytes:
    """Encode what stands in place of some lines; where the last of them went on, so does this."""
    encoded = quoted_printable(octets, end)
    return encoded + b"=" + end if soft and encoded and not encoded.endswith(b"\n") else encoded


def quoted_printable(octets: bytes, end: bytes) -> bytes:
    """RFC 2045 §6.7. Line ends of text stay line ends; in wide charsets they are octets like others."""
    if b"\0" in octets:
        return _soft_lines(b"".join(b"=%02X" % octet for octet in octets), end)
    lines = octets.split(b"\n")
    out = []
    for at, line in enumerate(lines):
        is_last = at + 1 == len(lines)
        bare = line if is_last else line.removesuffix(b"\r")
        out.append(_soft_lines(_quoted_line(bare), end) + (b"" if is_last else end))
    return b"".join(out)


def _quoted_line(line: bytes) -> bytes:
    body = _UNSAFE.sub(lambda match: b"=%02X" % ord(match[0]), line)
    if body.endswith((b" ", b"\t")):  # (3): white space at the end of a line may be lost
        body = body[:-1] + b"=%02X" % body[-1]
    return body


def _soft_lines(line: bytes, end: bytes) -> bytes:
    out = []
    while len(line) > _QP_LINE:
        cut = _QP_LINE - 1
        sign = line.rfind(b"=", cut - 2, cut)
        cut = sign if sign >= 0 else cut
        out.append(line[:cut] + b"=" + end)
        line = line[cut:]
    return b"".join((*out, line))
