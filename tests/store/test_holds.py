"""Held mail: made in one transaction, found by people, moved once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from gateway.hold import Actor, Hold, HoldState, OutgoingKind
from gateway.store import AmbiguousId, Held, HoldGone, NoSuchHold, Store, StoreError, Transaction
from gateway.store.seal import CHUNK
from storing import NEVER, NOON, OK, a_hold, a_notice, after, digest, disposed

MAIL = b"Subject: Varaus\r\n\r\nSalasanasi on Kes\xe4-2024!\r\n"


async def held(store: Store, mail_id: str, *, to: str = "aino@example.com", **other: object) -> Held:
    hold = a_hold(mail_id, octets=MAIL, **other)
    return await store.hold(hold, MAIL, [disposed(mail_id, hold.held_at)], a_notice(mail_id, to))


async def kinds(store: Store, now: datetime | None = None) -> list[tuple[str, str]]:
    """Take all that is due in the outbox, and name it."""
    return [(row.kind.value, row.mail_id) for row in await store.due(now or after(days=1), 1000)]


async def test_a_hold_comes_back_as_it_was_given(store: Store, another: Callable[..., Store]) -> None:
    hold = a_hold("abcd2222", octets=MAIL)
    assert await store.hold(hold, MAIL, [disposed("abcd2222")], a_notice("abcd2222")) == Held("abcd2222")
    other = another()
    assert other.find("abcd2222") == hold
    assert other.opened("abcd2222") == MAIL
    assert await other.octets("abcd2222") == MAIL
    assert [row.type for row in other.log_rows()] == ["disposed"]
    [notice] = await store.due(NOON)
    assert (notice.kind, notice.octets) == (OutgoingKind.NOTICE, a_notice("abcd2222").octets)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17])
async def test_octets_of_any_size_come_back(store: Store, size: int) -> None:
    octets = (bytes(range(256)) * (size // 256 + 1))[:size]
    await store.hold(a_hold("abcd2222", octets=octets), octets, [disposed("abcd2222")], None)
    assert store.opened("abcd2222") == octets


async def test_a_hold_without_a_notice_queues_nothing(store: Store) -> None:
    await store.hold(a_hold("abcd2222", octets=MAIL), MAIL, [disposed("abcd2222")], None)
    assert await store.next_due() is None


# --- the same mail again


async def test_the_same_mail_within_a_day_is_one_hold(store: Store) -> None:
    await held(store, "abcd2222", whole=digest("w"))
    later = after(hours=23)
    assert await held(store, "efgh2222", whole=digest("w"), held_at=later) == Held("abcd2222", again=True)
    assert [hold.id for hold in store.holds()] == ["abcd2222"]
    assert await kinds(store) == [("notice", "abcd2222")]
    first, second = store.log_rows()
    assert first.entry["facts"] == {"code": 250}
    assert second.entry["facts"] == {"code": 250, "again": True, "held_as": "abcd2222"}
    with pytest.raises(NoSuchHold):
        store.opened("efgh2222")


async def test_the_same_mail_is_one_hold_even_when_both_come_at_once(
    store: Store, another: Callable[..., Store]
) -> None:
    stores = (store, another("gw2"))
    coming = (held(stores[n % 2], f"abcd222{n}", whole=digest("w"), same=digest("s")) for n in range(2, 8))
    outcomes = await asyncio.gather(*coming)
    assert [outcome.again for outcome in outcomes].count(False) == 1
    assert len({outcome.id for outcome in outcomes}) == 1
    assert len(list(store.holds())) == 1


async def test_the_same_mail_after_a_day_is_a_hold_of_its_own(store: Store) -> None:
    await held(store, "abcd2222", whole=digest("w"))
    assert await held(store, "efgh2222", whole=digest("w"), held_at=after(hours=25)) == Held("efgh2222")


async def test_the_same_mail_that_was_acted_on_is_not_held_again(store: Store) -> None:
    await held(store, "abcd2222", whole=digest("w"))
    store.release("abcd", Actor("maija"), "fine", after(hours=1))
    outcome = await held(store, "efgh2222", whole=digest("w"), held_at=after(hours=2))
    assert outcome == Held("abcd2222", again=True)
    assert store.find("abcd2222").state is HoldState.RELEASED


async def test_a_large_mail_held_again_leaves_no_pieces(store: Store) -> None:
    octets = bytes(2 * CHUNK + 5)
    for mail_id in ("abcd2222", "efgh2222"):
        hold = a_hold(mail_id, octets=octets, whole=digest("w"))
        await store.hold(hold, octets, [disposed(mail_id)], None)
    assert pieces_of(store) == {"abcd2222": 3}


def alter(transaction: Transaction, statement: str) -> None:
    transaction.connection.exec_driver_sql(statement)


def pieces_of(store: Store) -> dict[str, int]:
    query = "SELECT hold_id, count(*) FROM octets GROUP BY hold_id"
    return store.read(lambda connection: dict(map(tuple, connection.exec_driver_sql(query))))


# --- the same octets to other recipients


async def test_holds_that_share_octets_and_reverse_path_share_the_notice(store: Store) -> None:
    assert not (await held(store, "abcd2222", same=digest("s"))).shares_notice
    assert await held(store, "efgh2222", same=digest("s")) == Held("efgh2222", shares_notice=True)
    assert await kinds(store) == [("notice", "abcd2222")]
    assert [row.entry["facts"].get("shares_notice") for row in store.log_rows()] == [None, True]


async def test_holds_that_share_octets_are_released_together(store: Store) -> None:
    await held(store, "abcd2222", same=digest("s"))
    await held(store, "efgh2222", same=digest("s"))
    await held(store, "ijkl2222", same=digest("another"))
    assert store.release("efgh", Actor("maija"), "fine", NOON).id == "efgh2222"
    states = {hold.id: hold.state for hold in store.holds()}
    assert states == {"abcd2222": "released", "efgh2222": "released", "ijkl2222": "held"}
    released = [row for row in store.log_rows() if row.type == "released"]
    assert {(row.mail_id, row.entry["facts"]["asked_for"]) for row in released} == {
        ("abcd2222", "efgh2222"),
        ("efgh2222", "efgh2222"),
    }
    assert sorted(row for row in await kinds(store) if row[0] == "release") == [
        ("release", "abcd2222"),
        ("release", "efgh2222"),
    ]


async def test_a_latecomer_does_not_share_a_notice_that_was_acted_on(store: Store) -> None:
    await held(store, "abcd2222", same=digest("s"))
    store.release("abcd", Actor("maija"), "fine", NOON)
    assert await held(store, "efgh2222", same=digest("s"), held_at=after(minutes=1)) == Held("efgh2222")
    assert ("notice", "efgh2222") in await kinds(store)


# --- digests


async def test_the_twenty_first_hold_within_ten_minutes_goes_into_one_digest(store: Store) -> None:
    for number in range(25):
        await held(store, f"abcd22{number + 30}", held_at=after(seconds=number))
    first = await store.due(NOON, 100)
    assert [row.kind for row in first] == [OutgoingKind.NOTICE]
    rest = await store.due(after(minutes=9), 100)
    assert {row.kind for row in rest} == {OutgoingKind.NOTICE}
    assert len(first + rest) == 20
    [summary] = await store.due(after(minutes=10, seconds=20), 100)
    assert (summary.kind, summary.mail_id) == (OutgoingKind.DIGEST, "abcd2250")
    assert summary.envelope == a_notice("x").envelope
    assert [hold.id for hold in await store.digest(summary)] == [f"abcd22{n}" for n in range(50, 55)]
    await store.delivered(summary, OK, NOON)
    noticed = store.tail(1)[0]
    assert noticed.entry["facts"]["covers"] == [f"abcd22{n}" for n in range(50, 55)]


async def test_holds_that_come_slowly_are_told_of_one_by_one(store: Store) -> None:
    for number in range(30):
        await held(store, f"abcd22{number + 30}", held_at=after(minutes=number))
    assert len(await kinds(store)) == 30


async def test_a_digest_is_for_one_recipient(store: Store) -> None:
    for number in range(30):
        to = f"agent{number % 2}@example.com"
        await held(store, f"abcd22{number + 30}", to=to)
    assert {kind for kind, _ in await kinds(store)} == {"notice"}


async def test_the_limit_and_the_window_are_the_callers(store: Store) -> None:
    for number in range(5):
        mail_id = f"abcd222{number + 2}"
        hold = a_hold(mail_id, octets=MAIL, held_at=after(seconds=number))
        await store.hold(hold, MAIL, [disposed(mail_id)], a_notice(mail_id), digest_after=2, digest_window=30)
    rows = await store.due(after(hours=1))
    assert [row.kind for row in rows] == ["notice", "notice", "digest"]
    assert rows[2].created_at == after(seconds=2)


async def test_what_comes_after_a_digest_was_taken_goes_into_the_next(store: Store) -> None:
    async def hold(number: int, **delta: float) -> None:
        mail_id = f"abcd222{number}"
        made = a_hold(mail_id, octets=MAIL, held_at=after(**delta))
        await store.hold(made, MAIL, [disposed(mail_id)], a_notice(mail_id), digest_after=1, digest_window=60)

    await hold(2)
    await hold(3, seconds=10)
    _, first = await store.due(after(seconds=70))
    await hold(4, seconds=65)
    [second] = await store.due(after(hours=1, seconds=-3000))
    assert [hold.id for hold in await store.digest(first)] == ["abcd2223"]
    assert [hold.id for hold in await store.digest(second)] == ["abcd2224"]


# --- finding


async def test_any_unique_beginning_of_four_characters_finds_a_hold(store: Store) -> None:
    await held(store, "abcd2222aaaabbbb")
    await held(store, "abcd3333aaaabbbb")
    assert store.find("abcd2").id == "abcd2222aaaabbbb"
    assert store.find(" ABCD3333AAAABBBB ").id == "abcd3333aaaabbbb"
    with pytest.raises(AmbiguousId, match="abcd2222aaaabbbb, abcd3333aaaabbbb") as caught:
        store.find("abcd")
    assert [hold.id for hold in caught.value.candidates] == ["abcd2222aaaabbbb", "abcd3333aaaabbbb"]
    for typed in ("abce", "abc", "", "%%%%", "abcd2222aaaabbbbc", "ab d"):
        with pytest.raises(NoSuchHold):
            store.find(typed)


async def test_holds_are_listed_by_state_in_pages_the_longest_held_first(store: Store) -> None:
    for number in range(9):
        await held(store, f"abcd222{number}", held_at=after(minutes=-(number // 3)))
    order = [f"abcd222{n}" for n in (6, 7, 8, 3, 4, 5, 0, 1, 2)]
    assert [hold.id for hold in store.holds()] == order
    first = list(store.holds(limit=4))
    assert [hold.id for hold in first] == order[:4]
    assert [hold.id for hold in store.holds(after=first[-1])] == order[4:]
    store.discard("abcd2223", Actor("maija"), "no", NOON)
    store.release("abcd2224", Actor("maija"), "yes", NOON)
    assert [hold.id for hold in store.holds([HoldState.DISCARDED, HoldState.RELEASED])] == ["abcd2223", "abcd2224"]
    assert len(list(store.holds([HoldState.HELD]))) == 7


# --- moving


async def test_releasing_is_logged_with_name_and_reason_and_sends_the_mail_as_it_came(store: Store) -> None:
    await held(store, "abcd2222")
    at = after(hours=2)
    released = store.release("abcd", Actor("maija"), "the customer asked for it", at)
    assert (released.state, released.acted_by, released.acted_at) == (HoldState.RELEASED, "maija", at)
    assert released.reason == "the customer asked for it"
    entry = store.tail(1)[0]
    assert entry.entry["type"] == "released"
    assert entry.entry["actor"] == "maija"
    assert entry.entry["facts"] == {
        "from": "held",
        "policies": ["plaintext-password"],
        "held_seconds": 7200,
        "asked_for": "abcd2222",
        "channel": "cli",
        "overrides": [{"finding": 1, "policy": "plaintext-password"}],
    }
    assert entry.about == {"reason": "the customer asked for it", "overrides": ["the customer asked for it"]}
    [row] = [row for row in await store.due(at) if row.kind is OutgoingKind.RELEASE]
    assert row.envelope == a_hold("x").envelope
    assert row.octets == b""


async def test_discarding_is_logged_and_sends_nothing(store: Store) -> None:
    await held(store, "abcd2222")
    discarded = store.discard("abcd", Actor("maija"), "wrong customer", NOON)
    assert discarded.state is HoldState.DISCARDED
    assert store.tail(1)[0].entry["type"] == "discarded"
    assert "release" not in {kind for kind, _ in await kinds(store)}


async def test_a_hold_that_is_gone_is_told_with_who_and_when(store: Store) -> None:
    await held(store, "abcd2222")
    store.discard("abcd", Actor("maija"), "no", after(minutes=5))
    before = len(list(store.log_rows()))
    for act in (store.release, store.discard):
        with pytest.raises(HoldGone, match="discarded already by maija, at 2026-11-02T12:05:00") as caught:
            act("abcd", Actor("pekka"), "yes", after(minutes=6))
        assert (caught.value.who, caught.value.when, caught.value.state) == ("maija", after(minutes=5), "discarded")
    assert len(list(store.log_rows())) == before


async def test_of_two_people_at_once_one_wins_and_the_other_is_told(
    store: Store, another: Callable[..., Store]
) -> None:
    stores = (store, another("gw2"))
    for number in range(2, 8):
        await held(store, f"abcd222{number}")

    def act(number: int, who: int) -> Hold | HoldGone:
        acting = stores[who].release if who else stores[who].discard
        try:
            return acting(f"abcd222{number}", Actor(f"person{who}"), "because", NOON)
        except HoldGone as gone:
            return gone

    for number in range(2, 8):
        with ThreadPoolExecutor() as pool:
            outcomes = [await asyncio.wrap_future(f) for f in [pool.submit(act, number, who) for who in (0, 1)]]
        [winner] = [outcome for outcome in outcomes if isinstance(outcome, Hold)]
        [loser] = [outcome for outcome in outcomes if isinstance(outcome, HoldGone)]
        assert loser.who == winner.acted_by
    moved = [row for row in store.log_rows() if row.type in {"released", "discarded"}]
    assert len(moved) == 6


@pytest.mark.parametrize("state", [HoldState.RELEASED, HoldState.DELIVERED, HoldState.BOUNCED, HoldState.DISCARDED])
async def test_whatever_has_left_held_never_goes_back_or_elsewhere(store: Store, state: HoldState) -> None:
    await store.hold(a_hold("abcd2222"), MAIL, [disposed("abcd2222")], None)
    (store.discard if state is HoldState.DISCARDED else store.release)("abcd", Actor("maija"), "because", NOON)
    if state in {HoldState.DELIVERED, HoldState.BOUNCED}:
        [outgoing] = await store.due(NOON)
        if state is HoldState.DELIVERED:
            await store.delivered(outgoing, OK, NOON)
        else:
            await store.failed(outgoing, NEVER, NOON, ())
    entries = [row.type for row in store.log_rows()]
    for act in (store.release, store.discard):
        with pytest.raises(HoldGone, match=f"is {state.value} already by maija"):
            act("abcd", Actor("pekka"), "again", after(hours=1))
    assert store.find("abcd").state is state
    assert [row.type for row in store.log_rows()] == entries
    assert state.value in entries


async def test_a_reason_with_odd_octets_is_kept(store: Store) -> None:
    await held(store, "abcd2222")
    released = store.release("abcd", Actor("ma\udcefja"), "it is \x00 \udce4", NOON)
    assert (released.acted_by, released.reason) == ("ma\udcefja", "it is \x00 \udce4")
    assert store.tail(1)[0].about["reason"] == "it is \x00 \udce4"
    assert store.verify().is_whole


async def test_a_failed_hold_leaves_nothing(store: Store) -> None:
    octets = bytes(2 * CHUNK)
    bad = replace(disposed("abcd2222"), facts={"a": float("inf")})
    with pytest.raises(ValueError, match="JSON"):
        await store.hold(a_hold("abcd2222", octets=octets), octets, [bad], a_notice("abcd2222"))
    await store.append(disposed("efgh2222"))  # whatever was cleaned up has been when this is durable
    assert pieces_of(store) == {}
    assert await store.next_due() is None
    assert list(store.holds()) == []


async def test_pieces_without_a_hold_are_swept_when_they_are_old(store: Store) -> None:
    octets = bytes(2 * CHUNK)
    await store.hold(a_hold("abcd2222", octets=octets), octets, [disposed("abcd2222")], None)
    copy = "INSERT INTO octets SELECT '{}', number, key, sealed, '{}' FROM octets WHERE hold_id = 'abcd2222'"
    for mail_id, at in (("old", "2026-11-02T10:59:00.000000Z"), ("new", "2026-11-02T11:01:00.000000Z")):
        await store.run(partial(alter, statement=copy.format(mail_id, at)))
    await store.sweep(NOON)
    assert pieces_of(store) == {"abcd2222": 2, "new": 2}
    await store.sweep(after(days=30))
    assert pieces_of(store) == {"abcd2222": 2}
    assert store.opened("abcd2222") == octets


async def test_a_piece_that_is_gone_is_said(store: Store) -> None:
    octets = bytes(2 * CHUNK)
    await store.hold(a_hold("abcd2222", octets=octets), octets, [disposed("abcd2222")], None)
    cut = "DELETE FROM octets WHERE number = 1"
    await store.run(partial(alter, statement=cut))
    with pytest.raises(StoreError, match="1 pieces are there and not 2"):
        store.opened("abcd2222")
