"""Sessions lent, kept, counted and closed, within one process."""

import asyncio

import pytest

from fakehop import USUAL, FakeHop, Hang, HopSession, Late
from gateway.nexthop import NextHopError
from gateway.status import NEXT_HOP_AWAY, NEXT_HOP_BUSY
from hopclient import MakePool, envelope, send


async def test_what_the_next_hop_offers_is_known_after_a_probe(pool_for: MakePool) -> None:
    async with FakeHop(extensions=("SIZE 1000", "DSN")) as hop:
        pool = pool_for(hop)
        assert pool.capabilities is None
        offered = await pool.probe()
        assert (offered.size, offered.dsn, offered.smtputf8) == (1000, True, False)
        assert pool.capabilities == offered
        assert hop.commands == ["EHLO gateway.example"]


async def test_the_session_of_a_probe_is_used_for_the_first_mail(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        await pool.probe()
        assert (await send(pool)).code == 250
        assert len(hop.sessions) == 1


async def test_the_last_good_ehlo_counts(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        await pool.probe()
        hop.hang_up_all()
        hop.extensions = ("SIZE 77",)
        await send(pool)
        assert pool.capabilities is not None
        assert pool.capabilities.size == 77
        hop.hang_up_all()
        await hop.until(lambda: not pool._idle)
        hop.script["connect"] = "421 4.3.2 Busy"
        with pytest.raises(NextHopError):
            await send(pool)
        assert pool.capabilities.size == 77


async def test_a_session_left_idle_is_closed_with_quit(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop, idle=0.05)
        await send(pool)
        await hop.until(lambda: hop.sessions[0].ended)
        assert hop.sessions[0].ended == "quit"
        assert (await send(pool)).code == 250
        assert len(hop.sessions) == 2


async def test_a_session_in_use_does_not_count_as_idle(pool_for: MakePool) -> None:
    async with FakeHop({"MAIL": [USUAL, Late("250 2.1.0 Ok", 0.2)]}) as hop:
        pool = pool_for(hop, idle=0.05)
        await send(pool)
        assert (await send(pool)).code == 250
        assert len(hop.sessions) == 1


async def test_an_old_session_is_not_used_again(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop, reuse=0.05, idle=60)
        await send(pool)
        await asyncio.sleep(0.06)
        await send(pool)
        assert len(hop.sessions) == 2
        await hop.until(lambda: hop.sessions[0].ended == "quit")


async def test_after_so_many_holds_a_session_is_closed_with_quit(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop, holds=3)
        for _ in range(3):
            await (await envelope(pool)).hold()
        await hop.until(lambda: hop.sessions[0].ended == "quit")
        assert hop.sessions[0].verbs.count("RSET") == 2
        assert hop.sessions[0].verbs[-1] == "QUIT"
        assert (await send(pool)).code == 250


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    "answer", ["500 5.5.1 What", "421 4.3.2 Bye", b"garbage\r\n", "250 ok\n250 ok", Late("500 no", 0.05)]
)
async def test_a_reset_that_goes_wrong_costs_the_session_and_never_the_next_mail(
    pool_for: MakePool, answer: str | bytes | Late, *, pipelining: bool
) -> None:
    async with FakeHop({"RSET": [answer]}, extensions=("PIPELINING",) if pipelining else ("DSN",)) as hop:
        pool = pool_for(hop, max_sessions=1)
        await (await envelope(pool)).hold()
        assert (await send(pool)).code == 250
        assert len(hop.mails) == 1
        assert len(hop.sessions) == 2


async def test_a_reset_that_is_never_answered_is_given_up(pool_for: MakePool) -> None:
    async with FakeHop({"RSET": [Hang()]}, extensions=("DSN",)) as hop:
        pool = pool_for(hop, reply=0.3, max_sessions=1)
        await (await envelope(pool)).hold()
        assert (await send(pool)).code == 250


async def test_without_pipelining_a_session_is_lent_only_after_its_reset_is_answered(pool_for: MakePool) -> None:
    """Else RSET and MAIL would be on their way together, which such a server need not bear."""
    async with FakeHop({"RSET": [Late("250 2.0.0 Ok", 0.1)]}, extensions=("DSN",)) as hop:
        pool = pool_for(hop, max_sessions=1)
        await (await envelope(pool)).hold()
        waiting = asyncio.create_task(send(pool))
        await hop.until(lambda: hop.sessions[0].verbs[-1] == "RSET")
        await asyncio.sleep(0.03)
        assert hop.sessions[0].verbs[-1] == "RSET"
        assert (await waiting).code == 250
        assert len(hop.sessions) == 1


async def test_never_more_sessions_than_allowed(pool_for: MakePool) -> None:
    most = 0

    def count(_: HopSession) -> Late:
        nonlocal most
        most = max(most, len(hop.open_sessions))
        return Late("250 2.0.0 Ok", 0.01)

    async with FakeHop({"dot": count}) as hop:
        pool = pool_for(hop, max_sessions=3)
        answers = await asyncio.gather(*(send(pool) for _ in range(20)))
        assert {answer.code for answer in answers} == {250}
        assert most == 3
        assert len(hop.mails) == 20


async def test_who_comes_first_is_served_first(pool_for: MakePool) -> None:
    order: list[int] = []

    async def one(number: int) -> None:
        assert (await send(pool)).code == 250
        order.append(number)

    async with FakeHop() as hop:
        pool = pool_for(hop, max_sessions=1)
        await asyncio.gather(*(one(number) for number in range(10)))
        assert order == list(range(10))


async def test_none_free_in_time_is_busy(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop, max_sessions=1, wait=0.05)
        transaction = await envelope(pool)
        with pytest.raises(NextHopError) as caught:
            await pool.transaction()
        assert caught.value.status is NEXT_HOP_BUSY
        await transaction.abort()
        assert (await send(pool)).code == 250


async def test_who_is_cancelled_in_the_queue_takes_nothing_along(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop, max_sessions=1, wait=60)
        for _ in range(3):
            transaction = await envelope(pool)
            waiting = asyncio.create_task(pool.transaction())
            await asyncio.sleep(0)
            # Its turn comes, and in the same round it is cancelled.
            await transaction.abort()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert (await send(pool)).code == 250
        assert pool._slots.take() == -1, "one session, one slot"


async def test_a_failed_connection_frees_its_slot(pool_for: MakePool) -> None:
    async with FakeHop({"connect": ["554 5.3.2 No", "554 5.3.2 No", "554 5.3.2 No"]}) as hop:
        pool = pool_for(hop, max_sessions=1, wait=0.5)
        for _ in range(3):
            with pytest.raises(NextHopError) as caught:
                await pool.transaction()
            assert caught.value.status is NEXT_HOP_AWAY
        assert (await send(pool)).code == 250


async def test_closing_the_pool_quits_what_is_idle_and_what_is_lent_when_its_mail_is_over(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await envelope(pool)
        await send(pool)
        await pool.close()
        assert [session.ended for session in hop.sessions] == ["", "quit"]
        with pytest.raises(NextHopError):
            await pool.transaction()
        await transaction.hold()
        await hop.until(lambda: hop.sessions[0].ended)
        assert hop.sessions[0].ended == "quit"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.nexthop.session.QUIT_PATIENCE", 0.1)


@pytest.mark.usefixtures("hasty")
async def test_a_next_hop_that_does_not_answer_quit_does_not_hold_up_the_close(pool_for: MakePool) -> None:
    async with FakeHop({"QUIT": Hang()}) as hop:
        pool = pool_for(hop)
        await send(pool)
        await asyncio.wait_for(pool.close(), 10)
        await hop.until(lambda: hop.sessions[0].verbs[-1] == "QUIT")


@pytest.mark.usefixtures("hasty")
async def test_the_answer_to_quit_is_no_answer_to_a_mail(pool_for: MakePool) -> None:
    async with FakeHop({"QUIT": ["250 2.0.0 Ok", "354 Go", "garbage", Hang()]}) as hop:
        pool = pool_for(hop, holds=1, max_sessions=1)
        for _ in range(4):
            await (await envelope(pool)).hold()
            assert (await send(pool)).code == 250
            await (await envelope(pool)).hold()
