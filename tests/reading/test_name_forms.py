"""Finnish forms of names: by the rules alone, and with the dictionary of the system asked as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.lexicon import WordForms
from gateway.policyfiles.voikko import word_forms
from gateway.reading.model import Person
from gateway.reading.names import person_of, with_forms_in
from gateway.reading.reply import agent_reply
from mailmaking import message, plain, resources

NAMES = Path(__file__).parent / "names.txt"
BY_DICTIONARY = {"Kangas": "Kankaalle", "Rinne": "Rinteen", "Susi": "Sudelta", "Helle": "Helteelle", "Kuusi": "Kuusta"}
"""What no rule of ours gives, and the dictionary knows."""

needs_voikko = pytest.mark.skipif(not word_forms().source, reason="apt-get install -y libvoikko1 voikko-fi")


def paradigms() -> list[tuple[str, list[str]]]:
    rows = [row.partition(":") for row in NAMES.read_text(encoding="utf-8").split("\n") if ":" in row]
    return [(name, forms.split()) for name, _, forms in rows if not name.startswith("#")]


@pytest.mark.parametrize(("name", "forms"), paradigms())
def test_the_rules_alone_know_the_forms_of_common_names(name: str, forms: list[str]) -> None:
    assert {form.lower() for form in forms} <= person_of(name).forms


def test_the_rules_take_no_other_name_for_this_one() -> None:
    others = {form.lower() for name, forms in paradigms() if name not in {"Jyri", "Jyrki"} for form in forms}
    assert person_of("Jyri").forms.isdisjoint(others)
    assert "jyrkille" not in person_of("Jyri").forms


@needs_voikko
@pytest.mark.parametrize(("name", "form"), BY_DICTIONARY.items())
def test_the_dictionary_adds_forms_that_the_text_has(name: str, form: str) -> None:
    person = person_of(f"Aino {name}")
    lines = [f"Lähetimme paketin {form} eilen, niin kuin sovittiin."]
    assert form.lower() in with_forms_in(person, lines, word_forms()).forms


@needs_voikko
def test_words_that_only_begin_like_the_name_are_not_its_forms() -> None:
    person = person_of("Liisa Kangas")
    found = with_forms_in(person, ["Liikenne kaatuu Kanadassa, liittymä katkeaa kankeasti."], word_forms())
    assert found.forms == person.forms


def test_without_a_dictionary_a_person_stays_as_the_rules_made_her() -> None:
    person = person_of("Aino Kangas")
    assert with_forms_in(person, ["Kankaalle"], WordForms()) == person


def test_nobody_has_no_forms() -> None:
    assert with_forms_in(Person(), ["Kankaalle"], word_forms()) == Person()


@needs_voikko
@pytest.mark.parametrize(
    ("mail", "known"),
    [
        ("Hei!\n\nLähetimme avaimen Kankaalle jo eilen, ja hän saa sen huomenna.\n", True),
        ("Hej!\n\nVi skickade nyckeln till Kankaalle redan igår och den kommer i morgon.\n", False),
    ],
)
def test_a_finnish_mail_is_looked_up_and_another_is_not(mail: str, known: bool) -> None:  # noqa: FBT001 - a table's cell
    given = resources()
    octets = plain(mail, To="Aino Kangas <aino@asiakas.example>")
    without = agent_reply(message(octets), given)
    with_it = agent_reply(message(octets), type(given)(given.lexicons, given.digest, word_forms()))
    assert "kankaalle" not in without.customer.forms
    assert ("kankaalle" in with_it.customer.forms) is known
