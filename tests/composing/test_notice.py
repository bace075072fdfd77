"""Notices: what they say, to whom, in which language, and what never stands in them."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import Config, Notices
from gateway.hold import Answered, Hold, Outgoing, OutgoingKind, Progress
from gateway.letter import SUBJECT, Facts, Item, Letter, Paragraph, Place, Postmark, clean, to_html, to_octets, to_text
from gateway.mail import Envelope, Recipient
from gateway.notice import NoticeWriter, PolicyText
from gateway.phrases import LANGUAGES, phrases_for
from gateway.status import Status
from gateway.verdict import Disposition, Finding, PolicyStatus, ReleaseBy, ReplyFacts, Where

AT = datetime(2026, 11, 2, 8, 0, 5, tzinfo=UTC)
NO_FACTS = ReplyFacts()
MakeHold = Callable[..., Hold]


def parsed(outgoing: Outgoing | None) -> EmailMessage:
    assert outgoing is not None
    return email.message_from_bytes(outgoing.octets, policy=email.policy.default)


def body(outgoing: Outgoing | None, kind: str = "plain") -> str:
    part = parsed(outgoing).get_body((kind,))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def refused(address: str, *lines: str) -> Progress:
    return Progress(refused=(Answered(Recipient(address), Status(550, lines)),))


def instead(writer: NoticeWriter, hold: Hold) -> Outgoing | None:
    """The notice of a hold whose agent refused it."""
    first = Outgoing(OutgoingKind.NOTICE, hold.id, Envelope("", recipients=(Recipient(hold.agent),)))
    return writer.instead(first, [hold], AT)


def a_finding(
    policy: str, part: str, line: int, excerpt: str, *, annotates: bool = False, trial: bool = False
) -> Finding:
    status = PolicyStatus.TRIAL if trial else PolicyStatus.ENFORCED
    disposition = Disposition.ANNOTATE if annotates else Disposition.HOLD
    return Finding(policy, policy, status, disposition, Where(part, line, 1), excerpt)


def test_a_notice_is_marked_as_automatic_and_a_thread_of_its_own(make_hold: MakeHold, writer: NoticeWriter) -> None:
    outgoing = writer.for_hold(make_hold(), NO_FACTS, AT)
    mail = parsed(outgoing)
    assert mail["From"] == "Saate <saate@gw.example.com>"
    assert mail["To"] == "maija@example.com"
    assert mail["Date"] == "Mon, 02 Nov 2026 08:00:05 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<notice.abcdefghij234567.1793606405@gw.example.com>"
    assert not {"In-Reply-To", "References", "Reply-To", "Cc", "Bcc"} & set(mail.keys())
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_its_envelope_has_the_null_reverse_path_unless_configured(make_hold: MakeHold, writer: NoticeWriter) -> None:
    outgoing = writer.for_hold(make_hold(), NO_FACTS, AT)
    assert outgoing is not None
    assert outgoing.envelope == Envelope("", (), (Recipient("maija@example.com"),))
    assert (outgoing.kind, outgoing.mail_id, outgoing.due_at) == (OutgoingKind.NOTICE, "abcdefghij234567", AT)
    config = Config(
        senders=("example.com",), notices=Notices(reverse_path="bounces@example.com", sender="s@example.com")
    )
    outgoing = NoticeWriter(config, "gw.example.com").for_hold(make_hold(), NO_FACTS, AT)
    assert outgoing is not None
    assert outgoing.envelope.reverse_path == "bounces@example.com"
    assert parsed(outgoing)["From"] == "Saate <s@example.com>"


def test_a_ticket_number_is_nowhere_a_helpdesk_would_know_it(make_hold: MakeHold, writer: NoticeWriter) -> None:
    """Not in the subject; in the bodies `#` is parted from its number, which can still be copied whole."""
    held = make_hold(findings=(a_finding("plaintext-password", "header:Subject", 1, "[Ticket#2026110210000017] ••••"),))
    for outgoing in (
        writer.for_hold(held, NO_FACTS, AT),
        writer.for_bounce(held, refused("matti@customer.example", "no"), AT),
        writer.for_digest(_digest(), [held], AT),
    ):
        assert "2026110210000017" not in parsed(outgoing)["Subject"]
        for kind in ("plain", "html"):
            assert "#2026" not in body(outgoing, kind)
            assert "#\u200b2026110210000017" in body(outgoing, kind)


def test_the_customers_message_id_and_subject_stay_out_of_the_header(make_hold: MakeHold, writer: NoticeWriter) -> None:
    outgoing = writer.for_hold(make_hold(), NO_FACTS, AT)
    assert outgoing is not None
    assert b"original-message-id" not in outgoing.octets
    assert b"Wi-Fi" not in outgoing.octets.partition(b"\r\n\r\n")[0]


def test_it_tells_what_was_found_where_why_and_how_to_mend_it(make_hold: MakeHold, writer: NoticeWriter) -> None:
    findings = (
        a_finding("plaintext-password", "header:Subject", 1, "login ••••••••"),
        a_finding("plaintext-password", "1", 3, "password: ••••••••"),
        a_finding("plaintext-password", "2", 7, "wifi;••••••••"),
        a_finding("missing-greeting", "", 0, "", annotates=True),
        a_finding("vague-product", "1", 1, "the product", trial=True),
    )
    outgoing = writer.for_hold(make_hold(findings=findings), NO_FACTS, AT)
    assert parsed(outgoing)["Subject"] == "Your reply is waiting: A password is written out"
    for kind in ("plain", "html"):
        text = body(outgoing, kind)
        for said in (
            *("matti@customer.example", "A password is written out", "In the subject", "login ••••••••"),
            *("Line 3", "password: ••••••••", "Line 7, part 2", "wifi;••••••••"),
            *("Mail is kept in many mailboxes.", "Send a reset link instead."),
            *("This alone would not have stopped the reply.", "There is no greeting", "Begin with a greeting."),
            *(f"saate holds {verb} abcdefghij234567" for verb in ("show", "release", "discard")),
            *("gw.example.com", "postmaster@example.com"),
        ):
            assert said in text
        assert "the product" not in text  # a policy on trial shows nothing to agents


def test_many_places_of_one_policy_are_counted_and_equal_ones_shown_once(
    make_hold: MakeHold, writer: NoticeWriter
) -> None:
    findings = [a_finding("plaintext-password", "1", line, f"row {line}: ••••") for line in range(1, 10)]
    text = body(writer.for_hold(make_hold(findings=(findings[0], *findings)), NO_FACTS, AT))
    assert "row 3: ••••" in text
    assert "row 4" not in text
    assert "… and 6 more places" in text
    assert text.count("row 1:") == 1


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("en", "Your reply has not been sent yet"),
        ("fi", "Vastaustasi ei ole vielä lähetetty"),
        ("sv", "Ditt svar har inte skickats än"),
        ("de", "Your reply has not been sent yet"),
        ("", "Your reply has not been sent yet"),
    ],
)
def test_a_notice_speaks_the_language_of_the_reply(
    make_hold: MakeHold, writer: NoticeWriter, language: str, opening: str
) -> None:
    outgoing = writer.for_hold(make_hold(language=language), NO_FACTS, AT)
    assert body(outgoing).startswith(opening)
    assert parsed(outgoing)["Content-Language"] == phrases_for(language).language


def test_a_policys_words_are_in_the_language_or_english_or_what_there_is(
    make_hold: MakeHold, writer: NoticeWriter
) -> None:
    finnish = writer.for_hold(make_hold(language="fi"), NO_FACTS, AT)
    assert parsed(finnish)["Subject"] == "Vastauksesi odottaa: Viestissä näkyy salasana"
    assert "Lähetä linkki, jolla salasanan voi vaihtaa." in body(finnish)
    assert "A password is written out" in body(writer.for_hold(make_hold(language="sv"), NO_FACTS, AT))
    own = NoticeWriter(writer.config, writer.hostname, {"plaintext-password": PolicyText({"et": "Parool"})})
    assert "Parool" in body(own.for_hold(make_hold(), NO_FACTS, AT))
    unknown = NoticeWriter(writer.config, writer.hostname)
    assert "plaintext-password" in body(unknown.for_hold(make_hold(), NO_FACTS, AT))


def test_who_may_release_is_said(make_hold: MakeHold, writer: NoticeWriter) -> None:
    held = make_hold(release_by=ReleaseBy.REVIEWER)
    text = body(writer.for_hold(held, NO_FACTS, AT))
    assert "A reviewer can release it until Wednesday 4 November, 16:00 UTC." in text
    assert "ask a reviewer to release it" in text
    text = body(writer.for_hold(make_hold(), NO_FACTS, AT))
    assert "You can decide until Wednesday 4 November, 16:00 UTC." in text
    assert "release it and say why" in text


def test_automatic_mail_is_told_to_the_fallback_and_said_to_be_automatic(
    make_hold: MakeHold, writer: NoticeWriter
) -> None:
    outgoing = writer.for_hold(make_hold(automatic=True), ReplyFacts(automatic=True), AT)
    assert parsed(outgoing)["To"] == "postmaster@example.com"
    assert "It was sent by a system, not by a person" in body(outgoing)
    assert "support@example.com" in body(outgoing)
    assert parsed(outgoing)["Subject"].startswith("An automatic mail is waiting")


def test_without_an_agent_the_fallback_is_told_why(make_hold: MakeHold, writer: NoticeWriter) -> None:
    for outgoing in (writer.for_hold(make_hold(agent=""), NO_FACTS, AT), instead(writer, make_hold())):
        assert parsed(outgoing)["To"] == "postmaster@example.com"
        assert "We could not reach the person who wrote it" in body(outgoing)
        assert "Your reply" not in body(outgoing)


def test_nobody_is_told_when_only_the_customer_is_left(make_hold: MakeHold) -> None:
    writer = NoticeWriter(
        Config(senders=("example.com",), notices=Notices(fallback="matti@customer.example")), "gw.example"
    )
    assert writer.for_hold(make_hold(agent=""), NO_FACTS, AT) is None
    assert writer.for_hold(make_hold(agent="matti@customer.example"), NO_FACTS, AT) is None
    assert instead(writer, make_hold()) is None
    assert writer.for_bounce(make_hold(agent=""), refused("matti@customer.example", "no"), AT) is None


def _digest() -> Outgoing:
    return Outgoing(OutgoingKind.DIGEST, "abcdefghij234567", Envelope("", (), (Recipient("maija@example.com"),)), id=9)


def test_a_digest_lists_what_waits(make_hold: MakeHold, writer: NoticeWriter) -> None:
    holds = [make_hold(id=f"abcdefghij2345{n:02}", subject=f"Answer {n}", language="fi") for n in range(60)]
    outgoing = writer.for_digest(_digest(), holds, AT)
    assert outgoing.envelope.addresses == ("maija@example.com",)
    assert parsed(outgoing)["Subject"] == "Vielä 60 vastausta odottaa"
    text = body(outgoing)
    assert "Answer 49" in text
    assert "Answer 50" not in text
    assert "… ja vielä 10" in text
    assert "Tunnus: abcdefghij234500" in text


def test_a_bounce_names_address_and_answer_and_whether_others_have_it(
    make_hold: MakeHold, writer: NoticeWriter
) -> None:
    progress = refused("matti@customer.example", "5.1.1 No such user", "really")
    alone = body(writer.for_bounce(make_hold(), progress, AT))
    assert "matti@customer.example" in alone
    assert "550 5.1.1 No such user really" in alone
    others = "The other recipients have received it."
    assert others not in alone
    two = make_hold(
        envelope=Envelope("", recipients=(Recipient("matti@customer.example"), Recipient("b@customer.example")))
    )
    taken = replace(progress, taken=(Answered(Recipient("b@customer.example"), Status(250, ("ok",))),))
    assert others in body(writer.for_bounce(two, taken, AT))
    assert others not in body(writer.for_bounce(two, progress, AT))  # the other one still waits


def test_what_the_agents_mailbox_refused_goes_to_the_fallback_once(make_hold: MakeHold, writer: NoticeWriter) -> None:
    hold = make_hold()
    bounce = writer.for_bounce(hold, refused("matti@customer.example", "no"), AT)
    assert bounce is not None
    for first in (replace(_digest(), octets=b""), bounce):
        second = writer.instead(first, [hold, hold], AT)
        assert second is not None
        assert second.envelope.addresses == ("postmaster@example.com",)
        assert (second.kind, second.octets) == (first.kind, first.octets)
        assert writer.instead(second, [hold], AT) is None
    odd = make_hold(envelope=Envelope("", recipients=(Recipient("watch@outside.example"),)))
    outside = NoticeWriter(
        Config(senders=("example.com",), notices=Notices(fallback="watch@outside.example")), "gw.example"
    )
    assert outside.instead(bounce, [hold], AT) is not None
    assert outside.instead(bounce, [hold, odd], AT) is None


HOSTILE = "x\r\nBcc: evil@outside.example\r\n\r\n\x00\u202ecod.exe\u2028<img src=x onerror=1>&\udc80"


def test_hostile_texts_stay_texts(make_hold: MakeHold, writer: NoticeWriter) -> None:
    """Subject, names, excerpts and the next hop's words can neither add a field nor a tag nor turn the text round."""
    hold = make_hold(
        subject=HOSTILE,
        header_from=HOSTILE,
        findings=(a_finding(HOSTILE, "header:" + HOSTILE, 1, HOSTILE),),
        envelope=Envelope("a@example.com", recipients=(Recipient(HOSTILE),)),
        agent="",
    )
    for outgoing in (
        writer.for_hold(hold, NO_FACTS, AT),
        writer.for_digest(_digest(), [hold], AT),
        writer.for_bounce(hold, refused(HOSTILE, HOSTILE), AT),
    ):
        mail = parsed(outgoing)
        assert "Bcc" not in mail
        for kind in ("plain", "html"):
            assert not re.search("[\x00\u202e\u2028\udc80]", body(outgoing, kind))
        assert "<img" not in body(outgoing, "html")
        assert "&lt;img" in body(outgoing, "html")


