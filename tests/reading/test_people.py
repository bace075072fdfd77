"""Names: of the customer and the agent, and the forms that count as them."""

from __future__ import annotations

import pytest

from gateway.reading.model import Mailbox
from gateway.reading.names import person_of, person_of_mailbox
from gateway.reading.words import Words
from mailmaking import plain, reply


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("Liisa Virtanen", "Liisa", "Virtanen"),
        ("Virtanen, Liisa", "Liisa", "Virtanen"),
        ("Liisa Virtanen / Matkatoimisto Oy", "Liisa", "Virtanen"),
        ("Liisa Virtanen (varalla)", "Liisa", "Virtanen"),
        ("Liisa Virtanen via Tuki", "Liisa", "Virtanen"),
        ("Anna-Liisa O'Hara", "Anna-Liisa", "O'Hara"),
        ("Liisa", "Liisa", ""),
        ("123", "", ""),
    ],
)
def test_a_written_name_gives_first_and_last(written: str, first: str, last: str) -> None:
    person = person_of(written)
    assert (person.first, person.last) == (first, last)


@pytest.mark.parametrize(
    ("mailbox", "full"),
    [
        (Mailbox("Liisa Virtanen", "x@example.org"), "Liisa Virtanen"),
        (Mailbox("", "liisa.virtanen@example.org"), "Liisa Virtanen"),
        (Mailbox("liisa@example.org", "liisa_virtanen@example.org"), "Liisa Virtanen"),
        (Mailbox("", "customer.service@example.org"), ""),
        (Mailbox("", "usrp-users@lists.example"), ""),
        (Mailbox("", "liisa77@example.org"), ""),
        (Mailbox("Matkatoimisto Oy", "x@example.org"), ""),
        (Mailbox("Liisa Virtanen / Matkatoimisto Oy", "x@example.org"), "Liisa Virtanen"),
    ],
)
def test_an_address_gives_a_name_only_when_it_is_one(words: Words, mailbox: Mailbox, full: str) -> None:
    assert person_of_mailbox(mailbox, words).full == full


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Liisa", ["liisa", "liisan", "liisalle", "liisalta", "liisaa"]),
        ("Virtanen", ["virtasen", "virtaselle", "virtasta"]),
        ("Pekka", ["pekan", "pekalle", "pekkaa"]),
        ("Matti", ["matin", "matille", "mattia"]),
        ("Päivi", ["päivin", "päiville", "päiviä"]),
        ("Antero", ["anteron", "anterolle"]),
        ("Henrik", ["henrikin", "henrikille", "henriks"]),
        ("Ville", ["villen", "villelle", "villeä"]),
        ("Tom", ["tom's", "toms", "tomille"]),
    ],
)
def test_inflected_forms_count_as_the_name(name: str, forms: list[str]) -> None:
    assert set(forms) <= person_of(name).forms


def test_the_customer_is_in_to_and_else_in_the_attribution() -> None:
    assert reply(plain("Hei!")).customer.full == "Liisa Virtanen"
    quoted = "Ok.\n\nLiisa Virtanen kirjoitti 2.11.2026 klo 10.15:\n> ?\n"
    assert reply(plain(quoted, To="asiakas@example.org")).customer.full == "Liisa Virtanen"


def test_the_customer_is_else_in_the_own_sign_off_below() -> None:
    quoted = (
        "Ok.\n\nasiakas@example.org kirjoitti 2.11.2026 klo 10.15:\n> Onko varattu?\n>\n> Terveisin\n> Liisa Virtanen\n"
    )
    assert reply(plain(quoted, To="asiakas@example.org")).customer.full == "Liisa Virtanen"


def test_the_agent_is_in_from_and_else_in_the_sign_off() -> None:
    assert reply(plain("Hei!")).agent.full == "Aino Neuvonen"
    assert (
        reply(plain("Hei!\n\nValmista.\n\nTerveisin\nAino Neuvonen\n", From="aspa@matkat.example")).agent.full
        == "Aino Neuvonen"
    )
