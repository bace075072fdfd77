"""The thread below: whose words are whose, in the quoting styles of many clients and languages.

Each mail is written with the expected role before every line: gr(eeting) bo(dy) so (sign-off) si(gnature) di(sclaimer)
ma(rker) at(tribution) qu(oted).
"""

from __future__ import annotations

import pytest

from mailmaking import both, html, mail_of, part, plain, read_as, reply, roles

PLAIN = {
    "marks and an attribution, Finnish": """
gr|Hei Liisa,
  |
bo|huone on varattu.
  |
so|Terveisin
so|Aino
  |
at|ma 2. marrask. 2026 klo 10.00 Liisa Virtanen (liisa@asiakas.example)
at|kirjoitti:
  |
qu|> Hei, onko huone varattu?
qu|> t. Liisa
""",
    "attribution with the date last": """
bo|Kyllä on.
  |
at|Liisa Virtanen kirjoitti 2.11.2026 klo 10.15:
qu|> Onko varattu?
""",
    "Swedish": """
gr|Hej Maja!
bo|Rummet är bokat.
so|Med vänlig hälsning
so|Nils
  |
at|Den mån 2 nov. 2026 kl 10:00 skrev Maja Lund <maja@kund.example>:
  |
qu|> Är rummet bokat?
""",
    "English, wrapped over three rows": """
gr|Hi Ann,
bo|It is booked.
so|Kind regards,
so|Tom
  |
at|On Mon, Nov 2, 2026 at 10:00 AM Ann Field
at|<ann@customer.example>
at|wrote:
  |
qu|> Is it booked?
""",
    "German": """
gr|Guten Tag Frau Weber,
bo|das Zimmer ist gebucht.
so|Viele Grüße
so|Uwe Stein
at|Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Eva Weber <eva@kunde.example>:
qu|> Ist das Zimmer gebucht?
""",
    "no verb but an address, a time and a quote": """
bo|Se on varattu.
at|2.11.2026, 10:00, "Liisa Virtanen" <liisa@asiakas.example>:
qu|> Onko varattu?
""",
    "Outlook block, Finnish, after a rule": """
gr|Hei
bo|Varattu on.
so|T. Aino
ma|________________________________
at|Lähettäjä: Liisa Virtanen <liisa@asiakas.example>
at|Lähetetty: maanantai 2. marraskuuta 2026 10.00
at|Vastaanottaja: Aspa <aspa@matkat.example>
at|Aihe: Varaus
  |
qu|Hei, onko huone varattu?
  |
qu|Terveisin
qu|Liisa
""",
    "Outlook block, Swedish, then an older one": """
bo|Bokat är det.
at|Från: Maja Lund <maja@kund.example>
at|Skickat: den 2 november 2026 10:00
at|Till: Kundtjänst <info@resor.example>
at|Ämne: Bokning
  |
qu|Är det bokat?
  |
at|Från: Kundtjänst <info@resor.example>
at|Skickat: den 1 november 2026 9:00
at|Till: Maja Lund
at|Ämne: Bokning
  |
qu|Vi återkommer.
""",
    "original message rule": """
bo|Sent today.
  |
ma|-----Original Message-----
at|From: Ann Field [mailto:ann@customer.example]
at|Sent: Monday, November 2, 2026 10:00 AM
at|To: Support
at|Subject: Parcel
qu|Where is it?
""",
    "a forward has nothing fresh": """
ma|---------- Forwarded message ---------
at|From: Ann Field <ann@customer.example>
at|Date: Mon, 2 Nov 2026 at 10:00
at|Subject: Parcel
at|To: Support <support@shop.example>
  |
qu|Where is it?
""",
    "header block on the rule's own row": """
bo|Tiedoksi.
  |
ma|----- Edelleenlähetetty viesti ----- Lähettäjä: Liisa <liisa@asiakas.example>Lähetetty: ma 2.11.
qu|Onko varattu?
""",
    "inline answers are fresh": """
gr|Hei Liisa!
at|Liisa Virtanen kirjoitti 2.11.2026 klo 10.15:
qu|> Onko huone varattu?
bo|On, kahdelle.
qu|> Entä aamiainen?
bo|Sisältyy hintaan.
so|Terveisin Aino
""",
    "the answer below the quote": """
at|On 2 Nov 2026, at 10:00, Ann Field <ann@customer.example> wrote:
qu|> Where is it?
  |
bo|On its way, it comes tomorrow.
  |
so|Tom
""",
    "the answer below a rule, one field and a quote with marks": """
ma|----- Original Message -----
at|From: "Ann Field" <ann@customer.example>
  |
qu|> Where is it?
  |
bo|On its way, it comes tomorrow.
""",
    "a marker on top stands above the agent's words": """
ma|##- Kirjoita vastauksesi tämän rivin yläpuolelle -##
gr|Hei Liisa,
bo|huone on varattu.
so|Aino
""",
    "a marker below them stands above the thread": """
gr|Hei Liisa,
bo|huone on varattu.
so|Aino
ma|-- Vastaa tämän rivin yläpuolelle --
qu|Liisa Virtanen
qu|Onko huone varattu?
""",
    "a helpdesk's heading of the earlier comment": """
gr|Hei Liisa,
bo|huone on varattu.
so|Terveisin
so|Aino
  |
at|Liisa Virtanen
at|2.11.2026 klo 10.00
qu|Onko huone varattu?
""",
    "a colon, a digit and a verb do not make a thread": """
gr|Hei Liisa!
bo|Kirjoitit 2.11. näin:
bo|huone oli kylmä. Olemme pahoillamme.
so|Aino
""",
    "a journey is no header block": """
gr|Hej Maja!
bo|Här är resan:
bo|Från: Åbo
bo|Till: Stockholm
bo|Datum: 5.11.2026
so|Nils
""",
    "list items and prices are no attributions": """
gr|Hi Ann,
bo|we said two things:
bo|1. the parcel left at 10:15
bo|2. it costs 5.00 EUR
so|Tom
""",
}


