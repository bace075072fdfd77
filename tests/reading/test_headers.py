"""Header fields as a reader sees them, and the few facts that a header alone tells."""

from __future__ import annotations

import pytest

from gateway.reading.headers import decoded, mailboxes, parameters, quick_facts, split_head
from mailmaking import crlf, multipart_part, part, plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b" Hei\r", "Hei"),
        (b" pitk\xc3\xa4\r\n otsikko\r", "pitkä otsikko"),
        (b" =?utf-8?Q?P=C3=A4iv=C3=A4=C3=A4?=", "Päivää"),
        (b" =?iso-8859-1?q?Hyv=E4?= ja =?UTF-8?B?ZcO2?=", "Hyvä ja eö"),
        (b" =?utf-8?B?w6Q=?=\r\n =?utf-8?B?w7Y=?=", "äö"),
        (b" =?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä"),
        (b" =?utf-8*fi?Q?kieli?=", "kieli"),
        (b" =?utf-8?B?dGVydmU?=", "terve"),
        (b" =?x-unknown?Q?ok?=", "ok"),
        (b" Hyv\xe4", "Hyvä"),
        (b" =?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
    ],
)
def test_a_field_is_unfolded_and_its_encoded_words_decoded(value: bytes, text: str) -> None:
    assert decoded(value) == text


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (b" text/plain; charset=UTF-8", ("text/plain", (("charset", "UTF-8"),))),
        (b' Multipart/Mixed;\r\n\tboundary="a;b\\"c"', ("multipart/mixed", (("boundary", 'a;b"c'),))),
        (b" text/plain (huomautus); Format = flowed ", ("text/plain", (("format", "flowed"),))),
        (b" attachment; filename*=UTF-8''lasku%20%C3%A4.pdf", ("attachment", (("filename", "lasku ä.pdf"),))),
        (b' a/b; name*0="pit"; name*1="ka.pdf"', ("a/b", (("name", "pitka.pdf"),))),
        (b" a/b; name*1*=%C3%A4; name*0*=utf-8'fi'h", ("a/b", (("name", "hä"),))),
        (b" a/b; boundary=x; boundary=y", ("a/b", (("boundary", "x"), ("boundary", "y")))),
        (b" a/b; name*99999999999=x", ("a/b", (("name*99999999999", "x"),))),
        (b"", ("", ())),
    ],
)
def test_parameters_are_read_as_in_the_wild(value: bytes, read: tuple[str, tuple[tuple[str, str], ...]]) -> None:
    assert parameters(value) == read


@pytest.mark.parametrize(
    ("value", "boxes"),
    [
        (b" liisa@example.org", [("", "liisa@example.org")]),
        (b" Liisa Virtanen <liisa@example.org>", [("Liisa Virtanen", "liisa@example.org")]),
        (b' "Virtanen, L" <l@example.org>, m@example.org', [("Virtanen, L", "l@example.org"), ("", "m@example.org")]),
        (b" =?utf-8?Q?P=C3=A4ivi=2C_A?= <p@example.org>", [("Päivi, A", "p@example.org")]),
        (b" Asiakkaat: a@example.org, B <b@example.org>;", [("", "a@example.org"), ("B", "b@example.org")]),
        (b" undisclosed-recipients:;", []),
        (b" Liisa (koti, varalla) <l@example.org>", [("Liisa", "l@example.org")]),
        (b" <l@example.org", [("", "l@example.org")]),
        (b' "avoin <l@example.org>', []),
    ],
)
def test_mailboxes_are_found_in_address_fields(value: bytes, boxes: list[tuple[str, str]]) -> None:
    assert [(box.name, box.address) for box in mailboxes(value)] == boxes


def head_of(octets: bytes) -> tuple[list[tuple[str, bytes]], bytes, bool]:
    fields, body, odd = split_head(octets, 0, len(octets))
    return fields, octets[body:], odd


def test_a_header_section_ends_at_the_first_line_that_is_no_field() -> None:
    fields, body, odd = head_of(b"A: 1\r\n b\r\nno field\r\nC: 2\r\n\r\nx")
    assert (fields, body[:8], odd) == ([("A", b" 1\r\n b\r")], b"no field", True)


def test_an_mbox_line_on_top_is_no_field_and_no_fault() -> None:
    fields, _, odd = head_of(b"From a@b Mon\nA: 1\n\nx")
    assert (fields, odd) == ([("A", b" 1")], False)


def test_a_mail_without_a_header_has_a_body() -> None:
    assert head_of(b"\r\nteksti") == ([], b"teksti", False)


class TestQuickFacts:
    """What is known of a mail whose inspection process died."""

    def test_the_facts_of_a_reply(self) -> None:
        facts = quick_facts(plain("x", Cc="b@example.org", From="Aino <a@example.com>, c@example.com"))
        assert facts.message_id == "1@matkat.example"
        assert facts.header_from == ("a@example.com", "c@example.com")
        assert facts.from_name == "Aino"
        assert facts.header_recipients == ("liisa@asiakas.example", "b@example.org")
        assert not facts.automatic
        assert not facts.bulk

    @pytest.mark.parametrize(
        ("fields", "automatic", "bulk"),
        [
            ({"Auto_Submitted": "auto-replied; owner-email=x"}, True, False),
            ({"Auto_Submitted": "No"}, False, False),
            ({"Precedence": "bulk"}, False, True),
            ({"Precedence": "first-class"}, False, False),
            ({"List_Unsubscribe": "<mailto:x@example.org>"}, False, True),
        ],
    )
    def test_machine_mail_is_told_by_its_header(self, fields: dict[str, str], automatic: bool, bulk: bool) -> None:  # noqa: FBT001
        facts = quick_facts(plain("x", **fields))
        assert (facts.automatic, facts.bulk) == (automatic, bulk)

    def test_a_report_is_automatic(self) -> None:
        octets = crlf("From: a@example.com\n" + multipart_part(part("x"), kind="report"))
        assert quick_facts(octets).automatic

    def test_any_octets_give_facts(self) -> None:
        assert quick_facts(b"").header_from == ()
        assert quick_facts(b"\xff\x00\r\r\n:\n\n").subject == ""
