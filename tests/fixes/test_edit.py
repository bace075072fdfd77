"""The agent's own edit: what she gets to edit, and what comes of it."""

from __future__ import annotations

import pytest

from gateway.fixes import SEAM, Mended, Reason, fresh_text, replace_fresh
from gateway.reading.html import html_rows
from gateway.reading.message import read
from judging import enforced
from mending import container, is_sound, leaf, mail

REPLY = "Hei Liisa,\n\nPaketti lähti eilen ja on perillä huomenna.\n\nLasku tulee perässä.\n\nTerveisin\nAino"
SIGNATURE = "\n-- \nMatkatoimisto Oy\npuh. 010 123 4567\n"
QUOTE = "\nma 2.11.2026 klo 9.12 Liisa Virtanen kirjoitti:\n> Milloin paketti tulee?\n"
PAGE = (
    '<html><head><style>p{margin:0}</style></head><body><p class="a">Hei Liisa,</p>'
    '<p class="a">Paketti <a href="https://x.example/">lähti</a> eilen ja on perillä huomenna.</p>'
    '<p class="a">Lasku tulee perässä.</p><p class="a">Terveisin<br>Aino</p>'
    '<div class="gmail_signature">Matkatoimisto Oy</div>'
    '<div class="gmail_quote"><div class="gmail_attr">Liisa Virtanen kirjoitti 2.11.2026:</div>'
    "<blockquote><p>Milloin paketti tulee?</p></blockquote></div></body></html>"
)


def both(kind: str = "text/plain", encoding: str = "8bit") -> bytes:
    plain = leaf(REPLY + "\n" + SIGNATURE + QUOTE, kind, "utf-8", encoding)
    return mail(container([plain, leaf(PAGE, "text/html", "utf-8", encoding)], "alternative", "b"))


def edited(octets: bytes, old: str, new: str) -> Mended:
    text = fresh_text(octets, enforced())
    assert old in text
    return replace_fresh(octets, text.replace(old, new), enforced())


def texts(octets: bytes) -> list[str]:
    return ["\n".join(r.text for r in html_rows(b.text)) if b.html else b.text for b in read(octets).bodies]


def test_what_is_edited_is_the_fresh_text_without_signature_and_quote() -> None:
    assert fresh_text(both(), enforced()) == REPLY


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("kind", ["text/plain", "text/plain; format=flowed"])
def test_a_changed_line_arrives_in_text_and_html_and_all_else_stays(kind: str, encoding: str) -> None:
    octets = both(kind, encoding)
    mended = edited(octets, "Lasku tulee perässä.", "Lasku on <mukana> & maksettu.")
    plain, page = texts(mended.octets)
    assert plain.replace("\r\n", "\n") == (REPLY + "\n" + SIGNATURE + QUOTE).replace(
        "Lasku tulee perässä.", "Lasku on <mukana> & maksettu."
    )
    source = read(mended.octets).bodies[1].text
    assert source == PAGE.replace("Lasku tulee perässä.", "Lasku on &lt;mukana&gt; &amp; maksettu.")
    assert "Lasku on <mukana> & maksettu." in page
    assert [change.part for change in mended.changes] == ["1", "2"]
    assert is_sound(octets, mended)


def test_new_and_removed_paragraphs() -> None:
    octets = both()
    more = edited(octets, "Lasku tulee perässä.", "Lasku tulee perässä.\n\nSe maksetaan\nvasta kuussa.")
    assert '<p class="a">Se maksetaan<br>vasta kuussa.</p>' in more.octets.decode()
    assert 'href="https://x.example/"' in more.octets.decode()
    less = edited(octets, "\n\nLasku tulee perässä.", "")
    assert "Lasku" not in less.octets.decode()
    assert '<p class="a">Terveisin<br>Aino</p>' in less.octets.decode()


def test_a_long_line_in_a_flowed_text_flows() -> None:
    long = " ".join(["sana"] * 60)
    octets = mail(leaf(REPLY + "\n", "text/plain; format=flowed; delsp=yes", "utf-8", "8bit"))
    mended = edited(octets, "Lasku tulee perässä.", f"{long}\n From tämä\n>tuo")
    body = read(mended.octets).bodies[0].text
    assert max(map(len, body.split("\r\n"))) <= 78
    assert fresh_text(mended.octets, enforced()).count(long) == 1
    assert "\r\n  From tämä\r\n >tuo\r\n" in body


def test_answers_between_quoted_lines_are_edited_each_in_its_place() -> None:
    thread = "> Milloin se tulee?\nSe tulee huomenna.\n> Mitä se maksaa?\nEi mitään.\n"
    begins = "Hei Liisa,\n\nLiisa Virtanen kirjoitti ma 2.11.2026 klo 9.12:\n"
    octets = mail(leaf(begins + thread, "text/plain", "utf-8", "8bit"))
    text = fresh_text(octets, enforced())
    assert text.count(SEAM) == 2
    mended = edited(octets, "Ei mitään.", "Viisi euroa.")
    assert mended.octets == octets.replace("Ei mitään.".encode(), b"Viisi euroa.")
    lost = replace_fresh(octets, text.replace(SEAM, "", 1), enforced())
    assert (lost.octets, [one.reason for one in lost.unmendable]) == (octets, [Reason.STRETCHES])


def test_an_editor_that_leaves_nothing_changes_nothing() -> None:
    for left in ("", "\n \n"):
        mended = replace_fresh(both(), left, enforced())
        assert mended.octets == both()
        assert [one.reason for one in mended.unmendable] == [Reason.EMPTY]


def test_line_ends_and_white_space_of_an_editor_are_no_change() -> None:
    assert replace_fresh(both(), f"\n{REPLY}\n\n".replace("\n", "\r\n"), enforced()).octets == both()


def test_one_alternative_that_cannot_be_written_keeps_both() -> None:
    octets = both().replace(
        b"text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
        b"text/html; charset=utf-8\r\nContent-Transfer-Encoding: x-odd",
    )
    mended = edited(octets, "Lasku", "Kuitti")
    assert mended.octets == octets
    assert [(one.part, one.reason) for one in mended.unmendable] == [("2", Reason.TRANSFER)]


def test_a_line_that_would_end_the_part_is_refused() -> None:
    mended = edited(both(), "Lasku tulee perässä.", "--b--")
    assert mended.octets == both()
    assert [one.reason for one in mended.unmendable] == [Reason.BOUNDARY]


def test_a_picture_among_the_replaced_lines_stays() -> None:
    page = "<div>Hei Liisa,</div><div>Tässä kuva.</div><div><img src=cid:a></div><div>Se on hieno.</div><div>Aino</div>"
    octets = mail(leaf(page, "text/html", "utf-8", "8bit"))
    mended = edited(octets, "Tässä kuva.", "Katso kuvaa.")
    again = edited(mended.octets, "Katso kuvaa.", "Katso tuota.\nJoo.")
    assert "<img src=cid:a>" in again.octets.decode()
    whole = replace_fresh(octets, "Moi Liisa,\n\nkuva on alla.\n\nAino", enforced())
    assert "<img src=cid:a>" in whole.octets.decode()


def test_the_quote_below_may_be_anything_and_stays() -> None:
    octets = both().replace(b"Milloin paketti", b"Milloin <b>\xf0\x9f\x98\x80</b> paketti")
    mended = edited(octets, "Terveisin", "Ystävällisin terveisin")
    assert mended.octets.count(b"\xf0\x9f\x98\x80") == 2
    assert is_sound(octets, mended)
