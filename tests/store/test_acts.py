"""What people do to held mail, and what time does: who may not be forgotten, who was quicker, who goes along."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from gateway.config import Role
from gateway.hold import Actor, Filter, Hold, HoldState, OutgoingKind, Stage
from gateway.store import HoldChanged, HoldGone, Store, StoreError, UnknownFinding, Unreasoned
from gateway.verdict import Disposition, OnTimeout, PolicyStatus, ReleaseBy, Where
from storing import FINDING, NOON, OK, a_hold, a_notice, after, digest, disposed, mended

MAIL = b"Subject: Varaus\r\n\r\nSalasanasi on Kes\xe4-2024!\r\n"
FIXED = b"Subject: Varaus\r\n\r\nHei Liisa!\r\n"
MAIJA, PEKKA = Actor("maija"), Actor("pekka", "pekka@example.com", Role.AGENT)
GREETING = replace(FINDING, policy="missing-greeting", check="missing-greeting", where=Where("1", 1, 1), excerpt="Moi")
NOTED = replace(GREETING, policy="unclear-claims", disposition=Disposition.ANNOTATE)
TRIED = replace(GREETING, policy="long-quotes", status=PolicyStatus.TRIAL)


async def held(store: Store, mail_id: str = "abcd2222", **other: object) -> Hold:
    hold = a_hold(mail_id, octets=MAIL, **other)
    await store.hold(hold, MAIL, [disposed(mail_id, hold.held_at)], None)
    return store.find(mail_id)


def last(store: Store) -> tuple[str, dict[str, object], dict[str, object]]:
    row = store.tail(1)[0]
    return row.type, row.entry["facts"], row.about


# --- a reason for each finding


async def test_one_reason_is_enough_for_one_finding_and_says_so_in_the_log(store: Store) -> None:
    await held(store, findings=(NOTED, FINDING, TRIED))
    hold = store.release("abcd", MAIJA, " the customer asked ", NOON)
    assert [(one.finding, one.policy, one.by, one.reason) for one in hold.overrides] == [
        (2, "plaintext-password", "maija", "the customer asked")
    ]
    assert hold.open == ()
    _, facts, personal = last(store)
    assert facts["overrides"] == [{"finding": 2, "policy": "plaintext-password"}]
    assert personal["overrides"] == ["the customer asked"]


async def test_a_reason_for_one_finding_does_not_wave_the_others_through(store: Store) -> None:
    await held(store, findings=(FINDING, NOTED, GREETING))
    for reasons, missing in (("fine", (1, 3)), ({1: "fine"}, (3,)), ({1: "fine", 3: " "}, (3,)), ({}, (1, 3))):
        with pytest.raises(Unreasoned) as caught:
            store.release("abcd", MAIJA, reasons, NOON)
        assert caught.value.numbers == missing
        assert all(
            f"{number} {caught.value.hold.findings[number - 1].policy}" in str(caught.value) for number in missing
        )
    assert store.find("abcd").state is HoldState.HELD
    assert await store.next_due() is None
    hold = store.release("abcd", MAIJA, {1: "new one by phone", 3: "she knows me", 2: "whatever"}, NOON)
    assert hold.reason == "new one by phone; she knows me"
    assert [one.finding for one in hold.overrides] == [1, 3]


async def test_a_reason_for_a_finding_that_is_not_there_is_refused(store: Store) -> None:
    await held(store)
    with pytest.raises(UnknownFinding, match="abcd2222 has no finding 0, 7, only 1 to 1"):
        store.release("abcd", MAIJA, {1: "a", 7: "b", 0: "c"}, NOON)


async def test_what_nothing_holds_any_more_needs_no_reason(store: Store) -> None:
    hold = await held(store)
    store.mend("abcd", mended(FIXED), MAIJA, NOON, expected=hold.octets_digest)
    assert store.release("abcd", MAIJA, "", NOON).state is HoldState.RELEASED


@pytest.mark.parametrize("reason", ["", " \n"])
async def test_discarding_and_asking_need_a_reason(store: Store, reason: str) -> None:
    await held(store)
    with pytest.raises(Unreasoned, match="abcd2222 needs a reason; nothing was done"):
        store.discard("abcd", MAIJA, reason, NOON)
    with pytest.raises(Unreasoned):
        store.ask("abcd", PEKKA, reason, None, NOON)
    assert [row.type for row in store.log_rows()] == ["disposed"]


async def test_of_those_that_share_octets_only_those_without_further_findings_go(store: Store) -> None:
    await held(store, "abcd2222", same=digest("s"), findings=(FINDING,))
    await held(store, "efgh2222", same=digest("s"), findings=(GREETING, FINDING))
    await held(store, "ijkl2222", same=digest("s"), findings=(NOTED, FINDING))
    store.release("abcd", MAIJA, "fine", NOON)
    states = {hold.id: hold.state.value for hold in store.holds()}
    assert states == {"abcd2222": "released", "efgh2222": "held", "ijkl2222": "released"}
    assert [one.finding for one in store.find("ijkl").overrides] == [2]
    store.release("efgh", MAIJA, {1: "she knows me", 2: "fine"}, NOON)


# --- mending


async def test_a_mended_mail_is_sent_as_it_is_now_and_the_old_one_stays(
    store: Store, another: Callable[..., Store]
) -> None:
    hold = await held(store, size=len(MAIL), ticket="6745123")
    at = after(minutes=5)
    fix = mended(FIXED, fixes=("greeting", "edit"), findings=(NOTED,), removed=("DKIM-Signature",))
    now = store.mend("abcd", fix, PEKKA, at, channel="mail", expected=hold.octets_digest)
    new = hashlib.sha256(FIXED).hexdigest()
    assert now == replace(
        hold,
        mended=True,
        size=len(FIXED),
        octets_digest=new,
        original_digest=hold.octets_digest,
        findings=(NOTED,),
        subject="Vastaus",
        release_by=ReleaseBy.AGENT,
    )
    assert last(store) == (
        "fixed",
        {
            "old": hold.octets_digest,
            "new": new,
            "fixes": ["greeting", "edit"],
            "policies": ["unclear-claims"],
            "removed": ["DKIM-Signature"],
            "asked_for": "abcd2222",
            "channel": "mail",
        },
        {},
    )
    other = another()
    assert await other.octets("abcd2222") == other.opened("abcd2222") == FIXED
    assert other.opened("abcd2222", 0) == MAIL
    again = other.mend("abcd", mended(FIXED + b"!"), PEKKA, at, expected=new)
    assert (again.original_digest, other.opened("abcd2222", 1)) == (hold.octets_digest, FIXED)
    assert other.opened("abcd2222") == FIXED + b"!"


async def test_a_fix_made_from_older_octets_is_refused_with_who_mended_and_when(store: Store) -> None:
    hold = await held(store)
    store.mend("abcd", mended(FIXED), PEKKA, after(minutes=5), expected=hold.octets_digest)
    before = len(list(store.log_rows()))
    with pytest.raises(HoldChanged, match="abcd2222 was mended by pekka meanwhile, at 2026-11-02T12:05") as caught:
        store.mend("abcd", mended(b"other"), MAIJA, after(minutes=6), expected=hold.octets_digest)
    assert (caught.value.who, caught.value.when) == ("pekka", after(minutes=5))
    with pytest.raises(HoldChanged):
        store.release("abcd", MAIJA, "fine", NOON, expected=hold.octets_digest)
    with pytest.raises(HoldChanged):
        store.discard("abcd", MAIJA, "fine", NOON, expected=hold.octets_digest)
    assert (store.opened("abcd2222"), len(list(store.log_rows()))) == (FIXED, before)


async def test_what_is_gone_is_mended_and_asked_for_by_nobody(store: Store) -> None:
    hold = await held(store)
    store.discard("abcd", MAIJA, "no", NOON)
    with pytest.raises(HoldGone, match="discarded already by maija"):
        store.mend("abcd", mended(FIXED), PEKKA, NOON, expected=hold.octets_digest)
    with pytest.raises(HoldGone):
        store.ask("abcd", PEKKA, "please", None, NOON)


async def test_those_that_share_octets_are_mended_together(store: Store) -> None:
    hold = await held(store, "abcd2222", same=digest("s"))
    await held(store, "efgh2222", same=digest("s"))
    store.mend("efgh", mended(FIXED, findings=(GREETING,)), MAIJA, NOON, expected=hold.octets_digest)
    assert {store.opened(mail_id) for mail_id in ("abcd2222", "efgh2222")} == {FIXED}
    store.release("abcd", MAIJA, "fine", NOON)
    assert store.count([HoldState.RELEASED]) == 2
    assert [row.type for row in store.log_rows()].count("fixed") == 2


async def test_a_mended_mail_sent_again_by_its_client_is_the_same_hold(store: Store) -> None:
    hold = await held(store, whole=digest("w"))
    store.mend("abcd", mended(FIXED), MAIJA, NOON, expected=hold.octets_digest)
    again = a_hold("efgh2222", octets=MAIL, whole=digest("w"), held_at=after(hours=2))
    assert (await store.hold(again, MAIL, [disposed("efgh2222")], None)).again
    assert store.opened("abcd2222") == FIXED


async def test_a_newcomer_with_the_octets_from_before_the_fix_is_told_of_and_acts_alone(store: Store) -> None:
    hold = await held(store, "abcd2222", same=digest("s"))
    store.mend("abcd", mended(FIXED), MAIJA, NOON, expected=hold.octets_digest)
    newcomer = a_hold("efgh2222", octets=MAIL, same=digest("s"), held_at=after(minutes=1))
    outcome = await store.hold(newcomer, MAIL, [disposed("efgh2222")], a_notice("efgh2222"))
    assert not outcome.shares_notice
    store.release("abcd", MAIJA, "", NOON)
    assert store.find("efgh").state is HoldState.HELD


# --- asking, and what is not allowed


async def test_asking_queues_the_letter_and_is_logged(store: Store) -> None:
    await held(store)
    letter = replace(a_notice("abcd2222", "raija@example.com"), kind=OutgoingKind.REQUEST)
    assert store.ask("abcd", PEKKA, "she waits", letter, NOON, channel="mail").state is HoldState.HELD
    facts = {"policies": ["plaintext-password"], "channel": "mail", "to": ["example.com"]}
    assert last(store) == ("asked", facts, {"reason": "she waits", "to": ["raija@example.com"]})
    [row] = await store.due(NOON)
    assert (row.kind, row.octets) == (OutgoingKind.REQUEST, letter.octets)


async def test_what_somebody_may_not_do_is_logged_without_an_address_in_the_facts(store: Store) -> None:
    await held(store)
    store.deny("abcd", PEKKA, "release", "abcd2222 is not your reply but aino@example.com's", NOON)
    facts = {"action": "release", "role": "agent", "channel": "cli"}
    assert last(store) == ("denied", facts, {"why": "abcd2222 is not your reply but aino@example.com's"})
    assert store.tail(1)[0].mail_id == "abcd2222"
    store.deny("", PEKKA, "rotate", "for admins", NOON)
    store.deny("zzzz", PEKKA, "show", "no", NOON)
    assert [row.mail_id for row in store.tail(2)] == ["", ""]


# --- the clock


async def test_the_clock_brings_what_is_due_the_longest_due_first_and_one_of_each_group(store: Store) -> None:
    await held(store, "abcd2222", clock_at=after(hours=2))
    await held(store, "efgh2222", clock_at=after(hours=1), same=digest("s"))
    await held(store, "ijkl2222", clock_at=after(hours=1, seconds=3), same=digest("s"))
    await held(store, "mnop2222")
    assert await store.clock_due(after(minutes=59)) == []
    assert [hold.id for hold in await store.clock_due(after(hours=3))] == ["efgh2222", "abcd2222"]
    store.discard("efgh", MAIJA, "no", NOON)
    assert [hold.id for hold in await store.clock_due(after(hours=3))] == ["abcd2222"]


async def test_a_reminder_moves_the_stage_of_the_group_and_is_logged_for_each(store: Store) -> None:
    one = await held(store, "abcd2222", clock_at=after(hours=1), same=digest("s"))
    await held(store, "efgh2222", clock_at=after(hours=2), same=digest("s"))
    letter = replace(a_notice("abcd2222"), kind=OutgoingKind.REMINDER)
    assert await store.step(one, Stage.REMINDED, [letter], after(hours=1), after(hours=4), {"waited_seconds": 1800})
    for mail_id in ("abcd2222", "efgh2222"):
        hold = store.find(mail_id)
        assert (hold.stage, hold.clock_at, hold.state) == (Stage.REMINDED, after(hours=4), HoldState.HELD)
        entry = store.story(mail_id)[-1]
        assert (entry.type, entry.entry["actor"]) == ("reminded", "saate")
        assert entry.entry["facts"] == {"waited_seconds": 1800, "to": ["example.com"]}
        assert entry.about == {"to": ["aino@example.com"]}
    assert [row.kind for row in await store.due(after(hours=1))] == [OutgoingKind.REMINDER]


async def test_a_reply_that_goes_back_is_at_its_end_and_says_who_and_when(store: Store) -> None:
    hold = await held(store, clock_at=after(hours=1))
    letter = replace(a_notice("abcd2222"), kind=OutgoingKind.RETURN)
    assert await store.step(hold, HoldState.RETURNED, [letter], after(hours=1), None)
    back = store.find("abcd")
    assert (back.state, back.acted_by, back.acted_at, back.clock_at) == ("returned", "saate", after(hours=1), None)
    assert last(store)[1] == {
        "from": "held",
        "policies": ["plaintext-password"],
        "held_seconds": 3600,
        "asked_for": "abcd2222",
        "channel": "clock",
        "to": ["example.com"],
    }
    with pytest.raises(HoldGone, match="is returned already by saate, at 2026-11-02T13:00"):
        store.release("abcd", MAIJA, "fine", after(hours=2))
    assert store.opened("abcd2222") == MAIL
    assert await store.clock_due(after(days=99)) == []


async def test_who_acted_before_the_clock_has_won(store: Store) -> None:
    async def stepped(hold: Hold) -> bool:
        return await store.step(hold, HoldState.RETURNED, [a_notice("abcd2222")], after(hours=1), None)

    hold = await held(store, clock_at=after(hours=1))
    store.mend("abcd", mended(FIXED), MAIJA, NOON, expected=hold.octets_digest)
    assert not await stepped(hold)
    hold = store.find("abcd")
    await store.step(hold, Stage.REMINDED, [], after(hours=1), after(hours=2))
    assert not await stepped(hold)
    hold = store.find("abcd")
    await store.step(
        hold, Stage.REMINDED, [], after(hours=1), after(hours=3)
    )  # the stage it has: only the clock is set
    assert [row.type for row in store.log_rows()].count("reminded") == 1
    assert not await stepped(hold)
    store.release("abcd", MAIJA, "", NOON)
    assert not await stepped(store.find("abcd"))
    assert [row.kind for row in await store.due(after(days=1))] == [OutgoingKind.RELEASE]


async def test_nothing_is_sent_by_time_running_out_unless_its_policies_say_so(store: Store) -> None:
    never = await held(store, "abcd2222", clock_at=after(hours=1))
    with pytest.raises(ValueError, match="no policy says that abcd2222 is sent"):
        await store.step(never, HoldState.RELEASED, [], after(hours=1), None)
    assert await store.next_due() is None
    some = await held(store, "efgh2222", clock_at=after(hours=1), on_timeout=OnTimeout.RELEASE, same=digest("s"))
    await held(store, "ijkl2222", clock_at=after(hours=1), same=digest("s"))
    await held(store, "mnop2222", clock_at=after(hours=2), on_timeout=OnTimeout.RELEASE, same=digest("s"))
    assert await store.step(some, HoldState.RELEASED, [], after(hours=1), None)
    states = [store.find(one).state.value for one in ("efgh", "ijkl", "mnop")]
    assert states == ["released", "held", "held"]
    [row] = await store.due(after(hours=1))
    await store.delivered(row, OK, after(hours=1))
    assert store.find("efgh").acted_by == "saate"


# --- many


async def test_many_are_released_each_for_itself(store: Store) -> None:
    for number in range(2, 8):
        await held(store, f"abcd222{number}")
    await held(store, "efgh2222", findings=(FINDING, GREETING))
    await held(store, "efgh3333", same=digest("s"))
    await held(store, "efgh4444", same=digest("s"))
    store.discard("abcd2222", MAIJA, "no", NOON)
    ids = [*(f"abcd222{number}" for number in range(2, 8)), "efgh2222", "zzzz9999", "efgh3333", "efgh4444"]
    heard: list[int] = []
    outcomes = store.release_many(ids, MAIJA, "campaign", after(hours=1), progress=heard.append)
    assert [one.id for one in outcomes] == ids
    assert [type(one.error).__name__ for one in outcomes] == [
        *("HoldGone", "NoneType", "NoneType", "NoneType", "NoneType", "NoneType"),
        *("Unreasoned", "NoSuchHold", "NoneType", "NoneType"),
    ]
    assert heard == [10]
    assert {one.hold.state for one in outcomes if one.hold} == {HoldState.RELEASED}
    assert len(await store.due(after(days=1), 100)) == 7
    assert store.verify().is_whole


async def test_many_are_discarded_and_a_missing_reason_is_said_for_each(store: Store) -> None:
    for number in range(2, 6):
        await held(store, f"abcd222{number}")
    ids = [f"abcd222{number}" for number in range(2, 6)]
    assert all(isinstance(one.error, Unreasoned) for one in store.discard_many(ids, MAIJA, " ", NOON))
    assert not any(one.error for one in store.discard_many(ids, MAIJA, "spam", NOON))
    assert store.count(Filter(states=(HoldState.DISCARDED,))) == 4


async def test_a_full_disk_is_an_error_of_each_and_nothing_was_done(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    ids = [f"abcd{first}{second}22" for first in "abcdefgh" for second in "abcdefgh"]
    for mail_id in ids:
        await held(store, mail_id)
    fill_up(store)
    outcomes = store.release_many(ids, MAIJA, "fine " * 500, NOON)
    assert {str(one.error).partition("; ")[2] for one in outcomes} == {"make room there"}
    assert (store.count([HoldState.HELD]), await store.next_due()) == (64, None)
    assert store.opened("abcdaa22") == MAIL
    hold = store.find("abcdaa22")
    with pytest.raises(StoreError, match="stands on a full disk; make room there"):
        store.mend("abcdaa22", mended(bytes(100_000)), MAIJA, NOON, expected=hold.octets_digest)
    assert store.opened("abcdaa22") == MAIL
    assert store.verify().is_whole
    store.close()


def fill_up(store: Store) -> None:
    """Let SQLite find its disk full; the limit belongs to a connection."""
    store._database._engine.dispose()
    event.listen(
        store._database._engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=2")
    )
