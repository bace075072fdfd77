"""Letters of the clock: until when, the reminder, who is asked, what comes back, and answers with orders."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from gateway.app.setup import texts
from gateway.config import Clock, Config, Notices, Person, Role
from gateway.hold import Actor, Hold, Outgoing, OutgoingKind, Stage
from gateway.mail import Envelope, Recipient
from gateway.notice import NoticeWriter
from gateway.phrases import LANGUAGES, phrases_for
from gateway.policyfiles import load
from gateway.verdict import OnTimeout, ReleaseBy, ReplyFacts
from pictures import CONFIG, ORDERS, TOKEN, a_hold

AT = datetime(2026, 10, 29, 12, 0, tzinfo=UTC)
NO_FACTS = ReplyFacts()
MakeHold = Callable[..., Hold]


@pytest.fixture(scope="module")
def writer() -> NoticeWriter:
    return NoticeWriter(CONFIG, "gw.example.com", texts(load(["builtin"], Path.cwd())))


@pytest.fixture(scope="module")
def orders(writer: NoticeWriter) -> NoticeWriter:
    return replace(writer, config=ORDERS)


def parsed(outgoing: Outgoing | None) -> EmailMessage:
    assert outgoing is not None
    return email.message_from_bytes(outgoing.octets, policy=email.policy.default)


def body(outgoing: Outgoing | None, kind: str = "plain") -> str:
    part = parsed(outgoing).get_body((kind,))
    assert part is not None
    return " ".join(str(part.get_content()).split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "A reviewer can release it until Tuesday 3 November, 14:00. After that it comes back to you unsent."),
        ("fi", "Tarkastaja voi päästää vastauksen eteenpäin tiistaihin 3. marraskuuta klo 14.00 asti."),
        ("sv", "En granskare kan släppa det fram till tisdagen den 3 november kl. 14.00."),
    ],
)
def test_until_when_is_said_in_the_calendars_time_zone(writer: NoticeWriter, language: str, said: str) -> None:
    """Held on a Thursday at two in Helsinki; the summer time has ended and the weekend is free."""
    assert said in body(writer.for_hold(a_hold(language), NO_FACTS, AT))


def test_that_it_goes_out_by_itself_is_said_where_a_policy_wants_it(writer: NoticeWriter) -> None:
    hold = replace(a_hold("fi"), on_timeout=OnTimeout.RELEASE)
    said = "Ellei kukaan päätä siitä tiistaihin 3. marraskuuta klo 14.00 mennessä, vastauksesi lähtee sellaisenaan."
    assert said in body(writer.for_hold(hold, NO_FACTS, AT))


def test_every_day_and_month_has_its_name_in_every_language() -> None:
    for say in LANGUAGES.values():
        assert len({*say.times.days_on}) == len({*say.times.days_until}) == 7
        assert len({*say.times.months}) == 12
        assert "2027" in say.times.day(datetime(2027, 1, 31, tzinfo=UTC))


def test_times_of_a_gateway_without_a_time_zone_say_that_they_are_utc(make_hold: MakeHold) -> None:
    writer = NoticeWriter(Config(senders=("example.com",)), "gw.example.com")
    assert "until Wednesday 4 November, 16:00 UTC." in body(writer.for_hold(make_hold(), NO_FACTS, AT))


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_each_fix_shows_the_text_after_it_and_how_it_is_had(writer: NoticeWriter, language: str) -> None:
    hold = a_hold(language)
    for kind in ("plain", "html"):
        text = body(writer.for_hold(hold, NO_FACTS, AT), kind)
        line, first = (finding.excerpt for finding in hold.findings)
        removed, greeting = (finding.fixes[0].preview for finding in hold.findings)
        assert line in text
        assert line.replace("••••••", removed) in text
        assert greeting in text
        assert first in text
        assert phrases_for(language).fixed["blank-password"] in text
    assert f"saate holds fix {hold.id} --apply blank-password,greeting" in body(writer.for_hold(hold, NO_FACTS, AT))


def test_a_suggestion_of_several_lines_keeps_them_and_says_what_is_to_be_filled(writer: NoticeWriter) -> None:
    hold = a_hold("en")
    dump = replace(
        hold.findings[0],
        policy="uppercase-dump",
        fixes=(replace(hold.findings[0].fixes[0], name="dump-list", preview="In short:\n- what: [[fill in]]"),),
    )
    part = parsed(writer.for_hold(replace(hold, findings=(dump,)), NO_FACTS, AT)).get_body(("plain",))
    assert part is not None
    assert "    + In short:\n    + - what: [[fill in]]\n" in part.get_content().replace("\r\n", "\n")
    assert "What stands in double brackets is for you to write." in part.get_content()


def test_who_may_release_herself_is_told_so_and_who_may_not_can_ask(writer: NoticeWriter) -> None:
    must_ask = body(writer.for_hold(a_hold("en"), NO_FACTS, AT))
    assert "saate holds ask mfrggzdfmztwq2lk" in must_ask
    assert "saate holds release" not in must_ask
    own = body(writer.for_hold(replace(a_hold("en"), release_by=ReleaseBy.AGENT), NO_FACTS, AT))
    assert "You can decide until Tuesday 3 November, 14:00." in own
    assert 'saate holds release mfrggzdfmztwq2lk --reason "<reason>"' in own
    assert "saate holds ask" not in own


def test_several_findings_that_hold_want_a_reason_each(orders: NoticeWriter, writer: NoticeWriter) -> None:
    hold = replace(a_hold("en"), release_by=ReleaseBy.AGENT)
    other = replace(hold.findings[0], policy="uppercase-dump", excerpt="BKG 4711")
    hold = replace(hold, findings=(*hold.findings, other))
    text = body(writer.for_hold(hold, NO_FACTS, AT))
    assert '--override 1="<reason>" --override 3="<reason>"' in text
    assert "[1] Line 3:" in text
    assert "[3] Line 3:" in text
    assert "release 1=<reason> 3=<reason>" in body(orders.for_hold(hold, NO_FACTS, AT, TOKEN))


def test_a_notice_that_can_be_answered_says_with_what(orders: NoticeWriter) -> None:
    outgoing = orders.for_hold(a_hold("sv"), NO_FACTS, AT, TOKEN)
    assert parsed(outgoing)["Reply-To"] == f"saate+{TOKEN}@saate.example.com"
    text = body(outgoing)
    assert "Svara på det här mejlet med en av de här raderna" in text
    for line in ("fix blank-password,greeting", "ask <skäl>", "discard <skäl>"):
        assert line in text
    assert "saate holds" not in text
    assert TOKEN not in text


def test_without_a_token_or_without_commands_nothing_can_be_answered(
    orders: NoticeWriter, writer: NoticeWriter
) -> None:
    for outgoing in (orders.for_hold(a_hold("en"), NO_FACTS, AT), writer.for_hold(a_hold("en"), NO_FACTS, AT, TOKEN)):
        assert "Reply-To" not in parsed(outgoing)
        assert "saate holds" in body(outgoing)


def test_whom_people_does_not_name_cannot_answer(orders: NoticeWriter) -> None:
    stranger = replace(a_hold("en"), agent="pekka@example.com")
    outgoing = orders.for_hold(stranger, NO_FACTS, AT, TOKEN)
    assert parsed(outgoing)["To"] == "pekka@example.com"
    assert "Reply-To" not in parsed(outgoing)


def test_tokens_are_made_for_the_mailbox_that_reads(orders: NoticeWriter) -> None:
    made = replace(orders, token_for=lambda hold, mailbox: f"{hold.id}-{mailbox.partition('@')[0]}")
    assert "lk-maija@" in parsed(made.for_hold(a_hold("en"), NO_FACTS, AT))["Reply-To"]
    assert "lk-risto@" in parsed(made.for_escalation(a_hold("en"), AT)[0])["Reply-To"]


def test_a_reminder_says_since_when(writer: NoticeWriter) -> None:
    outgoing = writer.for_reminder(a_hold("fi"), AT.replace(hour=13))
    assert outgoing is not None
    assert outgoing.kind is OutgoingKind.REMINDER
    assert parsed(outgoing)["Subject"] == "Muistutus: vastauksesi odottaa yhä"
    assert "Se pysähtyi torstaina 29. lokakuuta klo 14.00" in body(outgoing)


def test_a_late_reminder_tells_of_the_time_that_is_left_then(writer: NoticeWriter) -> None:
    """The clock keeps the working time between two steps, however late the first one is."""
    in_time = body(writer.for_reminder(a_hold("en"), datetime(2026, 10, 29, 13, 0, tzinfo=UTC)))
    late = body(writer.for_reminder(a_hold("en"), datetime(2026, 11, 5, 13, 0, tzinfo=UTC)))
    assert "until Tuesday 3 November, 14:00." in in_time
    assert "until Tuesday 10 November, 14:00." in late


def test_deadlines_are_those_of_the_clock(writer: NoticeWriter) -> None:
    hold = a_hold("en")
    deadlines = writer.deadlines(hold)
    assert deadlines.remind_at == datetime(2026, 10, 29, 13, 0, tzinfo=UTC)
    assert deadlines.escalate_at == datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    assert deadlines.give_back_at == datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    moved = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert writer.deadlines(replace(hold, stage=Stage.ESCALATED, clock_at=moved)).give_back_at == moved


def test_reviewers_are_asked_one_by_one_and_never_whose_reply_it_is() -> None:
    people = (
        Person(mailbox="maija@example.com", role=Role.REVIEWER),
        Person(mailbox="risto@example.com", role=Role.REVIEWER),
        Person(mailbox="saara@example.com", role=Role.REVIEWER),
        Person(mailbox="admin@example.com", role=Role.ADMIN),
    )
    writer = NoticeWriter(CONFIG.model_copy(update={"people": people}), "gw.example.com")
    asked = writer.for_escalation(a_hold("en"), AT)
    assert [one.envelope.addresses for one in asked] == [("risto@example.com",), ("saara@example.com",)]
    assert len({parsed(one)["Message-ID"] for one in asked}) == 2
    assert all("Written by: maija@example.com" in body(one) for one in asked)
    saara = Actor("saara", "saara@example.com", Role.REVIEWER)
    assert [one.envelope.addresses for one in writer.for_request(a_hold("en"), saara, "why not", AT)] == [
        ("risto@example.com",)
    ]


def test_without_reviewers_an_admin_and_then_the_fallback_is_asked() -> None:
    alone = CONFIG.model_copy(update={"people": (Person(mailbox="admin@example.com", role=Role.ADMIN),)})
    nobody = CONFIG.model_copy(update={"people": ()})
    named = nobody.model_copy(update={"clock": Clock(escalate_to="lead@elsewhere.example")})
    for config, to in (
        (alone, "admin@example.com"),
        (nobody, "postmaster@example.com"),
        (named, "lead@elsewhere.example"),
    ):
        (asked,) = NoticeWriter(config, "gw.example.com").for_escalation(a_hold("en"), AT)
        assert asked.envelope.addresses == (to,)
    customer = replace(a_hold("en"), envelope=Envelope("", recipients=(Recipient("lead@elsewhere.example"),)))
    (asked,) = NoticeWriter(named, "gw.example.com").for_escalation(customer, AT)
    assert asked.envelope.addresses == ("postmaster@example.com",)


def test_a_request_has_who_asks_and_why(writer: NoticeWriter) -> None:
    asking = Actor("maija", "maija@example.com", Role.AGENT)
    (outgoing,) = writer.for_request(a_hold("en"), asking, "Guest network <b>only</b>", AT)
    assert outgoing.kind is OutgoingKind.REQUEST
    assert "maija@example.com asks for it to be released." in body(outgoing)
    assert "Guest network <b>only</b>" in body(outgoing)
    assert "<b>only</b>" not in body(outgoing, "html")
    assert 'saate holds release mfrggzdfmztwq2lk --reason "<reason>"' in body(outgoing)


def test_what_comes_back_has_reasons_ticket_and_how_long_it_is_kept(writer: NoticeWriter) -> None:
    outgoing = writer.for_return(a_hold("sv"), datetime(2026, 11, 3, 12, 0, tzinfo=UTC))
    mail = parsed(outgoing)
    assert mail["To"] == "maija@example.com"
    assert mail["Subject"] == "Ditt svar skickades inte: Ett lösenord står i klartext"
    text = body(outgoing)
    assert "Ärende: [Ticket#\u200b2026102910000017]" in text
    assert "Ditt nya lösenord är ••••••" in text
    assert "Rätta svaret i ert ärendesystem och skicka det igen." in text
    assert "kvar till den 1 februari 2027" in text
    assert not [part for part in mail.walk() if part.get_content_disposition() == "attachment"]


def test_of_automatic_mail_only_its_digest_and_its_end_are_told(writer: NoticeWriter) -> None:
    machine = replace(a_hold("en"), automatic=True, agent="")
    assert writer.for_reminder(machine, AT) is None
    assert writer.for_escalation(machine, AT) == ()
    returned = writer.for_return(machine, AT)
    assert parsed(returned)["To"] == "postmaster@example.com"
    assert "It was sent by a system, not by a person" in body(returned)
    waiting = Outgoing(OutgoingKind.DIGEST, machine.id, Envelope("", recipients=(Recipient("postmaster@example.com"),)))
    digest = writer.for_digest(waiting, [machine, machine], AT)
    assert parsed(digest)["Subject"] == "2 automatic mails are waiting"
    assert "They were sent by systems, not by people" in body(digest)
    assert "Decide by: Tuesday 3 November, 14:00" in body(digest)


def test_a_team_is_told_in_place_of_the_agent() -> None:
    config = Config(senders=("example.com",), notices=Notices(to="team", team="team@example.com"))
    writer = NoticeWriter(config, "gw.example.com")
    outgoing = writer.for_hold(a_hold("en"), NO_FACTS, AT)
    assert parsed(outgoing)["To"] == "team@example.com"
    assert "Written by: maija@example.com" in body(outgoing)
    assert "could not reach" not in body(outgoing)
    customer = replace(a_hold("en"), envelope=Envelope("", recipients=(Recipient("team@outside.example"),)))
    outside = Config(senders=("example.com",), notices=Notices(to="team", team="team@outside.example"))
    told = NoticeWriter(outside, "gw.example.com").for_hold(customer, NO_FACTS, AT)
    assert parsed(told)["To"] == "maija@example.com"


def test_an_answer_says_what_became_of_an_order(writer: NoticeWriter) -> None:
    known = writer.answer("maija@example.com", a_hold("fi"), ("Vastaus päästettiin eteenpäin.",), AT)
    assert known.kind is OutgoingKind.ANSWER
    assert parsed(known)["Auto-Submitted"] == "auto-generated"
    assert "Vastaus päästettiin eteenpäin." in body(known)
    assert "mfrggzdfmztwq2lk" in body(known)
    unknown = writer.answer("maija@example.com", None, ("There is no such reply.",), AT)
    assert "There is no such reply." in body(unknown)
    assert parsed(unknown)["Message-ID"] != parsed(known)["Message-ID"]


def test_a_refused_return_is_written_anew_for_the_fallback(writer: NoticeWriter) -> None:
    first = writer.for_return(a_hold("en"), AT)
    assert first is not None
    second = writer.instead(first, [a_hold("en")], AT)
    assert second is not None
    assert second.kind is OutgoingKind.RETURN
    assert parsed(second)["To"] == "postmaster@example.com"
    assert "Your reply" not in body(second)
