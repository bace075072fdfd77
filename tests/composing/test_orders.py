"""Orders by mail: the token that an answer's address carries, and what a person's words order."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering import FORMS, PROGRAMS, Told, answer, told
from gateway import orders
from gateway.answering import Saying
from gateway.config import Config, Notices, Person, Role
from gateway.hold import Hold
from gateway.mail import Envelope, Recipient
from gateway.notice import NoticeWriter
from gateway.orders import Doubt, Order, Remade, Unmade, Unread, parse
from gateway.path import LOCAL_PART_OCTETS, is_mailbox
from gateway.phrases import LANGUAGES
from gateway.phrases.answers import ANSWERS, Answers
from gateway.phrases.orders import ORDER_WORDS, Verb
from gateway.verdict import ReplyFacts
from mailmaking import resources

AT = datetime(2026, 11, 2, 8, 0, 5, tzinfo=UTC)
SECRET, OTHER = b"s" * 32, b"t" * 32
COMMANDS = "saate@saate.example.com"
MakeHold = Callable[..., Hold]


def config(**changed: object) -> Config:
    return Config.model_validate({"senders": ["example.com"], "notices": {"commands": COMMANDS}} | changed)


# --- the token


def test_a_token_is_found_again_and_fits_its_hold_its_mailbox_and_its_octets_alone(make_hold: MakeHold) -> None:
    hold = make_hold()
    made = orders.token(SECRET, hold, "Maija@Example.com")
    token = orders.read_token(made.upper())
    assert token is not None
    assert token.hold_id == hold.id
    assert token.fits(SECRET, "maija@example.com", hold.octets_digest)
    assert not token.fits(SECRET, "mallory@example.com", hold.octets_digest)
    assert not token.fits(SECRET, "maija@example.com", "1" * 64)
    assert not token.fits(OTHER, "maija@example.com", hold.octets_digest)
    moved = replace(token, hold_id="bbcdefghij234567")
    assert not moved.fits(SECRET, "maija@example.com", hold.octets_digest)


def test_an_address_with_a_token_is_a_mailbox_within_the_sizes_of_smtp(make_hold: MakeHold) -> None:
    local = "a" * 20
    assert Notices(commands=f"{local}@saate.example.com")
    address = f"{local}+{orders.token(SECRET, make_hold(), 'maija@example.com')}@saate.example.com"
    assert is_mailbox(address)
    assert len(address.partition("@")[0]) == LOCAL_PART_OCTETS


def test_a_longer_mailbox_for_commands_is_refused_in_the_configuration() -> None:
    with pytest.raises(ValueError, match="at most 20 characters"):
        Notices(commands=f"{'a' * 21}@saate.example.com")


@pytest.mark.parametrize("text", ["", "x", "abcdefghij234567", "abcdefghij234567-", "abcdefghij23456718" * 3, "å-ä"])
def test_what_is_no_token_is_none(text: str) -> None:
    assert orders.read_token(text) is None


@given(st.text(max_size=60))
def test_no_text_is_taken_for_a_token_that_fits(text: str) -> None:
    token = orders.read_token(text)
    assert token is None or not token.fits(SECRET, "maija@example.com", "0" * 64)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("saate+abc@saate.example.com", "abc"),
        ("Saate+ABC@SAATE.Example.Com.", "ABC"),
        ("saate@saate.example.com", ""),
        ("saate+@saate.example.com", ""),
        ("saate+a+b@saate.example.com", "a+b"),
        ("saatex@saate.example.com", None),
        ("aino@saate.example.com", None),
        ("saate+abc@example.com", None),
        ("postmaster", None),
        ("", None),
    ],
)
def test_which_addresses_are_ours(address: str, found: str | None) -> None:
    assert orders.recipient_of(address, config()) == found


def test_no_address_is_ours_unless_commands_are_taken() -> None:
    assert orders.recipient_of("saate@saate.example.com", Config()) is None
    assert orders.recipient_of("@", Config()) is None


# --- who orders


def test_the_holder_of_a_token_is_what_people_says(make_hold: MakeHold) -> None:
    people = (Person(mailbox="Eero@example.com", role=Role.ADMIN), Person(mailbox="maija@example.com"))
    here = config(people=[person.model_dump() for person in people])
    assert [
        actor and actor.role
        for actor in (
            orders.ordering_actor(who, make_hold(), here)
            for who in ("eero@example.com", "maija@example.com", "postmaster@example.com")
        )
    ] == [Role.ADMIN, Role.AGENT, None]


def test_where_people_names_nobody_a_token_makes_nobody_an_admin(make_hold: MakeHold) -> None:
    here = config(clock={"escalate_to": "lead@example.com"})
    roles = {
        who: actor and actor.role
        for who in ("Maija@example.com", "lead@example.com", "postmaster@example.com", "aino@example.com")
        for actor in (orders.ordering_actor(who, make_hold(), here),)
    }
    assert roles == {
        "Maija@example.com": Role.AGENT,
        "lead@example.com": Role.REVIEWER,
        "postmaster@example.com": Role.REVIEWER,
        "aino@example.com": None,
    }


# --- the words

R, D, F, A, H = Verb.RELEASE, Verb.DISCARD, Verb.FIX, Verb.ASK, Verb.HELP

SAID: Mapping[str, Order] = {
    "release the customer asked for it": Order(R, reason="the customer asked for it"),
    "Release": Order(R),
    "RELEASE.": Order(R),
    "release: not a password, it is an order number": Order(R, reason="not a password, it is an order number"),
    "Release - the customer asked": Order(R, reason="the customer asked"),
    "release, the customer asked": Order(R, reason="the customer asked"),
    "release=the customer asked": Order(R, reason="the customer asked"),
    "Please release it is a sample": Order(R, reason="it is a sample"),
    "*release* a sample": Order(R, reason="a sample"),
    "*release a sample*": Order(R, reason="a sample"),
    "**Release** a sample": Order(R, reason="a sample"),
    "> release a sample": Order(R, reason="a sample"),
    "- release a sample": Order(R, reason="a sample"),
    "\u2022 release a sample": Order(R, reason="a sample"),
    "“release a sample”": Order(R, reason="a sample"),
    '"release a sample"': Order(R, reason="a sample"),
    "Re: release a sample": Order(R, reason="a sample"),
    "VS: Re: release a sample": Order(R, reason="a sample"),
    "\ufeff\u00a0release\u00a0a\u202fsample\u200b": Order(R, reason="a sample"),
    "release <a sample>": Order(R, reason="a sample"),
    "release <reason>": Order(R),
    "release reason": Order(R),
    "release …": Order(R),
    "release\nThe customer asked\nfor it.": Order(R, reason="The customer asked for it."),
    "release:\n\nThe customer asked.": Order(R, reason="The customer asked."),
    "release 1=a sample 2=b": Order(R, reasons={1: "a sample", 2: "b"}),
    "release 1=<a sample> 2=<reason>": Order(R, reasons={1: "a sample", 2: ""}),
    "release 1: a sample at 10:30\n2: b\nand c": Order(R, reasons={1: "a sample at 10:30", 2: "b and c"}),
    "release\n1. a sample\n2) b": Order(R, reasons={1: "a sample", 2: "b"}),
    "release\n[1, 3] = a\n2 = b": Order(R, reasons={1: "a", 3: "a", 2: "b"}),
    "release 1-3: a": Order(R, reasons={1: "a", 2: "a", 3: "a"}),
    "release 1 and 3: a": Order(R, reasons={1: "a", 3: "a"}),
    "release it was agreed at 10:30": Order(R, reason="it was agreed at 10:30"),
    "discard wrong customer": Order(D, reason="wrong customer"),
    "fix": Order(F),
    "fix all": Order(F),
    "fix greeting": Order(F, fixes=("greeting",)),
    "fix greeting,blank-password": Order(F, fixes=("greeting", "blank-password")),
    "Fix Blank Password and greeting, please.": Order(F, fixes=("greeting", "blank-password")),
    "fix greting": Order(F, fixes=("greting",)),
    "ask I cannot tell whether it is one": Order(A, reason="I cannot tell whether it is one"),
    "help": Order(H),
    "Help!": Order(H),
    "vapauta asiakas pyysi tätä puhelimessa": Order(R, reason="asiakas pyysi tätä puhelimessa"),
    "Päästä eteenpäin: tilausnumero, ei salasana": Order(R, reason="tilausnumero, ei salasana"),
    "Vapauta <syy>": Order(R),
    "hylkää väärä asiakas": Order(D, reason="väärä asiakas"),
    "hylkaa vaara asiakas": Order(D, reason="vaara asiakas"),
    "korjaa greeting ja blank-password, kiitos": Order(F, fixes=("greeting", "blank-password")),
    "Korjaa kaikki": Order(F),
    "Korjaa ehdotusten mukaan": Order(F),
    "pyydä en ole varma": Order(A, reason="en ole varma"),
    "Ohje": Order(H),
    "Släpp: kunden bad om det": Order(R, reason="kunden bad om det"),
    "släpp <skäl>": Order(R),
    "kasta fel kund": Order(D, reason="fel kund"),
    "Rätta greeting och cover-note": Order(F, fixes=("cover-note", "greeting")),
    "rätta alla": Order(F),
    "fråga jag är osäker": Order(A, reason="jag är osäker"),
    "hjälp": Order(H),
}


@pytest.mark.parametrize(("said", "order"), SAID.items(), ids=list(SAID))
def test_what_is_said_is_understood_in_three_languages(said: str, order: Order) -> None:
    for language in LANGUAGES:
        found = parse(said.split("\n"), language)
        assert isinstance(found, Order)
        assert replace(found, fixes=tuple(sorted(found.fixes))) == replace(order, fixes=tuple(sorted(order.fixes)))


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ("", Doubt.EMPTY),
        ("\u00a0\n \n", Doubt.EMPTY),
        ("What is this about?", Doubt.UNKNOWN),
        ("don't release it", Doubt.UNKNOWN),
        ("Do not release it", Doubt.UNKNOWN),
        ("Released already?", Doubt.UNKNOWN),
        ("älä vapauta", Doubt.UNKNOWN),
        ("send it to Maija instead", Doubt.UNKNOWN),
        ("12345", Doubt.UNKNOWN),
        ("Be so kind as to look", Doubt.UNKNOWN),
        ("release?", Doubt.UNCLEAR),
        ("Release ? I do not think so", Doubt.UNCLEAR),
        ("release not yet", Doubt.UNCLEAR),
        ("släpp inte", Doubt.UNCLEAR),
        ("släpp aldrig detta", Doubt.UNCLEAR),
        ("hylkää ei", Doubt.UNCLEAR),
    ],
)
def test_what_is_no_clear_order_is_none(said: str, doubt: Doubt) -> None:
    found = parse(said.split("\n"), "en")
    assert isinstance(found, Unread)
    assert found.doubt is doubt


def test_a_word_that_is_a_small_word_elsewhere_orders_in_its_own_language_alone() -> None:
    assert parse(["be jag är osäker"], "sv") == Order(A, reason="jag är osäker")
    assert isinstance(parse(["be jag är osäker"], "fi"), Unread)


def test_a_long_reason_is_cut() -> None:
    found = parse(["release " + "so " * 1000], "en")
    assert isinstance(found, Order)
    assert len(found.reason) == orders.REASON
    assert found.reason.endswith("…")


@given(st.lists(st.text(max_size=200), max_size=8), st.sampled_from(["en", "fi", "sv", ""]))
def test_any_text_is_an_order_or_none(lines: list[str], language: str) -> None:
    found = parse(lines, language)
    assert isinstance(found, Order | Unread)


@pytest.mark.parametrize("filler", ["1, ", "1,", "1 and ", "blank ", "<", "1-", ">", "re: ", "[1] ", "\u00a0"])
def test_no_text_takes_long(filler: str) -> None:
    """Four times as much takes about four times as long; the seconds here are for a machine that is busy."""
    line = (filler * 600)[:1100]
    begun = time.process_time()
    for verb in ("release", "fix", ""):
        parse([f"{verb} {line}"[:1100]] * 60, "en")
    assert time.process_time() - begun < 5


# --- what is said


def test_a_fix_that_no_longer_fits_is_told_from_one_that_cannot_be_made(make_hold: MakeHold) -> None:
    nothing = orders.unmended(b"x", ()).mended
    unmade = (Unmade("greeting", "nothing"), Unmade("blank-password", "signed"), Unmade("blank-password", "file"))
    for language in LANGUAGES:
        said = Saying(make_hold(language=language), lambda at: at).not_mended(Remade(nothing, unmade), ("cover-note",))
        assert len(said) == 4
        assert [name for line in said for name in ("greeting", "blank-password", "cover-note") if name in line] == [
            "greeting",
            "blank-password",
            "cover-note",
        ]


def test_every_answer_can_be_said_in_every_language_of_our_notices() -> None:
    """Every place for a name is in all of them, and no other."""
    assert set(ANSWERS) == set(ORDER_WORDS) == set(LANGUAGES)
    for field in fields(Answers):
        said = [getattr(answers, field.name) for answers in ANSWERS.values()]
        forms = [list(one.values()) if isinstance(one, Mapping) else [one] for one in said]
        names = [[set(re.findall(r"{(\w+)}", text)) for text in texts] for texts in forms]
        assert names == [names[0]] * len(names), field.name


# --- what a mail program makes of it


@pytest.fixture(params=list(LANGUAGES))
def notice(request: pytest.FixtureRequest, make_hold: MakeHold, writer: NoticeWriter) -> Told:
    """A notice of ours in each language, as it came to the agent."""
    made = writer.for_hold(make_hold(language=request.param), ReplyFacts(), AT)
    assert made is not None
    found = told(made.octets)
    assert found.language == request.param
    return found


TYPED: Mapping[str, tuple[tuple[str, ...], Order]] = {
    "one line": (("release the customer asked for it",), Order(R, reason="the customer asked for it")),
    "a word": (("Help",), Order(H)),
    "a line and a name": (("vapauta asiakas pyysi", "", "Terveisin", "Maija"), Order(R, reason="asiakas pyysi")),
    "a greeting before, a closing and a signature behind": (
        (
            "Hello,",
            "",
            "discard it went to the wrong customer",
            "",
            "Best regards,",
            "Maija Virtanen",
            "Tel. 09 555 0100",
        ),
        Order(D, reason="it went to the wrong customer"),
    ),
    "a reason for each": (
        ("Hej,", "", "släpp", "1: ordernummer", "2: ett exempel", "", "Vänliga hälsningar", "Maija"),
        Order(R, reasons={1: "ordernummer", 2: "ett exempel"}),
    ),
    "a telephone": (
        ("fix greeting, blank-password", "", "Sent from my iPhone"),
        Order(F, fixes=("greeting", "blank-password")),
    ),
    "a reason in lines": (
        ("ask", "", "I cannot tell whether the number is a code", "or the number of the order."),
        Order(A, reason="I cannot tell whether the number is a code or the number of the order."),
    ),
}


@pytest.mark.parametrize("kind", TYPED)
def test_the_order_is_found_above_the_quoted_notice_whatever_the_program(notice: Told, kind: str) -> None:
    typed, order = TYPED[kind]
    for program, form in product(PROGRAMS, FORMS):
        heard = orders.hear(answer(typed, notice, program, form), resources())
        assert heard.authors == ("maija@example.com",)
        assert not heard.automatic
        assert parse(heard.lines, notice.language) == order, (program, form, heard.lines)


def test_an_answer_without_a_word_of_its_own_is_no_order(notice: Told) -> None:
    for program, form in product(PROGRAMS, FORMS):
        heard = orders.hear(answer((), notice, program, form), resources())
        assert parse(heard.lines, notice.language) == Unread(Doubt.EMPTY), (program, form, heard.lines)


@pytest.mark.parametrize(
    "field",
    [
        b"Auto-Submitted: auto-replied",
        b"auto-submitted: Auto-Generated; x=y",
        b"Precedence: bulk",
        b"Precedence: auto_reply",
        b"List-Id: <staff.example.com>",
        b"X-Autoreply: yes",
        b"List-Unsubscribe: <mailto:a@example.com>",
    ],
)
def test_what_a_machine_wrote_is_automatic(notice: Told, field: bytes) -> None:
    octets = answer(("release I am out of the office",), notice)
    assert orders.hear(field + b"\r\n" + octets, resources()).automatic
    assert not orders.hear(b"Auto-Submitted: no\r\n" + octets, resources()).automatic


@given(st.binary(max_size=400))
def test_any_octets_are_heard(octets: bytes) -> None:
    orders.hear(octets, resources())


def test_a_notice_with_a_token_is_answered_to_its_address(make_hold: MakeHold) -> None:
    hold = make_hold()
    own = orders.token(SECRET, hold, hold.agent)
    made = NoticeWriter(config(), "gw.example.com").for_hold(hold, ReplyFacts(), AT, own)
    assert made is not None
    assert told(made.octets).answer_to == f"saate+{own}@saate.example.com"
    assert made.envelope == Envelope("", (), (Recipient("maija@example.com"),))
