"""The thread below in plain text, and the lines that introduce it in twelve languages."""

from __future__ import annotations

import pytest

from mailmaking import mail_of, plain, reply, roles

PLAIN = {
    "a helpdesk's comments below a rule": """
bo|It is booked.
  |
ma|----------------------------------------------
at|Ann Field, 2.11.2026 10:15
  |
qu|Is it booked?
  |
qu|----------------------------------------------
at|Tom Support, 1.11.2026 9:00
  |
qu|Welcome.
""",
    "a list of people and times below a rule is no thread": """
gr|Hi Ann,
bo|the rota:
ma|--------------------
bo|Ann Field, 2.11.2026 10:15
bo|Tom Support, 3.11.2026 10:15
so|Tom
""",
    "a name and a moment in the midst of the matter are no thread": """
gr|Hi Ann,
bo|your appointment:
bo|Ann Field, 2.11.2026 10:15
bo|Please come in time.
so|Tom
""",
    "a block above a quote of another kind keeps the rows between": """
at|From: Ann Field <ann@customer.example>
at|Sent: Monday, November 2, 2026 10:15
at|To: Support
at|Subject: Room
  |
qu|Still no answer to this?
  |
at|On 1 Nov 2026 at 9:00 Tom <tom@shop.example> wrote:
qu|> We shall see.
""",
    "a forward in a language without a list": """
bo|FYI
ma|---------- Mensagem encaminhada ---------
at|De: Ann Field <ann@customer.example>
at|Data: segunda-feira, 2 de novembro de 2026 10:15
at|Assunto: Room
at|Para: us@shop.example
  |
qu|Is it booked?
""",
    "a block with a copy, a blind copy and a list that goes on": """
bo|FYI
at|From: Ann Field <ann@customer.example>
at|To: One <one@shop.example>,
at|Two <two@shop.example>, Three <three@shop.example>,
at|Four <four@shop.example>
at|Cc: Five <five@shop.example>
at|Bcc:
at|Date: Mon, 2 Nov 2026 10:15:00 +0200
at|Subject: Room
qu|Is it booked?
""",
    "a quoted line that was broken": """
at|Ann Field wrote on 2.11.2026 10:15:
qu|> Is the room that I asked for last week in my other mail booked by
qu|now or
qu|> not?
bo|It is.
qu|> And is the breakfast that comes with it in the price that I paid?
bo|It is, too
qu|> Thanks
""",
    "an attribution with a verb that no list has": """
bo|It is.
at|On 2 Nov 2026 at 10:15, Ann Field mentioned:
qu|> Is it booked?
""",
    "a heading about a time introduces nothing": """
gr|Hi Ann,
bo|the times on 2.11.2026 from 10:15 are:
bo|10:15 bus
bo|11:30 train
so|Tom
""",
}


@pytest.mark.parametrize("name", PLAIN)
def test_the_thread_in_plain_text(name: str) -> None:
    (text,) = reply(plain(mail_of(PLAIN[name]), To="ann@customer.example")).texts
    assert "\n".join(f"{role}|{words}" for role, words in roles(text)) == "\n".join(
        f"{line[:2]}|{line[3:].lstrip('> ')}" for line in PLAIN[name].strip("\n").split("\n") if line[3:]
    )