@pytest.mark.parametrize("name", PLAIN)
def test_every_line_of_a_plain_reply_gets_its_role(name: str) -> None:
    (text,) = reply(plain(mail_of(PLAIN[name]))).texts
    assert roles(text) == read_as(PLAIN[name])


ATTRIBUTIONS = {
    "da": "Den man. 2. nov. 2026 kl. 10.00 skrev Mette Holm <mette@kunde.example>:",
    "nb": "man. 2. nov. 2026 kl. 10:00 skrev Kari Dal <kari@kunde.example>:",
    "et": "Kuupäev E, 2. november 2026 kell 10:00 kirjutas Mari Tamm <mari@klient.example>:",
    "nl": "Op ma 2 nov 2026 om 10:00 schreef Ria Kok <ria@klant.example>:",
    "fr": "Le lun. 2 nov. 2026 à 10:00, Marie Roux <marie@cliente.example> a écrit :",
    "es": "El lun, 2 nov 2026 a las 10:00, Ana Gil (<ana@cliente.example>) escribió:",
    "it": "Il giorno lun 2 nov 2026 alle ore 10:00 Ada Neri <ada@cliente.example> ha scritto:",
    "pl": "pon., 2 lis 2026 o 10:00 Ewa Lis <ewa@klient.example> napisał(a):",
}


@pytest.mark.parametrize("language", ATTRIBUTIONS)
def test_attributions_are_known_in_every_language(language: str) -> None:
    (text,) = reply(plain(f"Ok.\n\n{ATTRIBUTIONS[language]}\n\n> ?\n")).texts
    assert [role for role, _ in roles(text)] == ["bo", "at", "qu"]


BLOCKS = {
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "nb": ("Fra", "Sendt", "Til", "Emne"),
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
}


@pytest.mark.parametrize("language", BLOCKS)
@pytest.mark.parametrize("mark", ["", "*"])
def test_header_blocks_are_known_in_every_language(language: str, mark: str) -> None:
    values = ("Ann <ann@customer.example>", "2.11.2026 10:00", "Support", "Parcel")
    block = "\n".join(f"{mark}{name}:{mark} {value}" for name, value in zip(BLOCKS[language], values, strict=True))
    read = reply(plain(f"Ok.\n\n{block}\n\nteksti\n"))
    assert [role for role, _ in roles(read.texts[0])] == ["bo", "at", "at", "at", "at", "qu"]
    assert [(turn.author, turn.date) for turn in read.turns] == [("Ann", "2.11.2026 10:00")]


