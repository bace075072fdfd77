"""What the agent wrote now: greeting, body, sign-off, signature, disclaimer. Roles as in test_thread.py."""

from __future__ import annotations

import pytest

from mailmaking import html, mail_of, plain, read_as, reply, roles, texts

MAILS = {
    "the usual, Finnish": """
gr|Hei Liisa!
  |
bo|Kiitos viestistäsi. Huone on varattu.
  |
so|Ystävällisin terveisin
so|Aino Neuvonen
si|Matkatoimisto Oy
si|puh. 010 123 4567
""",
    "the usual, Swedish": """
gr|Hej Liisa,
bo|rummet är bokat.
so|Med vänliga hälsningar
so|Nils Holm
si|Resebyrån
""",
    "the usual, English": """
gr|Dear Ms Virtanen,
bo|Your room is booked.
so|Kind regards,
so|Tom Field
si|Customer service
""",
    "a delimiter": """
gr|Hei!
bo|Huone on varattu.
si|--
si|Aino Neuvonen
si|Matkatoimisto Oy
""",
    "a mobile line": """
gr|Hei!
bo|Huone on varattu.
so|T. Aino
si|Lähetetty iPhonesta
""",
    "a disclaimer over several rows": """
gr|Hello,
bo|attached is the invoice.
so|Best regards
so|Tom
  |
di|This e-mail and any attachments are confidential. If you are not the
di|intended recipient, please delete it.
""",
    "a footer on personal data, but not the matter on it": """
gr|Hei!
bo|Kysyit henkilötietojen käsittelystä: säilytämme henkilötietojasi vuoden.
bo|Tiedot poistetaan sen jälkeen.
bo|Voit pyytää ne nähtäväksi.
bo|Pyyntöön vastataan kuukaudessa.
so|Terveisin
so|Aino
di|Lue lisää tietosuojasta: https://www.example.com/tietosuoja
""",
    "a postscript is matter": """
gr|Hei!
bo|Huone on varattu.
so|Terveisin
so|Aino
bo|PS. Muista passi.
""",
    "thanks in the midst close nothing": """
gr|Hei!
bo|Kiitos!
bo|Varaamme huoneen, ja vahvistus tulee huomenna sähköpostiisi.
bo|Lasku seuraa perässä.
so|Aino
""",
    "a name with a title, and an adverb no list knows": """
gr|Hyvä etsivä Virtanen,
bo|tutkimme tapauksen ja se selvisi.
so|Nöyrästi
so|Ossi, paistovuoron päällikkö
""",
    "a ticket line, a heading and then the greeting": """
ma|[#40022] Vastaus yhteydenottoosi
ma|Verkkopaja
gr|Hei Liisa,
bo|katko on ohi.
so|Eetu
""",
    "a notice of another system and then the greeting": """
ma|CAUTION: This email originated from outside of the organization.
gr|Hi Liisa,
bo|the room is booked.
so|Tom
""",
    "two languages, each with its own": """
gr|Hyvä asiakas,
bo|vesi on poikki tiistaina.
so|Terveisin
so|Vesilaitos
ma|-----
gr|Bästa kund,
bo|vattnet är avstängt på tisdag.
so|Med vänlig hälsning
so|Vattenverket
""",
    "no greeting": """
bo|Huone on varattu ja lasku tulee perässä.
so|Terveisin
so|Aino
""",
    "contacts alone at the end": """
gr|Hei!
bo|Huone on varattu.
  |
si|Matkatoimisto Oy
si|Rantakatu 1, Turku
si|puh. 010 123 4567
""",
    "what a list puts below every mail": """
gr|Hi Liisa,
bo|the fix is in the next version.
so|Tom
ma|_______________________________________________
si|Support mailing list
si|https://lists.example.org/support
""",
    "links and dates alone are the matter": """
bo|URL: https://www.example.org/artikkeli/82741733
bo|Date: 2026-09-26T12:27:20+01:00
""",
    "in letters of another script": """
gr|Здравствуйте, Ирина!
bo|Заявление получено.
so|\u0421 уважением,
so|Наталья
""",
    "a signature whose first word is a greeting too": """
gr|Moi!
bo|Huone on varattu, tervetuloa.
so|Moikka
so|Aino
""",
}


