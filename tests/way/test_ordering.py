"""Orders by mail through real sockets: held, told, answered, done, and told again; or refused, and nothing done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from answering import Told, Typed, answer, told
from fakehop import FakeHop
from gateway import ordering
from gateway.config import InspectionSettings
from gateway.hold import HoldState
from gateway.inspector import Reason
from gateway.mail import Octets
from gateway.orders import Heard
from inhouse import JUDGE, House, house, reply, stuffed
from inspecting import Processes
from ordering_bench import NOTICES, entries, find, hold, letters, order


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    """A house that holds `hold me`; the agent may release her own."""
    async with FakeHop() as hop, house(tmp_path, hop, notices=NOTICES) as everything:
        yield everything


async def test_an_agent_releases_her_reply_by_answering_and_the_customer_has_it(here: House) -> None:
    held, notice = await hold(here)
    assert (
        await order(here, notice, "release the customer asked for it")
        == "250 2.0.0 Ok, what comes of it is told by mail"
    )
    (letter,) = await letters(here, 1)
    assert (await find(here, held.id)).state is HoldState.DELIVERED
    sent = next(mail for mail in here.hop.mails if mail.addresses == ["liisa@example.org"])
    assert sent.octets.endswith(reply("hold me\r\n"))
    assert "The reply is released as it is and on its way to liisa@example.org." in letter
    (entry,) = await entries(here, "released")
    assert (entry["actor"], entry["facts"]["channel"]) == ("aino@example.com", "mail")
    assert entry["personal"]["reason"] == "the customer asked for it"


async def test_no_order_and_no_token_ever_reaches_the_next_hop(here: House) -> None:
    _, notice = await hold(here)
    await order(here, notice, "help")
    await here.hop.until(lambda: "RSET" in here.hop.commands[-1] or here.hop.commands[-1] == "QUIT")
    assert not [line for line in here.hop.commands if line.startswith("RCPT") and "saate.example.com" in line]
    assert [mail.addresses for mail in here.hop.mails] == [["aino@example.com"]]


async def test_an_agent_discards_and_is_told(here: House) -> None:
    held, notice = await hold(here)
    await order(here, notice, "hylkää väärä asiakas")
    assert (await find(here, held.id)).state is HoldState.DISCARDED
    assert "The reply is discarded." in (await letters(here, 1))[0]


async def test_a_second_use_of_a_token_is_told_who_and_when(here: House) -> None:
    held, notice = await hold(here)
    await order(here, notice, "discard it was a test")
    assert (await order(here, notice, "release it was fine")).startswith("250")
    assert (await find(here, held.id)).state is HoldState.DISCARDED
    assert "The reply was discarded already, by aino@example.com on " in " ".join(await letters(here, 1))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("release",), "A reason is needed. Write it behind the word: release: …"),
        (("release <reason>",), "A reason is needed."),
        (("discard <syy>",), "A reason is needed."),
        (("ask",), "A reason is needed."),
        ((), "We found no order in your mail."),
        (("Thanks, but why?",), "We did not understand “Thanks, but why?”."),
        (("släpp inte",), "We were not sure what “släpp inte” means."),
        (("release 4: no secret",), "There is no finding 4; they are numbered from 1 to 1."),
        (("fix greeting",), "There are no suggestions for this reply."),
        (("help",), "Here is the reply once more, and what you can answer."),
    ],
)
async def test_what_cannot_be_done_is_told_with_what_can_be_answered_and_nothing_happens(
    here: House, typed: Typed, said: str
) -> None:
    held, notice = await hold(here)
    assert (await order(here, notice, *typed)).startswith("250")
    (letter,) = await letters(here, 1)
    assert said in letter
    assert "release <reason>" in letter
    assert (await find(here, held.id)).state is HoldState.HELD
    assert told(here.hop.mails[-1].octets).answer_to == notice.answer_to


async def test_an_answer_to_the_answer_is_an_order_too(here: House) -> None:
    held, notice = await hold(here)
    await order(here, notice, "help")
    await letters(here, 1)
    await order(here, told(here.hop.mails[-1].octets), "discard never mind")
    assert (await find(here, held.id)).state is HoldState.DISCARDED


async def test_an_answer_of_ours_ends_no_agents_holiday(here: House) -> None:
    """Who answers our letters without saying that it is a machine gets no more than a few of them."""
    _, notice = await hold(here)
    for _ in range(ordering.ANSWERS + 2):
        assert (await order(here, notice, "I am out of the office")).startswith("250")
    assert len(await letters(here, 1)) == ordering.ANSWERS
    assert len(await entries(here, "denied")) == 2


# --- who is not believed

REFUSAL = "550 5.7.1 No answer that we can take; answer a notice itself, from the mailbox it came to"


async def test_a_forged_token_another_mailbox_and_another_hold_hear_the_same_word(here: House) -> None:
    held, notice = await hold(here)
    local, _, domain = notice.answer_to.partition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    unknown = f"saate+{'b' * 16}-{local.rpartition('-')[2]}@{domain}"
    for to, sender in (
        (forged, "aino@example.com"),
        (unknown, "aino@example.com"),
        ("saate+x@saate.example.com", "aino@example.com"),
        ("saate@saate.example.com", "aino@example.com"),
        (notice.answer_to, "mallory@example.com"),
    ):
        assert await order(here, notice, "release I say so", to=to, sender=sender) == REFUSAL
    assert (await find(here, held.id)).state is HoldState.HELD
    denied = await entries(here, "denied")
    assert [entry["facts"]["action"] for entry in denied] == ["order"] * 5
    assert [bool(entry["mail_id"]) for entry in denied] == [True, False, False, False, True]
    assert await letters(here, 1) == []


async def test_a_mail_with_two_authors_is_nobodys_order(here: House) -> None:
    held, notice = await hold(here)
    field = b"From: mallory@example.com\r\n"
    assert await order(here, notice, "release I say so", field=field) == REFUSAL
    assert (await find(here, held.id)).state is HoldState.HELD


async def test_an_answer_that_nobody_can_read_is_no_order(tmp_path: Path) -> None:
    unread = Processes(replace(JUDGE, hear=raising), InspectionSettings())
    async with FakeHop() as hop, house(tmp_path, hop, processes=unread, notices=NOTICES) as here:
        held, notice = await hold(here)
        assert await order(here, notice, "release it is fine") == REFUSAL
        assert (await find(here, held.id)).state is HoldState.HELD
        (entry,) = await entries(here, "denied")
        assert entry["personal"]["why"] == f"it could not be read: {Reason.CRASH}"
    unread.stop()


def raising(_: Octets) -> Heard:
    message = "the secret is Kesä2024"
    raise ValueError(message)


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        (b"Auto-Submitted: auto-replied\r\n", "aino@example.com"),
        (b"Precedence: bulk\r\n", "aino@example.com"),
        (b"List-Id: <a.example.com>\r\n", "aino@example.com"),
        (b"", ""),
    ],
    ids=["auto-replied", "bulk", "a list", "null reverse-path"],
)
async def test_a_machine_is_neither_obeyed_nor_answered(here: House, field: bytes, sender: str) -> None:
    held, notice = await hold(here)
    octets = field + answer(("release I am away",), notice, sender="aino@example.com")
    dialog = await here.dialog()
    assert (await dialog.send(octets, sender=sender, recipients=(notice.answer_to,))).startswith("250")
    assert (await find(here, held.id)).state is HoldState.HELD
    assert await letters(here, 1) == []
    (entry,) = await entries(here, "denied")
    assert entry["personal"]["why"] == "a machine answered"


async def test_whom_people_does_not_name_may_do_nothing_and_is_told_which_key(tmp_path: Path) -> None:
    people = [{"mailbox": "eero@example.com", "role": "admin"}]
    async with FakeHop() as hop, house(tmp_path, hop, notices=NOTICES, people=people) as here:
        dialog = await here.dialog()
        held = await find(here, (await dialog.send(reply("hold me\r\n"))).split()[-1])
        local = here.notices.token_for(held, "aino@example.com")
        notice = Told("en", "x", "x", "x", f"saate+{local}@saate.example.com")
        assert (await order(here, notice, "release it is fine")).startswith("250")
        assert "aino@example.com may not act on held replies." in " ".join(await letters(here, 0))
        assert (await find(here, held.id)).state is HoldState.HELD
        (entry,) = await entries(here, "denied")
        assert entry["facts"]["action"] == "release"


async def test_the_fallback_that_was_told_instead_may_decide(here: House) -> None:
    held, _ = await hold(here)
    token = here.notices.token_for(held, "postmaster@example.com")
    notice = Told("en", "x", "x", "x", f"saate+{token}@saate.example.com")
    assert (await order(here, notice, "release it is fine", sender="postmaster@example.com")).startswith("250")
    assert (await find(here, held.id)).acted_by == "postmaster@example.com"


# --- the store, and others


async def rename(here: House, table: str, to: str) -> None:
    await here.store.run(
        lambda transaction: transaction.connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {to}")
    )


async def test_while_the_store_is_away_the_order_stays_with_the_client(here: House) -> None:
    held, notice = await hold(here)
    await rename(here, "log", "gone")
    assert (await order(here, notice, "release the customer asked")).startswith("451 4.3.0")
    await rename(here, "gone", "log")
    assert (await find(here, held.id)).state is HoldState.HELD
    assert (await order(here, notice, "release the customer asked")).startswith("250")
    assert (await find(here, held.id)).state is not HoldState.HELD


async def test_an_order_whose_client_went_before_the_answer_is_done_once(here: House) -> None:
    held, notice = await hold(here)
    for _ in range(2):
        dialog = await here.dialog()
        await dialog.envelope("aino@example.com", (notice.answer_to,))
        dialog.write(stuffed(answer(("release it is fine",), notice, sender="aino@example.com")) + b".\r\n")
        await dialog.close()
    await here.door.drain()
    async with here.courier():
        pass
    assert (await find(here, held.id)).state is HoldState.DELIVERED
    assert sum(mail.addresses == ["liisa@example.org"] for mail in here.hop.mails) == 1
    assert len(await entries(here, "released")) == 1