HTML = {
    "Gmail": (
        (
            '<div>Kyllä.</div><br><div class="gmail_quote"><div class="gmail_attr">ma 2.11.2026 klo 10 Liisa '
            'kirjoitti:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 0.8ex;border-left:1px solid">'
            "<p>Onko?</p></blockquote></div>"
        ),
        [("bo", "Kyllä."), ("at", "ma 2.11.2026 klo 10 Liisa kirjoitti:"), ("qu", "Onko?")],
    ),
    "Apple": (
        (
            "<div>Kyllä.</div><div><blockquote type=cite><div>Liisa kirjoitti 2.11.2026 kello 10.00:</div>"
            "<blockquote type=cite>Onko?</blockquote></blockquote></div>"
        ),
        [("bo", "Kyllä."), ("at", "Liisa kirjoitti 2.11.2026 kello 10.00:"), ("qu", "Onko?")],
    ),
    "Thunderbird": (
        (
            '<p>Kyllä.</p><div class="moz-cite-prefix">Liisa kirjoitti 2.11.2026 klo 10:</div>'
            "<blockquote type=cite>Onko?</blockquote>"
        ),
        [("bo", "Kyllä."), ("at", "Liisa kirjoitti 2.11.2026 klo 10:"), ("qu", "Onko?")],
    ),
    "Outlook on the web": (
        (
            '<div>Kyllä.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Lähettäjä:</b> Liisa '
            "&lt;l@asiakas.example&gt;<br><b>Lähetetty:</b> maanantai 2.<br><b>Aihe:</b> Varaus</div><div>Onko?</div>"
        ),
        [
            ("bo", "Kyllä."),
            ("at", "Lähettäjä: Liisa <l@asiakas.example>"),
            ("at", "Lähetetty: maanantai 2."),
            ("at", "Aihe: Varaus"),
            ("qu", "Onko?"),
        ],
    ),
    "Outlook for Windows": (
        (
            "<p class=MsoNormal>Kyllä.</p><div style='border-top:solid #E1E1E1 1pt'><p><b>From:</b> Ann "
            "&lt;ann@customer.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Us<br><b>Subject:</b> Room</p></div>"
            "<p class=MsoNormal>Is it?</p>"
        ),
        [
            ("bo", "Kyllä."),
            ("at", "From: Ann <ann@customer.example>"),
            ("at", "Sent: Monday"),
            ("at", "To: Us"),
            ("at", "Subject: Room"),
            ("qu", "Is it?"),
        ],
    ),
    "Yahoo": (
        (
            '<div>Yes.</div><div class="yahoo_quoted"><div>On Monday, November 2, 2026 at 10:00:00 AM, Ann wrote:</div>'
            "<div>Is it?</div></div>"
        ),
        [("bo", "Yes."), ("at", "On Monday, November 2, 2026 at 10:00:00 AM, Ann wrote:"), ("qu", "Is it?")],
    ),
    "Zammad": (
        (
            '<div>Kyllä.</div><div data-signature="true"><div>Ystävällisin terveisin</div><div>Aino</div></div>'
            "<blockquote type=cite>Onko?</blockquote>"
        ),
        [("bo", "Kyllä."), ("so", "Ystävällisin terveisin"), ("si", "Aino"), ("qu", "Onko?")],
    ),
    "plain text put into paragraphs": (
        "<p>Kyllä.</p><p>Liisa kirjoitti 2.11.2026 klo 10.15:</p><p>&gt; Onko?</p>",
        [("bo", "Kyllä."), ("at", "Liisa kirjoitti 2.11.2026 klo 10.15:"), ("qu", "Onko?")],
    ),
}


@pytest.mark.parametrize("client", HTML)
def test_quotes_in_the_html_of_clients(client: str) -> None:
    shown, expected = HTML[client]
    (text,) = reply(html(shown)).texts
    assert roles(text) == expected


def test_turns_keep_author_and_date() -> None:
    read = reply(plain(mail_of(PLAIN["Outlook block, Swedish, then an older one"])))
    assert [(turn.author, turn.date, [line.text for line in turn.lines]) for turn in read.turns] == [
        ("Maja Lund", "den 2 november 2026 10:00", ["Är det bokat?"]),
        ("Kundtjänst", "den 1 november 2026 9:00", ["Vi återkommer."]),
    ]


@pytest.mark.parametrize(
    ("attribution", "author"),
    [
        ("On Mon, Nov 2, 2026 at 10:00 AM Ann Field <ann@customer.example> wrote:", "Ann Field"),
        ("Liisa Virtanen kirjoitti 2.11.2026 klo 10.15:", "Liisa Virtanen"),
        ("ma 2. marrask. 2026 klo 10.00 Liisa Virtanen (liisa@asiakas.example) kirjoitti:", "Liisa Virtanen"),
        ("Den mån 2 nov. 2026 kl 10:00 skrev Maja Lund <maja@kund.example>:", "Maja Lund"),
        ('2.11.2026, 10:00, "Liisa Virtanen" <liisa@asiakas.example>:', "Liisa Virtanen"),
        ("On 2026-11-02 10:00, ann@customer.example wrote:", "ann@customer.example"),
    ],
)
def test_the_author_is_found_wherever_the_attribution_has_it(attribution: str, author: str) -> None:
    assert [turn.author for turn in reply(plain(f"Ok.\n\n{attribution}\n> ?\n")).turns] == [author]


def test_alternatives_that_say_the_same_get_the_same_roles() -> None:
    text = mail_of(PLAIN["inline answers are fresh"])
    shown = "".join(f"<p>{line.replace('>', '&gt;')}</p>" for line in text.split("\n") if line)
    one, other = reply(both(text, shown)).texts
    assert roles(one) == roles(other)
    assert one.group == other.group


def test_a_message_inside_is_quoted() -> None:
    from mailmaking import head, multipart  # noqa: PLC0415  # only here

    octets = multipart(part("Tiedoksi."), part(head() + "\nHei, salasana on x.\n", "message/rfc822"))
    read = reply(octets)
    assert [roles(text) for text in read.texts] == [[("bo", "Tiedoksi.")], [("qu", "Hei, salasana on x.")]]
    assert [text.part for text in read.texts] == ["1", "2.1"]
