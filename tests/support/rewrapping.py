"""The same reply in another MIME shape: form, charset, transfer encoding, containers, and a thread below.

Rules of this file: the standard library reads and our own octets are written, so that a mistake of the gateway's
reading is not repeated here. Whoever opens the new mail in a client sees the words of the old one.
"""

from __future__ import annotations

import base64
import email
import email.message
import email.policy
import html
import quopri
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.header import decode_header, make_header
from email.utils import getaddresses

from labelled import Labelled
from threads import STYLES, Asked

_MIME = re.compile(rb"(?im)^(?:content-[a-z-]+|mime-version)[ \t]*:.*(?:\r\n[ \t].*)*\r\n")
_PLAIN = "text/plain"


@dataclass(frozen=True, slots=True)
class Letter:
    """A reply taken out of its MIME."""

    name: str
    head: bytes
    """Header fields but those of MIME."""
    lines: tuple[str, ...]
    attachments: tuple[bytes, ...] = field(repr=False)
    """Whole parts, header and body."""
    asked: Asked


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How a reply is put into MIME."""

    form: str = "plain"
    charset: str = "utf-8"
    encoding: str = "8bit"
    container: str = "bare"
    thread: str = ""

    def __str__(self) -> str:
        usual = Wrapping()
        values = [(name, getattr(self, name)) for name in ("form", "charset", "encoding", "container", "thread")]
        return ", ".join(value for name, value in values if value != getattr(usual, name)) or "plain"


def letter_of(mail: Labelled) -> Letter | None:
    """Unwrap a mail that is one plain text, with or without attachments; None for any other and for odd ones."""
    head, _, _ = mail.octets.partition(b"\r\n\r\n")
    message = email.message_from_bytes(mail.octets, policy=email.policy.compat32)
    parts = message.get_payload() if message.get_content_type() == "multipart/mixed" else [message]
    assert isinstance(parts, list)
    body, *attachments = (part for part in parts if isinstance(part, email.message.Message))
    text = None if _is_odd(body) else _text(body)
    if text is None or any(part.is_multipart() or not part.get_filename() for part in attachments):
        return None
    return Letter(
        name=mail.name,
        head=_MIME.sub(b"", head + b"\r\n"),
        lines=tuple(text.rstrip("\n").split("\n")),
        attachments=tuple(part.as_bytes(policy=_CRLF) for part in attachments),
        asked=_asked(message, mail.language),
    )


_CRLF = email.policy.compat32.clone(linesep="\r\n", max_line_length=0)


def _is_odd(body: email.message.Message) -> bool:
    return body.get_content_type() != _PLAIN or body.get_param("format") is not None or bool(body.defects)


def _text(body: email.message.Message) -> str | None:
    octets = body.get_payload(decode=True)
    assert isinstance(octets, bytes)
    try:
        text = octets.decode(body.get_content_charset("us-ascii"))
    except (LookupError, UnicodeDecodeError):
        return None
    return (
        None if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text.replace("\r\n", "\n")) else text.replace("\r\n", "\n")
    )


def _asked(message: email.message.Message, language: str) -> Asked:
    name, address = _person(message, "To")
    agent, own = _person(message, "From")
    return Asked(language, name or address.partition("@")[0], address, f"{agent} <{own}>", _field(message, "Subject"))


def _person(message: email.message.Message, field: str) -> tuple[str, str]:
    return next(iter(getaddresses([_field(message, field)])), ("", ""))


def _field(message: email.message.Message, field: str) -> str:
    return str(make_header(decode_header(message.get(field, ""))))


def wrapped(letter: Letter, wrapping: Wrapping) -> bytes:
    """The reply in another shape. Raises UnicodeEncodeError where the charset has not all its letters."""
    style = STYLES[wrapping.thread] if wrapping.thread else None
    lines = letter.lines + (style.text(letter.asked) if style else ())
    below = style.html(letter.asked) if style else ""
    entity = FORMS[wrapping.form](_Writer(letter.lines, lines, below, wrapping))
    return letter.head + b"MIME-Version: 1.0\r\n" + CONTAINERS[wrapping.container](entity, letter.attachments)


@dataclass(frozen=True, slots=True)
class _Writer:
    fresh: tuple[str, ...]
    lines: tuple[str, ...]
    """With the thread, where there is one."""
    below: str
    """The thread as HTML."""
    wrapping: Wrapping

    def plain(self, lines: tuple[str, ...] = (), more: str = "") -> bytes:
        return self._entity(_PLAIN, "\n".join(lines or self.lines) + "\n", more)

    def html(self, shown: str, frame: str = "<html><body>{}</body></html>") -> bytes:
        return self._entity("text/html", frame.format(shown + self.below) + "\n")

    def _entity(self, kind: str, text: str, more: str = "") -> bytes:
        charset, encoding = self.wrapping.charset, self.wrapping.encoding
        if charset == "utf-16":  # its octets are no lines of text (RFC 2046 §4.1.2)
            encoding = "base64"
        octets = text.replace("\n", "\r\n").encode(charset)
        return (
            f"Content-Type: {kind}; charset={charset}{more}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
            + _ENCODINGS[encoding](octets)
        )


def _quoted(octets: bytes) -> bytes:
    lines = (quopri.encodestring(line).replace(b"=\n", b"=\r\n") for line in octets.split(b"\r\n"))
    return b"\r\n".join(lines)


_ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "8bit": bytes,
    "quoted-printable": _quoted,
    "base64": lambda octets: base64.encodebytes(octets).replace(b"\n", b"\r\n"),
}


def _shown(line: str) -> str:
    """A line of text as a program turns it into HTML: its columns stay."""
    line = html.escape(line.replace("\t", "    "), quote=False)
    return re.sub(r"^ |(?<= ) ", "&nbsp;", line)


def _gmail(writer: _Writer) -> str:
    return '<div dir="ltr">' + "\n".join(f"<div>{_shown(line) or '<br>'}</div>" for line in writer.fresh) + "</div>"


def _paragraphs(writer: _Writer) -> str:
    blocks = "\n".join(writer.fresh).split("\n\n")
    return "\n".join(f"<p>{'<br>'.join(map(_shown, block.split(chr(10))))}</p>" for block in blocks)


def _outlook(writer: _Writer) -> str:
    lines = (f'<p class="MsoNormal">{_shown(line) or "&nbsp;"}<o:p></o:p></p>\r\n' for line in writer.fresh)
    return f'<div class="WordSection1">{"".join(lines)}</div>'


_OUTLOOK_FRAME = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name="Generator" content="Microsoft Word 15">'
    "<style><!-- p.MsoNormal {{margin:0cm; font-size:11.0pt;}} --></style></head>"
    '<body lang="EN-US" link="#0563C1">{}</body></html>'
)


def _cell(writer: _Writer) -> str:
    """A newsletter's frame: tables around the text, a hidden line above."""
    return (
        '<div style="display:none;max-height:0">&nbsp;&zwnj;&nbsp;&zwnj;</div>'
        '<table width="100%" role="presentation"><tr><td align="center"><table width="600" role="presentation"><tr><td>'
        + "<br>\n".join(map(_shown, writer.fresh))
        + "</td></tr></table></td></tr></table>"
    )


