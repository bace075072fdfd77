"""One mail through a pool to a real server on loopback: octets, the wait for the log, people who stop waiting."""

import asyncio
import mmap
import socket

import pytest

from fakehop import USUAL, FakeHop, Hang, Hangup, HopSession, Late, Twice
from gateway.config import Timeouts
from gateway.nexthop import Pool, Transaction
from gateway.status import BAD_FORWARD_PATH, BAD_REVERSE_PATH, INTERNAL, NEXT_HOP_LOST, NEXT_HOP_SLOW, NEXT_HOP_UNCLEAR
from gateway.wire import UnsafeOctets
from hopclient import LETTER, MakePool, envelope, no, send, yes

LINE = b"Kiitos viestist\xe4si, palaamme asiaan. ... -- .. Terveisin tuki\r\n"
BIG = LINE * 40_000 + b".\r\n..\r\n" * 1000


async def test_a_mail_arrives_octet_by_octet_with_its_envelope(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await pool.transaction()
        assert (await transaction.mail("ossi@example.com", ("SIZE=90", "BODY=8BITMIME", "ENVID=a+2B"))).code == 250
        assert (await transaction.rcpt("maija@example.org", ("NOTIFY=NEVER",))).text == "2.1.5 Ok"
        answer = await transaction.data((b"Received: x\r\n", LETTER), yes())
        assert (answer.code, answer.text) == (250, "2.0.0 Ok: filed as 1")
        [mail] = hop.mails
        assert mail.octets == b"Received: x\r\n" + LETTER
        assert mail.reverse_path == "ossi@example.com"
        assert mail.parameters == ("SIZE=90", "BODY=8BITMIME", "ENVID=a+2B")
        assert mail.recipients == [("maija@example.org", ("NOTIFY=NEVER",))]


@pytest.mark.parametrize(
    "octets",
    [b"", b".\r\n", b"..\r\n.", b"x" * 70_000 + b"\r\n", LETTER[:-2], b"\r\n", b"a: b\r\n\r\n\xff\xfe\r\n", LINE * 999],
    ids=lambda octets: f"{len(octets)} octets",
)
async def test_any_octets_arrive_as_they_are(pool_for: MakePool, octets: bytes) -> None:
    """But for the CRLF that a last line without one is given."""
    async with FakeHop() as hop:
        assert (await send(pool_for(hop), (b"Received: x\r\n", octets))).code == 250
        sent = b"Received: x\r\n" + octets
        assert hop.mails[0].octets == (sent if sent.endswith(b"\r\n") else sent + b"\r\n")


async def test_a_large_mail_from_a_map_arrives_whole(pool_for: MakePool) -> None:
    with mmap.mmap(-1, len(BIG)) as octets:
        octets.write(BIG)
        async with FakeHop() as hop:
            assert (await send(pool_for(hop), (b"Received: x\r\n", octets))).code == 250
            assert hop.mails[0].octets == b"Received: x\r\n" + BIG


async def test_one_mails_parameters_do_not_leak_into_the_next(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await pool.transaction()
        await transaction.mail("ossi@example.com", ("RET=HDRS", "SMTPUTF8"))
        await transaction.rcpt("maija@example.org", ("NOTIFY=NEVER",))
        await transaction.data((LETTER,), yes())
        await send(pool)
        assert hop.mails[1].parameters == ()
        assert hop.mails[1].recipients == [("maija@example.org", ())]
        assert len(hop.sessions) == 1


async def test_what_cannot_be_a_command_is_never_said(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await pool.transaction()
        assert await transaction.mail("a\r\nDATA@example.com", ()) is BAD_REVERSE_PATH
        assert (await transaction.mail("ossi@example.com", ())).code == 250
        assert await transaction.rcpt("a>\r\nDATA", ()) is BAD_FORWARD_PATH
        assert (await transaction.rcpt("maija@example.org", ())).code == 250
        assert (await transaction.data((LETTER,), yes())).code == 250
        assert hop.sessions[0].verbs == ["EHLO", "MAIL", "RCPT", "DATA"]


@pytest.mark.parametrize("unsafe", [b"a\nb\r\n", b"a\rb\r\n", b"a\0b\r\n", b"a\r"])
async def test_octets_that_could_smuggle_never_leave(pool_for: MakePool, unsafe: bytes) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        with pytest.raises(UnsafeOctets):
            await send(pool, (b"Subject: a\r\n\r\n", unsafe))
        assert (await send(pool)).code == 250
        assert len(hop.received) == 1


# --- the dot waits for the log


async def test_without_the_yes_there_is_no_dot(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await envelope(pool)
        assert await transaction.data((LETTER,), no()) is INTERNAL
        assert not transaction.sent_dot
        await hop.until(lambda: hop.sessions[0].ended)
        assert hop.received == []
        assert (await send(pool)).code == 250


async def test_an_exception_instead_of_the_yes_is_raised_and_there_is_no_dot(pool_for: MakePool) -> None:
    async def fails() -> bool:
        await asyncio.sleep(0)
        raise OSError("disk full")

    async with FakeHop() as hop:
        pool = pool_for(hop)
        for octets in (LETTER, BIG):
            with pytest.raises(OSError, match="disk full"):
                await (await envelope(pool)).data((octets,), fails())
        assert hop.received == []
        assert (await send(pool)).code == 250


@pytest.mark.parametrize("answer", ["451 4.0.0 Not now", "550 5.0.0 No", "250 2.0.0 What", Hangup("421 4.0.0 Bye")])
async def test_the_log_is_waited_for_whatever_is_said_to_data(pool_for: MakePool, answer: str | Hangup) -> None:
    logged = []

    async def log() -> bool:
        await asyncio.sleep(0.02)
        logged.append(True)
        return True

    async with FakeHop({"DATA": answer}) as hop:
        transaction = await envelope(pool_for(hop))
        assert not (await transaction.data((LETTER,), log())).is_success
        assert logged


@pytest.mark.parametrize("octets", [LETTER, BIG], ids=["small", "big"])
async def test_the_dot_is_sent_only_after_the_yes(pool_for: MakePool, octets: bytes) -> None:
    async with FakeHop() as hop:
        transaction = await envelope(pool_for(hop))
        logged: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        sending = asyncio.create_task(transaction.data((octets,), logged))
        await hop.until(lambda: hop.sessions[0].verbs[-1] == "DATA")
        await asyncio.sleep(0.05)
        assert not transaction.sent_dot
        assert hop.received == []
        logged.set_result(True)
        assert (await sending).code == 250
        assert hop.mails[0].octets == octets


async def test_a_large_mail_flows_while_the_log_is_written(pool_for: MakePool) -> None:
    flowing = asyncio.Event()

    def see(_: HopSession) -> str:
        flowing.set()
        return ""

    async def log() -> bool:
        await flowing.wait()
        return True

    async with FakeHop({"content": see}) as hop:
        transaction = await envelope(pool_for(hop))
        assert (await transaction.data((BIG,), log())).code == 250
        assert hop.mails[0].octets == BIG


# --- while the data flows


@pytest.mark.parametrize(
    "early", ["250 2.0.0 Ok", "552 5.3.4 Too big", "421 4.3.2 Bye", b"2", Hangup("552 5.3.4 Too big")], ids=repr
)
async def test_an_answer_before_the_dot_is_unclear(pool_for: MakePool, early: str | bytes | Hangup) -> None:
    async with FakeHop({"content": [early]}) as hop:
        pool = pool_for(hop)
        transaction = await envelope(pool)
        assert await transaction.data((BIG,), _after(hop)) is NEXT_HOP_UNCLEAR
        assert not transaction.sent_dot
        assert hop.received == []
        assert (await send(pool)).code == 250


async def _after(hop: FakeHop) -> bool:
    """True once the next hop is done with the first session, or has been left."""
    await hop.until(lambda: hop.sessions[0].ended)
    return True


async def test_an_answer_while_the_dot_is_still_on_our_side_is_unclear(pool_for: MakePool) -> None:
    """The dot was written but has not left: whatever the 250 answers, it is not the dot."""
    async with FakeHop({"content": [Late("250 2.0.0 Ok: in advance", 0.1)]}) as hop:
        transaction = await envelope(pool_for(hop))
        _narrow(transaction)
        hop.sessions[0].writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        mail = LINE * (240_000 // len(LINE))
        assert await transaction.data((mail,), yes()) is NEXT_HOP_UNCLEAR
        assert transaction.sent_dot
        assert hop.received == []


def _narrow(transaction: Transaction) -> None:
    transport = transaction._session._transport
    assert transport is not None
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)


async def test_a_next_hop_that_stops_reading_is_slow(pool_for: MakePool) -> None:
    async with FakeHop({"content": [Hang()]}) as hop:
        pool = pool_for(hop, reply=0.3)
        assert await send(pool, (LINE * 500_000,)) is NEXT_HOP_SLOW
        assert hop.received == []
        pool.timeouts = Timeouts()
        assert (await send(pool)).code == 250


@pytest.mark.parametrize("end", [Hangup(), Hangup(reset=True)], ids=repr)
async def test_a_next_hop_that_hangs_up_in_the_data_is_lost(pool_for: MakePool, end: Hangup) -> None:
    async with FakeHop({"content": [end]}) as hop:
        pool = pool_for(hop)
        assert await send(pool, (LINE * 200_000,)) is NEXT_HOP_LOST
        assert hop.received == []
        assert (await send(pool)).code == 250


async def test_a_word_before_the_dot_while_the_log_is_written_is_unclear(pool_for: MakePool) -> None:
    async with FakeHop({"DATA": [Twice("354 Go", "250 2.0.0 Ok: in advance", gap=0.02)]}) as hop:
        transaction = await envelope(pool_for(hop))
        assert await transaction.data((LETTER,), _after(hop)) is NEXT_HOP_UNCLEAR
        assert hop.received == []


# --- people who stop waiting


async def _use(pool: Pool, step: str) -> None:
    transaction = await pool.transaction()
    await transaction.mail("ossi@example.com", ())
    await transaction.rcpt("maija@example.org", ())
    await transaction.data((BIG if step == "content" else LETTER,), yes())


@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "content", "dot"])
async def test_whoever_is_cancelled_leaves_no_session_out_of_step(pool_for: MakePool, step: str) -> None:
    hanging = asyncio.Event()

    def hang(_: HopSession) -> Hang:
        hanging.set()
        return Hang()

    async with FakeHop({step: hang}) as hop:
        pool = pool_for(hop, max_sessions=1)
        task = asyncio.create_task(_use(pool, step))
        await hanging.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        hop.script.clear()
        assert (await send(pool)).code == 250
        assert [mail.octets for mail in hop.mails] == [LETTER]
        assert len(hop.sessions) == 2


async def test_a_mail_given_up_is_reset_and_nothing_of_it_remains(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await envelope(pool)
        await transaction.abort()
        await transaction.abort()
        assert (await send(pool)).code == 250
        assert hop.sessions[0].verbs == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]


async def test_a_mail_whose_mail_was_refused_needs_no_reset(pool_for: MakePool) -> None:
    async with FakeHop({"MAIL": ["550 5.7.1 No"]}) as hop:
        pool = pool_for(hop)
        assert (await send(pool)).code == 550
        assert (await send(pool)).code == 250
        assert hop.sessions[0].verbs == ["EHLO", "MAIL", "MAIL", "RCPT", "DATA"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "content"])
async def test_a_mail_given_up_while_the_next_hop_thinks_ends_its_session(pool_for: MakePool, step: str) -> None:
    hanging = asyncio.Event()

    def hang(_: HopSession) -> Hang:
        hanging.set()
        return Hang()

    async with FakeHop({step: hang}) as hop:
        pool = pool_for(hop, max_sessions=1)
        transaction = await pool.transaction()
        task = asyncio.create_task(_go_on(transaction))
        await hanging.wait()
        await transaction.abort()
        await task
        hop.script.clear()
        assert (await send(pool)).code == 250
        assert len(hop.mails) == 1


async def _go_on(transaction: Transaction) -> None:
    if (await transaction.mail("ossi@example.com", ())).is_success and (
        await transaction.rcpt("maija@example.org", ())
    ).is_success:
        assert not (await transaction.data((BIG,), yes())).is_success


async def test_after_the_dot_giving_up_changes_nothing(pool_for: MakePool) -> None:
    thinking = asyncio.Event()

    def think(_: HopSession) -> Late:
        thinking.set()
        return Late("250 2.0.0 Ok", 0.05)

    async with FakeHop({"dot": think}) as hop:
        transaction = await envelope(pool_for(hop))
        task = asyncio.create_task(transaction.data((LETTER,), yes()))
        await thinking.wait()
        await transaction.abort()
        assert (await task).code == 250


async def test_a_transaction_that_is_over_says_nothing_any_more(pool_for: MakePool) -> None:
    """Its session may be another mail's by then."""
    async with FakeHop() as hop:
        transaction = await envelope(pool_for(hop))
        await transaction.hold()
        with pytest.raises(RuntimeError):
            await transaction.rcpt("maija@example.org", ())
        with pytest.raises(RuntimeError):
            await transaction.mail("ossi@example.com", ())


# --- a pooled session that died


@pytest.mark.parametrize("end", [Hangup(), Hangup(reset=True), Hangup("421 4.4.2 Idle for too long")], ids=repr)
async def test_a_pooled_session_that_dies_at_mail_is_replaced(pool_for: MakePool, end: Hangup) -> None:
    async with FakeHop({"MAIL": [USUAL, end]}) as hop:
        pool = pool_for(hop)
        assert (await send(pool)).code == 250
        assert (await send(pool)).code == 250
        assert len(hop.sessions) == 2
        assert len(hop.mails) == 2


async def test_a_pooled_session_that_dies_at_mail_is_replaced_only_once(pool_for: MakePool) -> None:
    async with FakeHop({"MAIL": [USUAL, Hangup(), Hangup()]}) as hop:
        pool = pool_for(hop)
        await send(pool)
        assert await send(pool) is NEXT_HOP_LOST
        assert len(hop.sessions) == 2


async def test_a_pooled_session_closed_while_idle_is_not_used(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop, idle=60)
        await send(pool)
        hop.hang_up_all()
        assert (await send(pool)).code == 250
        assert [session.verbs.count("MAIL") for session in hop.sessions] == [1, 1]
