"""What never happens: an exception, a stall, a text that is lost in wrapping."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.lexicon import Resources
from gateway.reading.headers import quick_facts
from gateway.reading.message import read
from gateway.reading.reply import agent_reply
from mailmaking import attached, both, crlf, head, html, multipart, multipart_part, part, plain, reply

ODDITIES = (
    "Content-Type: |text/plain|text/html|multipart/mixed; boundary=b|multipart/alternative; boundary=a|message/rfc822|"
    "Content-Transfer-Encoding: |base64|quoted-printable|x-uuencode|charset=utf-7|; filename*999999999=|--b|--b--|--a|"
    "Content-Disposition: attachment; filename*0*=utf-8''x|\r\n|\r\n\r\n|\n|\r|> |>>|From: |To: |Subject: |<|>|"
    "=?x?B?====?=|"
    "=?utf-8?Q?=C3?=|<div>|</div>|<table><tr><td>|<blockquote>|<!--|-->|&#x0;|&nbsp;|style=display:none|Hei |Liisa|"
    "Terveisin|-- |kirjoitti 2.11.2026 klo 10.00:|Lähettäjä: |a@example.com|\x00|=C3=A4|ä|\udcff|\u200b|begin 644 x|"
    '%PDF-|PK\x03\x04|:|;|"|(|,|\u2028'
)
WORDS = st.sampled_from(ODDITIES.split("|"))


@given(st.lists(WORDS | st.text(max_size=8), max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_octets_are_read(pieces: list[str]) -> None:
    octets = "".join(pieces).encode("utf-8", "surrogatepass")
    from mailmaking import resources  # noqa: PLC0415  # hypothesis and fixtures do not mix

    found = agent_reply(read(octets), resources())
    assert all(line.text and line.line > 0 and line.column > 0 for text in found.texts for line in text.lines)
    quick_facts(octets)


@given(st.binary(max_size=600))
@settings(max_examples=200, deadline=None)
def test_any_binary_is_read_as_any_type(octets: bytes) -> None:
    for fields in (
        b"",
        b"Content-Type: text/html; charset=utf-16\r\n",
        b"Content-Type: multipart/x; boundary=\x00\r\n",
    ):
        agent_reply(read(fields + b"\r\n" + octets), Resources())


PHRASES = [
    "Hei Liisa!",
    "Huone on varattu.",
    "Tunnus: maija",
    "a > b < c & d",
    "10 € ää",
    "=3D ei mitään",
    "From tänään",
    ".",
    "--x",
]


@given(st.lists(st.sampled_from(PHRASES), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_wrapping_in_another_shape_changes_no_word(lines: list[str]) -> None:
    """Plain, base64, quoted-printable, Latin-9, UTF-16, HTML, alternatives, nested: the same fresh lines."""
    text = "\n".join(lines) + "\n"
    fields = head() + "MIME-Version: 1.0\n"

    def coded(charset: str, encoding: str, octets: bytes) -> bytes:
        return (
            crlf(f"{fields}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n")
            + octets
        )

    shown = "".join(f"<div>{line.replace('&', '&amp;').replace('<', '&lt;')}</div>" for line in lines)
    shapes = [
        plain(text),
        coded("utf-8", "base64", base64.encodebytes(text.encode())),
        coded("utf-8", "quoted-printable", quopri.encodestring(text.encode())),
        coded("iso-8859-15", "8bit", text.encode("iso-8859-15")),
        coded("utf-16", "base64", base64.encodebytes(text.encode("utf-16"))),
        html(shown),
        both(text, shown),
        multipart(multipart_part(part(text), boundary="i"), attached(b"x", "image/png", "a.png")),
    ]
    expected = [(line.text, line.role) for line in reply(shapes[0]).texts[0].lines]
    for octets in shapes[1:]:
        for read_text in reply(octets).texts:
            assert [(line.text, line.role) for line in read_text.lines] == expected


READINGS = "Content-Type: multipart/x; boundary=a; boundary=b; boundary=c"
HUGE = {
    "a megabyte of quote marks": plain(">" * 1_000_000),
    "a megabyte of one line": plain("a" * 1_000_000),
    "a megabyte of words": plain("Hei Liisa, terveisin " * 50_000),
    "a megabyte of digits and colons": plain("1: 2 @ " * 150_000),
    "many short lines": plain("a\n" * 300_000),
    "many labels": plain("From: a\nTo: b\n" * 30_000),
    "many attributions": plain("a@b kirjoitti 2.11.2026 klo 10.00:\n" * 15_000),
    "many greetings": plain("Hei Liisa,\n" * 50_000),
    "many closings": plain("Terveisin\nAino\n" * 30_000),
    "many disclaimers": plain("This e-mail is confidential.\n" * 30_000),
    "Re: Re: Re:": plain("x", Subject="Re: " * 250_000),
    "a long field of addresses": plain("x", To=", ".join(["a <a@example.org>"] * 20_000)),
    "a field of open quotes": plain("x", To='"\\' * 200_000),
    "a field of open comments": plain("x", To="(" * 200_000),
    "encoded words": plain("x", Subject="=?utf-8?Q?a?= " * 30_000),
    "half of encoded words": plain("x", Subject="=?" * 200_000),
    "a content type of parameters": plain("x", Content_Language="x").replace(
        b"text/plain;", b"text/plain" + b"; a=b" * 50_000 + b";"
    ),
    "a folded field": crlf("Subject: a\n" + " b\n" * 100_000 + "\nx"),
    "many fields": crlf("".join(f"X-{n}: y\n" for n in range(30_000)) + "\nx"),
    "boundaries without end": crlf(head() + 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n" * 100_000),
    "boundary lookalikes": crlf(head() + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\n' + "--b-\n" * 100_000),
    "lookalikes after a bare CR": crlf(head() + "\n") + b"x\r--b " * 100_000,
    "two hundred levels": crlf(head() + "Content-Type: message/rfc822\n\n" * 200 + "x"),
    "readings of readings": crlf(f"{READINGS}\n\n" + f"--a\n--b\n{READINGS}\n\n" * 3000),
    "a table of cells": html("<table>" + "<tr><td>a<td>b" * 30_000),
    "nested quotes": html("<blockquote>" * 3000 + "x"),
    "base64 of nothing": crlf(head() + "Content-Transfer-Encoding: base64\n\n" + "=\n" * 200_000),
    "quoted-printable of nothing": crlf(head() + "Content-Transfer-Encoding: quoted-printable\n\n" + "=\n" * 200_000),
}


@pytest.mark.parametrize("name", HUGE)
def test_hostile_mail_of_a_few_hundred_kilobytes_is_read_in_linear_time(name: str) -> None:
    """Anything quadratic among these would not end while a person waits."""
    reply(HUGE[name])
    quick_facts(HUGE[name])
