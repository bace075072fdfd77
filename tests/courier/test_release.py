"""Released mail: out as it was held, tried again, given up, told of; each recipient to their own end."""

from __future__ import annotations

import asyncio
import re

from sqlalchemy import text

from courier_bench import OCTETS, Bench, letter_of, words
from fakehop import Hangup, Late
from gateway.mail import Envelope, Recipient

UNKNOWN = "550 5.1.1 No such user"
BUSY = "450 4.2.1 Mailbox busy"


async def test_a_released_mail_goes_out_byte_for_byte_with_our_fields_on_top(bench: Bench) -> None:
    hold = await bench.hold("matti@customer.example", "liisa@customer.example", told=False)
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    (mail,) = bench.hop.mails
    top, octets = mail.octets[: -len(OCTETS)], mail.octets[-len(OCTETS) :]
    assert octets == OCTETS
    assert re.fullmatch(
        rb"Received: from \[192\.0\.2\.7\] \(\[192\.0\.2\.7\]\) by gw\.example\.com \(Saate\)\r\n id %b; [^\r]*\r\n"
        rb"X-Saate: released; id=%b\r\n" % (hold.id.encode(), hold.id.encode()),
        top,
    )
    assert mail.reverse_path == "support@example.com"
    assert mail.parameters == ("BODY=8BITMIME", f"SIZE={len(mail.octets)}")
    assert mail.addresses == ["matti@customer.example", "liisa@customer.example"]
    assert await bench.state(hold) == "delivered"
    assert [kind for kind, _ in bench.log(hold)] == ["released", "delivered"]


async def test_esmtp_parameters_of_the_hold_are_kept(bench: Bench) -> None:
    parameters = ("NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;Matti+40x@customer.example")
    envelope = Envelope(
        "support@example.com", ("RET=HDRS", "ENVID=Abc+2B1"), (Recipient("matti@customer.example", parameters),)
    )
    hold = await bench.hold(told=False, envelope=envelope)
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    (mail,) = bench.hop.mails
    assert mail.parameters[:2] == ("RET=HDRS", "ENVID=Abc+2B1")
    assert mail.recipients == [("matti@customer.example", parameters)]


async def test_what_is_not_taken_now_is_tried_again_later_and_later(bench: Bench) -> None:
    """Every kind of trouble leaves the mail where it is; the pause doubles from a minute on."""
    hold = await bench.hold(told=False)
    bench.hop.script = {
        "MAIL": [BUSY],
        "RCPT": [BUSY],
        "DATA": [BUSY],
        "dot": ["452 4.3.1 Disk full", Hangup()],
    }
    await bench.release(hold)
    await bench.start()
    for attempt, minutes in enumerate((1, 2, 4, 8, 16), start=1):
        await bench.tried(attempt)
        assert await bench.state(hold) == "released"
        due_at = await bench.store.next_due()
        assert due_at is not None
        wait = (due_at - bench.clock()).total_seconds() / 60
        assert minutes * 0.5 < wait <= minutes
        bench.clock.forward(minutes=minutes)
    await bench.quiet()
    assert len(bench.hop.mails) == 1
    assert await bench.state(hold) == "delivered"


