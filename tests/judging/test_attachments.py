"""Attachments without a word, and those with one.

`covers/` holds notes beside a file, as people write them in twelve languages: `+` only points, `-` says something.
"""

from pathlib import Path

import pytest

from gateway.reading.model import Attachment, Line, Role, Text
from gateway.verdict import Where
from judging import found, judged, lines, look, mail, reply

FILES = sorted((Path(__file__).parent / "covers").glob("*.txt"))
PDF = Attachment("2", "lasku.pdf", "application/pdf", 4711)
POINTERS = [
    ("fi", "Liitteenä."),
    ("fi", "Ks. liite"),
    ("fi", "Liitteenä pyytämäsi lasku."),
    ("fi", "Ohessa tarjouksemme, ystävällisesti tutustukaa."),
    ("sv", "Se bifogad fil."),
    ("sv", "Bifogat finns fakturan."),
    ("en", "Confirmation letter enclosed. Please see attachment."),
    ("en", "PFA"),
    ("en", "Please find attached the requested document. Do not hesitate to contact us if you have any questions."),
    ("de", "Anbei die gewünschte Rechnung."),
    ("da", "Se vedhæftede fil."),
    ("nb", "Se vedlegg."),
    ("et", "Arve on manuses."),
    ("nl", "Zie bijlage."),
    ("fr", "Veuillez trouver ci-joint la facture."),
    ("es", "Adjunto la factura solicitada."),
    ("it", "In allegato la fattura."),
    ("pl", "W załączniku faktura."),
    ("en", "lasku.pdf"),
    ("en", ""),
]
NOTES = [
    ("fi", "Liitteenä lasku. Eräpäivä siirrettiin pyynnöstäsi tammikuun loppuun."),
    ("fi", "Allekirjoita liitteen sopimus ja palauta se perjantaihin mennessä."),
    ("sv", "Här är fakturan, jag drog av två timmar."),
    ("en", "The contract is attached; please sign page 3 and send it back by Friday."),
    ("en", "Your boiler part arrived this morning and can be fetched from the shop."),
    ("de", "Die Anfahrt haben wir nicht berechnet."),
    ("fr", "Nous avons retiré les frais de port."),
    ("ja", "請求書の支払期限を一月末に変更しました"),
]


@pytest.mark.parametrize(("language", "text"), POINTERS)
def test_a_mere_pointer_is_no_message(language: str, text: str) -> None:
    (sight,) = look("attachment-only", reply(text, language, attachments=(PDF,)))
    assert sight.where == Where("2")
    assert sight.excerpt == "lasku.pdf"
    (fix,) = sight.fixes
    assert fix.name == "cover-note"
    assert "lasku.pdf" in fix.preview


@pytest.mark.parametrize(("language", "text"), NOTES)
def test_a_short_but_real_note_is_a_message(language: str, text: str) -> None:
    assert not look("attachment-only", reply(text, language, attachments=(PDF,)))


def covers(sign: str) -> list[tuple[str, str]]:
    return [
        (path.stem, line[2:].replace("\\n", "\n"))
        for path in FILES
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.startswith(sign + " ")
    ]


def sent_with_a_file(text: str) -> bytes:
    """The note as a whole mail, a file beside it."""
    head, _, body = mail(text).partition(b"Content-Type: text/plain")
    file = b"Content-Type: application/octet-stream; name=a1.bin\r\nContent-Disposition: attachment; filename=a1.bin"
    parts = b"--m\r\nContent-Type: text/plain" + body + b"\r\n--m\r\n" + file + b"\r\n\r\nA1\r\n--m--\r\n"
    return head + b"Content-Type: multipart/mixed; boundary=m\r\n\r\n" + parts


@pytest.mark.parametrize(("language", "text"), covers("+"))
def test_a_note_that_only_points_to_the_file_is_found(language: str, text: str) -> None:
    assert "attachment-only" in found(judged(sent_with_a_file(text))), language


