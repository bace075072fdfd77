"""The thread below a reply as mail programs write it, in every language, as text and as HTML.

Rules of this file: values and plain string work. What the customer wrote greets and closes, asks one question and gives
no cause for any finding.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What the programs say in one language."""

    wrote: tuple[str, str]
    """Gmail's line and Thunderbird's; `{who}` is name and address, `{name}` the name alone."""
    block: tuple[str, str, str, str]
    """From, sent, to, subject."""
    original: str
    sent: str
    """A moment as Outlook writes it."""
    asked: tuple[str, ...]
    """What the customer wrote, line by line, `{name}` at the end."""


WORDS: Mapping[str, Words] = {
    "fi": Words(
        ("ma 2. marrask. 2026 klo 10.15 {who} kirjoitti:", "{name} kirjoitti 2.11.2026 klo 10.15:"),
        ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
        "Alkuperäinen viesti",
        "maanantai 2. marraskuuta 2026 10.15",
        ("Hei!", "", "Milloin saan vastauksen kysymykseeni? Asia on vielä auki.", "", "Terveisin", "{name}"),
    ),
    "sv": Words(
        ("Den mån 2 nov. 2026 kl 10:15 skrev {who}:", "Den 2026-11-02 kl. 10:15, skrev {name}:"),
        ("Från", "Skickat", "Till", "Ämne"),
        "Ursprungligt meddelande",
        "den 2 november 2026 10:15",
        ("Hej!", "", "När får jag svar på min fråga? Ärendet är inte klart än.", "", "Hälsningar", "{name}"),
    ),
    "en": Words(
        ("On Mon, Nov 2, 2026 at 10:15 AM {who} wrote:", "On 02/11/2026 10:15, {name} wrote:"),
        ("From", "Sent", "To", "Subject"),
        "Original Message",
        "Monday, November 2, 2026 10:15 AM",
        ("Hello,", "", "when may I expect an answer? The matter is still open.", "", "Kind regards", "{name}"),
    ),
    "de": Words(
        ("Am Mo., 2. Nov. 2026 um 10:15 Uhr schrieb {who}:", "Am 02.11.26 um 10:15 schrieb {name}:"),
        ("Von", "Gesendet", "An", "Betreff"),
        "Ursprüngliche Nachricht",
        "Montag, 2. November 2026 10:15",
        ("Guten Tag,", "", "wann bekomme ich eine Antwort auf meine Frage?", "", "Mit freundlichen Grüßen", "{name}"),
    ),
    "da": Words(
        ("Den man. 2. nov. 2026 kl. 10.15 skrev {who}:", "Den 02.11.2026 kl. 10.15 skrev {name}:"),
        ("Fra", "Sendt", "Til", "Emne"),
        "Oprindelig meddelelse",
        "2. november 2026 10:15",
        ("Hej", "", "Hvornår får jeg svar på mit spørgsmål?", "", "Venlig hilsen", "{name}"),
    ),
    "nb": Words(
        ("man. 2. nov. 2026 kl. 10:15 skrev {who}:", "Den 02.11.2026 10:15, skrev {name}:"),
        ("Fra", "Sendt", "Til", "Emne"),
        "Opprinnelig melding",
        "mandag 2. november 2026 10:15",
        ("Hei", "", "Når får jeg svar på spørsmålet mitt?", "", "Vennlig hilsen", "{name}"),
    ),
    "et": Words(
        ("Kontakt {who} kirjutas kuupäeval E, 2. november 2026 kell 10:15:", "02.11.2026 10:15 {name} kirjutas:"),
        ("Saatja", "Saadetud", "Adressaat", "Teema"),
        "Algne sõnum",
        "esmaspäev, 2. november 2026 10:15",
        ("Tere", "", "Millal ma vastuse saan? Asi on veel lahtine.", "", "Lugupidamisega", "{name}"),
    ),
    "nl": Words(
        ("Op ma 2 nov 2026 om 10:15 schreef {who}:", "Op 02-11-2026 om 10:15 schreef {name}:"),
        ("Van", "Verzonden", "Aan", "Onderwerp"),
        "Oorspronkelijk bericht",
        "maandag 2 november 2026 10:15",
        ("Beste,", "", "wanneer krijg ik antwoord op mijn vraag?", "", "Met vriendelijke groet", "{name}"),
    ),
    "fr": Words(
        ("Le lun. 2 nov. 2026 à 10:15, {who} a écrit :", "Le 02/11/2026 à 10:15, {name} a écrit :"),
        ("De", "Envoyé", "À", "Objet"),
        "Message d'origine",
        "lundi 2 novembre 2026 10:15",
        ("Bonjour,", "", "quand aurai-je une réponse à ma question ?", "", "Cordialement", "{name}"),
    ),
    "es": Words(
        ("El lun, 2 nov 2026 a las 10:15, {who} escribió:", "El 2/11/26 a las 10:15, {name} escribió:"),
        ("De", "Enviado", "Para", "Asunto"),
        "Mensaje original",
        "lunes, 2 de noviembre de 2026 10:15",
        ("Hola:", "", "¿Cuándo tendré una respuesta a mi pregunta?", "", "Un saludo", "{name}"),
    ),
    "it": Words(
        ("Il giorno lun 2 nov 2026 alle ore 10:15 {who} ha scritto:", "Il 02/11/2026 10:15, {name} ha scritto:"),
        ("Da", "Inviato", "A", "Oggetto"),
        "Messaggio originale",
        "lunedì 2 novembre 2026 10:15",
        ("Buongiorno,", "", "quando avrò una risposta alla mia domanda?", "", "Cordiali saluti", "{name}"),
    ),
    "pl": Words(
        ("pon., 2 lis 2026 o 10:15 {who} napisał(a):", "W dniu 2.11.2026 o 10:15, {name} pisze:"),
        ("Od", "Wysłane", "Do", "Temat"),
        "Oryginalna wiadomość",
        "poniedziałek, 2 listopada 2026 10:15",
        ("Dzień dobry,", "", "kiedy dostanę odpowiedź na moje pytanie?", "", "Pozdrawiam", "{name}"),
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The customer's mail that the reply answers."""

    language: str
    name: str
    address: str
    agent: str
    subject: str
    said: tuple[str, ...] = ()
    """What else the customer wrote, above the closing."""

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def lines(self) -> tuple[str, ...]:
        asked = self.words.asked
        more = (*self.said, "") if self.said else ()
        return (*asked[:-2], *more, asked[-2], self.name)

    def wrote(self, program: int) -> str:
        return self.words.wrote[program].format(who=f"{self.name} <{self.address}>", name=self.name)

    @property
    def block(self) -> tuple[tuple[str, str], ...]:
        values = (f"{self.name} <{self.address}>", self.words.sent, self.agent, self.subject)
        return tuple(zip(self.words.block, values, strict=True))


@dataclass(frozen=True, slots=True)
class Style:
    """One program's way to put the thread below: lines of text, and HTML."""

    text: Callable[[Asked], tuple[str, ...]]
    html: Callable[[Asked], str]


def _marked(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"> {line}".rstrip() for line in lines)


def _divs(lines: tuple[str, ...]) -> str:
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in lines)


def _brs(lines: tuple[str, ...]) -> str:
    return "<br>\n".join(map(html.escape, lines))


def _gmail_html(asked: Asked) -> str:
    return (
        f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{html.escape(asked.wrote(0))}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex">'
        f"{_divs(asked.lines)}</blockquote></div>"
    )


def _thunderbird_html(asked: Asked) -> str:
    return (
        f'<div class="moz-cite-prefix">{html.escape(asked.wrote(1))}<br></div>'
        f'<blockquote type="cite" cite="mid:1@example.org">{_brs(asked.lines)}</blockquote>'
    )


def _apple_html(asked: Asked) -> str:
    return (
        f'<div><br><blockquote type="cite"><div>{html.escape(asked.wrote(0))}</div><br>'
        f'<div><div style="font-family: Helvetica">{_divs(asked.lines)}</div></div></blockquote></div>'
    )


def _apple_text(asked: Asked) -> tuple[str, ...]:
    return ("", *_marked((asked.wrote(0), "", *asked.lines)))


def _outlook_text(asked: Asked) -> tuple[str, ...]:
    return ("", *(f"{label}: {value}" for label, value in asked.block), "", *asked.lines)


def _outlook_html(asked: Asked) -> str:
    block = "<br>".join(f"<b>{label}:</b> {html.escape(value)}" for label, value in asked.block)
    lines = "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}<o:p></o:p></p>' for line in asked.lines)
    return (
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{block}<o:p></o:p></p></div></div>{lines}'
    )


def _webmail_text(asked: Asked) -> tuple[str, ...]:
    return ("", "_" * 32, *_outlook_text(asked)[1:])


def _webmail_html(asked: Asked) -> str:
    block = "<br>".join(f"<b>{label}:</b> {html.escape(value)}" for label, value in asked.block)
    return f'<hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr">{block}</div>{_divs(asked.lines)}'


def _original_text(asked: Asked) -> tuple[str, ...]:
    return ("", f"-----{asked.words.original}-----", *_outlook_text(asked)[1:])


def _original_html(asked: Asked) -> str:
    return f"<br><br>{_brs(_original_text(asked)[1:])}"


def _zammad_html(asked: Asked) -> str:
    return f'<blockquote type="cite"><p>{html.escape(asked.wrote(1))}</p><p>{_brs(asked.lines)}</p></blockquote>'


def _freshdesk_html(asked: Asked) -> str:
    wrote = html.escape(asked.wrote(0))
    return (
        '<div class="freshdesk_quote"><blockquote class="freshdesk_quote">'
        f"{wrote}<br><p>{_brs(asked.lines)}</p></blockquote></div>"
    )


def _zendesk_html(asked: Asked) -> str:
    return (
        '<p dir="ltr" style="color:#2b2e2f;border-top:1px dotted #c5c5c5;padding:15px 0 0">'
        f"<strong>{html.escape(asked.name)}, 2.11.2026 10:15</strong></p>"
        f'<div class="zd-comment" dir="auto"><p>{_brs(asked.lines)}</p></div>'
    )


def _zendesk_text(asked: Asked) -> tuple[str, ...]:
    return ("", "-" * 46, f"{asked.name}, 2.11.2026 10:15", "", *asked.lines)


def _yahoo_html(asked: Asked) -> str:
    return (
        '<div id="yahoo_quoted_123" class="yahoo_quoted"><div style="font-size:13px">'
        f"<div>{html.escape(asked.wrote(0))}</div><div><br></div><div>{_divs(asked.lines)}</div></div></div>"
    )


STYLES: Mapping[str, Style] = {
    "gmail": Style(lambda asked: ("", asked.wrote(0), "", *_marked(asked.lines)), _gmail_html),
    "thunderbird": Style(lambda asked: ("", asked.wrote(1), *_marked(asked.lines)), _thunderbird_html),
    "apple": Style(_apple_text, _apple_html),
    "outlook": Style(_outlook_text, _outlook_html),
    "webmail": Style(_webmail_text, _webmail_html),
    "original message": Style(_original_text, _original_html),
    "zammad": Style(lambda asked: ("", asked.wrote(1), "", *_marked(asked.lines)), _zammad_html),
    "freshdesk": Style(lambda asked: ("", asked.wrote(0), *asked.lines), _freshdesk_html),
    "zendesk": Style(_zendesk_text, _zendesk_html),
    "yahoo": Style(lambda asked: ("", asked.wrote(0), "", *asked.lines), _yahoo_html),
}
