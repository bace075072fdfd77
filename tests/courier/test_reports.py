"""Delivery reports (RFC 3464), what a next hop no longer offers, and how much goes to one domain at once."""

from __future__ import annotations

import email
import json

from courier_bench import OCTETS, Bench
from fakehop import FiledMail, HopSession, Late
from gateway.mail import Envelope, Recipient

UNKNOWN = "550 5.1.1 No such user"
OFFERS_LITTLE = b"250-hop.example.com\r\n250 SIZE 50000000\r\n"
OFFERS_8BIT = b"250-hop.example.com\r\n250-SIZE 50000000\r\n250 8BITMIME\r\n"


def fields(mail: FiledMail) -> list[dict[str, str]]:
    """The groups of the delivery status."""
    report = email.message_from_bytes(mail.octets)
    status = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    return [dict(group.items()) for group in status[0].get_payload() if group.items()]  # type: ignore[union-attr]  # a list here


async def test_the_reverse_path_is_told_of_who_cannot_have_it(bench: Bench) -> None:
    hold = await bench.hold("a@customer.example", "b@customer.example", told=False)
    bench.hop.script = {"RCPT b@customer.example": UNKNOWN}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    (report,) = bench.reports
    assert (report.reverse_path, report.addresses) == ("", ["support@example.com"])
    of_mail, of_recipient = fields(report)
    assert of_mail["Reporting-MTA"] == "dns; gw.example.com"
    assert of_recipient["Final-Recipient"] == "rfc822; b@customer.example"
    assert (of_recipient["Action"], of_recipient["Status"]) == ("failed", "5.1.1")
    assert OCTETS not in report.octets


async def test_who_asked_not_to_be_told_is_not_told(bench: Bench) -> None:
    envelope = Envelope("support@example.com", (), (Recipient("b@customer.example", ("NOTIFY=NEVER",)),))
    hold = await bench.hold(told=False, envelope=envelope)
    bench.hop.script = {"RCPT b@customer.example": UNKNOWN}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert bench.reports == []
    assert await bench.state(hold) == "bounced"


async def test_mail_without_a_reverse_path_is_told_of_to_the_fallback(bench: Bench) -> None:
    envelope = Envelope("", (), (Recipient("b@customer.example"),))
    hold = await bench.hold(told=False, envelope=envelope, agent="", automatic=True)
    bench.hop.script = {"RCPT b@customer.example": UNKNOWN}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert bench.reports == []
    assert [mail.addresses for mail in bench.letters] == [["postmaster@example.com"]]


async def test_a_report_that_is_refused_is_over(bench: Bench) -> None:
    """No report on a report, and no fallback: that is how loops begin."""
    hold = await bench.hold(told=False, agent="support@example.com")
    bench.hop.script = {"RCPT": UNKNOWN}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert bench.hop.mails == []
    assert [facts["kind"] for kind, facts in bench.log(hold) if kind == "noticed"] == ["report"]


async def test_an_agent_who_is_the_reverse_path_gets_the_report_alone(bench: Bench) -> None:
    hold = await bench.hold(told=False, agent="support@example.com")
    bench.hop.script = {"RCPT matti@customer.example": UNKNOWN}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert [mail.addresses for mail in bench.hop.mails] == [["support@example.com"]]
    assert len(bench.reports) == 1


async def test_8_bit_mail_is_refused_for_good_where_it_is_no_longer_taken(bench: Bench) -> None:
    """The client was offered 8BITMIME when it handed the mail in; waiting brings it back to nobody."""
    hold = await bench.hold(told=False)
    bench.hop.script = {"EHLO": OFFERS_LITTLE}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert await bench.state(hold) == "bounced"
    assert fields(bench.reports[0])[1]["Status"] == "5.6.3"


async def test_an_address_beyond_ascii_is_refused_for_good_where_it_is_no_longer_taken(bench: Bench) -> None:
    envelope = Envelope("support@example.com", ("SMTPUTF8",), (Recipient("jyrä@customer.example"),))
    hold = await bench.hold(told=False, envelope=envelope)
    bench.hop.script = {"EHLO": OFFERS_LITTLE}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert await bench.state(hold) == "bounced"
    assert fields(bench.reports[0])[1]["Status"] == "5.6.7"


async def test_reports_that_the_next_hop_no_longer_makes_are_ours_to_make(bench: Bench) -> None:
    asked = Recipient("a@customer.example", ("NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;old@customer.example"))
    envelope = Envelope("support@example.com", ("ENVID=x1", "RET=HDRS"), (asked,))
    hold = await bench.hold(told=False, envelope=envelope)
    bench.hop.script = {"EHLO": OFFERS_8BIT}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert await bench.state(hold) == "delivered"
    assert bench.hop.mails[0].addresses == ["a@customer.example"]
    of_mail, of_recipient = fields(bench.reports[0])
    assert of_mail["Original-Envelope-Id"] == "x1"
    assert of_recipient["Original-Recipient"] == "rfc822; old@customer.example"
    assert of_recipient["Action"] == "relayed"


async def test_what_was_said_is_kept_in_the_log(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    (delivered,) = (row for row in bench.store.story(hold.id) if row.entry["type"] == "delivered")
    assert delivered.personal
    dialogue = json.loads(delivered.personal)["dialogue"]
    assert dialogue[0].startswith("> MAIL FROM:<support@example.com> BODY=8BITMIME SIZE=")
    assert [line[0] for line in dialogue] == [">", "<"] * 3
    assert dialogue[2].startswith("> RCPT TO:<matti@customer.example>")
    assert dialogue[-1].startswith("< 250")


async def test_one_domain_never_takes_all_the_hands(bench: Bench) -> None:
    """Of many mails for one domain two go at once; one for another goes by."""
    slow = [await bench.hold(f"{number}@slow.example", told=False) for number in range(8)]
    other = await bench.hold("x@other.example", told=False)
    for hold in (*slow, other):
        await bench.release(hold)
    most = 0

    def answer(session: HopSession) -> Late:
        nonlocal most
        is_slow = "slow.example" in session.commands[-2]
        busy = [one for one in bench.hop.open_sessions if "DATA" in one.commands[-1:] and "slow" in one.commands[-2]]
        most = max(most, len(busy))
        return Late("250 2.0.0 Ok", 0.3 if is_slow else 0)

    bench.hop.script = {"dot": answer}
    await bench.start()
    await bench.hop.until(lambda: any(mail.addresses == ["x@other.example"] for mail in bench.hop.mails))
    assert len(bench.hop.mails) < len(slow)
    await bench.quiet()
    assert len(bench.hop.mails) == len(slow) + 1
    assert 0 < most <= bench.config.courier.per_destination
