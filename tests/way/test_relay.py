"""The way of a mail through real sockets: passed, annotated, held; whatever the next hop does, never a false 250."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fakehop import FakeHop, Hang, Hangup, Late, Twice
from gateway.hold import HoldState
from inhouse import HOSTNAME, Dialog, House, house, reply, stuffed

BINARY = bytes(range(1, 10)) + bytes(range(14, 256))


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with FakeHop() as hop, house(tmp_path, hop) as everything:
        yield everything


def without_top(octets: bytes, fields: int = 1) -> bytes:
    """A filed mail without the fields that we put on top (none of which may be missing)."""
    for _ in range(fields):
        assert octets.startswith(
            (b"Received: from client.example.com ([127.0.0.1]) by gw.example.com (Saate)\r\n", b"X-Saate: ")
        ), octets[:200]
        lines = octets.split(b"\r\n")
        end = next(at for at, line in enumerate(lines) if at and not line.startswith((b" ", b"\t")))
        octets = b"\r\n".join(lines[end:])
    return octets


@pytest.mark.parametrize(
    "octets",
    [
        reply(),
        reply("Hei!\r\n.\r\n..\r\n.piste\r\n...\r\n"),
        reply("Hei!\r\nei loppurivinvaihtoa"),
        reply("Hei!\r\n" + "x" * 900 + "\r\n" + "y" * 5000 + "\r\n"),
        reply("\r\n\r\n\r\n"),
        b"From: aino@example.com\r\n\r\n" + BINARY + b"\r\n",
        b"Subject: no body\r\n",
        b"\r\nno header\r\n",
        b".\r\n",
        b"X" * 70000 + b"\r\n" + b"." * 70000 + b"\r\n",
        reply("A" * 76 + "\r\n" * 40000),
    ],
    ids=[
        "plain",
        "dots",
        "no-final-newline",
        "long-lines",
        "blank",
        "8bit",
        "header-only",
        "body-only",
        "dot",
        "big",
        "spooled",
    ],
)
async def test_octets_in_are_octets_out(here: House, octets: bytes) -> None:
    dialog = await here.dialog()
    await dialog.envelope()
    dialog.write(stuffed(octets) + (b"" if octets.endswith(b"\r\n") else b"\r\n"))
    assert (await dialog.say(b".\r\n")).startswith("250")
    whole = octets if octets.endswith(b"\r\n") else octets + b"\r\n"
    assert without_top(here.hop.mails[0].octets) == whole


async def test_a_passed_mail_keeps_its_envelope_and_is_logged_judged_then_disposed(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com> SIZE=500 BODY=8BITMIME RET=HDRS ENVID=QQ314")).startswith(
        "250"
    )
    assert (
        await dialog.say("RCPT TO:<liisa@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;Liisa@example.org")
    ).startswith("250")
    assert (await dialog.say("DATA")).startswith("354")
    assert await dialog.say(stuffed(reply()) + b".\r\n") == "250 2.0.0 Ok: filed as 1"
    mail = here.hop.mails[0]
    assert (mail.reverse_path, mail.parameters) == (
        "aino@example.com",
        ("SIZE=500", "BODY=8BITMIME", "RET=HDRS", "ENVID=QQ314"),
    )
    assert mail.recipients == [("liisa@example.org", ("NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;Liisa@example.org"))]
    log = await here.log()
    assert [kind for kind, _ in log] == ["judged", "disposed"]
    assert log[0][1]["verdict"] == "pass"
    assert log[1][1]["outcome"] == "passed"


async def test_received_names_us_and_the_mail_but_no_recipient(here: House) -> None:
    dialog = await here.dialog()
    await dialog.send(reply(), recipients=("liisa@example.org", "bcc@example.org"))
    top = here.hop.mails[0].octets.split(b"\r\nFrom:")[0].decode()
    assert f"by {HOSTNAME} (Saate)" in top
    assert "with ESMTP id " in top
    assert "example.org" not in top
    assert " for " not in top


async def test_annotating_only_prepends(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.send(reply("mark me\r\n"))).startswith("250")
    octets = here.hop.mails[0].octets
    assert b"\r\nX-Saate: annotate; id=" in octets
    assert b"marked" not in octets.split(b"\r\nFrom:")[0]
    assert without_top(octets, 2) == reply("mark me\r\n")


async def test_a_hold_is_250_with_its_id_and_the_next_hop_sees_rset(here: House) -> None:
    dialog = await here.dialog()
    answer = await dialog.send(reply("hold me\r\n"))
    assert answer.startswith("250 2.0.0 Held for review as ")
    hold = await asyncio.to_thread(here.store.find, answer.split()[-1])
    assert hold.state is HoldState.HELD
    assert await here.store.octets(hold.id) == reply("hold me\r\n")
    assert here.hop.mails == []
    assert (await dialog.send(reply())).startswith("250 2.0.0 Ok: filed")
    assert "DATA" not in here.hop.sessions[0].verbs[: here.hop.sessions[0].verbs.index("RSET")]


async def test_a_mail_of_others_passes_and_is_logged_out_of_scope(here: House) -> None:
    octets = reply("hold me\r\n").replace(b"aino@example.com", b"someone@elsewhere.example")
    dialog = await here.dialog()
    assert (await dialog.send(octets)).startswith("250 2.0.0 Ok: filed")
    judged = (await here.log())[0][1]
    assert (judged["scope"], judged["verdict"], judged["disposition"]) == ("out-of-scope", "hold", "pass")


@pytest.mark.parametrize("settings", [{"mode": "trial"}, {"senders": []}])
async def test_in_trial_nothing_is_held_or_annotated_and_all_is_logged(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    async with FakeHop() as hop, house(tmp_path, hop, **settings) as here:
        dialog = await here.dialog()
        assert (await dialog.send(reply("hold me\r\n"))).startswith("250 2.0.0 Ok: filed")
        assert (await dialog.send(reply("mark me\r\n"))).startswith("250 2.0.0 Ok: filed")
        assert all(b"X-Saate" not in mail.octets for mail in hop.mails)
        assert [facts["verdict"] for kind, facts in await here.log() if kind == "judged"] == ["hold", "annotate"]


async def test_a_reader_that_crashes_holds_the_mail_and_tells_nothing_of_it(
    here: House, caplog: pytest.LogCaptureFixture
) -> None:
    dialog = await here.dialog()
    answer = await dialog.send(reply("crash me\r\n"))
    assert answer.startswith("250 2.0.0 Held for review as ")
    assert "Kesä2024" not in caplog.text


REFUSALS = {
    "MAIL": "451 4.7.1 Greylisted, come again",
    "RCPT liisa@example.org": "550 5.1.1 No such user\nhere",
    "DATA": "554 5.7.1 Not today",
    "dot": "554 5.6.0 We do not like it",
}


@pytest.mark.parametrize("step", REFUSALS)
async def test_what_the_next_hop_refuses_is_refused_in_its_own_words(here: House, step: str) -> None:
    text = REFUSALS[step]
    code = text[:3]
    here.hop.script = {step: text if "\n" not in text else text.replace("550 ", "550-", 1).replace("\n", "\n550 ")}
    dialog = await here.dialog()
    answers = [await dialog.say("MAIL FROM:<aino@example.com>")]
    if answers[-1].startswith("250"):
        answers.append(await dialog.say("RCPT TO:<liisa@example.org>"))
    if answers[-1].startswith("250"):
        assert (await dialog.say("DATA")).startswith("354")
        answers.append(await dialog.say(stuffed(reply()) + b".\r\n"))
    assert answers[-1].startswith(code)
    assert text[4:].split("\n")[0] in answers[-1]
    assert here.hop.mails == []
    here.hop.script = {}
    assert (await dialog.say("RSET")).startswith("250")
    assert (await dialog.send(reply())).startswith("250 2.0.0 Ok: filed")


async def test_one_of_two_recipients_refused_leaves_the_other(here: House) -> None:
    here.hop.script = {"RCPT gone@example.org": "550 5.1.1 No such user"}
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    assert await dialog.say("RCPT TO:<gone@example.org>") == "550 5.1.1 No such user"
    assert (await dialog.say("RCPT TO:<liisa@example.org>")).startswith("250")
    assert (await dialog.say("DATA")).startswith("354")
    assert (await dialog.say(stuffed(reply()) + b".\r\n")).startswith("250")
    assert here.hop.mails[0].addresses == ["liisa@example.org"]


@pytest.mark.parametrize(
    "trouble", [Hangup(), Hangup(reset=True), Hang(), b"\xff\x00garbage\r\n", "221 2.0.0 Bye", "354 more"]
)
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
async def test_trouble_with_the_next_hop_is_4xx_and_never_a_false_250(
    tmp_path: Path, step: str, trouble: object
) -> None:
    if step == "DATA" and trouble == "354 more":
        trouble = "250 2.0.0 already"
    async with FakeHop() as hop, house(tmp_path, hop, timeouts={"reply": 0.3, "dot": 0.3}) as here:
        hop.script = {step: trouble}  # type: ignore[dict-item]
        dialog = await here.dialog()
        answers = [await dialog.say("MAIL FROM:<aino@example.com>")]
        if answers[-1].startswith("250"):
            answers.append(await dialog.say("RCPT TO:<liisa@example.org>"))
        if answers[-1].startswith("250"):
            assert (await dialog.say("DATA")).startswith("354")
            answers.append(await dialog.say(stuffed(reply()) + b".\r\n"))
        assert answers[-1].startswith("4"), answers
        hop.script = {}
        other = await here.dialog()
        assert (await other.send(reply())).startswith("250")


async def test_a_late_or_second_answer_never_becomes_the_next_mails(here: House) -> None:
    here.hop.script = {"dot": [Twice("250 2.0.0 first", "554 5.0.0 surplus"), Late("250 2.0.0 second", 0.2)]}
    dialog = await here.dialog()
    assert await dialog.send(reply()) == "250 2.0.0 first"
    await asyncio.sleep(0.05)
    assert await dialog.send(reply("Hei!\r\ntoinen\r\n")) == "250 2.0.0 second"
    assert await dialog.send(reply("Hei!\r\nkolmas\r\n")) == "250 2.0.0 Ok: filed as 3"


async def test_without_a_next_hop_nobody_is_taken_in(tmp_path: Path) -> None:
    async with FakeHop({"connect": Hangup()}) as hop, house(tmp_path, hop, timeouts={"connect": 0.5}) as here:
        dialog = await here.dialog(hello=False)
        assert (await dialog.say("EHLO client.example.com")).startswith("421 4.3.2")


async def test_a_session_lost_between_rcpt_and_data_is_replaced(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    assert (await dialog.say("RCPT TO:<liisa@example.org>")).startswith("250")
    here.hop.sessions[-1].writer.close()
    await asyncio.sleep(0.05)
    assert (await dialog.say("DATA")).startswith("354")
    assert (await dialog.say(stuffed(reply()) + b".\r\n")).startswith("250")
    assert here.hop.mails[0].addresses == ["liisa@example.org"]


async def test_the_same_mail_held_twice_is_one_hold(here: House) -> None:
    dialog = await here.dialog()
    first = await dialog.send(reply("hold me\r\n"))
    second = await dialog.send(reply("hold me\r\n"))
    assert first == second
    assert len(await asyncio.to_thread(lambda: list(here.store.holds()))) == 1
    facts = (await here.log())[-1][1]
    assert facts["again"] is True
    assert first.endswith(facts["held_as"])


async def waiting(here: House, answer: Late) -> Dialog:
    """A client whose mail is at the next hop, which takes its time to answer the dot."""
    here.hop.script = {"dot": [answer]}
    dialog = await here.dialog()
    await dialog.envelope()
    dialog.write(stuffed(reply()) + b".\r\n")
    await asyncio.sleep(0.1)
    return dialog


async def test_a_client_that_did_not_hear_the_answer_sends_again_and_the_customer_gets_one_mail(here: House) -> None:
    dialog = await waiting(here, Late("250 2.0.0 taken", 0.3))
    dialog.writer.transport.abort()
    await asyncio.sleep(0.5)
    again = await here.dialog()
    assert await again.send(reply()) == "250 2.0.0 taken"
    assert len(here.hop.mails) == 1
    assert [facts["outcome"] for kind, facts in await here.log() if kind == "disposed"] == ["passed", "already-sent"]
    other = await here.dialog()
    assert (await other.send(reply("Hei!\r\ntoinen\r\n"))).startswith("250")
    assert len(here.hop.mails) == 2


async def test_a_mail_that_comes_again_while_its_first_copy_waits_for_an_answer_is_put_off(here: House) -> None:
    dialog = await waiting(here, Late("250 2.0.0 taken", 0.6))
    await dialog.close()
    await asyncio.sleep(0.1)
    again = await here.dialog()
    assert (await again.send(reply())).startswith("451 4.3.0")
    await asyncio.sleep(0.6)
    assert await again.send(reply()) == "250 2.0.0 taken"
    assert len(here.hop.mails) == 1


async def test_a_mail_whose_first_copy_was_refused_unheard_is_sent_again(here: House) -> None:
    dialog = await waiting(here, Late("451 4.3.0 not now", 0.3))
    await dialog.close()
    await asyncio.sleep(0.5)
    again = await here.dialog()
    assert (await again.send(reply())).startswith("250 2.0.0 Ok: filed")


async def test_the_same_mail_again_from_a_client_that_heard_us_is_sent_again(here: House) -> None:
    dialog = await here.dialog()
    for _ in range(2):
        assert (await dialog.send(reply())).startswith("250")
    assert len(here.hop.mails) == 2


async def test_a_mail_that_goes_round_is_refused(here: House) -> None:
    ours = f"Received: from a by {HOSTNAME} (Saate) with ESMTP id abc; Mon, 2 Nov 2026 10:00:00 +0000\r\n".encode()
    dialog = await here.dialog()
    assert (await dialog.send(ours * 3 + reply())).startswith("250")
    assert (await dialog.send(ours * 4 + reply())).startswith("554 5.4.6")
    others = b"Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0000\r\n"
    assert (await dialog.send(others * 51 + reply())).startswith("554 5.4.6")
    assert len(here.hop.mails) == 1


async def test_a_store_that_cannot_be_written_is_451_and_the_next_hop_gets_no_dot(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.send(reply())).startswith("250")
    await here.store.run(lambda transaction: transaction.connection.exec_driver_sql("ALTER TABLE log RENAME TO gone"))
    assert (await dialog.send(reply("Hei!\r\ntoinen\r\n"))).startswith("451 4.3.0")
    assert (await dialog.send(reply("hold me\r\n"))).startswith("451 4.3.0")
    assert len(here.hop.mails) == 1
    await here.store.run(lambda transaction: transaction.connection.exec_driver_sql("ALTER TABLE gone RENAME TO log"))
    assert (await dialog.send(reply("Hei!\r\nkolmas\r\n"))).startswith("250")
