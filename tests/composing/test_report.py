"""Delivery reports: a form that a machine reads (RFC 3464), to the reverse-path alone, without the mail's octets."""

import email
import email.policy
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message

import pytest

from gateway.hold import Answered, Hold, Outgoing, Progress
from gateway.mail import Envelope, Recipient
from gateway.report import report
from gateway.status import Status

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
NO = Status(550, ("5.1.1 no such user here",))
YES = Status(250, ("2.0.0 Ok",))
MakeHold = Callable[..., Hold]


def recipient(address: str, *parameters: str) -> Recipient:
    return Recipient(address, parameters)


def failed(*recipients: Recipient, answer: Status = NO) -> Progress:
    return Progress(refused=tuple(Answered(one, answer) for one in recipients))


def parts(outgoing: Outgoing | None) -> list[Message]:
    assert outgoing is not None
    letter = email.message_from_bytes(outgoing.octets)
    assert letter.get_content_type() == "multipart/report"
    assert letter.get_param("report-type") == "delivery-status"
    made = letter.get_payload()
    assert isinstance(made, list)
    return [one for one in made if isinstance(one, Message)]


def groups(outgoing: Outgoing | None) -> list[Message]:
    """The groups of fields of the delivery status: of the mail, then of each recipient."""
    status = parts(outgoing)[1]
    assert status.get_content_type() == "message/delivery-status"
    made = status.get_payload()
    assert isinstance(made, list)
    return [one for one in made if isinstance(one, Message)]


def test_a_report_names_each_recipient_with_what_the_server_said(make_hold: MakeHold) -> None:
    envelope = Envelope("aino@example.com", ("ENVID=QQ+2B1",), ())
    one = recipient("liisa@example.org", "NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;Liisa+2Bx@example.org")
    other = recipient("matti@example.org")
    made = report(make_hold(envelope=envelope), failed(one, other), "gw.example.com", AT)
    mail, first, second = groups(made)
    assert mail["Reporting-MTA"] == "dns; gw.example.com"
    assert mail["Original-Envelope-Id"] == "QQ+1"
    assert first["Original-Recipient"] == "rfc822; Liisa+x@example.org"
    assert first["Final-Recipient"] == "rfc822; liisa@example.org"
    assert (first["Action"], first["Status"]) == ("failed", "5.1.1")
    assert first["Diagnostic-Code"] == "smtp; 550 5.1.1 no such user here"
    assert second["Final-Recipient"] == "rfc822; matti@example.org"


def test_it_goes_from_nobody_to_the_reverse_path_and_asks_for_no_report_itself(make_hold: MakeHold) -> None:
    made = report(make_hold(), failed(recipient("liisa@example.org")), "gw.example.com", AT)
    assert made is not None
    assert made.envelope.reverse_path == ""
    assert made.envelope.recipients == (Recipient(make_hold().envelope.reverse_path, ("NOTIFY=NEVER",)),)
    assert email.message_from_bytes(made.octets)["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    ("notify", "told"), [("NOTIFY=NEVER", False), ("notify=success", False), ("NOTIFY=DELAY,FAILURE", True), ("", True)]
)
def test_a_failure_is_told_to_who_asked_for_it_or_for_nothing(make_hold: MakeHold, notify: str, *, told: bool) -> None:
    one = recipient("liisa@example.org", *([notify] if notify else []))
    assert (report(make_hold(), failed(one), "gw.example.com", AT) is not None) is told


def test_nobody_is_told_of_mail_without_a_reverse_path(make_hold: MakeHold) -> None:
    hold = make_hold(envelope=Envelope("", (), (recipient("liisa@example.org"),)))
    assert report(hold, failed(recipient("liisa@example.org")), "gw.example.com", AT) is None


def test_a_delivery_is_told_where_the_next_hop_would_not_tell(make_hold: MakeHold) -> None:
    taken = (Answered(recipient("liisa@example.org", "NOTIFY=SUCCESS"), YES), Answered(recipient("m@example.org"), YES))
    assert report(make_hold(), Progress(taken=taken), "gw.example.com", AT) is None
    told = groups(report(make_hold(), Progress(taken=taken, is_dsn_offered=False), "gw.example.com", AT))
    assert [one["Action"] for one in told[1:]] == ["relayed"]


def test_of_the_mail_only_masked_fields_go_back(make_hold: MakeHold) -> None:
    hold = make_hold(subject="Tunnuksesi: ••••••", header_from="aino@example.com", message_id="x@example.com")
    made = report(hold, failed(recipient("liisa@example.org")), "gw.example.com", AT)
    fields = parts(made)[2]
    assert fields.get_content_type() == "text/rfc822-headers"
    header = email.message_from_string(str(fields.get_payload()), policy=email.policy.default)
    assert (header["Subject"], header["Message-ID"]) == ("Tunnuksesi: ••••••", "<x@example.com>")
    assert len(parts(made)) == 3


def test_addresses_beyond_ascii_stand_in_seven_bits(make_hold: MakeHold) -> None:
    envelope = Envelope("äiti@example.com", (), ())
    made = report(make_hold(envelope=envelope), failed(recipient("jyrä@example.org")), "gw.example.com", AT)
    assert made is not None
    assert made.envelope.parameters == ("SMTPUTF8",)
    assert groups(made)[1]["Final-Recipient"] == "utf-8; jyr\\x{E4}@example.org"


@pytest.mark.parametrize("text", ["5.1.1 a\r\nBcc: x@example.net", "5.1.1 \x00\x1b[2J", "5.1.1 " + "x" * 5000])
def test_what_a_server_says_cannot_add_a_field(make_hold: MakeHold, text: str) -> None:
    made = report(
        make_hold(), failed(recipient("liisa@example.org"), answer=Status(550, (text,))), "gw.example.com", AT
    )
    told = groups(made)
    assert len(told) == 2
    assert "Bcc" not in told[1]
    assert made is not None
    assert max(map(len, made.octets.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("language", ["fi", "sv", "en", "xx"])
def test_people_read_it_in_the_language_of_the_reply(make_hold: MakeHold, language: str) -> None:
    made = report(make_hold(language=language), failed(recipient("liisa@example.org")), "gw.example.com", AT)
    first = {"fi": "Tämä koskee viestiäsi", "sv": "Det gäller ditt mejl"}.get(language, "This is about your mail")
    words = parts(made)[0].get_payload(decode=True)
    assert isinstance(words, bytes)
    assert words.decode().startswith(first)
