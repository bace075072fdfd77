"""`blank-password`: the value goes, wherever and however it is written; everything else stays."""

from __future__ import annotations

import base64

import pytest

from gateway.fixes import Mended, Reason, mend, preview
from gateway.reading.message import read
from judging import enforced
from mending import SECRET, container, leaf, mail

BLANK = "[salasana poistettu]"
SENTENCE = f"Hei Liisa,\n\nsalasanasi on {SECRET}.\n\nTerveisin\nAino\n"


def blanked(octets: bytes) -> Mended:
    return mend(octets, ["blank-password"], enforced())


def page(middle: str) -> bytes:
    text = f"<html><body><p>Hei Liisa,</p><p>salasanasi on {SECRET}.</p>{middle}<p>Terveisin<br>Aino</p></body></html>"
    return mail(leaf(text, "text/html", "utf-8", "8bit"))


@pytest.mark.parametrize(
    ("written", "then"),
    [
        ("<p>Kesä<b>20</b>24x</p>", f"<p>{BLANK}<b></b></p>"),
        ("<p>Kes&auml;&#50;024x</p>", f"<p>{BLANK}</p>"),
        ("<p>kesa\u0308\u00ad2024x</p>", f"<p>{BLANK}</p>"),
        (
            '<p><a href="https://x.example/?password=Kes%C3%A42024x&amp;a=1">Tule</a></p>',
            "password=[salasana-poistettu]&amp;a=1",
        ),
        ("<p><a href=https://x.example/?password=Kesä2024x>Tule</a></p>", "?password=[salasana-poistettu]>Tule"),
        ("<!-- Kesä2024x -->", f"<!-- {BLANK} -->"),
        ("<style>/* Kesä2024x */</style>", f"<style>/* {BLANK} */</style>"),
        ("<!--[if mso]><p>Kesä2024x</p><![endif]-->", f"<p>{BLANK}</p><![endif]-->"),
        ('<img alt="Kesä2024x" src="cid:a">', 'alt="[salasana-poistettu]"'),
    ],
)
def test_in_html_it_goes_however_it_is_written(written: str, then: str) -> None:
    mended = blanked(page(written))
    assert then in mended.octets.decode()
    assert not mended.unmendable


def test_it_goes_from_subject_thread_and_text_files() -> None:
    quoted = f"> salasanani oli {SECRET}\n"
    text = leaf(
        SENTENCE + f"\nma 2.11.2026 klo 9.12 Liisa Virtanen kirjoitti:\n{quoted}", "text/plain", "utf-8", "8bit"
    )
    table = leaf(f"liisa;{SECRET}\n", "text/csv; name=a.csv", "iso-8859-1", "base64")
    octets = mail(container([text, table], "mixed", "b")).replace(
        b"Subject: Varaus", f"Thread-Topic: {SECRET}\r\nSubject: Salasana {SECRET}".encode()
    )
    mended = blanked(octets)
    assert f"Subject: Salasana {BLANK}\r\n".encode() in mended.octets
    assert f"Thread-Topic: {BLANK}\r\n".encode() in mended.octets
    assert f"> salasanani oli {BLANK}".encode() in mended.octets
    assert base64.b64encode(f"liisa;{BLANK}\r\n".encode()) in mended.octets
    assert {change.part for change in mended.changes} == {"header:Subject", "1", "2"}


def test_an_encoded_subject_stays_encoded_and_folded() -> None:
    word = base64.b64encode(f"Pääsy: salasana {SECRET} ja ohjeet ääkkösineen tässä viestissä".encode()).decode()
    octets = mail(leaf(SENTENCE, "text/plain", "utf-8", "8bit")).replace(
        b"Subject: Varaus", f"Subject: =?utf-8?B?{word}?=".encode()
    )
    mended = blanked(octets)
    head = mended.octets.partition(b"\r\n\r\n")[0]
    assert read(mended.octets).subject == f"Pääsy: salasana {BLANK} ja ohjeet ääkkösineen tässä viestissä"
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))
    assert b"Message-ID: <1@matkat.example>\r\nIn-Reply-To: <0@asiakas.example>" in head


def test_of_a_quoted_printable_part_only_the_line_changes() -> None:
    octets = mail(
        leaf(
            f"T=E4m=E4 rivi j==3D=\nää j\u00e4\u00e4\n{SENTENCE}Viimeinen =\n",
            "text/plain",
            "utf-8",
            "quoted-printable",
        )
    )
    mended = blanked(octets)
    before, after = octets.split(b"\r\n"), mended.octets.split(b"\r\n")
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        (b"salasanasi on Kes=C3=A42024x.", b"salasanasi on [salasana poistettu].")
    ]


def test_a_soft_break_inside_the_value_is_no_hiding_place() -> None:
    body = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    octets = mail(body + b"Hei,\r\n\r\nsalasanasi on Kes=C3=\r\n=A420=\r\n24x. Tervetuloa!\r\n")
    assert blanked(octets).octets.endswith(b"\r\n\r\nsalasanasi on [salasana poistettu]. Tervetuloa!\r\n")