async def test_a_next_hop_that_is_away_is_waited_for(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    await bench.hop.stop_listening()
    await bench.release(hold)
    await bench.start()
    await bench.put_off()
    assert await bench.state(hold) == "released"
    async with bench.hop:
        bench.clock.forward(minutes=2)
        await bench.quiet()
    assert await bench.state(hold) == "delivered"


async def test_a_refusal_of_the_session_says_nothing_of_the_mail(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    bench.hop.script = {"connect": ["554 5.3.2 No service for you"]}
    await bench.release(hold)
    await bench.start()
    await bench.put_off()
    assert await bench.state(hold) == "released"
    bench.clock.forward(minutes=2)
    await bench.quiet()
    assert await bench.state(hold) == "delivered"


async def test_a_mail_refused_for_good_bounces_and_its_agent_is_told(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    bench.hop.script = {"RCPT matti@customer.example": UNKNOWN}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    (bounce,) = bench.letters
    assert (bounce.reverse_path, bounce.addresses) == ("", ["maija@example.com"])
    letter = letter_of(bounce)
    assert letter["Subject"] == "Your reply could not be delivered"
    assert letter["Auto-Submitted"] == "auto-generated"
    said = words(bounce)
    assert "matti@customer.example" in said
    assert "550 5.1.1 No such user" in said
    assert await bench.state(hold) == "bounced"
    assert [kind for kind, _ in bench.log(hold)] == ["released", "bounced", "noticed", "noticed"]


async def test_a_mail_refused_at_the_dot_bounces(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    bench.hop.script = {"dot": ["554 5.7.1 Looks like spam"]}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert await bench.state(hold) == "bounced"
    assert [mail.addresses for mail in bench.letters] == [["maija@example.com"]]


async def test_after_days_it_is_given_up_and_told_of(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    bench.hop.script = {"MAIL support@example.com": BUSY}
    await bench.release(hold)
    await bench.start()
    await bench.tried(1)
    bench.clock.forward(days=4, hours=23)
    await bench.tried(2)
    assert await bench.state(hold) == "released"
    bench.clock.forward(hours=2)
    await bench.quiet()
    assert await bench.state(hold) == "bounced"
    assert [mail.addresses for mail in bench.letters] == [["maija@example.com"]]


async def test_the_last_try_is_when_the_time_is_up(bench: Bench) -> None:
    """The pause never reaches over the end, so that the mail has every chance that it may have."""
    hold = await bench.hold(told=False)
    bench.hop.script = {"MAIL support@example.com": BUSY}
    await bench.release(hold)
    await bench.start()
    await bench.tried(1)
    bench.clock.forward(days=4, hours=23, minutes=59, seconds=30)
    await bench.tried(2)
    due_at = await bench.store.next_due()
    assert due_at is not None
    assert (due_at - bench.clock()).total_seconds() <= 30


async def test_each_recipient_comes_to_their_own_end(bench: Bench) -> None:
    """One has it at once, one never will and is told of, one is tried again alone."""
    hold = await bench.hold("a@customer.example", "b@customer.example", "c@customer.example", told=False)
    bench.hop.script = {"RCPT b@customer.example": UNKNOWN, "RCPT c@customer.example": [BUSY]}
    await bench.release(hold)
    await bench.start()
    await bench.hop.until(lambda: len(bench.letters) == 2 and bench.reports)
    await bench.put_off()
    assert await bench.state(hold) == "delivered"
    mail, bounce = bench.letters
    assert mail.addresses == ["a@customer.example"]
    assert bounce.addresses == ["maija@example.com"]
    said = words(bounce)
    assert "b@customer.example" in said
    assert "The other recipients have received it." not in said  # c has not
    bench.clock.forward(minutes=2)
    await bench.quiet()
    again = bench.letters[2]
    assert again.addresses == ["c@customer.example"]
    assert again.octets == mail.octets
    assert bench.hop.commands.count("RCPT TO:<a@customer.example>") == 1
    ends = [(kind, facts["partly"], facts["recipients"]) for kind, facts in bench.log(hold) if "partly" in facts]
    assert ends == [("delivered", True, 1), ("bounced", True, 1), ("delivered", True, 1)]


async def test_one_of_two_refused_is_told_of_and_the_mail_counts_as_delivered(bench: Bench) -> None:
    hold = await bench.hold("a@customer.example", "b@customer.example", told=False)
    bench.hop.script = {"RCPT a@customer.example": UNKNOWN}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    mail, bounce = bench.letters
    assert mail.addresses == ["b@customer.example"]
    said = words(bounce)
    assert "The other recipients have received it." in said
    assert await bench.state(hold) == "delivered"


async def test_refused_one_after_the_other_the_mail_has_bounced(bench: Bench) -> None:
    hold = await bench.hold("a@customer.example", "b@customer.example", told=False)
    bench.hop.script = {"RCPT a@customer.example": UNKNOWN, "RCPT b@customer.example": [BUSY, UNKNOWN]}
    await bench.release(hold)
    await bench.start()
    await bench.hop.until(lambda: len(bench.letters) == 1)
    await bench.put_off()
    assert await bench.state(hold) == "released"
    bench.clock.forward(minutes=2)
    await bench.quiet()
    assert await bench.state(hold) == "bounced"
    assert (len(bench.letters), len(bench.reports)) == (2, 2)


async def test_a_discarded_mail_is_never_sent(bench: Bench) -> None:
    hold = await bench.hold()
    await bench.discard(hold)
    await bench.start()
    await bench.quiet()
    assert bench.hop.received == []
    assert [facts.get("outcome") for _, facts in bench.log(hold)][-1] == "needless"


async def test_told_to_stop_it_brings_what_is_under_way_to_its_end(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    bench.hop.script = {"dot": [Late("250 2.0.0 Ok", 0.3)]}
    await bench.release(hold)
    await bench.start()
    await bench.hop.until(lambda: bench.hop.received)
    await bench.stop()
    assert await bench.state(hold) == "delivered"


async def test_many_go_side_by_side_but_no_more_than_allowed(bench: Bench) -> None:
    open_at_once = 0

    def count(_: object) -> Late:
        nonlocal open_at_once
        open_at_once = max(open_at_once, len(bench.hop.open_sessions))
        return Late("250 2.0.0 Ok", 0.05)

    holds = [await bench.hold(told=False) for _ in range(12)]
    bench.hop.script = {"dot": count}
    for hold in holds:
        await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert len(bench.hop.mails) == 12
    assert 1 < open_at_once <= bench.config.courier.max_sessions


async def test_a_broken_row_does_not_stop_the_others(bench: Bench) -> None:
    """The pieces of one hold are gone: that one waits, the other goes."""
    broken, sound = await bench.hold(told=False), await bench.hold(told=False)
    await bench.store.run(
        lambda write: write.connection.execute(text("DELETE FROM octets WHERE hold_id = :id"), {"id": broken.id})
    )
    await bench.release(broken)
    await bench.release(sound)
    await bench.start()
    await bench.hop.until(lambda: bench.hop.mails)
    await bench.put_off()
    await asyncio.sleep(0.1)
    assert await bench.state(broken) == "released"
    assert await bench.state(sound) == "delivered"
    assert len(bench.hop.received) == 1