@given(st.text(max_size=400), st.text(max_size=200))
def test_a_letter_of_any_text_is_seven_bit_crlf_lines_with_its_own_fields_only(text: str, label: str) -> None:
    """Invariant: ASCII, CRLF, no line beyond 998 octets, header fields exactly ours, the subject comes back whole."""
    letter = Letter("en", text, label, (Paragraph(text), Facts(((label, text),)), Item(text, (Place(label, text),))))
    octets = to_octets(letter, Postmark("a@example.com", "b@example.com", AT, "id@example.com"))
    assert octets.isascii()
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r" not in octets.replace(b"\r\n", b"")
    assert b"\x00" not in octets
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    assert set(mail.keys()) == {
        *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
        *("MIME-Version", "Content-Type", "Content-Language"),
    }
    assert str(mail["Subject"]).replace(" ", "") == clean(text)[:SUBJECT].replace(" ", "")
    assert to_text(letter).endswith("\n")
    assert to_html(letter).count("<p ") >= 2


def test_a_long_subject_in_finnish_comes_back_whole() -> None:
    title = (
        "Viestissä näkyy käyttäjän salasana ja käyttäjätunnus, jotka eivät kuulu sähköpostiin lainkaan, ja lisäksi öitä"
    )
    octets = to_octets(Letter("fi", title, "", ()), Postmark("a@example.com", "b@example.com", AT, "id@example.com"))
    assert email.message_from_bytes(octets, policy=email.policy.default)["Subject"] == title


def test_an_agent_beyond_ascii_asks_for_smtputf8(make_hold: MakeHold, writer: NoticeWriter) -> None:
    outgoing = writer.for_hold(make_hold(agent="mäkinen@example.com"), NO_FACTS, AT)
    assert outgoing is not None
    assert outgoing.envelope.parameters == ("SMTPUTF8",)
    assert "To: mäkinen@example.com\r\n".encode() in outgoing.octets


def test_every_language_has_words_for_one_and_for_many() -> None:
    for say in LANGUAGES.values():
        assert "{" not in say.digest_subject(1) + say.digest_subject(7)
        assert "7" in say.digest_subject(7)
