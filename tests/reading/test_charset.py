"""From octets to text: charsets in use and misused, transfer encodings, what a reader cannot see."""

from __future__ import annotations

import base64

import pytest

from gateway.reading.charset import decode, is_plain, lines_of, shown, untransferred


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        ("Hyvää päivää".encode(), "utf-8", "Hyvää päivää"),
        ("Hyvää päivää".encode("latin-1"), "iso-8859-1", "Hyvää päivää"),
        ("10 €".encode("iso8859-15"), "ISO-8859-15", "10 €"),
        ("10 € – ok".encode("cp1252"), "windows-1252", "10 € – ok"),
        ("Zażółć".encode("iso8859-2"), "iso-8859-2", "Zażółć"),
        ("Hyvää".encode("utf-16"), "utf-16", "Hyvää"),
        ("Hyvää".encode("utf-16-le"), "utf-16le", "Hyvää"),
        (b"Hyv+AOQA5A-", "utf-7", "Hyvää"),
        ("Здравствуйте".encode("koi8-r"), "koi8-r", "Здравствуйте"),
        ("日本".encode("iso2022-jp"), "iso-2022-jp", "日本"),
        ("blåbär".encode("mac-roman"), "macintosh", "blåbär"),
        (b"plain", '"us-ascii"', "plain"),
        (b"plain", "", "plain"),
    ],
)
def test_a_true_charset_is_no_defect(octets: bytes, charset: str, text: str) -> None:
    assert decode(octets, charset) == (text, "")


@pytest.mark.parametrize(
    ("octets", "charset", "text", "defect"),
    [
        ("Hyvää".encode("latin-1"), "utf-8", "Hyvää", "charset-lie"),
        ("Hyvää".encode(), "us-ascii", "Hyvää", ""),
        ("Hyvää".encode("cp1252"), "us-ascii", "Hyvää", "charset-lie"),
        ("Hyvää".encode(), "x-unknown", "Hyvää", "unknown-charset"),
        ("Hyvää".encode("latin-1"), "x-unknown", "Hyvää", "unknown-charset"),
        ("Hyvää".encode("utf-8-sig"), "iso-8859-1", "Hyvää", "charset-lie"),
        ("10 €".encode("cp1252"), "iso-8859-1", "10 €", ""),
        (b"plain", "undefined", "plain", "unknown-charset"),
        (b"odd \x81\x8d\x90", "utf-8", "odd \x81\x8d\x90", "charset-lie"),
    ],
)
def test_a_false_charset_is_a_defect_and_the_text_is_read(octets: bytes, charset: str, text: str, defect: str) -> None:
    assert decode(octets, charset) == (text, defect)


def test_a_search_in_octets_is_blind_in_charsets_that_hide_ascii() -> None:
    assert is_plain("")
    assert is_plain("windows-1252")
    assert not any(map(is_plain, ("utf-7", "utf-16", "iso-2022-jp", "hz-gb-2312", "x-unknown")))


def test_lines_end_at_crlf_lf_and_cr_and_nowhere_else() -> None:
    assert lines_of("a\r\nb\nc\rd\x0be\x0cf\x85g\u2028h") == ["a", "b", "c", "d\x0be\x0cf\x85g\u2028h"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("sala\u00adsana", "salasana"),
        ("s\u200ba\u200dl\ufeffa", "sala"),
        ("sala\u034fsana", "salasana"),
        ("Hei\u00a0Liisa", "Hei Liisa"),
        ("a\u0308a\u0308ni", "ääni"),
        ("a\x00b\x07c", "abc"),
        ("sarake\tsarake", "sarake\tsarake"),
        ("Hyvää 👋", "Hyvää 👋"),
    ],
)
def test_what_a_reader_cannot_see_is_gone(text: str, seen: str) -> None:
    assert shown(text) == seen


@pytest.mark.parametrize(
    ("encoding", "octets", "decoded", "defect"),
    [
        ("", b"x", b"x", ""),
        ("quoted-printable", b"Hyv=C3=A4=C3=\r\n=A4 =\r\nrivi=ZZ", b"Hyv\xc3\xa4\xc3\xa4 rivi=ZZ", ""),
        ("quoted-printable", b"passwd==\r\nKissa a==b ==3D", b"passwd=Kissa a==b ==", ""),
        ("base64", base64.b64encode(b"terve") + b"\r\n", b"terve", ""),
        ("base64", b"dGVydmU", b"terve", "broken-base64"),
        ("base64", b"dGVy*dm U=\r\n", b"terve", ""),
        ("x-uuencode", b"begin 644 f\r\n%=&5R=F4 \r\n \r\nend\r\n", b"terve", ""),
        ("rot13", b"greir", b"greir", "unknown-transfer-encoding"),
    ],
)
def test_transfer_encodings_are_undone_leniently(encoding: str, octets: bytes, decoded: bytes, defect: str) -> None:
    assert untransferred(octets, encoding) == (decoded, defect)
