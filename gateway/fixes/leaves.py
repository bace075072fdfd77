"""The texts of a mail that may be changed, and changing them.

Rules of this file: pure; octets in, octets out. A leaf knows its text, its coding and its place; what it is not sure
to write back octet for octet it refuses by name. Nothing outside the leaf and its own header section changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from gateway.fixes import fields
from gateway.fixes.model import CannotMend, Reason
from gateway.fixes.transfer import (
    ByteEdit,
    Coding,
    Edit,
    byte_edits,
    coding_of,
    edited,
    encode_body,
    holds,
    untransfer,
)
from gateway.mail import Octets
from gateway.reading.attachments import reads_text
from gateway.reading.charset import decode
from gateway.reading.containers import head_of
from gateway.reading.message import Message
from gateway.reading.model import AgentReply
from gateway.reading.parts import Part

MAX_SIZE = 2 << 20
"""Octets of an encoded part. A reply that is longer was not written by a person."""
_AMBIGUOUS = frozenset(
    {"odd-header-line", "two-mime-fields", "two-boundaries", "parsers-disagree", "too-many-parts", "nested-too-deep"}
)
"""Defects after which somebody may see another mail than the one that was mended."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part whose text may be changed."""

    part: Part
    section: str
    html: bool
    text: str = field(repr=False)
    """Decoded, line ends as they stand, without a byte order mark."""
    raw: bytes = field(repr=False)
    """The octets before transfer encoding."""
    coding: Coding
    attachment: bool = False
    boundaries: tuple[bytes, ...] = ()
    """Delimiters of the containers around."""
    end: str = "\r\n"
    """The line end of the part's header section."""

    @property
    def flowed(self) -> bool:
        return self.part.param("format").lower() == "flowed" and not self.html and not self.attachment

    @property
    def delsp(self) -> bool:
        return self.flowed and self.part.param("delsp").lower() == "yes"

    def spelled(self, words: str) -> str:
        """Words as this text holds them: in HTML escaped, and by references where the charset lacks letters."""
        if not self.html:
            return words
        safe = escape(words)
        return safe if holds(self.coding, safe) else safe.encode("ascii", "xmlcharrefreplace").decode("ascii")

    @property
    def line_end(self) -> str:
        """The line end that the text uses; where it has none yet, that of its header section."""
        if "\n" not in self.text:
            return self.end
        return "\r\n" if "\r\n" in self.text else "\n"


def refusal(reply: AgentReply) -> Reason | None:
    """Why nothing in a mail may be changed."""
    if reply.encrypted:
        return Reason.ENCRYPTED
    if reply.signed:
        return Reason.SIGNED
    return Reason.AMBIGUOUS if _AMBIGUOUS.intersection(reply.defects) else None


def leaves(octets: Octets, message: Message) -> tuple[list[Leaf], dict[str, Reason]]:
    """Every text of a mail, in order, and by section why the others cannot be changed."""
    bodies = frozenset(body.part for body in message.bodies if not body.attached and not body.outside)
    found: list[Leaf] = []
    refused: dict[str, Reason] = {}
    for part, boundaries in _walk(message.structure.root, ()):
        section = part.section or "1"
        if part.attached:
            refused[section] = Reason.FORWARDED
        elif not part.parts:
            try:
                found.append(_leaf(octets, part, boundaries, is_body=section in bodies))
            except CannotMend as refusal:
                refused[section] = refusal.reason
    return found, refused


def _walk(part: Part, boundaries: tuple[bytes, ...]) -> Iterable[tuple[Part, tuple[bytes, ...]]]:
    yield part, boundaries
    own = part.param("boundary").encode("utf-8", "surrogateescape")
    inner = (*boundaries, b"--" + own) if own else boundaries
    for one in part.parts:
        yield from _walk(one, inner)


def _leaf(octets: Octets, part: Part, boundaries: tuple[bytes, ...], *, is_body: bool) -> Leaf:
    html = part.type in ("text/html", "application/xhtml+xml", "text/x-amp-html")
    if not is_body:
        kind = reads_text(head_of(octets, part), part)
        if not kind:
            raise CannotMend(Reason.FILE)
        html = kind == "html"
    elif part.type.startswith(("multipart/", "message/")):
        raise CannotMend(Reason.AMBIGUOUS)
    if part.end - part.body > MAX_SIZE:
        raise CannotMend(Reason.SIZE)
    body = bytes(octets[part.body : part.end])
    raw = untransfer(body, part.mime.encoding)
    text = decode(raw, part.param("charset"))[0]
    coding = coding_of(raw, text, part.param("charset"))
    end = fields.line_end(octets, part).decode()
    return Leaf(part, part.section or "1", html, text, raw, coding, not is_body, boundaries, end)


def write(octets: Octets, leaf: Leaf, edits: Sequence[Edit]) -> tuple[bytes, tuple[str, ...]]:
    """The mail with a leaf edited, and the names of the header fields that this removed. Raises CannotMend.

    `edits` are in order and do not overlap.
    """
    part, coding, charset = leaf.part, leaf.coding, ""
    encoding = part.mime.encoding
    if not fields.has_empty_line(octets, part):
        raise CannotMend(Reason.AMBIGUOUS)
    body = bytes(octets[part.body : part.end])
    if all(holds(coding, edit.words) for edit in edits):
        changes = byte_edits(leaf.text, edits, coding)
    else:
        charset = "utf-8"
        new = edited(leaf.text, edits).encode("utf-8", "surrogatepass")
        same = leaf.raw == leaf.text.encode("utf-8", "surrogatepass")
        changes = byte_edits(leaf.text, edits, Coding("utf-8")) if same else [ByteEdit(0, len(leaf.raw), new)]
    new_body, new_encoding = encode_body(body, encoding, leaf.raw, changes, leaf.end.encode())
    if _ends_the_part(new_body, leaf.boundaries, body):
        raise CannotMend(Reason.BOUNDARY)
    changed = new_encoding if new_encoding != encoding else ""
    size = len(untransfer(new_body, new_encoding))
    headed, removed = fields.recoded(octets, part, changed, charset, size)
    return splice(octets, [*headed, ByteEdit(part.body, part.end, new_body)]), tuple(removed)


def _ends_the_part(body: bytes, boundaries: Iterable[bytes], old: bytes) -> bool:
    lines = [line for line in body.split(b"\n") if line.startswith(b"--")] if b"--" in body else []
    before = frozenset(old.split(b"\n")) if lines else frozenset()
    return any(line.startswith(tuple(boundaries)) and line not in before for line in lines)


def splice(octets: Octets, edits: Iterable[ByteEdit]) -> bytes:
    """Octets with edits made in them, in whatever order they are given."""
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (bytes(octets[at : edit.start]), edit.octets)
        at = edit.end
    return b"".join((*pieces, bytes(octets[at:])))