def _spans(writer: _Writer) -> str:
    """Words cut over spans and letters as entities, as an editor leaves them that was pasted into."""

    def cut(found: re.Match[str]) -> str:
        word = found[0]
        return word if word[0] == "&" else f"<span>{_entities(word[:2])}</span><span>{_entities(word[2:])}</span>"

    return "<br>\n".join(re.sub(r"&\w+;|\w{3,}", cut, _shown(line)) for line in writer.fresh)


def _entities(text: str) -> str:
    return "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in text)


def _flowed(lines: tuple[str, ...], *, delsp: bool) -> tuple[str, ...]:
    """RFC 3676 §4.2: long lines end in a space and go on, lines that begin oddly are stuffed, quotes are not folded."""
    made: list[str] = []
    for line in lines:
        text = line if line == "-- " else line.rstrip(" ")
        if text.startswith(">"):
            made.append(text)
            continue
        while len(text) > 72 and (at := text.rfind(" ", 1, 72)) > 0 and text[at + 1 : at + 2] not in (" ", ""):
            made.append(_stuffed(text[: at + 1]) + (" " if delsp else ""))
            text = text[at + 1 :]
        made.append(_stuffed(text))
    return tuple(made)


def _stuffed(line: str) -> str:
    return f" {line}" if line.startswith((" ", ">", "From ")) else line