def test_letters_that_seven_bits_cannot_hold_make_it_quoted_printable_in_utf_8() -> None:
    head = "Content-Type: text/plain; charset=us-ascii; format=flowed\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    body = "Hej Karl,\r\n\r\nditt nya konto finns nu nu.\r\nDitt password: Xy7#pQ2!k\r\n\r\nHej!\r\nAnna\r\n"
    mended = blanked(mail((head + body).encode()))
    assert b"charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n" in mended.octets
    assert b"Ditt password: [l=C3=B6senordet borttaget]\r\n" in mended.octets
    assert "Xy7" not in "".join(preview(mail((head + body).encode()), mended.octets, enforced()))


def test_what_vouched_for_the_octets_goes_and_is_named() -> None:
    head = "DKIM-Signature: v=1; a=b;\r\n\tbh=x\r\nARC-Seal: i=1\r\nReceived: by x\r\n"
    octets = mail(leaf(SENTENCE, "text/plain", "utf-8", "8bit"), more=head)
    octets = octets.replace(b"MIME-Version", b"Content-MD5: abc==\r\nMIME-Version")
    mended = blanked(octets)
    assert mended.removed == ("Content-MD5", "DKIM-Signature", "ARC-Seal")
    assert mended.octets.startswith(b"Received: by x\r\nFrom: ")
    assert b"MD5" not in mended.octets


def test_where_nothing_changes_every_signature_stays() -> None:
    octets = mail(leaf("Hei Liisa,\n\nkiitos.\n", "text/plain", "utf-8", "8bit"), more="DKIM-Signature: v=1\r\n")
    mended = blanked(octets)
    assert mended.octets == octets
    assert [one.reason for one in mended.unmendable] == [Reason.NOTHING]


def test_text_outside_the_parts_is_mended_too() -> None:
    body = container([leaf(SENTENCE, "text/plain", "utf-8", "8bit")], "mixed", "b").replace(
        b"\r\n\r\n\r\n--b", b"\r\n\r\n--b"
    )
    mended = blanked(mail(body + f"salasana: {SECRET}\r\n".encode()))
    assert SECRET.encode() not in mended.octets
    assert not mended.unmendable


@pytest.mark.parametrize(
    ("body", "reason", "part"),
    [
        (
            container(
                [leaf(SENTENCE, "text/plain", "utf-8", "8bit"), b"Content-Type: application/pgp-signature\r\n\r\nx"],
                "signed",
                "b",
            ),
            Reason.SIGNED,
            "",
        ),
        (leaf(f"-----BEGIN PGP SIGNED MESSAGE-----\n\n{SENTENCE}", "text/plain", "utf-8", "8bit"), Reason.SIGNED, ""),
        (leaf("-----BEGIN PGP MESSAGE-----\n\nabc\n", "text/plain", "utf-8", "8bit"), Reason.ENCRYPTED, ""),
        (b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nsalasana: Xy7#pQ2!k\r\n", Reason.AMBIGUOUS, ""),
        (b"Content-Transfer-Encoding: x-odd\r\n\r\nsalasana: Xy7#pQ2!k\r\n", Reason.TRANSFER, "1"),
        (
            b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n<<V%L87-A;F$Z(%AY-R-P43(A:P  \r\nend\r\n",
            Reason.TRANSFER,
            "1",
        ),
        (b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nsalasana: Xy7#pQ2!k\r\n", Reason.FORWARDED, "1.1"),
    ],
)
def test_what_cannot_be_mended_says_why_and_stays(body: bytes, reason: Reason, part: str) -> None:
    mended = blanked(mail(body))
    assert mended.octets == mail(body)
    assert [(one.part, one.reason) for one in mended.unmendable] == [(part, reason)]


def test_a_value_in_other_fields_and_in_the_name_of_a_file_is_told() -> None:
    text = leaf(SENTENCE, "text/plain", "utf-8", "8bit")
    file = f'Content-Type: image/png\r\nContent-Disposition: attachment; filename="{SECRET}.png"\r\n\r\nx'.encode()
    octets = mail(container([text, file], "mixed", "b"), more=f"X-Note: {SECRET}\r\n")
    mended = blanked(octets)
    assert {(one.part, one.reason) for one in mended.unmendable} == {
        ("header:x-note", Reason.FIELD),
        ("2", Reason.FILE_NAME),
    }
    assert BLANK.encode() in mended.octets


def test_a_value_inside_a_longer_word_is_another_word() -> None:
    octets = mail(
        leaf(
            "Hei Liisa,\n\nPIN-koodisi on 4711.\n\nTilaus 47115 on valmis, koodi 4711 myös.\n",
            "text/plain",
            "utf-8",
            "8bit",
        )
    )
    assert f"Tilaus 47115 on valmis, koodi {BLANK} myös.".encode() in blanked(octets).octets


def test_line_feeds_alone_and_a_byte_order_mark_stay() -> None:
    body = leaf(SENTENCE, "text/plain", "utf-8-sig", "base64", end="\n").replace(b"utf-8-sig", b"utf-8")
    mended = blanked(mail(body, end="\n"))
    assert b"\r" not in mended.octets
    assert (
        base64.b64decode(mended.octets.partition(b"\n\n")[2])
        == b"\xef\xbb\xbf" + SENTENCE.replace(SECRET, BLANK).encode()
    )


def test_an_unknown_fix_is_named() -> None:
    octets = mail(leaf(SENTENCE, "text/plain", "utf-8", "8bit"))
    mended = mend(octets, ["polish", "polish"], enforced())
    assert mended.octets == octets
    assert [(one.fix, one.reason) for one in mended.unmendable] == [("polish", Reason.UNKNOWN)]
