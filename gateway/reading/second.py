"""A second opinion on the octets: mail-parser's, so that nothing hides where two parsers disagree.

Rules of this file: pure; never raises whatever mail-parser does. It is given the octets with what nobody reads cut out:
fields that no check looks at (its reading of Received and Date is dear) and large bodies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message as Parsed
from typing import Any

import mailparser.core
import mailparser.utils

from gateway.mail import Octets
from gateway.reading.charset import decode, shown, untransferred
from gateway.reading.headers import parameters
from gateway.reading.model import Mailbox
from gateway.reading.parts import MESSAGES, Part, Structure

Mailboxes = Mapping[str, tuple[Mailbox, ...]]

for _module in (mailparser.core, mailparser.utils):
    _module.log.disabled = True  # it logs header fields and names of files, which may hold what must not be spread

_ADDRESS_FIELDS = ("from", "to", "cc", "bcc", "reply-to")
_READ = frozenset({*_ADDRESS_FIELDS, "subject", "mime-version"})
MAX_BINARY = 1 << 10
MAX_TEXT = 256 << 10
MAX_PARTS = 1000
"""Beyond so many parts its way of walking them costs more than a second opinion is worth."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What mail-parser makes of the mail, as far as we ask it."""

    mailboxes: Mailboxes = field(default_factory=dict)
    texts: tuple[tuple[str, bool, str], ...] = ()
    """Section, whether HTML, and text, of every body that our own reading does not have."""
    defects: tuple[str, ...] = ()


class _MailParser(mailparser.core.MailParser):  # type: ignore[misc]  # mail-parser has no types
    """MailParser without the dictionary of everything that it makes eagerly and twice: we read the parts, not that."""

    def _make_mail(self, complete: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002, ARG002  # its signature
        return {}


def opinion(octets: Octets, structure: Structure) -> Opinion:
    """Let mail-parser parse, and compare the leaves."""
    if structure.count > MAX_PARTS:
        return Opinion(defects=("too-many-parts",))
    skeleton, expected = _skeleton(octets, structure)
    try:
        parser = _MailParser.from_bytes(skeleton)
        leaves = list(_leaves(parser.message))
        boxes = {name: _boxes(getattr(parser, name.replace("-", "_"))) for name in _ADDRESS_FIELDS}
        if [_sketch(leaf) for leaf in leaves] == expected:
            return Opinion(boxes)
        return Opinion(boxes, tuple(_texts(leaves, set(expected))), ("parsers-disagree",))
    except Exception:  # noqa: BLE001  # it raises all sorts of things on odd mail; ours has read that all the same
        return Opinion(defects=("parser-failed",))


def _boxes(found: Sequence[tuple[str, str]]) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(shown(name).strip(), address) for name, address in found)


def _sketch(leaf: Parsed) -> tuple[str, int]:
    """What a leaf is compared by: its type and how many octets its body has."""
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


def _skeleton(octets: Octets, structure: Structure) -> tuple[bytes, list[tuple[str, int]]]:
    """The octets that mail-parser gets, and the leaves that it should find in them."""
    root = structure.root
    pieces: list[bytes] = []
    if "odd-header-line" in structure.defects:
        pieces.append(bytes(octets[root.head : root.body]))
    else:
        for name, value in root.fields:
            key = name.lower()
            if key in _READ or key.startswith("content-"):
                pieces.append(name.encode("latin-1") + b":" + value + b"\n")
        pieces.append(b"\r\n")
    expected, at = [], root.body
    for leaf in _own_leaves(root):
        size = leaf.end - leaf.body
        if size > (MAX_TEXT if leaf.type.startswith("text/") else MAX_BINARY):
            pieces.append(bytes(octets[at : leaf.body]))
            at, size = leaf.end, 0
        expected.append((leaf.type, 0 if leaf.type.startswith("message/") else size))
    pieces.append(bytes(octets[at : root.end]))
    return b"".join(pieces), expected


def _own_leaves(part: Part) -> Iterator[Part]:
    if part.parts:
        for inner in part.parts:
            yield from _own_leaves(inner)
    else:
        yield part


def _texts(leaves: Sequence[Parsed], known: set[tuple[str, int]]) -> Iterator[tuple[str, bool, str]]:
    """The texts that stand elsewhere, or reach further, than ours."""
    for leaf in leaves:
        if _sketch(leaf) in known or leaf.get_content_maintype() != "text":
            continue
        payload = leaf._payload  # type: ignore[attr-defined]  # noqa: SLF001  # see _sketch
        if isinstance(payload, str):
            octets = payload.encode("ascii", "surrogateescape")
            encoding = parameters(str(leaf.get("content-transfer-encoding", "")).encode("utf-8", "replace"))[0]
            text = decode(untransferred(octets, encoding)[0], str(leaf.get_param("charset", "")))[0]
            yield "TEXT", leaf.get_content_subtype() == "html", text
