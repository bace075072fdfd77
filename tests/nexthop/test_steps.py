"""Every step of a mail, and everything that a next hop can do wrong at it. Never a 2xx but for a clear yes."""

import pytest

from fakehop import (
    USUAL,
    Answer,
    Endless,
    FakeHop,
    Hang,
    Hangup,
    Late,
    Pieces,
    Twice,
)
from gateway.config import Timeouts
from gateway.nexthop import NextHopError, Pool
from gateway.status import (
    NEXT_HOP_AWAY,
    NEXT_HOP_CHANGED,
    NEXT_HOP_LOST,
    NEXT_HOP_SLOW,
    NEXT_HOP_UNCLEAR,
    Status,
)
from hopclient import LETTER, MakePool, envelope, send, yes

COMMANDS = ("MAIL", "RCPT", "DATA", "dot")
REFUSALS = [
    "451 4.7.1 Come back later",
    "552 5.2.2 Mailbox full",
    "571 5.7.1 No",
    "550-5.7.1 First line\n550 5.7.1 Second line",
    b"554\r\n",
    b"550 5.1.1 K\xe4ytt\xe4j\xe4\xe4 ei ole\r\n",
]
GARBAGE: list[Answer] = [
    b"hello\r\n",
    b"250 ok\n",
    b"250 ok\r\r\n",
    b"25 ok\r\n",
    b"999 ok\r\n",
    b"100 wait\r\n",
    b"250-ok\r\n251 ok\r\n",
    b"250_ok\r\n",
    b"250 o\0k\r\n",
    b"\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    Endless(),
    Endless(b"250 no line ends here "),
    Endless(b"\r\n"),
]
NO_ANSWERS = [
    *("221 2.0.0 Bye", "220 hop.example ESMTP", "334 go on", "399 what"),
    *("354 Go ahead", Twice("354 Go ahead", "250 2.0.0 Ok")),
]


def as_status(answer: str | bytes) -> bytes:
    return answer if isinstance(answer, bytes) else "".join(f"{line}\r\n" for line in answer.split("\n")).encode()


async def next_mail_passes(hop: FakeHop, pool: Pool) -> None:
    """Whatever happened: the very next mail goes through, whole, however busy the machine."""
    pool.timeouts = Timeouts()
    before = len(hop.mails)
    assert (await send(pool)).code == 250
    assert len(hop.mails) == before + 1
    assert hop.mails[-1].octets == LETTER


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("step", COMMANDS)
async def test_a_refusal_goes_back_word_for_word(pool_for: MakePool, step: str, refusal: str | bytes) -> None:
    async with FakeHop({step: [refusal]}) as hop:
        pool = pool_for(hop)
        answer = await send(pool)
        said = as_status(refusal)
        assert answer.wire() == (b"554 \r\n" if said == b"554\r\n" else said)
        assert hop.mails == []
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 1, "a session that answered clearly is used again"


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
@pytest.mark.parametrize("step", COMMANDS)
async def test_garbage_is_unclear_and_ends_the_session(pool_for: MakePool, step: str, garbage: Answer) -> None:
    async with FakeHop({step: [garbage]}) as hop:
        pool = pool_for(hop)
        assert await send(pool) is NEXT_HOP_UNCLEAR
        assert len(hop.received) == (step == "dot")
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 2


@pytest.mark.parametrize(
    ("step", "answer"),
    [(step, no) for step in COMMANDS for no in NO_ANSWERS if (step, no) != ("DATA", "354 Go ahead")],
    ids=repr,
)
async def test_an_answer_to_something_else_is_unclear(pool_for: MakePool, step: str, answer: Answer) -> None:
    async with FakeHop({step: [answer]}) as hop:
        pool = pool_for(hop)
        assert await send(pool) is NEXT_HOP_UNCLEAR
        assert len(hop.received) == (step == "dot")
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 2


async def test_a_yes_to_data_is_unclear(pool_for: MakePool) -> None:
    async with FakeHop({"DATA": ["250 2.0.0 Ok"]}) as hop:
        pool = pool_for(hop)
        assert await send(pool) is NEXT_HOP_UNCLEAR
        await next_mail_passes(hop, pool)


@pytest.mark.parametrize("step", COMMANDS)
async def test_silence_is_answered_in_time(pool_for: MakePool, step: str) -> None:
    async with FakeHop({step: [Hang()]}) as hop:
        pool = pool_for(hop, reply=0.3, dot=0.3)
        assert await send(pool) is NEXT_HOP_SLOW
        assert hop.mails == []
        await next_mail_passes(hop, pool)


