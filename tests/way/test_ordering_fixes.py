"""Orders by mail about what the product's own policies hold: fixes, several findings, reviewers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from answering import Told, told
from fakehop import FakeHop
from gateway import policyfiles
from gateway.config import InspectionSettings, Role
from gateway.hold import Actor, Hold, HoldState, Mended
from gateway.inspector import judge_by
from inhouse import House, house, reply
from inspecting import Processes
from ordering_bench import NOTICES, entries, find, hold, letters, order, words

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "Hei Liisa,\r\n\r\nsalasanasi on Kuutamo-4417.\r\n\r\nTerveisin\r\nAino Neuvonen\r\n"
NOTE = (
    b"From: Aino Neuvonen <aino@example.com>\r\nTo: Liisa Asiakas <liisa@example.org>\r\nSubject: Vastaus\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHei Liisa,\r\n\r\n"
    b"liitteen\xc3\xa4.\r\n\r\nTerveisin\r\nAino Neuvonen\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
    b"Content-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n"
)


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
        asked = sorted(letter.partition("oman syynsä: ")[2].partition(". ")[0] for letter in said)
        assert asked == ["1", "1, 2", "2"]  # the courier carries them side by side, in any order
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
    remade = await asyncio.to_thread(mend_by_hand, real, held)
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


def mend_by_hand(real: House, held: Hold) -> Mended:
    """Mend as somebody does at the command line."""
    judge = judge_by(policyfiles.load(("builtin",), ROOT))
    return judge.mend(real.store.opened(held.id), held.envelope, ("blank-password",)).mended
