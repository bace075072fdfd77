"""Orders by mail through real sockets: held, told, answered, done, and told again; or refused, and nothing done."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from answering import Told, Typed, answer, told
from fakehop import FakeHop, FiledMail
from gateway import ordering, policyfiles
from gateway.config import InspectionSettings, Role
from gateway.hold import Actor, Hold, HoldState
from gateway.inspector import judge_by
from gateway.verdict import ReplyFacts
from inhouse import House, house, reply, stuffed
from inspecting import Processes

NOTICES = {"commands": "saate@saate.example.com"}
ROOT = Path(__file__).parent.parent.parent
PASSWORD = "Hei Liisa,\r\n\r\nsalasanasi on Kuutamo-4417.\r\n\r\nTerveisin\r\nAino Neuvonen\r\n"
NOTE = (
    b"From: Aino Neuvonen <aino@example.com>\r\nTo: Liisa Asiakas <liisa@example.org>\r\nSubject: Vastaus\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHei Liisa,\r\n\r\n"
    b"liitteen\xc3\xa4.\r\n\r\nTerveisin\r\nAino Neuvonen\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
    b"Content-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n"
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    """A house that holds `hold me`; the agent may release her own."""
    async with FakeHop() as hop, house(tmp_path, hop, notices=NOTICES) as everything:
        yield everything


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    """An inspection process that judges by the policies that come with the product."""
    judge = judge_by(policyfiles.load(("builtin",), ROOT))
    running = Processes(judge, InspectionSettings(deadline=20))
    running.start(1)
    yield running
    running.stop()


@pytest.fixture
async def real(tmp_path: Path, processes: Processes) -> AsyncIterator[House]:
    async with FakeHop() as hop, house(tmp_path, hop, processes=processes, notices=NOTICES) as everything:
        yield everything


async def hold(here: House, octets: bytes = reply("hold me\r\n")) -> tuple[Hold, Told]:
    """Have a reply held, and its notice delivered."""
    dialog = await here.dialog()
    said = await dialog.send(octets)
    assert "Held for review as" in said
    async with here.courier():
        pass
    found = await find(here, said.split()[-1])
    return found, told(here.hop.mails[-1].octets)


async def find(here: House, hold_id: str) -> Hold:
    return await asyncio.to_thread(here.store.find, hold_id)


async def order(
    here: House, notice: Told, *typed: str, sender: str = "aino@example.com", to: str = "", field: bytes = b""
) -> str:
    """Answer a notice; what the door says to the dot."""
    octets = field + answer(typed, notice, sender=sender)
    dialog = await here.dialog()
    return await dialog.send(octets, sender=sender, recipients=(to or notice.answer_to,))


async def letters(here: House, before: int) -> list[str]:
    """What our letters since then say, each on one line."""
    async with here.courier():
        pass
    return [words(mail) for mail in here.hop.mails[before:] if is_letter(mail)]


def is_letter(mail: FiledMail) -> bool:
    return b"\r\nAuto-Submitted: auto-generated\r\n" in mail.octets


def words(mail: FiledMail) -> str:
    part = email.message_from_bytes(mail.octets, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


async def entries(here: House, kind: str) -> list[dict[str, Any]]:
    rows = await asyncio.to_thread(lambda: list(here.store.log_rows()))
    return [row.entry | {"personal": row.about} for row in rows if row.type == kind]


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


# --- by the policies that come with the product


async def test_a_fix_after_which_nothing_holds_goes_out_in_the_same_go(real: House) -> None:
    held, notice = await hold(real, reply(PASSWORD))
    assert notice.language == "fi"
    assert (await order(real, notice, "korjaa blank-password")).startswith("250")
    (letter,) = await letters(real, 1)
    after = await find(real, held.id)
    assert (after.state, after.mended, after.original_digest) == (HoldState.DELIVERED, True, held.octets_digest)
    sent = next(mail for mail in real.hop.mails if mail.addresses == ["liisa@example.org"]).octets
    assert b"Kuutamo" not in sent
    assert b"salasanasi on [salasana poistettu]." in sent
    assert "Vastauksesta korjattiin: blank-password. Mikään ei enää pidättele vastausta" in letter
    assert [entry["actor"] for entry in [*await entries(real, "fixed"), *await entries(real, "released")]] == [
        "aino@example.com"
    ] * 2
    assert "nothing holds it any more" in after.reason


async def test_a_reply_that_a_reviewer_must_release_is_asked_for(tmp_path: Path, processes: Processes) -> None:
    people = [
        {"mailbox": "aino@example.com", "role": "agent"},
        {"mailbox": "eero@example.com", "role": "reviewer"},
    ]
    async with FakeHop() as hop, house(tmp_path, hop, processes=processes, notices=NOTICES, people=people) as real:
        held, notice = await hold(real, reply(PASSWORD))
        await order(real, notice, "vapauta se on tilausnumero")
        (refused,) = await letters(real, 1)
        assert "Tämän vastauksen päästää eteenpäin tarkastaja." in refused
        assert (await entries(real, "denied"))[0]["facts"]["action"] == "release"
        before = len(real.hop.mails)
        await order(real, notice, "pyydä se on tilausnumero")
        asked = await letters(real, before)
        assert any(
            "Pyyntö päästää vastaus eteenpäin on lähetetty perusteluinesi: eero@example.com." in one for one in asked
        )
        request = next(mail for mail in real.hop.mails[before:] if mail.addresses == ["eero@example.com"])
        assert "se on tilausnumero" in words(request)
        await order(real, told(request.octets), "release an order number, I looked", sender="eero@example.com")
        after = await find(real, held.id)
        assert (after.state, after.acted_by) == (HoldState.RELEASED, "eero@example.com")


async def test_each_finding_wants_its_own_reason(tmp_path: Path, processes: Processes) -> None:
    people = [{"mailbox": "eero@example.com", "role": "reviewer"}]
    two = PASSWORD.replace("\r\n\r\nTerveisin", "\r\nPIN-koodi on 4417.\r\n\r\nTerveisin")
    async with FakeHop() as hop, house(tmp_path, hop, processes=processes, notices=NOTICES, people=people) as real:
        dialog = await real.dialog()
        held = await find(real, (await dialog.send(reply(two))).split()[-1])
        assert [number for number, _ in held.open] == [1, 2]
        token = real.notices.token_for(held, "eero@example.com")
        notice = Told("fi", "x", "x", "x", f"saate+{token}@saate.example.com")
        for typed in (("vapauta molemmat ovat esimerkkejä",), ("vapauta 1=esimerkki",), ("vapauta", "2: esimerkki")):
            await order(real, notice, *typed, sender="eero@example.com")
            assert (await find(real, held.id)).state is HoldState.HELD
        said = [letter for letter in await letters(real, 0) if "oman syynsä" in letter]
        assert [letter.partition("oman syynsä: ")[2].partition(". ")[0] for letter in said] == ["1, 2", "2", "1"]
        await order(real, notice, "vapauta", "1: esimerkki", "2: vanhentunut", sender="eero@example.com")
        after = await find(real, held.id)
        assert (after.state, [one.reason for one in after.overrides]) == (
            HoldState.RELEASED,
            ["esimerkki", "vanhentunut"],
        )


async def test_fixes_that_do_not_fit_or_are_not_there_are_told_and_change_nothing(real: House) -> None:
    held, notice = await hold(real, reply(PASSWORD))
    await order(real, notice, "fix cover-note")
    (letter,) = await letters(real, 1)
    assert "ei ole ehdotusta nimeltä ”cover-note”. Ehdotukset ovat: blank-password." in letter
    after = await find(real, held.id)
    assert (after.state, after.mended) == (HoldState.HELD, False)


async def test_a_fix_that_leaves_a_blank_is_not_made_by_mail(real: House) -> None:
    held, notice = await hold(real, NOTE)
    await order(real, notice, "fix cover-note")
    (letter,) = await letters(real, 1)
    assert "”cover-note” jättää kohdan, jonka vain sinä voit täyttää" in letter
    after = await find(real, held.id)
    assert (after.state, after.mended) == (HoldState.HELD, False)


async def test_what_was_mended_meanwhile_is_shown_as_it_is_now_and_not_sent(real: House) -> None:
    held, notice = await hold(real, reply(PASSWORD))
    other = real.notices.for_hold(held, ReplyFacts(), datetime.now(UTC))
    assert other is not None
    remade = await asyncio.to_thread(processes_mend, real, held)
    await asyncio.to_thread(
        lambda: real.store.mend(
            held.id,
            remade,
            Actor("eero", "eero@example.com", Role.REVIEWER),
            datetime.now(UTC),
            expected=held.octets_digest,
        )
    )
    assert (await order(real, notice, "vapauta se on hyvä")).startswith("250")
    (letter,) = await letters(real, 1)
    assert "Vastausta muutettiin sen ilmoituksen jälkeen, johon vastasit: eero," in letter
    assert (await find(real, held.id)).state is HoldState.HELD
    fresh = told(real.hop.mails[-1].octets)
    assert fresh.answer_to != notice.answer_to
    await order(real, fresh, "vapauta nyt se on kunnossa")
    assert (await find(real, held.id)).state is HoldState.RELEASED


def processes_mend(real: House, held: Hold) -> Any:
    """Mend as somebody does at the command line."""
    judge = judge_by(policyfiles.load(("builtin",), ROOT))
    return judge.mend(real.store.opened(held.id), held.envelope, ("blank-password",)).mended
