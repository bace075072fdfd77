"""Notices and digests on their way: to the agent, else to the fallback, and not at all when they come too late."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from courier_bench import Bench, letter_of, words
from gateway.notice import NoticeWriter

UNKNOWN = "550 5.1.1 No such user"
BUSY = "450 4.2.1 Mailbox busy"


def ends(bench: Bench, hold: object) -> list[tuple[str, str]]:
    entries = bench.log(hold)  # type: ignore[arg-type]  # a Hold, whose fields this does not need
    return [(facts["kind"], facts["outcome"]) for kind, facts in entries if kind == "noticed"]


async def test_the_agent_gets_the_notice(bench: Bench) -> None:
    hold = await bench.hold()
    await bench.start()
    await bench.quiet()
    (notice,) = bench.hop.mails
    assert (notice.reverse_path, notice.addresses) == ("", ["maija@example.com"])
    assert letter_of(notice)["Subject"] == "Your reply is waiting: A password is written out"
    assert "Received" not in letter_of(notice)
    assert f"saate holds release {hold.id}" in words(notice)
    assert ends(bench, hold) == [("notice", "delivered")]
    assert await bench.state(hold) == "held"


async def test_a_notice_that_a_mailbox_cannot_take_now_is_tried_again(bench: Bench) -> None:
    hold = await bench.hold()
    bench.hop.script = {"RCPT maija@example.com": [BUSY]}
    await bench.start()
    await bench.tried(1)
    assert ends(bench, hold) == []
    bench.clock.forward(minutes=2)
    await bench.quiet()
    assert [mail.addresses for mail in bench.hop.mails] == [["maija@example.com"]]


async def test_a_notice_that_is_refused_goes_to_the_fallback_once(bench: Bench) -> None:
    hold = await bench.hold()
    bench.hop.script = {"RCPT maija@example.com": UNKNOWN}
    await bench.start()
    await bench.quiet()
    (notice,) = bench.hop.mails
    assert notice.addresses == ["postmaster@example.com"]
    assert "We could not reach the person who wrote it" in words(notice)
    assert ends(bench, hold) == [("notice", "given-up"), ("notice", "delivered")]


async def test_a_notice_that_the_fallback_refuses_too_is_logged_and_over(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """There is no third try and no notice about a notice: loops cannot start."""
    hold = await bench.hold()
    bench.hop.script = {"RCPT": UNKNOWN}
    with caplog.at_level(logging.ERROR, "saate.courier"):
        await bench.start()
        await bench.quiet()
    assert bench.hop.mails == []
    assert ends(bench, hold) == [("notice", "given-up"), ("notice", "given-up")]
    assert f"id={hold.id} notice was refused, and there is nobody else to tell" in caplog.text
    assert "@" not in caplog.text


async def test_a_bounce_that_is_refused_goes_to_the_fallback_once(bench: Bench) -> None:
    hold = await bench.hold(told=False)
    bench.hop.script = {"RCPT": UNKNOWN, "RCPT postmaster@example.com": "250 2.1.5 Ok"}
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    (bounce,) = bench.hop.mails
    assert bounce.addresses == ["postmaster@example.com"]
    assert "matti@customer.example" in words(bounce)
    assert ends(bench, hold) == [("report", "given-up"), ("bounce", "given-up"), ("bounce", "delivered")]


async def test_a_notice_nobody_takes_for_days_goes_to_the_fallback(bench: Bench) -> None:
    hold = await bench.hold()
    bench.hop.script = {"RCPT maija@example.com": BUSY}
    await bench.start()
    await bench.tried(1)
    bench.clock.forward(days=6)
    await bench.quiet()
    assert [mail.addresses for mail in bench.hop.mails] == [["postmaster@example.com"]]
    assert ends(bench, hold) == [("notice", "given-up"), ("notice", "delivered")]


async def test_a_notice_is_not_sent_once_somebody_has_decided(bench: Bench) -> None:
    """The next hop was away while an operator released the mail: "not sent yet" would be untrue by now."""
    hold = await bench.hold()
    await bench.release(hold)
    await bench.start()
    await bench.quiet()
    assert [mail.addresses for mail in bench.hop.mails] == [["matti@customer.example"]]
    assert ends(bench, hold) == [("notice", "needless")]


async def _many(bench: Bench, count: int) -> list[str]:
    """Hold so many of one agent that all but the first twenty are for a digest."""
    return [(await bench.hold(subject=f"Answer {number:02}")).id for number in range(count)]


async def test_beyond_twenty_a_digest_tells_of_the_rest_when_its_time_has_come(bench: Bench) -> None:
    held = await _many(bench, 25)
    await bench.start()
    await bench.hop.until(lambda: len(bench.hop.mails) == 20)
    decided = bench.store.find(held[-1])
    await bench.discard(decided)
    await bench.put_off()
    assert len(bench.hop.mails) == 20
    bench.clock.forward(minutes=11)
    await bench.quiet()
    digest = bench.hop.mails[20]
    assert digest.addresses == ["maija@example.com"]
    assert letter_of(digest)["Subject"] == "4 more replies are waiting"
    said = words(digest)
    assert all(f"Answer {number}" in said for number in range(20, 24))
    assert "Answer 24" not in said  # decided since
    assert "Answer 19" not in said  # has its own notice
    covers = [facts["covers"] for _, facts in bench.log(bench.store.find(held[20])) if "covers" in facts]
    assert covers == [held[20:]]


async def test_a_digest_that_is_refused_goes_to_the_fallback_with_all_it_tells_of(bench: Bench) -> None:
    await _many(bench, 23)
    await bench.start()
    await bench.hop.until(lambda: len(bench.hop.mails) == 20)
    bench.hop.script = {"RCPT maija@example.com": UNKNOWN}
    bench.clock.forward(minutes=11)
    await bench.quiet()
    digest = bench.hop.mails[20]
    assert digest.addresses == ["postmaster@example.com"]
    assert "Answer 20" in words(digest)
    assert "Answer 22" in words(digest)


async def test_a_digest_about_nothing_is_not_sent(bench: Bench) -> None:
    held = await _many(bench, 21)
    await bench.start()
    await bench.hop.until(lambda: len(bench.hop.mails) == 20)
    await bench.discard(bench.store.find(held[20]))
    bench.clock.forward(minutes=11)
    await bench.quiet()
    assert len(bench.hop.mails) == 20
    assert ends(bench, bench.store.find(held[20])) == [("digest", "needless")]


async def test_a_reverse_path_of_ones_own_where_a_provider_refuses_the_null_one(bench: Bench) -> None:
    notices = bench.config.notices.model_copy(update={"reverse_path": "bounces@example.com"})
    bench.notices = NoticeWriter(bench.config.model_copy(update={"notices": notices}), "gw.example.com")
    await bench.hold()
    await bench.start()
    await bench.quiet()
    assert bench.hop.mails[0].reverse_path == "bounces@example.com"


async def test_an_agent_beyond_ascii_is_told_with_smtputf8(bench: Bench) -> None:
    await bench.hold(agent="mäkinen@example.com")
    await bench.start()
    await bench.quiet()
    (notice,) = bench.hop.mails
    assert notice.addresses == ["mäkinen@example.com"]
    assert "SMTPUTF8" in notice.parameters


async def test_without_smtputf8_at_the_next_hop_the_fallback_is_told_instead(bench: Bench) -> None:
    bench.hop.extensions = ("SIZE 52428800", "8BITMIME")
    await bench.hold(agent="mäkinen@example.com")
    await bench.start()
    await bench.quiet()
    assert [mail.addresses for mail in bench.hop.mails] == [["postmaster@example.com"]]


async def test_holds_that_share_octets_share_one_notice_and_one_release(bench: Bench) -> None:
    """A server splits a mail at fifty recipients; the two halves are one thing to a person."""
    one = await bench.hold("a@customer.example", same="both")
    two = await bench.hold("b@customer.example", same="both")
    await bench.start()
    await bench.quiet()
    assert [mail.addresses for mail in bench.hop.mails] == [["maija@example.com"]]
    await bench.release(replace(one))
    await bench.quiet()
    assert sorted(address for mail in bench.hop.mails[1:] for address in mail.addresses) == [
        "a@customer.example",
        "b@customer.example",
    ]
    assert [await bench.state(hold) for hold in (one, two)] == ["delivered", "delivered"]
