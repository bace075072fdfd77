"""The door and mail to `notices.commands`: whose it is, that it comes alone, how large it may be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakehop import FakeHop
from gateway import orders
from inhouse import House, house, reply, stuffed

TOKEN = f"{'a' * 16}-{'b' * 26}"
OURS = (f"saate+{TOKEN}@saate.example.com", f"SAATE+{TOKEN.upper()}@Saate.Example.COM", "saate@saate.example.com")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with (
        FakeHop() as hop,
        house(tmp_path, hop, notices={"commands": "saate@saate.example.com"}) as everything,
    ):
        yield everything


def asked(here: House) -> list[str]:
    """The recipients that the next hop was asked about."""
    return [line for line in here.hop.commands if line.startswith("RCPT")]


@pytest.mark.parametrize("address", OURS)
async def test_a_recipient_of_ours_is_taken_without_the_next_hop(here: House, address: str) -> None:
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    assert await dialog.say(f"RCPT TO:<{address}>") == "250 2.1.5 Ok, an answer to a notice"
    assert asked(here) == []
    assert (await dialog.say("RSET")).startswith("250")
    assert (await dialog.send(reply())).startswith("250")
    assert len(here.hop.mails) == 1


@pytest.mark.parametrize(
    "address", ["saatex@saate.example.com", "aino@saate.example.com", f"saate+{TOKEN}@example.com", "postmaster"]
)
async def test_any_other_recipient_is_the_next_hops(here: House, address: str) -> None:
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    assert (await dialog.say(f"RCPT TO:<{address}>")).startswith("250")
    assert asked(here) == [f"RCPT TO:<{address}>"]


async def test_without_the_key_no_recipient_is_ours(tmp_path: Path) -> None:
    async with FakeHop() as hop, house(tmp_path, hop) as here:
        dialog = await here.dialog()
        assert (await dialog.send(reply(), recipients=(OURS[0],))).startswith("250")
        assert hop.mails[0].addresses == [OURS[0]]


@pytest.mark.parametrize("first", ["liisa@example.org", OURS[0]])
async def test_an_order_comes_alone_whichever_is_named_first(here: House, first: str) -> None:
    second = OURS[0] if first != OURS[0] else "liisa@example.org"
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    assert (await dialog.say(f"RCPT TO:<{first}>")).startswith("250")
    for address in (second, OURS[0]):
        assert (await dialog.say(f"RCPT TO:<{address}>")).startswith("452 4.5.3")
    assert (await dialog.say("DATA")).startswith("354")
    answer = await dialog.say(stuffed(reply()) + b".\r\n")
    assert answer[:3] == ("550" if first == OURS[0] else "250")
    assert [mail.addresses for mail in here.hop.mails] == ([] if first == OURS[0] else [["liisa@example.org"]])


async def test_a_recipient_that_the_next_hop_refused_keeps_no_order_back(here: House) -> None:
    here.hop.script["RCPT liisa@example.org"] = "550 5.1.1 no such mailbox"
    dialog = await here.dialog()
    assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("250")
    assert (await dialog.say("RCPT TO:<liisa@example.org>")).startswith("550 5.1.1")
    assert (await dialog.say(f"RCPT TO:<{OURS[0]}>")).startswith("250")


async def test_an_order_is_small(here: House) -> None:
    dialog = await here.dialog()
    large = reply("x" * 70 + "\r\n") + b"y" * orders.LARGEST + b"\r\n"
    assert (await dialog.send(large, recipients=(OURS[0],))).startswith("552 5.3.4")
    assert (await dialog.send(large)).startswith("250")


@pytest.mark.parametrize("octets", [b"From: a@example.com\r\n\r\nrelease\nx\r\n", b"From: a@example.com\r\n\r\n\0\r\n"])
async def test_an_order_keeps_to_the_rules_of_mail(here: House, octets: bytes) -> None:
    dialog = await here.dialog()
    await dialog.envelope(recipients=(OURS[0],))
    assert (await dialog.say(octets + b".\r\n")).startswith("550 5.5.2")


async def test_a_client_outside_allow_may_order_nothing(tmp_path: Path) -> None:
    notices = {"commands": "saate@saate.example.com"}
    async with FakeHop() as hop, house(tmp_path, hop, allow=["192.0.2.0/24"], notices=notices) as here:
        dialog = await here.dialog()
        assert (await dialog.say("MAIL FROM:<aino@example.com>")).startswith("550 5.7.1")
        assert (await dialog.say(f"RCPT TO:<{OURS[0]}>")).startswith("503 5.5.1")


async def test_the_session_goes_on_after_an_order_and_the_next_mail_is_anybodys(here: House) -> None:
    dialog = await here.dialog()
    assert (await dialog.send(reply(), recipients=(OURS[0],))).startswith("550 5.7.1")
    assert (await dialog.send(reply())).startswith("250")
    assert [mail.addresses for mail in here.hop.mails] == [["liisa@example.org"]]
