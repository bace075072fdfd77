"""Extents: where each part begins and ends, in well-formed mail and in mail that clients read in more than one way."""

from __future__ import annotations

import pytest

from gateway.reading.parts import Part, Structure
from gateway.reading.structure import scan
from mailmaking import attached, crlf, head, html, multipart, multipart_part, part, plain


def leaves(octets: bytes, root: Part) -> list[tuple[str, bytes]]:
    return [(one.section, octets[one.body : one.end]) for one in root.walk() if not one.parts]


def test_a_mail_of_one_part_has_section_1() -> None:
    octets = plain("Hei!\n")
    assert leaves(octets, scan(octets).root) == [("1", b"Hei!\r\n")]


def test_the_line_end_before_a_boundary_belongs_to_the_boundary() -> None:
    """RFC 2046 §5.1.1."""
    octets = multipart(part("yksi"), part("kaksi\n"))
    assert leaves(octets, scan(octets).root) == [("1", b"yksi"), ("2", b"kaksi\r\n")]


def test_sections_count_through_nested_multiparts() -> None:
    inner = multipart_part(part("a"), part("b", "text/html"), kind="alternative", boundary="i")
    octets = multipart(inner, attached(b"%PDF", "application/pdf", "lasku.pdf"))
    root = scan(octets).root
    assert [section for section, _ in leaves(octets, root)] == ["1.1", "1.2", "2"]
    assert [one.group for one in root.walk() if one.section.startswith("1.")] == ["1", "1"]


def test_the_parts_of_a_message_inside_hang_below_its_section() -> None:
    inner = head(Subject="sisempi") + multipart_part(part("a"), part("b"), boundary="i")
    octets = multipart(part("kas tässä"), part(inner, "message/rfc822"))
    root = scan(octets).root
    assert [section for section, _ in leaves(octets, root)] == ["1", "2.1", "2.2"]


def test_a_single_text_of_a_message_inside_is_its_part_1() -> None:
    octets = multipart(part("kas"), part(head() + "\nteksti", "message/rfc822"))
    assert [section for section, _ in leaves(octets, scan(octets).root)] == ["1", "2.1"]


def test_bare_line_feeds_give_the_same_parts() -> None:
    octets = multipart(part("yksi"), part("kaksi")).replace(b"\r\n", b"\n")
    assert leaves(octets, scan(octets).root) == [("1", b"yksi"), ("2", b"kaksi")]


def test_a_boundary_that_begins_like_another_is_another() -> None:
    octets = multipart(part("--bb\n--b-\nteksti"))
    assert leaves(octets, scan(octets).root) == [("1", b"--bb\r\n--b-\r\nteksti")]


def test_space_after_a_boundary_is_allowed() -> None:
    octets = multipart(part("yksi"), part("kaksi")).replace(b"--b\r\n", b"--b \t\r\n")
    assert len(leaves(octets, scan(octets).root)) == 2


