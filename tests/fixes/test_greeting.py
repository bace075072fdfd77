"""`greeting`: the salutation in the right words, at the right place, in the style of the page."""

from __future__ import annotations

import pytest

from gateway.checks.salutation import salutation
from gateway.fixes import Mended, Reason, mend
from gateway.reading.message import read
from gateway.reading.model import AgentReply, Line, Person, Turn
from gateway.reading.reply import agent_reply
from judging import builtin, enforced, found, judged
from mending import container, leaf, mail

LISA = Person("Liisa Virtanen", "Liisa", "Virtanen", frozenset({"liisa", "virtanen"}))
LANGUAGES = ("da", "de", "en", "es", "et", "fi", "fr", "it", "nb", "nl", "pl", "sv")
FORMAL = {
    "da": "Vi ser frem til, at De kommer.",
    "de": "Wir haben Ihnen alles geschickt.",
    "en": "Please call us, Madam.",
    "es": "Esperamos a usted mañana.",
    "et": "Meil on hea meel, et Teie tulete.",
    "fi": "Toivomme, että tilauksenne on perillä.",
    "fr": "Nous vous attendons.",
    "it": "Abbiamo scritto a Lei ieri.",
    "nb": "Vi ser frem til at De kommer.",
    "nl": "Wij hebben uw pakket.",
    "pl": "Czekamy na Pani odpowiedź.",
    "sv": "Vi hoppas att Ni kommer.",
}


def reply(text: str, language: str, *turns: str, customer: Person = LISA) -> AgentReply:
    body = read(mail(leaf(text, "text/plain", "utf-8", "8bit")))
    said = agent_reply(body, builtin().resources)
    thread = tuple(Turn("", "", (Line(turn, "1", 9),)) for turn in turns)
    return AgentReply(texts=said.texts, language=language, customer=customer, turns=thread)


def greeted(octets: bytes) -> Mended:
    mended = mend(octets, ["greeting"], enforced())
    assert "missing-greeting" not in found(judged(mended.octets))
    return mended


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("formal", [False, True])
def test_in_every_language_and_register_it_is_read_as_a_salutation(language: str, formal: bool) -> None:  # noqa: FBT001
    text = FORMAL[language] if formal else "Parcel 12."
    words = salutation(reply(text, language), builtin().resources)
    octets = mail(leaf(f"{words}\n\n{text}\n\nAino\n", "text/plain", "utf-8", "8bit"))
    assert [line.text for line in agent_reply(read(octets), builtin().resources).greeting] == [words]
    wanted = {"pl": ""}.get(language, "Liisa Virtanen" if formal else "Liisa")
    assert wanted in words
    assert formal or "Virtanen" not in words


def test_the_thread_tells_the_register_where_the_reply_does_not() -> None:
    resources = builtin().resources
    assert salutation(reply("Paketti lähti.", "fi", "Voisitteko te auttaa?"), resources) == "Hyvä Liisa Virtanen,"
    assert salutation(reply("Paketti lähti.", "fi", "Voitko sinä auttaa?"), resources) == "Hei Liisa,"
    assert salutation(reply("Lähetimme sen sinulle.", "fi", "Voisitteko te auttaa?"), resources) == "Hei Liisa,"
    assert salutation(reply("Sie kommen morgen.", "de"), resources) == "Hallo Liisa,"


def test_nobody_known_is_greeted_without_a_name() -> None:
    assert salutation(reply("Paketti lähti.", "fi", customer=Person()), builtin().resources) == "Hei,"
    assert salutation(reply("Paketti lähti.", "fi", customer=Person("x" * 90, "x" * 90)), builtin().resources) == "Hei,"


