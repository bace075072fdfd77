"""A letter of our own: what stands in it, and how that becomes text, HTML and the octets of a mail.

Rules of this file: pure; only what we write ourselves passes here, never a mail in passing. Every text is taken as
hostile: controls, bidirectional marks and lone surrogates are taken out of all of it, HTML is escaped, and header
fields are encoded by the standard library (RFC 2047). The HTML is inline-styled tables and paragraphs, because Outlook
and Gmail know little else, with a style sheet for dark mode where a client reads one.
"""

from __future__ import annotations

import hashlib
import html
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

WIDTH = 72
_UNBROKEN = 30
"""Characters of a word of a command that fit on a telephone."""
SUBJECT = 200
"""Characters of a subject at most."""
_SPACE = re.compile(r"\s+")
_ACTS = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls; white space among them has become a space before
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"  # marks that turn text round, and line ends of their own kind
    "\ud800-\udfff]"  # lone surrogates, which no charset can carry
)
_SANS = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_MONO = "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace"
_INK = "color:#22201c"
_SOFT = "font-size:14px;color:#6a655c"
_BREAK = "word-break:break-word;overflow-wrap:anywhere"
_BOX = f"padding:9px 12px;background:#f4f2ee;{_INK};border-left:3px solid #c98a1b;{_MONO};{_BREAK}"
_GOOD = f"padding:9px 12px;background:#eef4ee;{_INK};border-left:3px solid #3d8b55;{_MONO};{_BREAK}"
_DARK = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #17191b !important; }
  .card { background: #222528 !important; border-color: #c98a1b #3a3f44 #3a3f44 !important; }
  .text { color: #ebe8e4 !important; }
  .soft { color: #b3aea7 !important; }
  .box { background: #2d3135 !important; color: #ebe8e4 !important; }
  .good { background: #24332a !important; }
  .rule { border-color: #3a3f44 !important; }
}
@media (max-width: 480px) { .page { padding: 0 !important; } .pad { padding: 20px 18px !important; }
  .label, .fact { display: block !important; padding: 0 !important; }
  .fact { padding-bottom: 6px !important; } }
"""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `soft` is said in a lower voice."""

    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """What the next blocks are about."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value, one pair a row."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class After:
    """What a text would be after a suggestion."""

    label: str
    lines: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, and what stands there."""

    where: str
    excerpt: str = ""
    after: tuple[After, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody else."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing among several: facts, places with what stands there, then label and text."""

    title: str
    places: tuple[Place, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    more: str = ""
    """That there are more places than are shown."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A list in order."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands or lines as they are typed, each with what it does."""

    rows: tuple[tuple[str, str], ...]


Block = Paragraph | Heading | Facts | Item | Steps | Commands | Quote


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said, before it has a form."""

    language: str
    subject: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Postmark:
    """What goes round a letter: who, to whom, when, and its name."""

    sender: str
    recipient: str
    at: datetime
    message_id: str
    """Without angle brackets."""
    reply_to: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    """Further header fields, for a helpdesk."""


def clean(text: str) -> str:
    """Take out what could act on a reader's screen rather than be read: controls, bidirectional marks, surrogates."""
    return _ACTS.sub("", _SPACE.sub(" ", text)).strip()


def to_octets(letter: Letter, postmark: Postmark) -> bytes:
    """Write a letter as a mail: text and HTML, 7 bits wide unless an address needs SMTPUTF8 (RFC 6532)."""
    needs_utf8 = not (postmark.sender + postmark.recipient + postmark.reply_to).isascii()
    message = EmailMessage(SMTPUTF8 if needs_utf8 else SMTP)
    message["Date"] = format_datetime(postmark.at)
    message["From"] = address("Saate", postmark.sender)
    message["To"] = address("", postmark.recipient)
    if postmark.reply_to:
        message["Reply-To"] = address("", postmark.reply_to)
    message["Message-ID"] = f"<{postmark.message_id}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    message["X-Auto-Response-Suppress"] = "All"  # what Exchange heeds instead
    for name, value in postmark.fields:
        message[name] = value
    message.set_content(to_text(letter), cte="quoted-printable")
    message.add_alternative(to_html(letter), subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language
    # Quoted-printable never writes `=_`, so this boundary cannot stand in a body; a random one would not be pure.
    message.set_boundary(f"=_{hashlib.sha256(postmark.message_id.encode()).hexdigest()[:24]}")
    return _subject(letter.subject) + message.as_bytes()


def _subject(text: str) -> bytes:
    """The Subject field, by the older half of the email package.

    The newer one loses a space where it folds between two encoded words (seen in Python 3.11.7).
    """
    return f"Subject: {encoded('Subject', text[:SUBJECT])}\r\n".encode("ascii")


def encoded(name: str, text: str) -> str:
    """The value of a header field, folded and in encoded words where it needs them (RFC 2047)."""
    plain = clean(text)
    charset = "us-ascii" if plain.isascii() and "=?" not in plain else "utf-8"
    return Header(plain, charset, header_name=name).encode(linesep="\r\n")


def address(name: str, mailbox: str) -> Address:
    """A mailbox with a display name, for a header field."""
    local, _, domain = mailbox.rpartition("@")
    return Address(name, local, domain)


def to_text(letter: Letter) -> str:
    """Write a letter as plain text, 72 characters wide."""
    blocks = [_text(Heading(letter.heading)), *map(_text, letter.blocks)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return _wrapped(text)
        case Heading(text):
            return f"{_wrapped(text)}\n{'-' * min(len(clean(text)), WIDTH)}"
        case Facts(rows):
            wide = max((len(clean(label)) for label, _ in rows), default=0) + 2
            return "\n".join(_wrapped(value, f"{clean(label)}:".ljust(wide), " " * wide) for label, value in rows)
        case Item():
            return _text_of_item(block)
        case Steps(texts):
            return "\n".join(_wrapped(text, "- ", "  ") for text in texts)
        case Quote(text):
            return _wrapped(text, "    | ", "    | ")
        case Commands(rows):
            return "\n".join(f"  {clean(command)}\n{_wrapped(does, '      ', '      ')}" for command, does in rows)


def _text_of_item(item: Item) -> str:
    lines = [_wrapped(item.title, "* ", "  ")]
    lines += [_wrapped(f"{label}: {value}", "  ", "    ") for label, value in item.facts]
    lines += [line for place in item.places for line in _text_of_place(place)]
    lines += [_wrapped(item.more, "  ", "  ")] if item.more else []
    lines += [_wrapped(f"{label}: {text}", "  ", "  ") for label, text in item.rows]
    return "\n".join(lines)


def _text_of_place(place: Place) -> Iterator[str]:
    if place.where:
        yield _wrapped(f"{place.where}:" if place.excerpt else place.where, "  ", "  ")
    if place.excerpt:
        yield _wrapped(place.excerpt, "    | ", "    | ")
    for after in place.after:
        yield _wrapped(f"{after.label}:", "  ", "  ")
        yield from (_wrapped(line, "    + ", "    + ") for line in after.lines)
        if after.note:
            yield _wrapped(after.note, "  ", "  ")


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        clean(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def to_html(letter: Letter) -> str:
    """Write a letter as HTML: one card, readable on a phone, in Outlook, and in the dark."""
    body = "".join(map(_html, letter.blocks))
    return (
        f'<!DOCTYPE html>\n<html lang="{_e(letter.language)}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{_e(letter.subject)}</title>\n<style>{_DARK}</style></head>\n"
        '<body class="page" style="margin:0;padding:16px 8px;background:#f4f2ee">\n'
        '<table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0" border="0"'
        ' style="width:100%;max-width:600px;margin:0 auto"><tr>\n'
        '<td class="card pad" style="background:#ffffff;border:1px solid #e2ded6;border-top:4px solid #c98a1b;'
        f'border-radius:6px;padding:28px 32px;{_SANS};font-size:16px;line-height:1.5">\n'
        f'<h1 class="text" style="margin:0 0 12px;font-size:22px;line-height:1.3;{_INK}">{_e(letter.heading)}</h1>\n'
        f"{body}</td></tr></table></body></html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Paragraph(text, soft):
            return _p("soft", _SOFT, _e(text), 12) if soft else _p("text", _INK, _e(text), 12)
        case Heading(text):
            return (
                '<h2 class="soft rule" style="margin:24px 0 10px;padding-top:18px;border-top:1px solid #e2ded6;'
                f'{_SOFT};font-weight:bold;line-height:1.3">{_e(text)}</h2>\n'
            )
        case Facts(rows):
            return _html_of_facts(rows)
        case Item():
            return _html_of_item(block)
        case Steps(texts):
            items = "".join(f'<li style="margin:0 0 8px">{_e(text)}</li>' for text in texts)
            return f'<ul class="text" style="margin:0 0 12px;padding:0 0 0 20px;{_INK}">{items}</ul>\n'
        case Quote(text):
            return _p("box", f"{_BOX};font-size:15px", _e(text), 12)
        case Commands(rows):
            lines = "<br>".join(f"<b>{_typed(command)}</b><br>&nbsp;&nbsp;{_e(does)}" for command, does in rows)
            return _p("box", f"{_BOX};font-size:13px", lines, 12)


def _html_of_facts(rows: tuple[tuple[str, str], ...], above: int = 16) -> str:
    cells = "".join(
        f'<tr><td class="soft label" valign="top" style="padding:2px 14px 2px 0;{_SOFT};white-space:nowrap">'
        f'{_e(label)}</td><td class="text fact" valign="top" style="padding:2px 0;font-size:15px;{_INK};{_BREAK}">'
        f"{_e(value)}</td></tr>\n"
        for label, value in rows
    )
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0"'
        f' style="margin:{above}px 0 12px;{_SANS}">{cells}</table>\n'
    )


def _html_of_item(item: Item) -> str:
    title = _p("text", f"font-size:18px;line-height:1.3;{_INK};{_BREAK}", f"<b>{_e(item.title)}</b>")
    places = "".join(map(_html_of_place, item.places))
    facts = _html_of_facts(item.facts, 0) if item.facts else ""
    more = _p("soft", _SOFT, _e(item.more)) if item.more else ""
    rows = "".join(_p("text", f"{_INK};{_BREAK}", f"<b>{_e(label)}</b><br>{_e(text)}") for label, text in item.rows)
    return f'<div style="margin:0 0 22px">\n{title}{facts}{places}{more}{rows}</div>\n'


def _html_of_place(place: Place) -> str:
    return (
        (_p("soft", _SOFT, _e(place.where), 4) if place.where else "")
        + (_p("box", f"{_BOX};font-size:14px", _e(place.excerpt), 10) if place.excerpt else "")
        + "".join(map(_html_of_after, place.after))
    )


def _html_of_after(after: After) -> str:
    lines = "<br>".join(map(_e, after.lines))
    return (
        _p("soft", _SOFT, _e(after.label), 4)
        + _p("box good", f"{_GOOD};font-size:14px", lines, 10)
        + (_p("soft", _SOFT, _e(after.note), 10) if after.note else "")
    )


def _typed(command: str) -> str:
    """A command that breaks between its words only; an option would break at its hyphens."""
    words = clean(command).split(" ")
    return " ".join(
        f'<span style="white-space:nowrap">{_e(word)}</span>'
        if ("-" in word or '"' in word) and len(word) <= _UNBROKEN
        else _e(word)
        for word in words
    )


def _p(kind: str, style: str, inner: str, below: int = 8) -> str:
    """A paragraph of inner HTML; `kind` is what the dark style sheet knows it by."""
    return f'<p class="{kind}" style="margin:0 0 {below}px;{style}">{inner}</p>\n'


def _e(text: str) -> str:
    return html.escape(clean(text))
