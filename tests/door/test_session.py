"""The door: what it offers, what it refuses and in which words, and that no octets make it lose its step."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakehop import FakeHop
from inhouse import House, house, reply, stuffed


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with (
        FakeHop() as hop,
        house(tmp_path, hop, limits={"recipients": 100, "size": 100_000, "errors": 5}) as all_of_it,
    ):
        yield all_of_it


async def test_ehlo_offers_what_the_next_hop_offers_and_we_can_keep(here: House) -> None:
    dialog = await here.dialog(hello=False)
    lines = (await dialog.say("EHLO [127.0.0.1]")).split("\n")
    assert lines[0] == "250-gw.example.com"
    assert sorted(line[4:] for line in lines[1:]) == [
        "8BITMIME",
        "DSN",
        "ENHANCEDSTATUSCODES",
        "SIZE 100000",
        "SMTPUTF8",
    ]


async def test_ehlo_offers_no_more_than_the_next_hop_and_less_of_its_size(tmp_path: Path) -> None:
    async with FakeHop(extensions=("SIZE 20000", "8BITMIME")) as hop, house(tmp_path, hop) as here:
        dialog = await here.dialog(hello=False)
        assert (await dialog.say("EHLO a")).split("\n")[1:] == ["250-SIZE 15904", "250 8BITMIME"]
        assert (await dialog.say("MAIL FROM:<a@example.com> SMTPUTF8")).startswith("555 5.5.4")
        assert (await dialog.say("MAIL FROM:<a@example.com> RET=FULL")).startswith("555 5.5.4")
        assert (await dialog.say("MAIL FROM:<a@example.com> SIZE=15905")).startswith("552 5.3.4")


async def test_a_client_of_helo_gets_no_extensions(here: House) -> None:
    dialog = await here.dialog(hello=False)
    assert await dialog.say("HELO a") == "250 gw.example.com"
    assert (await dialog.say("MAIL FROM:<a@example.com> SIZE=5")).startswith("555")
    assert (await dialog.send(reply())).startswith("250")
    assert b"with SMTP id" in b" ".join(here.hop.mails[0].octets.split())


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("MAIL FROM:<a@example.com>", "503 5.5.1"),
        ("EHLO", "501 5.5.2"),
        ("EHLO a b", "501 5.5.2"),
        ("EHLO (comment)", "501 5.5.2"),
        ("NOOP ignored", "250 2.0.0"),
        ("HELP", "214 2.0.0"),
        ("VRFY aino", "252 2.5.0"),
        ("EXPN staff", "502 5.5.1"),
        ("ETRN x", "502 5.5.1"),
        ("AUTH PLAIN AGEAYg==", "502 5.5.1"),
        ("STARTTLS", "502 5.5.1"),
        ("BDAT 5 LAST", "502 5.5.1"),
        ("XCLIENT ADDR=127.0.0.1", "500 5.5.2"),
        ("QUIT now", "501 5.5.4"),
        ("DATA", "503 5.5.1"),
        ("RCPT TO:<a@example.org>", "503 5.5.1"),
        ("", "500 5.5.2"),
        ("ÄÖ", "500 5.5.2"),
        ("x" * 5000, "500 5.5.2"),
        ("NOOP " + "x" * 200_000, "500 5.5.2"),
    ],
)
async def test_each_command_before_ehlo_gets_its_own_answer(here: House, line: str, answer: str) -> None:
    dialog = await here.dialog(hello=False)
    assert (await dialog.say(line)).startswith(answer)
    assert (await dialog.say("EHLO a")).startswith("250")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("MAIL FROM:aino@example.com", "501 5.1.7"),
        ("MAIL FROM:<aino>", "501 5.1.7"),
        ("MAIL FROM:<a\x00b@example.com>", "501 5.1.7"),
        ("MAIL TO:<aino@example.com>", "501 5.1.7"),
        ("MAIL FROM:<aino@example.com> SIZE=x", "501 5.5.4"),
        ("MAIL FROM:<aino@example.com> BODY=BINARYMIME", "501 5.5.4"),
        ("MAIL FROM:<aino@example.com> AUTH=<>", "555 5.5.4"),
        ("MAIL FROM:<aino@example.com> NOTIFY=NEVER", "555 5.5.4"),
        ("MAIL FROM:<åsa@example.com>", "553 5.6.7"),
        ("MAIL FROM:<aino@example.com> SIZE=100001", "552 5.3.4"),
        ("MAIL FROM:<>", "250"),
        ("MAIL FROM:<@a.example,@b.example:aino@example.com>", "250"),
        ("MAIL FROM:<åsa@exämple.se> SMTPUTF8 BODY=8BITMIME", "250"),
    ],
)
async def test_mail_is_read_strictly_and_a_refusal_never_reaches_the_next_hop(
    here: House, line: str, answer: str
) -> None:
    dialog = await here.dialog()
    assert (await dialog.say(line)).startswith(answer)
    said = [command for session in here.hop.sessions for command in session.commands if command.startswith("MAIL")]
    assert len(said) == (1 if answer == "250" else 0)


async def test_the_null_reverse_path_stays_null(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.send(reply(), sender="")).startswith("250")
    assert here.hop.mails[0].reverse_path == ""


@pytest.mark.parametrize(
    "line", ["RCPT TO:<>", "RCPT TO:<liisa>", "RCPT TO:<a\x00b@example.org>", "RCPT TO: liisa@example.org"]
)
async def test_what_is_no_recipient_is_refused_here(here: House, line: str) -> None:
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    assert (await dialog.say(line)).startswith("501 5.1.3")
    assert (await dialog.say("DATA")).startswith("554 5.5.1")


async def test_more_recipients_than_the_limit_are_put_off(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    for number in range(100):
        assert (await dialog.say(f"RCPT TO:<r{number}@example.org>")).startswith("250")
    assert (await dialog.say("RCPT TO:<one.more@example.org>")).startswith("452 4.5.3")
    assert (await dialog.say("DATA")).startswith("354")
    assert (await dialog.say(stuffed(reply()) + b".\r\n")).startswith("250")
    assert len(here.hop.mails[0].recipients) == 100


async def test_a_client_outside_allow_may_not_relay(tmp_path: Path) -> None:
    async with FakeHop() as hop, house(tmp_path, hop, allow=["192.0.2.0/24"]) as here:
        dialog = await here.dialog()
        assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("550 5.7.1")


async def test_a_mail_above_the_size_is_refused_and_the_session_goes_on(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.send(reply("x" * 100_001 + "\r\n"))).startswith("552 5.3.4")
    assert (await dialog.send(reply())).startswith("250")
    assert len(here.hop.mails) == 1


BARE = [
    b"\n",
    b"\r",
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\r.\r",
    b"\r\r\n.\r\n"[:3],
    b"\x00",
    b"\r\n\x00.\r\n",
]


@pytest.mark.parametrize("octets", BARE, ids=repr)
async def test_no_look_alike_of_an_end_of_data_is_taken_or_passed_on(here: House, octets: bytes) -> None:
    smuggled = b"MAIL FROM:<evil@example.com>\r\nRCPT TO:<liisa@example.org>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n"
    for cut in range(len(octets) + 1):
        dialog = await here.dialog()
        await dialog.envelope()
        dialog.write(b"Subject: outer\r\n\r\nbefore" + octets[:cut])
        await asyncio.sleep(0.005)
        answer = await dialog.say(octets[cut:] + b"after\r\n" + smuggled + b".\r\n")
        assert answer.startswith("550 5.5.2"), (cut, answer)
        assert (await dialog.say("NOOP")).startswith("250")
        await dialog.close()
    assert here.hop.mails == []


async def test_a_mail_that_comes_octet_by_octet_is_one_mail(here: House) -> None:
    dialog = await here.dialog()
    await dialog.envelope()
    for octet in stuffed(reply("Hei!\r\n.\r\n..x\r\n")) + b".\r\n":
        dialog.write(bytes([octet]))
        await asyncio.sleep(0)
    assert (await dialog.hear()).startswith("250")
    assert here.hop.mails[0].octets.endswith(b"\r\n\r\nHei!\r\n.\r\n..x\r\n")


async def test_what_comes_behind_the_dot_is_the_next_command(here: House) -> None:
    dialog = await here.dialog()
    await dialog.envelope()
    assert (await dialog.say(stuffed(reply()) + b".\r\nNOOP\r\nMAIL FROM:<aino@example.com>\r\n")).startswith("250")
    assert (await dialog.hear()).startswith("250 2.0.0 Ok")
    assert (await dialog.hear()).startswith("250 2.1.0")


@pytest.mark.parametrize("line", [b"NOOP\n", b"NO\rOP\r\n", b"NOOP\r\r\n"])
async def test_a_command_ends_in_crlf_alone(here: House, line: bytes) -> None:
    dialog = await here.dialog()
    assert (await dialog.say(line)).startswith("500 5.5.2")
    assert (await dialog.say("NOOP")).startswith("250")


async def test_a_client_that_half_closes_after_the_dot_hears_its_answer(here: House) -> None:
    dialog = await here.dialog()
    await dialog.envelope()
    dialog.write(stuffed(reply()) + b".\r\n")
    dialog.writer.write_eof()
    assert (await dialog.hear()).startswith("250")
    assert await dialog.hear() == ""
    assert len(here.hop.mails) == 1


async def test_a_client_that_hangs_up_in_its_data_has_sent_nothing(here: House) -> None:
    dialog = await here.dialog()
    await dialog.envelope()
    dialog.write(stuffed(reply()))
    await dialog.close()
    await asyncio.sleep(0.1)
    assert here.hop.mails == []
    assert here.door.sessions == 0


@pytest.mark.parametrize("verb", ["GET / HTTP/1.1", "POST / HTTP/1.1", "CONNECT a:25 HTTP/1.1"])
async def test_a_browser_is_shown_out(here: House, verb: str) -> None:
    dialog = await here.dialog(hello=False)
    dialog.write(verb.encode() + b"\r\nHost: a\r\n\r\nEHLO a\r\nMAIL FROM:<aino@example.com>\r\n")
    assert (await dialog.hear()).startswith("421 4.7.0")
    assert await dialog.hear() == ""


async def test_too_many_errors_end_the_session(here: House) -> None:
    dialog = await here.dialog()
    answers = [await dialog.say("MAIL FROM:broken") for _ in range(6)]
    assert [answer[:3] for answer in answers] == ["501"] * 5 + ["421"]
    assert await dialog.hear() == ""


async def test_rset_and_ehlo_forget_the_mail(here: House) -> None:
    dialog = await here.dialog()
    for command in ("RSET", "EHLO again.example.com"):
        assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
        assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("503 5.5.1")
        assert (await dialog.say("RCPT TO:<liisa@example.org>")).startswith("250")
        assert (await dialog.say(command)).startswith("250")
        assert (await dialog.say("DATA")).startswith("503 5.5.1")
    assert (await dialog.send(reply())).startswith("250")


async def test_a_client_that_says_nothing_is_told_421(tmp_path: Path) -> None:
    async with FakeHop() as hop, house(tmp_path, hop, timeouts={"client": 0.2}) as here:
        dialog = await here.dialog()
        assert (await dialog.hear()).startswith("421 4.4.2")
        assert await dialog.hear() == ""


async def test_data_that_only_drips_ends_at_the_deadline(tmp_path: Path) -> None:
    async with FakeHop() as hop, house(tmp_path, hop, timeouts={"client": 1, "data": 0.3}) as here:
        dialog = await here.dialog()
        await dialog.envelope()
        for _ in range(100):
            dialog.write(b"x")
            await asyncio.sleep(0.02)
            if dialog.reader.at_eof() or dialog.reader._buffer:  # type: ignore[attr-defined]
                break
        assert (await dialog.hear()).startswith("421 4.4.2")
        assert hop.mails == []


async def test_at_the_end_idle_clients_leave_and_a_running_mail_is_finished(here: House) -> None:
    idle, busy = await here.dialog(), await here.dialog()
    await busy.envelope()
    leaving = asyncio.create_task(here.door.drain())
    assert (await idle.hear()).startswith("421 4.3.2")
    assert (await busy.say(stuffed(reply()) + b".\r\n")).startswith("250")
    assert (await busy.hear()).startswith("421 4.3.2")
    await leaving
    assert len(here.hop.mails) == 1
