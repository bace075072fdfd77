"""Checks on whole replies: where a secret may stand, greetings, and the two about ourselves."""

import base64

import pytest

from gateway.checks import CHECKS
from gateway.reading.model import Attachment, Line, Person, Role, Text
from gateway.verdict import Where
from judging import enforced, found, judged, lines, look, mail, reply

SECRET = "Kuura-41"


def test_the_table_names_each_check_as_it_is_called() -> None:
    assert all(name == check.name for name, check in CHECKS.items())
    assert {name for name, check in CHECKS.items() if not check.courtesy} == {"plaintext-password", "could-not-inspect"}


@pytest.mark.parametrize("role", list(Role))
def test_a_password_is_found_whatever_the_line_is(role: Role) -> None:
    text = Text("1", html=False, lines=lines(f"The password is {SECRET}.", role=role))
    assert look("plaintext-password", reply("", texts=(text,)))


def test_a_password_is_found_in_the_subject() -> None:
    (sight,) = look("plaintext-password", reply("Hello", subject=Line(f"Password: {SECRET}", "header:Subject", 1)))
    assert sight.where == Where("header:Subject", 1, 11)


def test_a_password_is_found_in_an_attachment_s_text() -> None:
    inside = lines(f"user;password\nmaija;{SECRET}", "2")
    attached = Attachment("2", "access.csv", "text/csv", 40, lines=inside)
    (sight,) = look("plaintext-password", reply("See the file.", attachments=(attached,)))
    assert sight.where == Where("2", 2, 7)


def test_a_password_in_both_alternatives_counts_once_and_points_to_the_first() -> None:
    plain = Text("1.1", html=False, lines=lines(f"The password is {SECRET}.", "1.1"), group="1")
    html = Text("1.2", html=True, lines=lines(f"The password is {SECRET}.", "1.2"), group="1")
    (sight,) = look("plaintext-password", reply("", texts=(plain, html)))
    assert sight.where.part == "1.1"
    other = Text("1.2", html=True, lines=lines("The password is Halla-52.", "1.2"), group="1")
    assert len(look("plaintext-password", reply("", texts=(plain, other)))) == 2


def test_the_column_counts_from_where_the_line_begins() -> None:
    text = Text("1", html=False, lines=(Line(f"password: {SECRET}", "1", 4, column=3, role=Role.QUOTED, depth=1),))
    (sight,) = look("plaintext-password", reply("", texts=(text,)))
    assert sight.where == Where("1", 4, 13)


def test_a_sentence_does_not_go_on_from_one_quote_level_to_another() -> None:
    mixed = (*lines("The password is"), Line(f"{SECRET}", "1", 2, depth=1, role=Role.QUOTED))
    assert not look("plaintext-password", reply("", texts=(Text("1", html=False, lines=mixed),)))


def test_what_a_check_hands_on_does_not_show_the_value_by_itself() -> None:
    seen = look("plaintext-password", reply(f"password: {SECRET}"))
    assert SECRET in seen[0].secrets
    assert SECRET not in repr(seen)


def test_values_that_the_house_knows_are_left_alone() -> None:
    assert not look("plaintext-password", reply(f"Wi-Fi password: {SECRET}"), {"ignore": [SECRET]})


def test_every_account_of_a_long_list_is_found() -> None:
    rows = "\n".join(f"user{number:03d}\tSaimaa-{number}x" for number in range(300))
    assert len(look("plaintext-password", reply(f"User\tPassword\n{rows}"))) == 300


UNKIND = {
    "labels alone": "password " * 1_000,
    "links to nothing": "password is " * 1_000,
    "pairs of nothing": "user password: " * 500,
    "lines of labels": "salasana\n" * 1_000,
    "brackets": "(" * 100_000 + " password",
    "quotes": "password " + "'" * 100_000,
    "half addresses": "://a:" * 30_000 + " password",
    "an empty column": "user;password\n" + "a;\n" * 20_000,
    "nobody logs in": "log in with " * 1_000,
    "one long query": "&password=" * 500,
    "nothing behind": "x " * 100_000 + "pw:",
}


@pytest.mark.parametrize("text", UNKIND.values(), ids=UNKIND.keys())
def test_an_unkind_text_is_read_to_its_end_and_holds_nothing(text: str) -> None:
    assert not look("plaintext-password", reply(text))


def test_a_run_of_characters_too_long_to_be_a_value_is_none() -> None:
    assert not look("plaintext-password", reply("password: " + "aB1!" * 100_000))


def test_text_that_is_no_unicode_breaks_nothing() -> None:
    (sight,) = look("plaintext-password", reply(f"\udce4 password: {SECRET} \ud83d"))
    assert SECRET in sight.secrets


def test_a_reply_without_a_salutation_gets_one_with_the_customer_s_name_in_its_language() -> None:
    known = Person(full="Maija Virtanen", first="Maija")
    previews = {
        language: look("missing-greeting", reply("Parcel 12 leaves.", language, customer=known))[0].fixes[0].preview
        for language in ("fi", "sv", "en", "de", "xx")
    }
    assert previews == {
        "fi": "Hei Maija,",
        "sv": "Hej Maija,",
        "en": "Hello Maija,",
        "de": "Hallo Maija,",
        "xx": "Hello Maija,",
    }
    (sight,) = look("missing-greeting", reply("Parcel 12 leaves.", "fi"))
    assert (sight.fixes[0].name, sight.fixes[0].preview) == ("greeting", "Hei,")
    assert sight.where == Where("1", 1, 1)


def test_a_reply_that_greets_or_says_nothing_needs_no_greeting() -> None:
    assert not look("missing-greeting", reply("Parcel 12 leaves.", greeting=lines("Hello Maija,", role=Role.GREETING)))
    assert not look("missing-greeting", reply("\n\n---\n"))
    assert not look("missing-greeting", reply("Parcel 12 leaves.", calendar=True))
    quoted = Text("1", html=False, lines=lines("Where is my parcel?", role=Role.QUOTED))
    assert not look("missing-greeting", reply("", texts=(quoted,)))


def test_what_is_encrypted_is_told_with_its_place() -> None:
    locked = Attachment("2", "deed.pdf", "application/pdf", 900, encrypted=True)
    seen = look("encrypted", reply("Hello", attachments=(locked,), encrypted="pgp"))
    assert [sight.where for sight in seen] == [Where(""), Where("2")]
    assert not look("encrypted", reply("Hello", attachments=(Attachment("2", "deed.pdf", "application/pdf", 900),)))


def test_what_could_not_be_read_is_told_with_the_reason() -> None:
    bomb = Attachment("2", "deed.zip", "application/zip", 900, unreadable="it would unpack to 3 GB")
    (sight,) = look("could-not-inspect", reply("Hello", attachments=(bomb,)))
    assert sight.where == Where("2")
    assert "it would unpack to 3 GB" in sight.excerpt
    assert not look("could-not-inspect", reply("Hello"))


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_the_charset_hides_nothing(encoding: str) -> None:
    octets = mail("").split(b"\r\n\r\n")[0].replace(b"charset=utf-8", b"charset=" + encoding.encode())
    body = base64.encodebytes("Hei Maija,\r\n\r\nsalasanasi on Kesä-2024.\r\n".encode(encoding))
    octets = octets.replace(b"8bit", b"base64") + b"\r\n\r\n" + body.replace(b"\n", b"\r\n")
    assert found(judged(octets, enforced())) == {"plaintext-password"}
