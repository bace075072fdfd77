"""Mails for the tests of reading, put together octet by octet so that they can be as odd as real ones."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

from gateway.lexicon import Lexicon, Resources
from gateway.reading.message import Message, read
from gateway.reading.model import AgentReply, Line, Role, Text
from gateway.reading.reply import agent_reply
from gateway.yamltext import Document

LEXICONS = Path(__file__).parent.parent.parent / "policies" / "lexicon"
FIELDS = {
    "From": "Aino Neuvonen <aspa@matkat.example>",
    "To": "Liisa Virtanen <liisa@asiakas.example>",
    "Subject": "Vastaus: Varaus 6745",
    "Message-ID": "<1@matkat.example>",
}


@lru_cache(maxsize=1)
def resources() -> Resources:
    """The lexicons as shipped, flat lists only: reading needs no others."""
    lexicons = []
    for path in sorted(LEXICONS.glob("*.yaml")):
        value = Document(str(path), path.read_text()).value
        lists = {name: tuple(map(str, words)) for name, words in value.items() if isinstance(words, list)}
        lexicons.append(Lexicon(path.stem, lists))
    return Resources(tuple(lexicons))


def crlf(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def head(**fields: str) -> str:
    """A header section without the empty line; an underscore in a name is a hyphen, "" leaves a field out."""
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    return "".join(f"{name}: {value}\n" for name, value in {**FIELDS, **given}.items() if value)


def plain(text: str, **fields: str) -> bytes:
    return crlf(head(**fields) + "Content-Type: text/plain; charset=utf-8\n\n" + text)


def html(text: str, **fields: str) -> bytes:
    return crlf(head(**fields) + "Content-Type: text/html; charset=utf-8\n\n" + text)


def part(text: str, kind: str = "text/plain; charset=utf-8", **fields: str) -> str:
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    return f"Content-Type: {kind}\n{more}\n{text}\n"


def attached(octets: bytes, kind: str, name: str) -> str:
    """An attachment in base64."""
    encoded = base64.encodebytes(octets).decode()
    return part(
        encoded.rstrip("\n"),
        kind,
        Content_Transfer_Encoding="base64",
        Content_Disposition=f'attachment; filename="{name}"',
    )


def multipart(*parts: str, kind: str = "mixed", boundary: str = "b", **fields: str) -> bytes:
    return crlf(head(**fields) + multipart_part(*parts, kind=kind, boundary=boundary))


def multipart_part(*parts: str, kind: str = "mixed", boundary: str = "b") -> str:
    body = "".join(f"--{boundary}\n{one}" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{body}--{boundary}--\n'


def both(text: str, shown: str, **fields: str) -> bytes:
    """A plain and an HTML alternative."""
    return multipart(part(text), part(shown, "text/html; charset=utf-8"), kind="alternative", **fields)


def message(octets: bytes) -> Message:
    return read(octets)


def reply(octets: bytes) -> AgentReply:
    return agent_reply(read(octets), resources())


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [line.text for line in lines]


def roles(text: Text) -> list[tuple[str, str]]:
    """Each line's role in two letters and its words, as the tests write them."""
    return [(_SHORT[line.role], line.text) for line in text.lines]


_SHORT = {
    Role.BODY: "bo",
    Role.GREETING: "gr",
    Role.SIGN_OFF: "so",
    Role.SIGNATURE: "si",
    Role.DISCLAIMER: "di",
    Role.MARKER: "ma",
    Role.ATTRIBUTION: "at",
    Role.QUOTED: "qu",
}


def read_as(written: str) -> list[tuple[str, str]]:
    """Read a mail that is written with each line's expected role before it, `gr|Hei Liisa!`.

    Returns what was expected; `mail_of` gives the mail itself.
    """
    lines = [line for line in written.strip("\n").split("\n") if line.strip("| ")]
    return [(line[:2], line[3:].lstrip("> \t")) for line in lines if line[3:].strip("> ")]


def mail_of(written: str) -> str:
    """The text without the roles."""
    return "\n".join(line[3:] for line in written.strip("\n").split("\n"))
