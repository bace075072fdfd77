"""Mails that say the same in several languages below each other, as public services send them."""

from __future__ import annotations

import itertools

import pytest

from mailmaking import html, plain, reply, texts

PARTS = {
    "fi": ("Hei,", "tilavarauksesi on vahvistettu ensi maanantaille kello kymmeneen.", "Ystävällisin terveisin"),
    "sv": ("Hej,", "din bokning av lokalen är bekräftad till nästa måndag klockan tio.", "Med vänlig hälsning"),
    "en": ("Dear customer,", "your booking of the hall is confirmed for next Monday at ten.", "Kind regards"),
    "et": ("Lugupeetud klient,", "teie ruumi broneering on kinnitatud järgmiseks esmaspäevaks.", "Lugupidamisega"),
    "de": ("Guten Tag,", "Ihre Buchung der Halle ist für nächsten Montag um zehn Uhr bestätigt.", "Freundliche Grüße"),
}
ORDERS = [("fi", "sv", "en"), ("sv", "fi", "en"), ("en", "fi", "sv"), ("fi", "et"), ("de", "en"), ("et", "fi", "en")]
RULES = ["", "---", "* * *", "==========", "__________"]


def written(order: tuple[str, ...], rule: str, *, signed: bool) -> str:
    """Each language with its salutation, and perhaps its sign-off; a rule between them."""
    parts = []
    for language in order:
        greeting, matter, closing = PARTS[language]
        parts.append(f"{greeting}\n\n{matter}\n" + (f"\n{closing}\nAino Neuvonen\n" if signed else ""))
    return f"\n{rule}\n\n".join(parts) if rule else "\n".join(parts)


@pytest.mark.parametrize(("order", "rule"), list(itertools.product(ORDERS, RULES)))
@pytest.mark.parametrize("signed", [True, False])
def test_each_part_has_its_greeting_and_the_first_ones_language_counts(
    order: tuple[str, ...], rule: str, *, signed: bool
) -> None:
    read = reply(plain(written(order, rule, signed=signed)))
    assert texts(read.greeting) == [PARTS[language][0] for language in order]
    assert read.language == order[0]


@pytest.mark.parametrize("notice", ["In English below", "På svenska nedan", "Suomeksi alla", "English version below"])
def test_a_notice_of_other_languages_says_nothing_of_the_first(notice: str) -> None:
    read = reply(plain(f"{notice}\n\n{written(('fi', 'sv', 'en'), '---', signed=True)}"))
    assert texts(read.greeting)[:1] == ["Hei,"]
    assert read.language == "fi"


def test_headings_that_name_the_languages_do_not_hide_the_greetings() -> None:
    parts = [f"<h3>{name}</h3><p>{PARTS[of][0]}</p><p>{PARTS[of][1]}</p>" for name, of in HEADED.items()]
    read = reply(html("".join(parts)))
    assert texts(read.greeting) == [PARTS[language][0] for language in HEADED.values()]
    assert read.language == "fi"


HEADED = {"Suomeksi": "fi", "På svenska": "sv", "In English": "en"}

BANNERS = [
    "CAUTION: This email originated from outside the organization.",
    "[EXTERNAL] Be careful with links and attachments.",
    "FYI: external sender",
    "You don't often get email from aspa@matkat.example. Learn why this is important",
    "HUOM: Tämä viesti tuli organisaation ulkopuolelta.",
    "Varoitus: ulkopuolinen lähettäjä. Älä avaa linkkejä, ellet tunne lähettäjää.",
    "OBS! Detta mejl kommer från en extern avsändare.",
    "Achtung: Diese E-Mail stammt von einem externen Absender.",
    "ADVARSEL: Denne mail kommer fra en ekstern afsender.",
    "Obs: Denne e-posten kommer fra en ekstern avsender.",
    "NB! See kiri tuli väljastpoolt organisatsiooni.",
    "LET OP: deze e-mail komt van buiten de organisatie.",
    "ATTENTION : ce message provient de l'extérieur de l'organisation.",
    "ATENCIÓN: este correo procede de fuera de la organización.",
    "ATTENZIONE: questa e-mail proviene dall'esterno dell'organizzazione.",
    "UWAGA: ta wiadomość pochodzi spoza organizacji.",
    "[Tiketti #20261102] Vastaus: Varaus",
    "Ärende 12345: Bokning",
    "##- Please type your reply above this line -##",
]


@pytest.mark.parametrize("banner", BANNERS)
def test_a_greeting_stands_below_what_a_machine_put_on_top(banner: str) -> None:
    read = reply(plain(f"{banner}\n\nHei Liisa, huone on varattu.\n\nTerveisin\nAino\n"))
    assert texts(read.greeting) == ["Hei Liisa,"]


@pytest.mark.parametrize("banner", BANNERS)
def test_what_a_machine_put_on_top_does_not_greet(banner: str) -> None:
    read = reply(plain(f"{banner}\n\nHuone on varattu ja aamiainen kuuluu hintaan.\n\nTerveisin\nAino\n"))
    assert texts(read.greeting) == []