@pytest.mark.parametrize("name", MAILS)
def test_every_fresh_line_gets_its_role(name: str) -> None:
    (text,) = reply(plain(mail_of(MAILS[name]))).texts
    assert roles(text) == read_as(MAILS[name])


def test_a_row_is_cut_where_the_closing_begins() -> None:
    written = "Lähetämme uuden huomenna. Terveisin Aino Neuvonen"
    (text,) = reply(plain(f"Hei!\n{written}\nMatkatoimisto Oy\n")).texts
    assert roles(text)[1:] == [
        ("bo", "Lähetämme uuden huomenna."),
        ("so", "Terveisin Aino Neuvonen"),
        ("si", "Matkatoimisto Oy"),
    ]
    assert text.lines[2].column == written.index("Terveisin") + 1


@pytest.mark.parametrize(
    ("written", "greeting", "matter"),
    [
        ("Hei Liisa, huone on varattu.", "Hei Liisa,", "huone on varattu."),
        ("Hei, huone on varattu.", "Hei,", "huone on varattu."),
        ("Hei kiitos viestistäsi.", "Hei", "kiitos viestistäsi."),
        ("Hei Olemme varanneet huoneen.", "Hei", "Olemme varanneet huoneen."),
        ("Moikka Liisa ja kiitos viestistä!", "Moikka Liisa ja", "kiitos viestistä!"),
        ("Hej Maja! Rummet är bokat.", "Hej Maja!", "Rummet är bokat."),
        ("Hi Ann - the room is booked.", "Hi Ann -", "the room is booked."),
        ("Dear Ms. Field: the room is booked.", "Dear Ms. Field:", "the room is booked."),
        ("Liisa, huone on varattu.", "Liisa,", "huone on varattu."),
        ("Kiitos viestistäsi, Liisa! Huone on varattu.", "Kiitos viestistäsi, Liisa!", "Huone on varattu."),
    ],
)
def test_a_row_is_cut_where_the_matter_begins(written: str, greeting: str, matter: str) -> None:
    """Both halves are lines of the same number; the second one's column says where it stands."""
    (text,) = reply(plain(written)).texts
    first, second = text.lines
    assert (first.text, second.text) == (greeting, matter)
    assert (second.line, second.column) == (1, written.index(matter) + 1)


GREETINGS = """
@Liisa | Liisa , |
Hei! | Hei Liisa! | Moikka | Moi Liisa, | Heippa Liisa | Terve! | Tervehdys | Hyvää päivää | Hyvää huomenta Liisa! |
Hyvä asiakkaamme, | Hyvä Liisa Virtanen | Arvoisa asiakas! | Liisa, | Liisa! | Liisa hei! | Kari ja Sirpa, |
Kiitos Liisa! | Kiitos viestistäsi, Liisa! | Hejsan | Tjena Liisa! | Hallå! | God morgon! | Bästa kund, | Kära Liisa |
Tack Liisa! | Hi | Hello Liisa | Hey there, | Good afternoon, | Dear customer, | Dear Sir or Madam, |
To whom it may concern, | Dear Dr. Virtanen, | Guten Tag | Sehr geehrte Frau Virtanen, | Liebe Liisa, | Moin! |
Kære Liisa, | Goddag! | Kjære Liisa, | God dag | Tere! | Lugupeetud klient, | Geachte heer/mevrouw, | Beste Liisa, |
Bonjour, | Chère Madame, | Madame, Monsieur, | Hola: | Estimada Liisa: | Buenos días, | Buongiorno, |
Gentile signora Virtanen, | Dzień dobry, | Szanowna Pani, | Pani Liiso, | Rouva Virtanen,
"""


