"""A mail taken out of its octets: header fields, bodies, attachments, and what is odd about it.

Rules of this file: pure; any octets give a `Message`; never raises. mail-parser parses the octets (large bodies
that are no text cut out); `structure` finds the extents. Where they disagree, that is a defect and both texts are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gateway.mail import Octets
from gateway.reading import second
from gateway.reading.attachments import attachment_of, is_file
from gateway.reading.charset import decode, untransferred
from gateway.reading.headers import Named, by_name, decoded, is_automatic, is_bulk, mailboxes, message_id
from gateway.reading.model import Attachment, Mailbox
from gateway.reading.parts import IDENTITY, MESSAGES, Part, Structure
from gateway.reading.smime import signed_content
from gateway.reading.structure import UNSCANNED, scan

MAX_TEXT = 4 << 20
"""No more characters of one body are read: 4 M. What lies beyond is a defect."""
_HTML = frozenset({"text/html", "application/xhtml+xml", "text/x-amp-html"})
_BODY = frozenset(
    {"text/plain", "text/html", "application/xhtml+xml", "text/enriched", "text/richtext", "text/markdown"}
)
_MAX_LEVEL = 5
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


@dataclass(frozen=True, slots=True)
class Body:
    """One text that a client may show."""

    part: str
    group: str
    html: bool
    text: str
    """Decoded, line ends as they came."""
    flowed: bool = False
    """format=flowed (RFC 3676)."""
    delsp: bool = False
    attached: bool = False
    """Of a message inside: somebody's earlier words."""
    outside: bool = False
    """Preamble or epilogue: not shown by good clients, shown by some."""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail, decoded but not yet understood."""

    structure: Structure = UNSCANNED
    fields: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    message_id: str = ""
    from_: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    bodies: tuple[Body, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    bulk: bool = False
    calendar: bool = False
    encrypted: str = ""
    signed: str = ""
    defects: tuple[str, ...] = ()


def read(octets: Octets, structure: Structure = UNSCANNED) -> Message:
    """Read a mail. Give the structure if it has been scanned already."""
    if structure is UNSCANNED:
        structure = scan(octets)
    reading = _Reading(octets, list(structure.defects))
    for part in structure.root.walk():
        reading.take(part)
    other = second.opinion(octets, structure)
    reading.bodies.sort(key=lambda body: body.outside)  # what stands outside the parts comes last
    reading.defects += other.defects
    reading.bodies += [Body("TEXT", "", html, text) for html, text in other.texts]
    text = [(name, decoded(value)) for name, value in structure.root.fields]
    fields = by_name(structure.root.fields)
    return Message(
        structure=structure,
        fields=tuple(text),
        subject=next((value for name, value in text if name.lower() == "subject"), ""),
        message_id=message_id(fields),
        from_=_boxes(fields, "from"),
        to=_boxes(fields, "to"),
        cc=_boxes(fields, "cc"),
        bcc=_boxes(fields, "bcc"),
        reply_to=_boxes(fields, "reply-to"),
        bodies=tuple(reading.bodies),
        attachments=tuple(reading.attachments),
        automatic=is_automatic(fields) or reading.calendar or structure.root.type == "multipart/report",
        bulk=is_bulk(fields),
        calendar=reading.calendar,
        encrypted=reading.encrypted,
        signed=reading.signed,
        defects=tuple(dict.fromkeys(reading.defects)),
    )


def _boxes(named: Named, name: str) -> tuple[Mailbox, ...]:
    """The mailboxes of every field of a name, each address once."""
    found: dict[str, Mailbox] = {}
    for value in named.get(name, ()):
        for box in mailboxes(value):
            found.setdefault(box.address, box)
    return tuple(found.values())


def _is_container(part: Part) -> bool:
    return part.type in MESSAGES or (part.type.startswith("multipart/") and bool(part.param("boundary")))


@dataclass(slots=True)
class _Reading:
    octets: Octets
    defects: list[str]
    bodies: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    level: int = 0
    """How many encoded containers stand around."""
    prefix: str = ""
    """Of the sections of what stands in them."""
    calendar: bool = False
    encrypted: str = ""
    signed: str = ""

    def take(self, part: Part) -> None:
        """Read one part: a body, an attachment, or a container with text outside its parts."""
        self._note(part)
        for start, end in part.loose:
            self._body(part, *decode(bytes(self.octets[start : min(end, start + MAX_TEXT)]), ""), outside=True)
        if part.type in MESSAGES:
            self._file(part)
        elif part.type in _SMIME:
            self._smime(part)
        if not part.parts and part.mime.encoding not in IDENTITY and _is_container(part):
            self._open(part)
        elif part.parts or part.type in MESSAGES:
            return
        elif self._is_body(part):
            self._leaf(part)
        elif is_file(part):
            self._file(part)

    def _file(self, part: Part) -> None:
        attachment, defect = attachment_of(self.octets, part)
        self.attachments.append(attachment)
        if defect:
            self.defects.append(defect)

    def _note(self, part: Part) -> None:
        """Facts of S/MIME (RFC 8551), OpenPGP (RFC 3156) and iTIP (RFC 6047), but not of a message inside."""
        if part.attached:
            return
        if part.type == "text/calendar":
            self.calendar = True
        elif part.type == "multipart/encrypted":
            self.encrypted = self.encrypted or ("pgp" if "pgp" in part.param("protocol").lower() else "smime")
        elif part.type == "multipart/signed":
            self.signed = self.signed or ("pgp" if "pgp" in part.param("protocol").lower() else "smime")

    def _smime(self, part: Part) -> None:
        """Signed data are shown by every client, and so are read; the rest is encrypted (RFC 8551 §3.2)."""
        content = signed_content(self._decoded(part))
        if content:
            self._within(part, content)
        if part.attached:
            return
        if content or part.param("smime-type").lower() in ("signed-data", "certs-only"):
            self.signed = self.signed or "smime"
        else:
            self.encrypted = self.encrypted or "smime"

    def _is_body(self, part: Part) -> bool:
        if part.type.startswith("multipart/"):
            return True  # a container that could not be opened is shown as text
        if part.type not in _BODY or part.mime.disposition == "attachment":
            return False
        # A text with a name is shown and offered as a file; it is the body where there is no other yet.
        return not part.mime.name or not any(not body.outside for body in self.bodies)

    def _leaf(self, part: Part) -> None:
        raw = bytes(self.octets[part.body : min(part.end, part.body + 2 * MAX_TEXT)])
        octets, defect = untransferred(raw, part.mime.encoding)
        if defect:
            self.defects.append(defect)
        if defect == "broken-base64" and b" " in raw.strip():
            # Text that only claims to be base64: some clients show it as it is.
            self._body(part, *decode(raw, part.param("charset")))
        self._body(part, *decode(octets, part.param("charset")))

    def _open(self, part: Part) -> None:
        """Read what stands inside a container that is encoded as a whole (RFC 2045 §6.4 forbids it)."""
        octets = self._decoded(part)
        if part.type not in MESSAGES:
            kind = next(value for name, value in part.fields if name.lower() == "content-type")
            octets = b"Content-Type:" + kind + b"\n\n" + octets
        self._within(part, octets)

    def _decoded(self, part: Part) -> bytes:
        return untransferred(bytes(self.octets[part.body : part.end]), part.mime.encoding)[0]

    def _within(self, part: Part, octets: bytes) -> None:
        """Read what stands inside a part, by sections that hang below its own."""
        if self.level >= _MAX_LEVEL:
            self.defects.append("nested-too-deep")
            return
        structure = scan(octets)
        self.defects += structure.defects
        inner = _Reading(octets, self.defects, self.bodies, self.attachments, self.level + 1, f"{part.section}.")
        for one in structure.root.walk():
            inner.take(replace(one, attached=one.attached or part.attached or part.type in MESSAGES))

    def _body(self, part: Part, text: str, defect: str, *, outside: bool = False) -> None:
        if defect:
            self.defects.append(defect)
        if len(text) > MAX_TEXT:
            self.defects.append("long-text")
            text = text[:MAX_TEXT]
        self.bodies.append(
            Body(
                part=self.prefix + (part.section or "TEXT"),
                group=self.prefix + (part.group or part.section),
                html=part.type in _HTML and not outside,
                text=text,
                flowed=part.param("format").lower() == "flowed",
                delsp=part.param("delsp").lower() == "yes",
                attached=part.attached,
                outside=outside,
            )
        )
        if text.startswith("-----BEGIN PGP MESSAGE-----") and not outside:
            self.encrypted = self.encrypted or "pgp"
        elif text.startswith("-----BEGIN PGP SIGNED MESSAGE-----"):
            self.signed = self.signed or "pgp"
