"""`cover-note` and `dump-list`: words that a person must complete, and what holds them until then."""

from __future__ import annotations

from gateway.checks.cover import DUMP_LIST, unfilled
from gateway.fixes import Reason, fresh_text, mend, preview, replace_fresh
from judging import enforced, found, judged, reply
from mending import container, leaf, mail

PDF = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=lasku-2211.pdf\r\n\r\n%PDF-1.4"
PHOTO = b"Content-Type: image/jpeg\r\nContent-Disposition: attachment\r\n\r\nx"
BLANK = "[[Kirjoita tähän, mitä asiakkaan on hyvä siitä tietää.]]"
PRINT = """TILAUS 7718   ASIAKAS 2201 VIRTANEN
RIVI KOODI     NIMIKE      KPL
1    LT-305    LATTA 30X5   20
2    NT-404    KULMA 40X40  12
"""


def test_a_note_names_the_files_and_holds_until_it_is_filled() -> None:
    plain = leaf("Hei Liisa,\n\nTerveisin\nAino\n", "text/plain", "utf-8", "8bit")
    octets = mail(container([plain, PDF, PHOTO], "mixed", "b"))
    mended = mend(octets, ["cover-note"], enforced())
    assert f"Hei Liisa,\r\n\r\nLiitteenä on lasku-2211.pdf ja kuva. {BLANK}\r\n\r\nTerveisin".encode() in mended.octets
    assert mended.to_fill
    assert "attachment-only" in found(judged(mended.octets))
    text = fresh_text(mended.octets, enforced()).replace(BLANK, "Eräpäivä on 15.11., ja summa on sama kuin ennen.")
    filled = replace_fresh(mended.octets, text, enforced())
    assert "attachment-only" not in found(judged(filled.octets))


def test_words_beside_an_unfilled_blank_do_not_let_it_pass() -> None:
    text = f"Hei Liisa,\n\nlasku on maksettava perjantaihin mennessä, muuten tulee muistutus. {BLANK}\n"
    octets = mail(container([leaf(text, "text/plain", "utf-8", "8bit"), PDF], "mixed", "b"))
    assert "attachment-only" in found(judged(octets))
    assert "attachment-only" not in found(judged(octets.replace(BLANK.encode(), b"")))
    assert "attachment-only" not in found(judged(octets.replace(BLANK.encode(), b"[[Etusivu]]")))


def test_an_empty_body_gets_the_note_and_then_a_salutation() -> None:
    octets = mail(container([leaf("", "text/plain", "utf-8", "8bit"), PDF], "mixed", "b"))
    octets = octets.replace(b"Subject: Varaus", b"Subject: Lasku on liitteen\xc3\xa4 t\xc3\xa4ss\xc3\xa4")
    mended = mend(octets, ["greeting", "cover-note"], enforced())
    assert f"Hei Liisa,\r\n\r\nLiitteenä on lasku-2211.pdf. {BLANK}".encode() in mended.octets


def test_without_a_text_part_there_is_nowhere_to_write() -> None:
    octets = mail(PDF)
    mended = mend(octets, ["cover-note"], enforced())
    assert mended.octets == octets
    assert [one.reason for one in mended.unmendable] == [Reason.NO_TEXT]


def test_a_print_gives_way_to_a_list_in_text_and_html_and_is_found_until_filled() -> None:
    plain = leaf(f"Hei Liisa,\n\ntässä tilauksesi:\n\n{PRINT}\nTerveisin\nAino\n", "text/plain", "utf-8", "8bit")
    page = leaf(
        f"<p>Hei Liisa,</p><p>tässä tilauksesi:</p><pre>{PRINT}</pre><p>Terveisin<br>Aino</p>",
        "text/html",
        "utf-8",
        "8bit",
    )
    octets = mail(container([plain, page], "alternative", "b"))
    mended = mend(octets, ["dump-list"], enforced())
    text = mended.octets.decode()
    assert "LATTA" not in text
    assert text.count("- mitä: [[täytä tai poista rivi]]") == 2
    assert "</p><p>Tiedot lyhyesti:<br>- mitä: [[" in text
    assert "tilauksesi:\r\n\r\nTiedot lyhyesti:\r\n- mitä: [[" in text
    assert mended.to_fill
    assert "uppercase-dump" in found(judged(mended.octets))
    filled = text.replace("[[täytä tai poista rivi]]", "kaksi palkkia").encode()
    assert "uppercase-dump" not in found(judged(filled))
    assert any(line.startswith("-RIVI KOODI") for line in preview(octets, mended.octets, enforced()))


def test_brackets_that_others_wrote_are_no_blank() -> None:
    assert unfilled(reply("See [[Main page]] there."), DUMP_LIST, enforced().resources) is None


def test_a_fix_that_no_longer_fits_says_so() -> None:
    octets = mail(leaf("Hei Liisa,\n\nkiitos.\n", "text/plain", "utf-8", "8bit"))
    for name in ("dump-list", "cover-note"):
        mended = mend(octets, [name], enforced())
        assert mended.octets == octets
        assert [one.reason for one in mended.unmendable] == [Reason.NOTHING]