@pytest.mark.parametrize(
    "end", [Hangup(), Hangup(reset=True), Hangup("25"), Hangup(b"250 2.0.0 O"), Hangup(b"250-2.0.0 Ok\r\n")], ids=repr
)
@pytest.mark.parametrize("step", COMMANDS)
async def test_a_next_hop_that_always_hangs_up_is_lost(pool_for: MakePool, step: str, end: Hangup) -> None:
    async with FakeHop({step: end}) as hop:
        pool = pool_for(hop)
        answer = await send(pool)
        # Half an answer and then none: a session out of step, or one that was lost; never a yes.
        assert answer in (NEXT_HOP_LOST, NEXT_HOP_UNCLEAR)
        assert hop.mails == []
        hop.script.clear()
        await next_mail_passes(hop, pool)


@pytest.mark.parametrize("step", COMMANDS)
async def test_421_goes_back_and_ends_the_session(pool_for: MakePool, step: str) -> None:
    async with FakeHop({step: [Hangup("421 4.3.2 Going down")]}) as hop:
        pool = pool_for(hop)
        assert await send(pool) == Status(421, ("4.3.2 Going down",))
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 2


@pytest.mark.parametrize("step", COMMANDS)
async def test_a_slow_answer_in_single_octets_is_an_answer(pool_for: MakePool, step: str) -> None:
    usual = "354-Go\n354 ahead" if step == "DATA" else "250-2.0.0 Slowly\n250 2.0.0 but surely"
    async with FakeHop({step: [Pieces(usual)]}) as hop:
        pool = pool_for(hop)
        assert (await send(pool)).code == 250
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 1


@pytest.mark.parametrize("step", COMMANDS)
async def test_an_answer_that_drips_wins_no_time(pool_for: MakePool, step: str) -> None:
    async with FakeHop({step: [Pieces("250 2.0.0 " + "x" * 1900)]}) as hop:
        pool = pool_for(hop, reply=0.3, dot=0.3)
        assert await send(pool) is NEXT_HOP_SLOW
        await next_mail_passes(hop, pool)


@pytest.mark.parametrize("step", COMMANDS)
async def test_a_late_answer_is_an_answer(pool_for: MakePool, step: str) -> None:
    async with FakeHop({step: [Late("354 Go" if step == "DATA" else "250 2.0.0 Ok", 0.05)]}) as hop:
        pool = pool_for(hop)
        assert (await send(pool)).code == 250
        assert len(hop.sessions) == 1


