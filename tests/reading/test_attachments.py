"""Text out of files: what is in them, and where reading them ends."""

from __future__ import annotations

import io
import zipfile

import pytest

from gateway.reading import office, pdf
from gateway.reading.model import Attachment
from mailmaking import attached, message, multipart, part, texts


def the_file(octets: bytes, kind: str, name: str) -> Attachment:
    (found,) = message(multipart(part("Ohessa."), attached(octets, kind, name))).attachments
    return found


def packed(**members: str | bytes) -> bytes:
    """A zip; `__` in a member's name is a slash, a trailing `_xml` an ending."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_txt", ".txt"), content)
    return out.getvalue()


DOCX = packed(
    word__document_xml="<w:document><w:body><w:p><w:r><w:t>Hei </w:t></w:r><w:r><w:t>Liisa &amp; co</w:t></w:r></w:p>"
    "<w:tbl><w:tr><w:tc><w:p><w:t>Tunnus</w:t></w:p></w:tc><w:tc><w:p><w:t>maija</w:t></w:p></w:tc>"
    "</w:tr></w:tbl><w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p></w:body></w:document>",
    word__header1_xml="<w:hdr><w:p><w:r><w:t>Ylätunniste</w:t></w:r></w:p></w:hdr>",
)
XLSX = packed(
    xl__sharedStrings_xml="<sst><si><t>Nimi</t></si><si><r><t>Sala</t></r><r><t>sana</t></r></si></sst>",
    xl__worksheets__sheet1_xml='<worksheet><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2"><c t="inlineStr"><is><t>maija</t></is></c><c><v>1234</v></c><c t="s"><v>99</v></c></row></worksheet>',
)
ODT = packed(
    content_xml="<office:text><text:h>Otsikko</text:h><text:p>Rivi<text:line-break/>toinen</text:p><table:table-row>"
    "<table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell>"
    "</table:table-row></office:text>"
)


@pytest.mark.parametrize(
    ("octets", "name", "lines"),
    [
        (DOCX, "ohje.docx", ["Hei Liisa & co", "Tunnus\tmaija", "a", "b", "Ylätunniste"]),
        (XLSX, "lista.xlsx", ["Nimi\tSalasana", "maija\t1234"]),
        (ODT, "ohje.odt", ["Otsikko", "Rivi", "toinen", "a\tb"]),
        (packed(tunnus_txt="Salasana: x\n"), "paketti.zip", ["Salasana: x"]),
        (b"Tunnus;Salasana\r\nmaija;x\r\n", "lista.csv", ["Tunnus;Salasana", "maija;x"]),
        (b"<p>Salasana: <b>x</b></p>", "sivu.html", ["Salasana: x"]),
        ("Salasana: ä".encode("utf-16"), "muistio.txt", ["Salasana: ä"]),
        (b"\x00\x01\x02", "kuvake.bin", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("kind", ["application/octet-stream", "application/x-something"])
def test_text_is_found_by_name_and_first_octets_whatever_the_type_says(
    octets: bytes, name: str, lines: list[str], kind: str
) -> None:
    found = the_file(octets, kind, name)
    assert [" ".join(text.split(" ")).replace(" \t", "\t") for text in texts(found.lines)] == lines
    assert not found.encrypted


def pdf_of(*lines: str) -> bytes:
    """A PDF of one page, as small as one can be."""
    drawn = "BT /F1 12 Tf 50 700 Td " + " 0 -14 Td ".join(f"({line}) Tj" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1")


def test_the_text_layer_of_a_pdf_is_read_line_by_line() -> None:
    found = the_file(pdf_of("Tunnus: maija", "Salasana: kissa"), "application/pdf", "ohje.pdf")
    assert texts(found.lines) == ["Tunnus: maija", "Salasana: kissa"]


def test_a_pdf_is_read_as_far_as_the_limits_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_WEIGHT", 10)
    found = message(multipart(part("x"), attached(pdf_of("Tunnus"), "application/pdf", "a.pdf")))
    assert found.defects == ("attachment-read-in-part",)
    assert found.attachments[0].unreadable == ""


@pytest.mark.parametrize("octets", [b"%PDF-1.4\nrubbish", pdf_of("x")[:200], b"%PDF-" + bytes(range(256)) * 40])
def test_a_broken_pdf_is_no_finding(octets: bytes) -> None:
    found = the_file(octets, "application/pdf", "a.pdf")
    assert (found.encrypted, found.unreadable) == (False, "")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed(word__document_xml="<w:t>" + "x" * (80 << 20))
    found = the_file(bomb, "application/zip", "a.docx")
    assert found.unreadable
    assert found.lines == ()


def test_what_comes_out_of_a_zip_is_counted_while_it_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_Budget", lambda: BUDGET(left=1000))
    found = message(multipart(part("x"), attached(packed(a_txt="rivi\n" * 5000), "application/zip", "a.zip")))
    assert found.defects == ("attachment-read-in-part",)
    assert len(found.attachments[0].lines) == 200


BUDGET = office._Budget


def test_entities_in_office_xml_are_not_expanded() -> None:
    """A billion laughs stay one: the XML is never read as a document."""
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:p><w:t>&b;&b;</w:t></w:p>'
    assert texts(the_file(packed(word__document_xml=laughs), "application/zip", "a.docx").lines) == ["&b;&b;"]


def test_an_office_document_with_a_password_is_encrypted() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    assert the_file(ole, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx").encrypted


def test_an_encrypted_file_is_encrypted() -> None:
    assert the_file(b"-----BEGIN PGP MESSAGE-----\n\nhQEM", "application/octet-stream", "a.txt.asc").encrypted


def test_pictures_and_sounds_are_not_decoded() -> None:
    assert the_file(b"Salasana: x", "image/png", "kuva.png").lines == ()
