"""Who the agent is, in the design's order, and whom no notice may reach."""

from __future__ import annotations

import pytest

from gateway.agent import fallback, find_agent, is_ours, may_be_told, notice_recipient
from gateway.config import Config, Notices
from gateway.mail import Envelope, Recipient
from gateway.verdict import ReplyFacts

CONFIG = Config(
    senders=("example.com", "help.example.com"),
    agent_header="X-Agent",
    agents={
        "Maija Virtanen": "maija.virtanen@example.com",
        "jussi*@help.example.com": "jussi@example.com",
        "Anna": "anna@example.com",
    },
)
ENVELOPE = Envelope("support@example.com", recipients=(Recipient("customer@outside.example"),))
FROM = ("support@example.com",)


def found(facts: ReplyFacts, user: str = "", config: Config = CONFIG, envelope: Envelope = ENVELOPE) -> str:
    return find_agent(facts, envelope, user, config)


def test_the_order_of_the_sources() -> None:
    """Header field, AUTH user, agents map, From: each is used only where the one before says nothing."""
    sign_off = ("Ystävällisin terveisin", "Maija Virtanen", "Asiakaspalvelu")
    full = ReplyFacts(header_from=FROM, agent_field="Liisa <liisa@example.com>", sign_off=sign_off)
    assert found(full, "eero@example.com") == "liisa@example.com"
    rest = ReplyFacts(header_from=FROM, sign_off=sign_off)
    assert found(rest, "eero@example.com") == "eero@example.com"
    assert found(rest) == "maija.virtanen@example.com"
    assert found(ReplyFacts(header_from=FROM)) == "support@example.com"
    assert found(ReplyFacts(header_from=("someone@outside.example",))) == ""


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("terveisin, maija  virtanen.", "maija.virtanen@example.com"),
        ("Maija Virtanen | Asiakaspalvelu", "maija.virtanen@example.com"),
        ("\N{EN DASH} Anna", "anna@example.com"),
        ("-Anna-", "anna@example.com"),
        ("Anna-Liisa", "support@example.com"),
        ("Susanna", "support@example.com"),
    ],
)
def test_a_sign_off_pattern_is_whole_words(line: str, who: str) -> None:
    assert found(ReplyFacts(header_from=FROM, sign_off=(line,))) == who


def test_an_address_pattern_fits_user_from_and_reverse_path() -> None:
    assert found(ReplyFacts(header_from=("jussi.k@help.example.com",))) == "jussi@example.com"
    assert found(ReplyFacts(), config=Config(senders=("example.com",), agents={"desk*": "a@example.com"})) == ""
    assert found(ReplyFacts(), "desk7", Config(senders=("example.com",), agents={"desk?": "a@example.com"})) == (
        "a@example.com"
    )
    envelope = Envelope("jussi@help.example.com", recipients=ENVELOPE.recipients)
    assert found(ReplyFacts(header_from=FROM), envelope=envelope) == "jussi@example.com"


def test_nobody_outside_our_domains_is_the_agent() -> None:
    facts = ReplyFacts(header_from=("customer@outside.example", *FROM), agent_field="x@outside.example")
    assert found(facts, "y@outside.example") == "support@example.com"
    mapped = Config(senders=("example.com",), agents={"Maija": "maija@outside.example"})
    assert found(ReplyFacts(header_from=FROM, sign_off=("Maija",)), config=mapped) == "support@example.com"


def test_a_field_with_a_mailbox_for_a_display_name_means_the_mailbox_in_brackets() -> None:
    facts = ReplyFacts(agent_field='"boss@example.com" <maija@example.com>')
    assert found(facts) == "maija@example.com"
    assert found(ReplyFacts(agent_field="  maija@example.com (Maija)")) == "maija@example.com"


@pytest.mark.parametrize("field", ["(" * 5000, "a@example.com\r\nBcc: x@example.com", "@", "<>", "<a b@example.com>"])
def test_an_odd_agent_field_names_a_plain_mailbox_or_nobody(field: str) -> None:
    who = found(ReplyFacts(agent_field=field))
    assert who in {"", "a@example.com", "b@example.com"}


def test_automatic_mail_has_no_agent_and_is_told_to_the_fallback() -> None:
    facts = ReplyFacts(header_from=FROM, automatic=True)
    assert found(facts, "maija@example.com") == ""
    assert notice_recipient("maija@example.com", facts, ENVELOPE, CONFIG) == "postmaster@example.com"


def test_an_outside_recipient_is_never_told() -> None:
    """Neither by envelope nor by header, in whatever case, not even as the configured fallback."""
    config = Config(senders=("example.com",), notices=Notices(fallback="Watch@Outside.example"))
    by_envelope = Envelope("support@example.com", recipients=(Recipient("watch@outside.example"),))
    assert fallback(ReplyFacts(), ENVELOPE, config) == "Watch@Outside.example"
    assert fallback(ReplyFacts(), by_envelope, config) == ""
    assert fallback(ReplyFacts(header_recipients=("watch@OUTSIDE.example",)), ENVELOPE, config) == ""
    assert not may_be_told("watch@outside.example", ReplyFacts(), by_envelope, config)


def test_a_colleague_who_is_also_a_recipient_may_be_told() -> None:
    envelope = Envelope("maija@example.com", recipients=(Recipient("maija@example.com"),))
    assert notice_recipient("maija@example.com", ReplyFacts(), envelope, CONFIG) == "maija@example.com"


def test_without_senders_there_is_nobody_to_tell() -> None:
    assert notice_recipient("maija@example.com", ReplyFacts(), ENVELOPE, Config()) == ""


def test_our_domain_in_any_spelling_is_ours() -> None:
    assert is_ours("a@EXAMPLE.com", CONFIG.senders)
    assert is_ours("a@TYÖ.example", ("xn--ty-gka.example",))
    assert is_ours("a@xn--ty-gka.example", ("työ.example",))
    assert not is_ours("a@sub.example.com", CONFIG.senders)
    assert not is_ours("a@notexample.com", CONFIG.senders)
    assert not is_ours("postmaster", CONFIG.senders)