@pytest.mark.parametrize("ending", ["", "--b", "--b\n", "--b--", "--b-- \n"])
def test_a_multipart_need_not_be_closed(ending: str) -> None:
    octets = crlf(head() + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nteksti\n' + ending)
    assert (b"teksti" if ending else b"teksti\r\n") in [body for _, body in leaves(octets, scan(octets).root)]


def defects(octets: bytes) -> tuple[str, ...]:
    return scan(octets).defects


def test_two_boundaries_are_both_followed() -> None:
    octets = crlf(
        head() + "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\nyksi\n--a--\n\n--b\n\nkaksi\n--b--\n"
    )
    found = [body for _, body in leaves(octets, scan(octets).root)]
    assert b"yksi" in found
    assert b"kaksi" in found
    assert "two-boundaries" in defects(octets)


def test_two_content_types_are_both_followed() -> None:
    octets = crlf(
        head() + "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nkaksi\n--b--\n"
    )
    assert b"kaksi" in [body for _, body in leaves(octets, scan(octets).root)]
    assert "two-mime-fields" in defects(octets)


def test_a_line_that_is_no_field_is_read_as_the_end_of_the_header_and_as_nothing() -> None:
    octets = crlf("Subject: x\nei mikään kenttä\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nteksti\n--b--\n")
    found = [body for _, body in leaves(octets, scan(octets).root)]
    assert b"teksti" in found
    assert any(body.startswith("ei mikään".encode()) for body in found)


@pytest.mark.parametrize(
    ("octets", "defect"),
    [
        (crlf(head() + "Content-Type: multipart/mixed\n\nteksti\n"), "no-boundary"),
        (crlf(head() + "Content-Type: multipart/mixed; boundary=zz\n\nteksti\n"), "no-parts"),
        (multipart(part("x")).replace(b"\r\n\r\n--b\r\n", b"\r\n\r\nedelt\r\n--b\r\n", 1), "text-outside-parts"),
        (multipart(part("x")) + "jälkisanat\r\n".encode(), "text-outside-parts"),
        (crlf(head() + "Content-Transfer-Encoding: base64\n" + multipart_part(part("x"))), "encoded-container"),
    ],
)
def test_what_is_odd_is_named(octets: bytes, defect: str) -> None:
    assert defect in defects(octets)


def test_forty_levels_of_nesting_are_enough() -> None:
    text = part("syvällä")
    for level in range(200):
        text = multipart_part(text, boundary=f"b{level}")
    octets = crlf(head() + text)
    structure = scan(octets)
    assert "nested-too-deep" in structure.defects
    assert "syvällä".encode() in octets[structure.root.body : structure.root.end]


def test_ten_thousand_parts_are_enough() -> None:
    octets = multipart(*[part("x")] * 12_000)
    structure: Structure = scan(octets)
    assert "too-many-parts" in structure.defects
    assert structure.count <= 10_100


class TestHarmless:
    """What may be read on the event loop."""

    def test_a_usual_reply(self) -> None:
        assert scan(multipart(part("Hei"), part("<p>Hei</p>", "text/html"), kind="alternative")).harmless

    def test_no_large_mail(self) -> None:
        assert scan(plain("x" * 70_000)).harmless is False

    def test_no_long_field(self) -> None:
        assert scan(plain("x", Subject="y" * 3000)).harmless is False
        assert scan(multipart(part("x", X_Long="y" * 3000))).harmless is False

    def test_no_crowd_of_parts(self) -> None:
        assert scan(multipart(*[part("x")] * 60)).harmless is False

    def test_no_deep_html(self) -> None:
        assert scan(html("<div>" * 300)).harmless is False

    def test_broad_html_is_fine(self) -> None:
        assert scan(html("<p>Rivi</p>\n" * 900)).harmless

    def test_no_html_whose_elements_never_close(self) -> None:
        """Unclosed formatting elements make the tree grow with their square."""
        assert scan(html("".join(f"<font color={n}><p>" for n in range(300)))).harmless is False

    def test_no_html_that_closes_what_it_did_not_open(self) -> None:
        assert scan(html("<div></x>" * 300)).harmless is False

    def test_no_html_in_a_charset_that_hides_tags(self) -> None:
        octets = crlf(head() + "Content-Type: text/html; charset=utf-7\n\n+ADw-div+AD4-\n")
        assert scan(octets).harmless is False

    @pytest.mark.parametrize("kind", ["text/csv", "application/pdf", "text/plain", "application/octet-stream"])
    def test_no_attachment_with_text_to_extract(self, kind: str) -> None:
        assert scan(multipart(part("x"), attached(b"y", kind, "y"))).harmless is False

    @pytest.mark.parametrize(
        "octets", [plain("a\rb"), multipart(part("x")) + b"loppu\r\n", crlf("ei kenttä\nA: b\n\nx")]
    )
    def test_nothing_that_is_read_in_two_ways(self, octets: bytes) -> None:
        assert scan(octets).harmless is False

    def test_a_logo_is_fine(self) -> None:
        assert scan(multipart(part("x"), attached(b"\x89PNG", "image/png", "logo.png"))).harmless
