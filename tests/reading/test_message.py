"""A mail taken out of its octets: bodies, attachments, facts; nothing that a client may show is missed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from gateway.reading.message import Message, read
from gateway.reading.model import Mailbox
from gateway.reading.smime import signed_content
from gateway.reading.structure import scan
from mailmaking import attached, crlf, head, message, multipart, multipart_part, part, plain, reply, texts


def shown(read: Message) -> str:
    return "\n".join(body.text for body in read.bodies)


def test_the_facts_of_an_ordinary_reply() -> None:
    found = message(
        plain("Hei!", Cc="B <b@example.org>", Reply_To="tuki@example.com", Subject="=?utf-8?Q?P=C3=A4iv=C3=A4?=")
    )
    assert found.subject == "Päivä"
    assert found.message_id == "1@matkat.example"
    assert found.from_ == (Mailbox("Aino Neuvonen", "aspa@matkat.example"),)
    assert found.to == (Mailbox("Liisa Virtanen", "liisa@asiakas.example"),)
    assert found.cc == (Mailbox("B", "b@example.org"),)
    assert found.reply_to == (Mailbox("", "tuki@example.com"),)
    assert ("Subject", "Päivä") in found.fields
    assert found.defects == ()
    assert found.structure.harmless


def test_every_from_field_counts() -> None:
    found = message(crlf("From: a@example.com\nFrom: B <b@example.com>, a@example.com\n\nx"))
    assert [box.address for box in found.from_] == ["a@example.com", "b@example.com"]


def test_a_structure_given_is_not_scanned_again() -> None:
    octets = plain("Hei!")
    assert read(octets, scan(octets)) == read(octets)


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "quoted-printable", "base64", "x-uuencode"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-15", "utf-16", "windows-1252"])
def test_a_text_is_the_same_in_every_charset_and_encoding(encoding: str, charset: str) -> None:
    import binascii  # noqa: PLC0415  # only here
    import quopri  # noqa: PLC0415  # only here

    octets = "Hyvää päivää, Liisa\r\n".encode(charset)
    match encoding:
        case "base64":
            octets = base64.encodebytes(octets)
        case "quoted-printable":
            octets = quopri.encodestring(octets)
        case "x-uuencode":
            octets = b"begin 644 x\r\n" + binascii.b2a_uu(octets) + b" \r\nend\r\n"
        case _ if charset == "utf-16":
            return  # not allowed without an encoding (RFC 2045 §2.7)
        case _:
            pass
    fields = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    found = message(crlf(head() + fields) + octets)
    assert shown(found).strip() == "Hyvää päivää, Liisa"
    assert found.defects == ()


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (
            crlf(
                head()
                + "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\n1\n--a--\n--b\n\nSALA\n--b--\n"
            ),
            "SALA",
        ),
        (crlf(head() + "Content-Type: text/plain\nContent-Type: text/html\n\n<p>SALA</p>"), "SALA"),
        (multipart(part("1")).replace(b"\r\n\r\n--b\r\n", b"\r\n\r\nSALA\r\n--b\r\n", 1), "SALA"),
        (multipart(part("1")) + b"SALA\r\n", "SALA"),
        (crlf(head() + "Content-Type: multipart/mixed\n\nSALA\n"), "SALA"),
        (crlf(head() + "Content-Type: multipart/mixed; boundary=zz\n\nSALA\n"), "SALA"),
        (crlf(head() + "Content-Type: text/plain; charset=x-unknown\n\nSALA ä\n"), "SALA ä"),
        (crlf(head() + "Content-Type: text\n\nSALA\n"), "SALA"),
        (crlf(head() + "Content-Transfer-Encoding: base64\n\nSALA on tässä, ei base64\n"), "SALA on tässä"),
        (crlf(head() + "Content-Transfer-Encoding: nonsense\n\nSALA\n"), "SALA"),
        (crlf("Subject: x\nei kenttä\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSALA\n--b--\n"), "SALA"),
        (crlf("SALA\n"), "SALA"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n1\r--b\rContent-Type: text/plain\r\rSALA\r--b--\r\n", "SALA"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_client_may_show_is_read(octets: bytes, words: str) -> None:
    assert words in shown(message(octets))


def test_an_encoded_container_is_opened() -> None:
    """RFC 2045 §6.4 forbids it; some clients decode it all the same."""
    inner = multipart_part(part("SA=4C=41", Content_Transfer_Encoding="quoted-printable"), boundary="i")
    encoded = base64.encodebytes(crlf(inner.partition("\n\n")[2])).decode()
    octets = crlf(
        head() + 'Content-Type: multipart/mixed; boundary="i"\nContent-Transfer-Encoding: base64\n\n' + encoded
    )
    assert "SALA" in shown(message(octets))


def test_an_encoded_message_inside_is_opened() -> None:
    inner = crlf(head(Subject="sisempi") + 'Content-Type: text/plain; charset="utf-8"\n\nSALA ä\n')
    octets = multipart(part("Tiedoksi"), attached(inner, "message/rfc822", "x.eml"))
    read_as = reply(octets)
    assert any("SALA ä" in line.text for text in read_as.texts for line in text.lines)
    assert [file.name for file in read_as.attachments] == ["x.eml"]


class TestFacts:
    """S/MIME, OpenPGP, calendars, machines."""

    @pytest.mark.parametrize(
        ("octets", "encrypted", "signed"),
        [
            (plain("x"), "", ""),
            (multipart(part("x"), kind='encrypted; protocol="application/pgp-encrypted"'), "pgp", ""),
            (
                multipart(
                    part("x"), part("y", "application/pgp-signature"), kind="signed; protocol=application/pgp-signature"
                ),
                "",
                "pgp",
            ),
            (multipart(part("x"), kind='signed; protocol="application/pkcs7-signature"'), "", "smime"),
            (
                crlf(head() + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nx"),
                "smime",
                "",
            ),
            (crlf(head() + "Content-Type: application/x-pkcs7-mime; smime-type=signed-data\n\nx"), "", "smime"),
            (plain("-----BEGIN PGP MESSAGE-----\n\nx"), "pgp", ""),
            (plain("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHei"), "", "pgp"),
        ],
    )
    def test_what_is_encrypted_or_signed(self, octets: bytes, encrypted: str, signed: str) -> None:
        found = message(octets)
        assert (found.encrypted, found.signed) == (encrypted, signed)

    def test_a_signature_is_no_attachment(self) -> None:
        octets = multipart(part("x"), attached(b"y", "application/pgp-signature", "signature.asc"), kind="signed")
        assert message(octets).attachments == ()

    def test_a_forwarded_signature_is_not_this_mails(self) -> None:
        inner = head() + multipart_part(part("x"), kind="signed", boundary="i")
        assert message(multipart(part("Tiedoksi"), part(inner, "message/rfc822"))).signed == ""

    def test_an_invitation_is_automatic(self) -> None:
        found = message(multipart(part("Kokous"), part("BEGIN:VCALENDAR", "text/calendar; method=REQUEST")))
        assert found.calendar
        assert found.automatic

    def test_a_report_is_automatic(self) -> None:
        found = message(multipart(part("x"), part("Status: 5.0.0", "message/delivery-status"), kind="report"))
        assert found.automatic
        assert found.defects == ()


def opaquely_signed(entity: bytes) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "aino")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    certificate = made.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    signing = pkcs7.PKCS7SignatureBuilder().set_data(entity).add_signer(certificate, key, hashes.SHA256())
    return signing.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


@pytest.mark.parametrize("kind", ["; smime-type=signed-data", ""])
def test_what_is_opaquely_signed_is_read(kind: str) -> None:
    """Signed, but not encrypted: every client shows it (RFC 8551 §3.5.2)."""
    signed = opaquely_signed(crlf("Content-Type: text/plain; charset=utf-8\n\nSalasana: kissa\n"))
    fields = f"Content-Type: application/pkcs7-mime{kind}; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    found = message(crlf(head() + fields) + base64.encodebytes(signed))
    assert (found.signed, found.encrypted) == ("smime", "")
    assert shown(found).strip() == "Salasana: kissa"
    assert not found.structure.harmless


@pytest.mark.parametrize("cut", [0, 1, 2, 10, 30, 60, 100])
def test_broken_signed_data_raise_nothing(cut: int) -> None:
    signed = opaquely_signed(crlf("Content-Type: text/plain\n\nx\n"))
    assert isinstance(signed_content(signed[:cut]), bytes)
    assert isinstance(signed_content(signed[:cut] + b"\x84\xff\xff\xff\xff" * 50), bytes)


def test_signed_data_in_pieces_of_indefinite_length_are_joined() -> None:
    """X.690 §8.7.3: as streaming software writes them."""
    pieces = b"\x04\x03abc\x04\x03def\x00\x00"
    content = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010701") + b"\xa0\x80\x24\x80" + pieces
    octets = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80\x30\x80\x02\x01\x01" + content
    assert signed_content(octets) == b"abcdef"


class TestFiles:
    """What a client shows as a file."""

    def test_name_type_and_size(self) -> None:
        octets = multipart(part("x"), attached(b"\x89PNG" + bytes(2000), "image/png", "=?utf-8?Q?kuva_=C3=A4.png?="))
        (file,) = message(octets).attachments
        assert (file.part, file.name, file.type, file.inline) == ("2", "kuva ä.png", "image/png", False)
        assert abs(file.size - 2004) < 40

    def test_a_picture_that_the_html_shows_is_inline(self) -> None:
        octets = multipart(
            part("<img src=cid:a>", "text/html"),
            part("x", "image/png", Content_ID="<a>", Content_Disposition="inline"),
            kind="related",
        )
        assert [file.inline for file in message(octets).attachments] == [True]

    def test_a_text_with_a_name_is_a_file_beside_a_body_and_the_body_where_there_is_none(self) -> None:
        named = part("Salasana: x", 'text/plain; name="tunnus.txt"')
        beside = reply(multipart(part("Ohessa."), named))
        assert [(file.name, texts(file.lines)) for file in beside.attachments] == [("tunnus.txt", ["Salasana: x"])]
        alone = reply(multipart(named))
        assert alone.attachments == ()
        assert texts(alone.fresh) == ["Salasana: x"]

    def test_an_attached_text_is_a_file_even_alone(self) -> None:
        octets = multipart(part("Salasana: x", Content_Disposition="attachment; filename=a.txt"))
        assert [file.name for file in message(octets).attachments] == ["a.txt"]

    def test_winmail_dat_is_named_as_such(self) -> None:
        octets = multipart(part("x"), part("y", "application/ms-tnef"))
        found = message(octets)
        assert [(file.name, file.type) for file in found.attachments] == [("winmail.dat", "application/ms-tnef")]
        assert "tnef" in found.defects

    def test_alternatives_share_a_group_and_others_do_not(self) -> None:
        both = multipart_part(part("a"), part("b", "text/html"), kind="alternative", boundary="i")
        found = message(multipart(both, part("loppu")))
        assert [(body.part, body.group) for body in found.bodies] == [("1.1", "1"), ("1.2", "1"), ("2", "2")]


def test_preamble_and_epilogue_are_read_and_are_nobodys_words() -> None:
    octets = multipart(part("Hei!")).replace(b"\r\n\r\n--b\r\n", "\r\n\r\nSalasana on tässä.\r\n--b\r\n".encode(), 1)
    found = reply(octets)
    assert texts(found.fresh) == ["Hei!"]
    assert any(line.text == "Salasana on tässä." for text in found.texts for line in text.lines)


def test_where_the_two_parsers_disagree_both_texts_are_read() -> None:
    octets = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
        b"yksi\r--b\rContent-Type: text/plain\r\rkaksi\r\n--b--\r\n"
    )
    found = message(octets)
    assert "parsers-disagree" in found.defects
    assert any(body.text.strip() == "kaksi" for body in found.bodies)
    assert any(body.text.startswith("yksi") for body in found.bodies)


def test_what_software_writes_for_readers_without_mime_is_no_text() -> None:
    preamble = b"\r\n\r\nThis is a multi-part message in MIME format.\r\n--b\r\n"
    found = message(multipart(part("Hei!")).replace(b"\r\n\r\n--b\r\n", preamble, 1))
    assert [body.text for body in found.bodies] == ["Hei!"]
    assert found.defects == ()