def _both(shown: Callable[[_Writer], str]) -> Callable[[_Writer], bytes]:
    return lambda writer: _multipart("alternative", writer.plain(), writer.html(shown(writer)))


FORMS: Mapping[str, Callable[[_Writer], bytes]] = {
    "plain": lambda writer: writer.plain(),
    "flowed": lambda writer: writer.plain(_flowed(writer.lines, delsp=False), "; format=flowed"),
    "flowed and delsp": lambda writer: writer.plain(_flowed(writer.lines, delsp=True), "; format=flowed; delsp=yes"),
    "html of divs": lambda writer: writer.html(_gmail(writer)),
    "html of breaks": lambda writer: writer.html("<br>\n".join(map(_shown, writer.fresh))),
    "html of paragraphs": lambda writer: writer.html(_paragraphs(writer)),
    "html of Outlook": lambda writer: writer.html(_outlook(writer), _OUTLOOK_FRAME),
    "html in a table": lambda writer: writer.html(_cell(writer)),
    "html of spans": lambda writer: writer.html(_spans(writer)),
    "html in pre": lambda writer: writer.html(f"<pre>{html.escape(chr(10).join(writer.fresh))}</pre>"),
    "both": _both(_gmail),
    "both of Outlook": _both(_outlook),
}


def _multipart(kind: str, *parts: bytes) -> bytes:
    """A container whose boundary is not in what it holds."""
    boundary = f"=_{kind}_{sum(map(len, parts))}".encode()
    inner = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="'.encode() + boundary + b'"\r\n\r\n'
    return head + inner + b"--" + boundary + b"--\r\n"


def _mixed(entity: bytes, attachments: tuple[bytes, ...]) -> bytes:
    return _multipart("mixed", entity, *attachments)


def _bare(entity: bytes, attachments: tuple[bytes, ...]) -> bytes:
    return _mixed(entity, attachments) if attachments else entity


_SIGNATURE = (
    b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=smime.p7s\r\n\r\n"
    b"MIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCABgkq\r\n"
)
_EMPTY = b"Content-Type: text/plain; charset=us-ascii\r\n\r\n\r\n"

CONTAINERS: Mapping[str, Callable[[bytes, tuple[bytes, ...]], bytes]] = {
    "bare": _bare,
    "mixed": _mixed,
    "nested": lambda entity, attachments: _mixed(_mixed(_multipart("alternative", entity), ()), attachments),
    "related": lambda entity, attachments: _bare(_multipart("related", entity), attachments),
    "signed": lambda entity, attachments: _multipart("signed", _bare(entity, attachments), _SIGNATURE),
    "an empty text after it": lambda entity, attachments: _multipart("mixed", entity, *attachments, _EMPTY),
    "a preamble before it": lambda entity, attachments: _mixed(entity, attachments).replace(
        b"\r\n\r\n", b"\r\n\r\nThis is a multi-part message in MIME format.\r\n", 1
    ),
}

CHARSETS = ("utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16")


def one_at_a_time() -> Iterator[Wrapping]:
    """The usual shape with one thing changed, and every thread in every form."""
    usual = Wrapping()
    yield usual
    for name, values in (("form", FORMS), ("charset", CHARSETS), ("encoding", _ENCODINGS), ("container", CONTAINERS)):
        yield from (replace(usual, **{name: value}) for value in values if value != getattr(usual, name))
    yield from (Wrapping(form, thread=thread) for thread in STYLES for form in FORMS)


ENCODINGS = tuple(_ENCODINGS)
