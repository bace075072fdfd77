"""Which language: whole replies, five words, several languages in one mail."""

from __future__ import annotations

import pytest

from gateway.reading.language import language_of
from gateway.reading.words import Words
from mailmaking import mail_of, plain, reply

SHORT = {
    "fi": ["Tilauksesi on lähetetty eilen.", "Palaamme asiaan huomenna.", "Kiitos, asia on kunnossa nyt."],
    "sv": ["Din beställning skickades igår.", "Vi återkommer i morgon.", "Tack, nu är allt klart."],
    "en": ["Your order was sent yesterday.", "We will get back to you.", "The invoice is attached below."],
    "de": ["Ihre Bestellung wurde gestern versandt.", "Wir melden uns morgen bei Ihnen."],
    "da": ["Din bestilling blev sendt i går.", "Vi vender tilbage i morgen, hvis det er i orden."],
    "nb": ["Vi har sendt deg en ny bekreftelse.", "Dere får svar fra oss etter helgen."],
    "et": ["Teie tellimus saadeti eile teele.", "Võtame teiega homme ühendust."],
    "nl": ["Uw bestelling is gisteren verzonden.", "Wij nemen morgen contact met u op."],
    "fr": ["Votre commande a été expédiée hier.", "Nous revenons vers vous demain."],
    "es": ["Su pedido se envió ayer por la tarde.", "Nos pondremos en contacto con usted."],
    "it": ["Il suo ordine è stato spedito ieri.", "La ricontatteremo domani mattina."],
    "pl": ["Państwa zamówienie zostało wysłane wczoraj.", "Odezwiemy się do Pani jutro."],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, them in SHORT.items() for text in them])
def test_five_words_are_enough(words: Words, language: str, text: str) -> None:
    assert language_of([text], words) == language


@pytest.mark.parametrize(
    "text", ["", "12345", "OK", "XQZ-77 KLM123", "https://www.example.com/the/and/of", "Я не знаю"]
)
def test_nothing_told_is_no_language(words: Words, text: str) -> None:
    assert language_of([text], words) == ""


def test_addresses_and_codes_do_not_vote(words: Words) -> None:
    lines = ["Lasku on maksettu.", "THE AND OF TO IS THAT", "the.and.of@for.example https://the.example/and/of/to"]
    assert language_of(lines, words) == "fi"


def test_the_customers_language_is_that_of_the_newest_turn() -> None:
    written = """
bo|Your room is booked for two nights.
at|Liisa Virtanen kirjoitti 2.11.2026 klo 10.15:
qu|> Hei, onko huone vielä varattu meille?
at|> On Mon, Nov 1, 2026 at 10:00 AM Aino <aspa@matkat.example> wrote:
qu|>> Please let us know what you would like.
"""
    read = reply(plain(mail_of(written)))
    assert (read.language, read.customer_language) == ("en", "fi")
