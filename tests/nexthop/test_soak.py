"""Many mails at once through a next hop that goes wrong at random. What was said yes to is there, once, and whole."""

import asyncio
import random
from collections import Counter

import pytest

from fakehop import USUAL, Answer, Endless, FakeHop, Hang, Hangup, HopSession, Late, Pieces, Twice
from gateway.config import Timeouts
from gateway.nexthop import NextHopError, Pool
from hopclient import MakePool, yes

TROUBLES: list[Answer] = [
    *("450 4.2.0 Not now", "550 5.7.1 No", "421 4.3.2 Going down", "221 2.0.0 Bye", "354 Go", "250", "250-a\n250 b"),
    *(b"garbage\r\n", b"250 ok\n", b"25", b"250-ok\r\n451 no\r\n", b"\r\n"),
    *(Hang(), Hangup(), Hangup("250 2.0.0 Ok"), Hangup(b"250-2.0.0"), Hangup("421 4.3.2 Bye"), Endless()),
    *(Twice("250 2.0.0 Ok"), Twice("250 2.0.0 Ok", "550 5.0.0 No"), Twice("354 Go", "250 2.0.0 Ok")),
    *(Twice("250 2.0.0 Ok", gap=0.002), Late("250 2.0.0 Ok", 0.005), Pieces("250-2.0.0 O\n250 k", 3)),
]
IN_DATA: list[Answer] = [Hang(), Hangup(), Hangup(reset=True), b"garbage\r\n", b"2", "450 4.2.0 No", "550 5.7.1 No"]
"""No yes: one that is said before the dot was read and heard after it was sent cannot be told from its answer."""
STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "dot", "RSET", "QUIT")


async def mail(pool: Pool, number: int, chance: random.Random) -> bool:
    """Whether the next hop has said yes to the dot."""
    try:
        transaction = await pool.transaction()
    except NextHopError:
        return False
    answer = await transaction.mail(f"{number}@example.com", ())
    recipients = [f"{number}-{one}@example.org" for one in range(chance.randint(1, 3))]
    accepted = answer.is_success and [one for one in recipients if (await transaction.rcpt(one, ())).is_success]
    if not accepted or chance.random() < 0.2:
        await (transaction.hold() if accepted else transaction.abort())
        return False
    octets = b"Subject: %d\r\n\r\n" % number + b"..piste\r\n" * chance.choice((1, 100, 30_000))
    return (await transaction.data((octets,), yes())).is_success


@pytest.mark.parametrize("seed", range(4))
async def test_what_was_said_yes_to_is_there_once_and_whole(pool_for: MakePool, seed: int) -> None:
    chance = random.Random(seed)

    def trouble(_: HopSession) -> Answer:
        return chance.choice(TROUBLES) if chance.random() < 0.08 else USUAL

    def in_data(_: HopSession) -> Answer:
        return chance.choice(IN_DATA) if chance.random() < 0.2 else USUAL

    offers = ("SIZE", "PIPELINING") if seed % 2 else ("SIZE",)
    async with FakeHop({**dict.fromkeys(STEPS, trouble), "content": in_data}, extensions=offers) as hop:
        pool = pool_for(hop, reply=0.1, dot=0.1, connect=0.1, max_sessions=4, wait=10, holds=3)
        said_yes = set[int]()

        async def sender(first: int) -> None:
            for number in range(first, first + 15):
                if await mail(pool, number, chance):
                    said_yes.add(number)

        await asyncio.gather(*(sender(100 * one) for one in range(8)))
        hop.script.clear()
        pool.timeouts = Timeouts()
        assert await mail(pool, 1000, random.Random(1)), "in the end the pool is as good as new"
        said_yes.add(1000)

        def number_of(mail_octets: bytes) -> int:
            return int(mail_octets.split(b"\r\n")[0].removeprefix(b"Subject: "))

        assert len(said_yes) > 20
        assert said_yes <= {number_of(filed.octets) for filed in hop.mails}
        assert max(Counter(number_of(filed.octets) for filed in hop.received).values()) == 1
        for filed in hop.mails:
            number = number_of(filed.octets)
            assert filed.reverse_path == f"{number}@example.com"
            assert all(one.startswith(f"{number}-") for one in filed.addresses)
            assert set(filed.octets.split(b"\r\n")[2:]) == {b"..piste", b""}
        assert pool._slots.take() != -1