@pytest.mark.parametrize("second", ["250 2.0.0 Ok", "550 5.0.0 No", b"2", b"\r\n"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
async def test_an_answer_twice_ends_the_session_and_the_envelope_is_replayed(
    pool_for: MakePool, step: str, second: str | bytes
) -> None:
    async with FakeHop({step: [Twice("250 2.0.0 Ok", second)]}) as hop:
        pool = pool_for(hop)
        assert (await send(pool)).code == 250
        assert [mail.addresses for mail in hop.mails] == [["maija@example.org"]]
        assert len(hop.sessions) == 2
        assert "DATA" not in hop.sessions[0].verbs


@pytest.mark.parametrize("second", ["250 2.0.0 Ok", "550 5.0.0 No", "451 4.0.0 Not now", b"2", b"\0"])
async def test_the_first_answer_to_the_dot_holds_and_a_second_ends_the_session(
    pool_for: MakePool, second: str | bytes
) -> None:
    async with FakeHop({"dot": [Twice("250 2.0.0 Ok", second)]}) as hop:
        pool = pool_for(hop)
        assert (await send(pool)).text == "2.0.0 Ok"
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 2


@pytest.mark.parametrize("second", ["250 2.0.0 Ok", "550 5.0.0 No", "421 4.4.2 Idle", b"x"])
async def test_a_word_that_nobody_asked_for_poisons_an_idle_session(pool_for: MakePool, second: str | bytes) -> None:
    async with FakeHop({"dot": [Twice("250 2.0.0 Ok", second, gap=0.02)]}) as hop:
        pool = pool_for(hop)
        assert (await send(pool)).code == 250
        await hop.until(lambda: hop.sessions[0].ended)
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 2
        assert hop.sessions[0].verbs.count("MAIL") == 1


async def test_a_late_second_answer_is_never_taken_for_the_answer_to_the_dot(pool_for: MakePool) -> None:
    """Each answer comes one question late from RCPT on: at DATA there is a 250 where 354 must be."""
    async with FakeHop(
        {"MAIL": [Twice("250 2.1.0 Ok", "250 2.1.0 Ok", gap=0.05)], "RCPT": [Late("250 ok", 0.1)]}
    ) as hop:
        pool = pool_for(hop)
        transaction = await pool.transaction()
        assert (await transaction.mail("ossi@example.com", ())).code == 250
        await transaction.rcpt("maija@example.org", ())  # is given MAIL's second answer
        await transaction.abort()
        assert hop.received == []
        await next_mail_passes(hop, pool)
        assert len(hop.sessions) == 2


# --- connecting


@pytest.mark.parametrize(
    "greeting", ["554 5.3.2 No service", "421 4.3.2 Too busy", "250 hop.example", "354 Go", Hangup()]
)
async def test_a_greeting_that_is_none_is_our_trouble_and_never_5xx(pool_for: MakePool, greeting: Answer) -> None:
    async with FakeHop({"connect": greeting}) as hop:
        pool = pool_for(hop)
        with pytest.raises(NextHopError) as caught:
            await pool.transaction()
        assert caught.value.status in (NEXT_HOP_AWAY, NEXT_HOP_LOST)
        assert pool.capabilities is None


async def test_the_error_tells_a_person_what_was_seen(pool_for: MakePool) -> None:
    async with FakeHop({"connect": "554 5.3.2 No service here"}) as hop:
        with pytest.raises(NextHopError, match=r"the greeting was 554 5\.3\.2 No service here"):
            await pool_for(hop).probe()


@pytest.mark.parametrize("step", ["connect", "EHLO"])
async def test_silence_at_the_beginning_is_a_next_hop_that_is_away(pool_for: MakePool, step: str) -> None:
    async with FakeHop({step: [Hang()]}) as hop:
        pool = pool_for(hop, connect=0.3)
        with pytest.raises(NextHopError) as caught:
            await pool.transaction()
        assert caught.value.status is NEXT_HOP_AWAY
        await next_mail_passes(hop, pool)


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
@pytest.mark.parametrize("step", ["connect", "EHLO"])
async def test_garbage_at_the_beginning_is_4xx(pool_for: MakePool, step: str, garbage: Answer) -> None:
    async with FakeHop({step: [garbage]}) as hop:
        pool = pool_for(hop)
        with pytest.raises(NextHopError) as caught:
            await pool.transaction()
        assert caught.value.status in (NEXT_HOP_UNCLEAR, NEXT_HOP_AWAY)
        await next_mail_passes(hop, pool)


async def test_nobody_listening_is_a_next_hop_that_is_away(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pass
    with pytest.raises(NextHopError) as caught:
        await pool_for(hop).transaction()
    assert caught.value.status is NEXT_HOP_AWAY


async def test_a_server_without_ehlo_is_spoken_to_with_helo(pool_for: MakePool) -> None:
    async with FakeHop({"EHLO": "502 5.5.1 Not implemented"}) as hop:
        pool = pool_for(hop)
        assert (await pool.probe()).size == -1
        await next_mail_passes(hop, pool)
        assert hop.sessions[0].commands[:2] == ["EHLO gateway.example", "HELO gateway.example"]


@pytest.mark.parametrize("answer", ["550 5.7.1 Not you", "421 4.3.2 Busy", Hangup()])
async def test_a_server_that_wants_neither_is_away(pool_for: MakePool, answer: Answer) -> None:
    async with FakeHop({"EHLO": "502 5.5.1 Not implemented", "HELO": answer}) as hop:
        with pytest.raises(NextHopError) as caught:
            await pool_for(hop).transaction()
        assert caught.value.status in (NEXT_HOP_AWAY, NEXT_HOP_LOST)


# --- one of two recipients, and sessions lost on the way


async def test_one_recipient_refused_is_told_and_the_other_gets_the_mail(pool_for: MakePool) -> None:
    async with FakeHop({"RCPT maija@example.org": "550 5.1.1 No such user"}) as hop:
        transaction = await envelope(pool_for(hop), "aino@example.org")
        assert (await transaction.rcpt("maija@example.org", ())).wire() == b"550 5.1.1 No such user\r\n"
        assert (await transaction.data((LETTER,), yes())).code == 250
        assert hop.mails[0].addresses == ["aino@example.org"]


@pytest.mark.parametrize("pipelining", [True, False])
async def test_a_session_lost_before_data_is_replaced_and_the_envelope_replayed(
    pool_for: MakePool, *, pipelining: bool
) -> None:
    offers = ("PIPELINING", "DSN", "SIZE") if pipelining else ("DSN", "SIZE")
    async with FakeHop({"RCPT maija@example.org": ["550 5.1.1 No"]}, extensions=offers) as hop:
        pool = pool_for(hop)
        transaction = await pool.transaction()
        await transaction.mail("ossi@example.com", ("SIZE=10", "ENVID=abc"))
        await transaction.rcpt("aino@example.org", ("NOTIFY=NEVER",))
        assert (await transaction.rcpt("maija@example.org", ())).code == 550
        await transaction.rcpt("eero@example.org", ())
        hop.hang_up_all()
        assert (await transaction.data((LETTER,), yes())).code == 250
        [mail] = hop.mails
        assert mail.parameters == ("SIZE=10", "ENVID=abc")
        assert mail.recipients == [("aino@example.org", ("NOTIFY=NEVER",)), ("eero@example.org", ())]
        assert mail.octets == LETTER


@pytest.mark.parametrize("end", [Hangup(), Hangup(reset=True)], ids=repr)
async def test_a_session_lost_at_data_is_replaced_and_the_envelope_replayed(pool_for: MakePool, end: Hangup) -> None:
    async with FakeHop({"DATA": [end]}) as hop:
        assert (await send(pool_for(hop))).code == 250
        assert len(hop.sessions) == 2
        assert len(hop.mails) == 1


async def test_a_session_lost_between_two_rcpt_is_replaced(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        transaction = await envelope(pool_for(hop), "aino@example.org")
        hop.hang_up_all()
        await hop.until(transaction._session.gone.done)
        assert (await transaction.rcpt("maija@example.org", ())).code == 250
        assert (await transaction.data((LETTER,), yes())).code == 250
        assert hop.mails[0].addresses == ["aino@example.org", "maija@example.org"]


@pytest.mark.parametrize("pipelining", [True, False])
async def test_each_answer_of_a_replay_has_its_own_time(pool_for: MakePool, *, pipelining: bool) -> None:
    slow = Late("250 2.1.5 Ok", 0.25)
    script: dict[str, list[Answer]] = {"RCPT": [*[USUAL] * 3, *[slow] * 3]}
    async with FakeHop(script, extensions=("PIPELINING",) if pipelining else ("DSN",)) as hop:
        recipients = [f"{number}@example.org" for number in range(3)]
        transaction = await envelope(pool_for(hop, reply=0.6), *recipients)
        hop.hang_up_all()
        assert (await transaction.data((LETTER,), yes())).code == 250
        assert hop.mails[0].addresses == recipients


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("change", ["451 4.2.0 Not now", "550 5.1.1 Not any more"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT aino@example.org", "RCPT eero@example.org"])
async def test_another_class_of_answer_at_the_replay_is_451(
    pool_for: MakePool, step: str, change: str, *, pipelining: bool
) -> None:
    async with FakeHop({step: [USUAL, change]}, extensions=("PIPELINING",) if pipelining else ("DSN",)) as hop:
        pool = pool_for(hop)
        transaction = await envelope(pool, "aino@example.org", "eero@example.org")
        hop.hang_up_all()
        assert await transaction.data((LETTER,), yes()) is NEXT_HOP_CHANGED
        assert hop.received == []
        await next_mail_passes(hop, pool)


async def test_a_session_is_replaced_only_once(pool_for: MakePool) -> None:
    async with FakeHop({"DATA": [Hangup(), Hangup()]}) as hop:
        pool = pool_for(hop)
        assert await send(pool) is NEXT_HOP_LOST
        assert len(hop.sessions) == 2
        await next_mail_passes(hop, pool)


async def test_a_next_hop_that_is_gone_for_good_at_the_replay_is_away(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        transaction = await envelope(pool_for(hop))
        await hop.stop_listening()
        hop.hang_up_all()
        assert await transaction.data((LETTER,), yes()) is NEXT_HOP_AWAY


async def test_an_extension_that_is_gone_at_the_replay_is_451(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await pool.transaction()
        await transaction.mail("ossi@example.com", ("RET=HDRS",))
        await transaction.rcpt("maija@example.org", ())
        hop.extensions = ("SIZE",)
        hop.hang_up_all()
        assert await transaction.data((LETTER,), yes()) is NEXT_HOP_CHANGED
        assert hop.received == []