@pytest.mark.parametrize(("language", "text"), covers("-"))
def test_a_note_that_says_one_thing_is_left_alone(language: str, text: str) -> None:
    assert "attachment-only" not in found(judged(sent_with_a_file(text))), language


def test_every_language_has_both_kinds_of_note() -> None:
    for sign in "+-":
        assert {language for language, _ in covers(sign)} == {path.stem for path in FILES}
    assert len(FILES) == 12


def test_what_is_not_the_agent_s_matter_does_not_count() -> None:
    body = (
        *lines("Hello Maija,", role=Role.GREETING),
        *lines("Kind regards\nAnna Korhonen", role=Role.SIGN_OFF),
        *lines("Nordic Paper Goods, Harbour Street 12, open on weekdays from nine to five", role=Role.SIGNATURE),
        *lines("This message is confidential and meant for its reader alone.", role=Role.DISCLAIMER),
        *lines("##- write your reply above this line -##", role=Role.MARKER),
        *lines("I would like to have the invoice once more, please.", role=Role.QUOTED),
    )
    thread = Text("1", html=False, lines=body)
    assert look("attachment-only", reply("", texts=(thread,), attachments=(PDF,)))


def test_words_in_either_alternative_are_a_message() -> None:
    empty = Text("1.1", html=False, lines=(), group="1")
    note = Text("1.2", html=True, lines=lines("We changed the due date to the end of January.", "1.2"), group="1")
    assert not look("attachment-only", reply("", texts=(empty, note), attachments=(PDF,)))
    assert look("attachment-only", reply("", texts=(empty, empty), attachments=(PDF,)))


@pytest.mark.parametrize(
    "attachment",
    [
        Attachment("2", "logo.png", "image/png", 90, inline=True),
        Attachment("2", "invite.ics", "text/calendar", 900),
        Attachment("2", "anna.vcf", "text/vcard", 300),
        Attachment("2", "smime.p7s", "application/pkcs7-signature", 3000),
    ],
)
def test_what_is_no_enclosure_is_left_alone(attachment: Attachment) -> None:
    assert not look("attachment-only", reply("", attachments=(attachment,)))


def test_without_an_attachment_an_empty_reply_is_others_business() -> None:
    assert not look("attachment-only", reply(""))


def test_invitations_and_encrypted_mail_are_left_alone() -> None:
    assert not look("attachment-only", reply("", attachments=(PDF,), calendar=True))
    assert not look("attachment-only", reply("", attachments=(PDF,), encrypted="pgp"))


def test_a_forward_brings_its_own_words_but_not_those_of_an_attached_mail() -> None:
    subject = Line("FW: Your seats", "header:Subject", 1)
    below = Text("1", html=False, lines=lines("Row F, seats 11 and 12.", role=Role.QUOTED))
    attached = Text("2.1", html=False, lines=lines("Row F, seats 11 and 12.", "2.1", role=Role.QUOTED))
    mail = Attachment("2", "seats.eml", "message/rfc822", 900)
    assert not look("attachment-only", reply("", subject=subject, texts=(below,), attachments=(PDF,)))
    assert look("attachment-only", reply("", subject=subject, texts=(attached,), attachments=(mail,)))


def test_how_many_words_make_a_message_is_the_house_s_to_say() -> None:
    seen_in = reply("The blue one.", attachments=(PDF,))
    assert not look("attachment-only", seen_in)
    assert look("attachment-only", seen_in, {"min_words": 4})
    assert not look("attachment-only", reply("", attachments=(PDF,)), {"ignore_types": ["application/pdf"]})


def test_a_megabyte_of_words_without_an_end_is_read_in_one_pass() -> None:
    assert not look("attachment-only", reply("matkavakuutus " * 70_000, "fi", attachments=(PDF,)))
    for odd in ("a.b " * 300_000 + "c.", "ö" * 1_000_000, "((((( " * 200_000, "a'" * 500_000, "- " * 500_000):
        look("attachment-only", reply(odd, attachments=(PDF,)))