@pytest.mark.parametrize(
    ("page", "then"),
    [
        ("<p class=a>Paketti lähti eilen.</p>", "<p class=a>Hei Liisa,</p><p class=a>Paketti lähti eilen.</p>"),
        (
            '<div dir="ltr">Paketti lähti eilen.</div><div>Se on perillä huomenna.</div>',
            '<div dir="ltr">Hei Liisa,</div><div dir="ltr"><br></div><div dir="ltr">Paketti lähti eilen.</div>',
        ),
        (
            '<p class=MsoNormal><span style="color:red">Paketti lähti eilen.</span></p>',
            '<p class=MsoNormal><span style="color:red">Hei Liisa,</span></p><p class=MsoNormal>&nbsp;</p><p class=Mso',
        ),
        ("<div>Paketti lähti eilen.<br>Se on perillä.</div>", "<div>Hei Liisa,<br><br>Paketti lähti eilen.<br>"),
        ("<p>[Tiketti #12]<br>Paketti lähti eilen.</p>", "<p>[Tiketti #12]<br>Hei Liisa,<br><br>Paketti"),
        ('<p><img src="cid:a" alt="Logo"></p><p>Paketti lähti eilen.</p>', "</p><p>Hei Liisa,</p><p>Paketti"),
        ("<ul><li>Paketti lähti eilen</li><li>lasku on siinä</li></ul>", "<p>Hei Liisa,</p><ul><li>Paketti"),
        (
            "<table><tr><td><p>Paketti lähti eilen.</p></td></tr></table>",
            "<table><tr><td><p>Hei Liisa,</p><p>Paketti",
        ),
        (
            "<table><tr><td>Paketti on</td><td>eilen lähtenyt</td></tr></table><p>Siinä se on.</p>",
            "<p>Hei Liisa,</p><table><tr><td>Paketti on</td>",
        ),
        ("<b>Paketti</b> lähti eilen.", "Hei Liisa,<br><br><b>Paketti</b>"),
    ],
)
def test_in_html_it_is_a_block_like_the_one_it_stands_above(page: str, then: str) -> None:
    octets = mail(leaf(f"<html><body>{page}</body></html>", "text/html", "utf-8", "8bit"))
    mended = greeted(octets)
    assert then in mended.octets.decode()
    assert mended.octets.startswith(octets.partition(b"<html>")[0])


def test_a_name_is_text_in_html_and_letters_that_the_charset_lacks_are_references() -> None:
    octets = mail(leaf("<p>Paketti lähti eilen.</p>", "text/html", "iso-8859-1", "8bit")).replace(
        b"Liisa Virtanen", b"=?utf-8?Q?=C5=BDeljko_<b>?="
    )
    mended = greeted(octets)
    assert b"<p>Hei &#381;eljko,</p>" in mended.octets
    assert b"charset=iso-8859-1" in mended.octets


def test_in_plain_text_it_stands_below_a_ticket_line_and_above_the_matter() -> None:
    octets = mail(leaf("[Tiketti #12]\n\nPaketti lähti eilen.\n", "text/plain", "utf-8", "8bit"))
    assert b"[Tiketti #12]\r\n\r\nHei Liisa,\r\n\r\nPaketti" in greeted(octets).octets


def test_answers_between_quoted_lines_are_greeted_on_top() -> None:
    begins = "Liisa Virtanen kirjoitti ma 2.11.2026 klo 9.12:\n"
    thread = f"{begins}> Milloin se tulee?\nSe tulee huomenna.\n> Mitä se maksaa?\nEi mitään.\n"
    mended = greeted(mail(leaf(thread, "text/plain", "utf-8", "8bit")))
    assert mended.octets.partition(b"\r\n\r\n")[2].startswith(b"Hei Liisa,\r\n\r\nLiisa Virtanen kirjoitti")


def test_every_alternative_gets_it_and_the_picture_stays() -> None:
    plain = leaf("Paketti lähti eilen.\n", "text/plain; format=flowed", "utf-8", "quoted-printable")
    page = leaf("<p>Paketti lähti eilen.</p>\n", "text/html", "utf-8", "base64")
    photo = b"Content-Type: image/png; name=a.png\r\n\r\nx"
    octets = mail(container([container([plain, page], "alternative", "in"), photo], "mixed", "out"))
    mended = greeted(octets)
    assert [change.part for change in mended.changes] == ["1.1", "1.2"]
    assert all(change.after[0] == "Hei Liisa," for change in mended.changes)


def test_where_there_is_one_already_it_does_not_fit() -> None:
    octets = mail(leaf("Hei Liisa,\n\nPaketti lähti eilen.\n", "text/plain", "utf-8", "8bit"))
    mended = mend(octets, ["greeting"], enforced())
    assert mended.octets == octets
    assert [one.reason for one in mended.unmendable] == [Reason.NOTHING]
