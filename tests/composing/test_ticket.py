"""Tickets: how a subject names one, and the note that goes into it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import Config, Notices
from gateway.hold import Hold, Outgoing
from gateway.mail import Envelope, Recipient
from gateway.notice import NoticeWriter
from gateway.ticket import ticket_reference
from gateway.verdict import ReplyFacts
from pictures import AT, TOKEN

MakeHold = Callable[..., Hold]
REFERENCE = "[Ticket#2026110210000017]"


@pytest.mark.parametrize(
    ("subject", "reference"),
    [
        ("Re: [Ticket#2026110210000017] Wi-Fi", "[Ticket#2026110210000017]"),
        ("AW: Drucker [Ticket#: 4711]", "[Ticket#: 4711]"),
        ("[#12345] Order", "[#12345]"),
        ("[support.example.com #77] broken", "[support.example.com #77]"),
        ("Re: [ticket:12345] hello", "[ticket:12345]"),
        ("Invoice (ref:_00D1x.5003y00000:ref)", "(ref:_00D1x.5003y00000:ref)"),
        ("Help ref:_00D1x.5003y00000:ref", "ref:_00D1x.5003y00000:ref"),
        ("Re: ##RE-4711## printer", "##RE-4711##"),
        ("VS: Tiketti #4711 laskusta", "Tiketti #4711"),
        ("Ärende nr 2026-4711", "Ärende nr 2026-4711"),
        ("Case 00123456: cannot log in", "Case 00123456"),
        ("Your order #123456", "#123456"),
        ("Ticket Service: opening hours", ""),
        ("Meeting at 12 o'clock in room #7", ""),
        ("See &#8364; 5", ""),
        ("Re: concert tickets for 2 people", ""),
        ("", ""),
    ],
)
def test_a_subject_names_its_ticket_as_helpdesks_write_it(subject: str, reference: str) -> None:
    assert ticket_reference(subject) == reference


@given(st.text(max_size=2000))
def test_a_reference_stands_in_the_subject_word_for_word(subject: str) -> None:
    reference = ticket_reference(subject)
    assert reference in subject
    assert len(reference) <= 120


def a_writer(helpdesk: str, address: str = "fetched@example.com") -> NoticeWriter:
    notices = Notices.model_validate(
        {"to": "ticket", "helpdesk": helpdesk, "ticket_address": address, "commands": "saate@saate.example.com"}
    )
    return NoticeWriter(Config(senders=("example.com",), notices=notices), "gw.example.com")


def parsed(outgoing: Outgoing | None) -> EmailMessage:
    assert outgoing is not None
    return email.message_from_bytes(outgoing.octets, policy=email.policy.default)


def test_a_note_is_internal_for_zammad(make_hold: MakeHold) -> None:
    outgoing = a_writer("zammad").for_hold(make_hold(ticket=REFERENCE), ReplyFacts(), AT, TOKEN)
    mail = parsed(outgoing)
    assert mail["To"] == "fetched@example.com"
    assert mail["X-Zammad-Article-Internal"] == "true"
    assert mail["Subject"].startswith(f"{REFERENCE} A reply is waiting")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert not {"In-Reply-To", "References"} & set(mail.keys())


def test_a_note_is_internal_for_znuny_as_follow_up_and_as_a_new_ticket(make_hold: MakeHold) -> None:
    mail = parsed(a_writer("znuny").for_hold(make_hold(ticket=REFERENCE), ReplyFacts(), AT))
    assert mail["X-OTRS-FollowUp-IsVisibleForCustomer"] == mail["X-OTRS-IsVisibleForCustomer"] == "0"
    assert mail["X-OTRS-FollowUp-SenderType"] == mail["X-OTRS-SenderType"] == "system"
    assert mail["X-OTRS-FollowUp-State-Keep"] == "1"
    assert mail["X-OTRS-Loop"] == "yes"


def test_a_note_carries_nothing_with_which_a_reader_could_act(make_hold: MakeHold) -> None:
    outgoing = a_writer("zammad").for_hold(make_hold(ticket=REFERENCE), ReplyFacts(), AT, TOKEN)
    assert outgoing is not None
    assert "Reply-To" not in parsed(outgoing)
    assert TOKEN.encode() not in outgoing.octets
    assert b"http" not in outgoing.octets
    text = parsed(outgoing).get_body(("plain",))
    assert text is not None
    assert "Answer this mail" not in text.get_content()


@pytest.mark.parametrize("helpdesk", ["", "freescout"])
def test_where_no_field_makes_a_note_internal_the_agent_is_told(make_hold: MakeHold, helpdesk: str) -> None:
    mail = parsed(a_writer(helpdesk).for_hold(make_hold(ticket=REFERENCE), ReplyFacts(), AT))
    assert mail["To"] == "maija@example.com"
    assert REFERENCE not in mail["Subject"]


def test_without_a_reference_the_agent_is_told(make_hold: MakeHold) -> None:
    assert parsed(a_writer("zammad").for_hold(make_hold(ticket=""), ReplyFacts(), AT))["To"] == "maija@example.com"


def test_a_note_never_goes_to_a_recipient_of_the_reply(make_hold: MakeHold) -> None:
    hold = make_hold(ticket=REFERENCE, envelope=Envelope("", recipients=(Recipient("Desk@outside.example"),)))
    outgoing = a_writer("zammad", "desk@outside.example").for_hold(hold, ReplyFacts(), AT)
    assert parsed(outgoing)["To"] == "maija@example.com"


def test_of_automatic_mail_no_ticket_is_told(make_hold: MakeHold) -> None:
    mail = parsed(a_writer("zammad").for_hold(make_hold(ticket=REFERENCE, automatic=True), ReplyFacts(), AT))
    assert mail["To"] == "postmaster@example.com"