INTRODUCED = [
    ("fi", "Liisa Virta <liisa@x.example> kirjoitti 2.11.2026 kello 10.15:", "Liisa Virta", "2.11.2026 kello 10.15"),
    ("fi", "maanantai 2. marraskuuta 2026 klo 10.15.00 UTC+2 Liisa Virta <l@x.example> kirjoitti:", "Liisa Virta", ""),
    ("sv", "Den måndag 2 november 2026 10:15:00 CET, Maja Lund <m@x.example> skrev:", "Maja Lund", ""),
    ("sv", "Maja Lund skrev den 2026-11-02 10:15:", "Maja Lund", "den 2026-11-02 10:15"),
    ("en", "On November 2, 2026 at 10:15 AM GMT+2 ann@x.example wrote:", "ann@x.example", ""),
    ("en", "---- On Mon, 02 Nov 2026 10:15:00 +0200 Ann Field <a@x.example> wrote ----", "Ann Field", ""),
    ("en", "Ann Field <a@x.example> wrote (02.11.2026 10:15):", "Ann Field", "(02.11.2026 10:15)"),
    ("en", "Ann Field said on Nov 2, 2026 at 10:15am:", "Ann Field", "on Nov 2, 2026 at 10:15am"),
    (
        "de",
        "Am Montag, 2. November 2026 um 10:15:00 MEZ hat Eva Weber <e@x.example> Folgendes geschrieben:",
        "Eva Weber",
        "",
    ),
    ("de", "Eva Weber <e@x.example> schrieb am Montag, 2. November 2026 um 10:15:", "Eva Weber", ""),
    ("da", "Den 02-11-2026 kl. 10:15 skrev Mette Holm:", "Mette Holm", "Den 02-11-2026 kl. 10:15"),
    ("nb", "mandag 2. november 2026 kl. 10:15:00 CET, skrev Kari Dal <k@x.example>:", "Kari Dal", ""),
    ("et", "Kontakt Mari Tamm (<m@x.example>) kirjutas kuupäeval E, 2. november 2026 kell 10:15:", "Mari Tamm", ""),
    ("nl", "Op 2 nov. 2026 om 10:15 heeft Ria Kok <r@x.example> het volgende geschreven:", "Ria Kok", ""),
    ("fr", "Le 02/11/2026 à 10:15, Marie Roux a écrit :", "Marie Roux", "Le 02/11/2026 à 10:15"),
    ("es", "El 2/11/26 a las 10:15, Ana Gil escribió:", "Ana Gil", "El 2/11/26 a las 10:15"),
    ("it", "Il 02/11/2026 10:15, Ada Neri ha scritto:", "Ada Neri", "Il 02/11/2026 10:15"),
    ("pl", "Wiadomość napisana przez Ewa Lis <e@x.example> w dniu 2 lis 2026, o godz. 10:15:", "Ewa Lis", ""),
    (
        "pl",
        "W dniu poniedziałek, 2 listopada 2026 10:15:00 CET użytkownik Ewa Lis <e@x.example> napisał:",
        "Ewa Lis",
        "",
    ),
]


@pytest.mark.parametrize("marks", ["> ", ""])
@pytest.mark.parametrize(("language", "line", "author", "date"), INTRODUCED)
def test_who_wrote_is_told_by_the_line_above(language: str, line: str, author: str, date: str, marks: str) -> None:
    assert language
    read = reply(plain(f"Ok.\n\n{line}\n\n{marks}One?\n{marks}Two?\n"))
    assert [role for role, _ in roles(read.texts[0])] == ["bo", "at", "qu", "qu"]
    (turn,) = read.turns
    assert turn.author == author
    assert turn.date == date or (not date and "10" in turn.date)


FORWARDED_ON_ONE_ROW = [
    (
        '----- Forwarded Message ----- From: Ann Field <ann@x.example>To: "Us" <us@y.example>Sent: {}Subject: ',
        "Monday, November 2, 2026, 10:15:00 AM GMT+1",
    ),
    (
        "----- Message transmis ----- De : Ann Field <ann@x.example>À : us@y.exampleEnvoyé : {}Objet : Chambre",
        "lundi 2 novembre 2026 à 10:15:00 UTC+1",
    ),
]


@pytest.mark.parametrize(("row", "date"), FORWARDED_ON_ONE_ROW)
def test_a_header_block_on_one_row_tells_who_wrote_and_when(row: str, date: str) -> None:
    read = reply(plain(f"FYI\n\n{row.format(date)}\n\nIs it?\n"))
    assert [role for role, _ in roles(read.texts[0])] == ["bo", "ma", "qu"]
    assert [(turn.author, turn.date) for turn in read.turns] == [("Ann Field", date)]


def test_what_is_quoted_at_a_level_goes_on_with_what_was_said_there() -> None:
    read = reply(
        plain(
            "Ok.\n\nOn 3 Nov 2026 at 10:15, Ann <ann@x.example> wrote:\n> On 2 Nov 2026 at 10:15, Tom "
            "<tom@y.example> wrote:\n"
            "> > Room?\n> Yes, a room.\n> > Breakfast?\n> No.\n"
        )
    )
    assert [(turn.author, [line.text for line in turn.lines]) for turn in read.turns] == [
        ("Ann", ["Yes, a room.", "No."]),
        ("Tom", ["Room?", "Breakfast?"]),
    ]