@pytest.mark.parametrize("greeting", [one.strip() for one in GREETINGS.replace("\n", " ").split("|")])
def test_any_salutation_counts(greeting: str) -> None:
    read = reply(plain(f"{greeting}\n\nTilaus on valmis noudettavaksi.\n"))
    assert texts(read.greeting) == [greeting]


@pytest.mark.parametrize(
    "matter",
    [
        "Terve lapsi tarvitsee rokotuksen vuosittain.",
        "Hyvä että otit yhteyttä, asia selvisi.",
        "Hyvä, että otit yhteyttä.",
        "Kiitos viestistäsi, asia on hoidossa.",
        "Kiitos etukäteen.",
        "Päivää ennen lähtöä lähetämme liput.",
        "Hello Kitty lunchboxes are back on Friday.",
        "Hi-fi equipment is on the second floor.",
        "Bästa sättet är att ringa oss.",
        "Dag 3 är den längsta etappen.",
        "Dear life is short.",
        "Good news: the parcel is here.",
        "All terms apply as agreed with you.",
        "Thanks, we have it.",
        "Helsinki, 3.5.2026",
        "HUOM, tilaus on valmis.",
        "Team building is on Friday at noon.",
        "Buenas noticias: el coche ha pasado la ITV.",
    ],
)
def test_a_word_of_greeting_in_the_matter_greets_nobody(matter: str) -> None:
    read = reply(plain(f"{matter}\n\nLasku tulee perässä ensi viikolla.\n"))
    assert read.greeting == ()


CLOSINGS = """
Ystävällisin terveisin | Terveisin, | T. Aino | Yt. Aino Neuvonen | Terv. | Kunnioittaen | Kiitos! |
Aurinkoista kesää! | Mukavaa viikonloppua! | Med vänlig hälsning | Mvh Nils | Vänligen, | Hälsningar | Hej då! |
Best regards | Kind regards, | Sincerely yours, | BR, Tom | Cheers | Have a nice day! | Mit freundlichen Grüßen |
Viele Grüße | MfG | Med venlig hilsen | Vennlig hilsen | Lugupidamisega | Met vriendelijke groet | Cordialement, |
Un saludo | Saludos cordiales | Cordiali saluti | Pozdrawiam | Z poważaniem
"""


@pytest.mark.parametrize("closing", [one.strip() for one in CLOSINGS.replace("\n", " ").split("|")])
def test_closings_of_all_languages_are_the_sign_off(closing: str) -> None:
    read = reply(plain(f"Hei!\n\nTilaus on valmis noudettavaksi.\n\n{closing}\nAino Neuvonen\n010 123 4567\n"))
    assert texts(read.sign_off)[0] == closing
    assert "010 123 4567" in texts(read.signature)


def test_a_signature_of_the_markup_is_a_signature_and_its_closing_a_sign_off() -> None:
    read = reply(html('<p>Hei!</p><p>Valmista.</p><div class="gmail_signature">Terveisin<br>Aino<br>Oy Ab</div>'))
    assert texts(read.sign_off) == ["Terveisin"]
    assert texts(read.signature) == ["Aino", "Oy Ab"]


def test_pictures_alone_are_no_matter() -> None:
    (text,) = reply(html('<img alt="Matkatoimisto"><p>Hei!</p><p>Valmista.</p>')).texts
    assert roles(text) == [("ma", "Matkatoimisto"), ("gr", "Hei!"), ("bo", "Valmista.")]


def test_a_reply_of_signature_alone_has_no_body() -> None:
    (text,) = reply(plain("Terveisin\nAino Neuvonen\nMatkatoimisto Oy\npuh. 010 123 4567\n")).texts
    assert {role for role, _ in roles(text)} == {"so", "si"}
