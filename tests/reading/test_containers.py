"""Zip and PDF attachments: locked ones are told, and so are those that nobody should unpack."""

import base64
import io
import zipfile

import pytest

from gateway.reading.message import read
from gateway.reading.model import Attachment

LOCKED_PDF = b"%PDF-1.6\n1 0 obj\n<< >>\nendobj\ntrailer\n<< /Size 6 /Root 1 0 R /Encrypt 5 0 R >>\n%%EOF\n"
PLAIN_PDF = b"%PDF-1.6\n1 0 obj\n(a word: /Encrypt)\nendobj\ntrailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n"


def the_attachment(octets: bytes, content_type: str = "application/octet-stream") -> Attachment:
    head = f"Content-Type: {content_type}; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n"
    body = b"Content-Disposition: attachment\r\n\r\n" + base64.encodebytes(octets).replace(b"\n", b"\r\n")
    (found,) = read(b"From: aino@example.com\r\nMIME-Version: 1.0\r\n" + head.encode() + body).attachments
    return found


def packed(files: dict[str, bytes]) -> bytearray:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, content in files.items():
            packing.writestr(name, content)
    return bytearray(made.getvalue())


def with_flag(archive: bytearray) -> bytes:
    """Mark the first entry as locked, in its own header and in the directory."""
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(mark) + offset] |= 1
    return bytes(archive)


def with_size(archive: bytearray, size: int) -> bytes:
    """Let the directory say that the first entry unpacks to so much."""
    start = archive.index(b"PK\x01\x02") + 24
    archive[start : start + 4] = size.to_bytes(4, "little")
    return bytes(archive)


def counted_often(archive: bytearray, times: int) -> bytes:
    """Let the directory name its one entry many times."""
    start, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    last = bytearray(archive[end:])
    last[8:12] = times.to_bytes(2, "little") * 2
    last[12:16] = (times * (end - start)).to_bytes(4, "little")
    return bytes(archive[:start] + archive[start:end] * times + last)


@pytest.mark.parametrize("octets", [LOCKED_PDF, b"\n\n" + LOCKED_PDF, with_flag(packed({"a": b"1", "b": b"2"}))])
def test_a_locked_zip_or_pdf_is_encrypted_whatever_its_type_says(octets: bytes) -> None:
    assert the_attachment(octets).encrypted
    assert the_attachment(octets, "image/png").encrypted
    assert not the_attachment(octets).unreadable


@pytest.mark.parametrize("octets", [PLAIN_PDF, bytes(packed({"a": b"1"})), b"", b"PK", b"/Encrypt 5 0 R"])
def test_others_are_neither_encrypted_nor_unreadable(octets: bytes) -> None:
    found = the_attachment(octets)
    assert (found.encrypted, found.unreadable) == (False, "")


def test_a_zip_that_unpacks_to_very_much_from_very_little_is_unreadable() -> None:
    assert the_attachment(with_size(packed({"a": b"0"}), 3 << 30)).unreadable == "it would unpack to 3072 MB"
    assert not the_attachment(with_size(packed({"a": b"0"}), 63 << 20)).unreadable


def test_a_zip_that_is_large_and_well_packed_is_fine() -> None:
    """Random content stands for a ratio that files have."""
    filler = b"".join(number.to_bytes(4, "big") for number in range(300_000))
    archive = packed({"a": filler})
    assert not the_attachment(with_size(archive, min(99 * len(archive), 1 << 31))).unreadable


def test_a_zip_whose_entries_share_their_octets_is_unreadable() -> None:
    archive = packed({"a": bytes(4 << 20)})
    assert "many times" in the_attachment(counted_often(archive, 200)).unreadable


@pytest.mark.parametrize("cut", [5, 30, 60, 90])
def test_a_broken_zip_is_no_finding(cut: int) -> None:
    found = the_attachment(bytes(packed({"a": b"1", "b": b"2"}))[:cut])
    assert (found.encrypted, found.unreadable) == (False, "")
