"""The outbox: nothing is sent twice by two couriers, nothing is lost with one that dies."""

from collections.abc import Callable
from dataclasses import replace

from gateway.hold import Actor, Answered, HoldState, Outgoing, OutgoingKind, Progress
from gateway.store import Store
from storing import ENVELOPE, LATER, NEVER, NOON, OK, a_hold, a_notice, after, disposed

BOUNCE = Outgoing(OutgoingKind.BOUNCE, "abcd2222", a_notice("x").envelope, b"Subject: bounced\r\n\r\n")


async def released(store: Store, mail_id: str = "abcd2222") -> Outgoing:
    """A released mail, taken from the outbox."""
    await store.hold(a_hold(mail_id), b"x", [disposed(mail_id)], None)
    store.release(mail_id, Actor("maija"), "fine", NOON)
    [row] = await store.due(NOON)
    return row


async def noticed(store: Store, mail_id: str = "abcd2222") -> Outgoing:
    """A hold's notice, taken from the outbox."""
    await store.hold(a_hold(mail_id), b"x", [disposed(mail_id)], a_notice(mail_id))
    [row] = await store.due(NOON)
    return row


def last(store: Store) -> tuple[str, dict[str, object], dict[str, object]]:
    row = store.tail(1)[0]
    return row.type, row.entry["facts"], row.about


async def test_what_is_due_is_taken_once(store: Store, another: Callable[..., Store]) -> None:
    await noticed(store)
    assert await another("gw2").due(NOON) == []
    assert await store.due(after(minutes=29)) == []


async def test_what_is_taken_and_never_ended_is_due_again(store: Store, another: Callable[..., Store]) -> None:
    first = await noticed(store)
    [again] = await another("gw2").due(after(minutes=31))
    assert again == replace(first, attempts=2, due_at=after(minutes=61))


async def test_a_courier_that_starts_again_takes_back_what_its_node_had(
    store: Store, another: Callable[..., Store]
) -> None:
    await noticed(store)
    assert await another("gw2").give_back(NOON) == 0
    assert await another("gw1").give_back(after(seconds=1)) == 1
    assert await store.next_due() == after(seconds=1)


async def test_what_is_due_comes_in_order_and_no_more_than_asked(store: Store) -> None:
    for number in range(2, 7):
        mail_id = f"abcd222{number}"
        hold = a_hold(mail_id, held_at=after(seconds=-number))
        await store.hold(hold, b"x", [disposed(mail_id)], a_notice(mail_id))
    assert await store.next_due() == after(seconds=-6)
    assert [row.mail_id for row in await store.due(NOON, 3)] == ["abcd2226", "abcd2225", "abcd2224"]
    assert [row.mail_id for row in await store.due(after(seconds=-3), 3)] == ["abcd2223"]
    assert await store.next_due() == after(seconds=-2)


async def test_a_mail_that_is_postponed_keeps_its_answer_and_attempts(
    store: Store, another: Callable[..., Store]
) -> None:
    first = await noticed(store)
    await store.postponed(first, LATER, after(minutes=5))
    assert await store.due(after(minutes=4)) == []
    [again] = await another("gw2").due(after(minutes=5))
    assert (again.attempts, again.last_status, again.octets) == (2, LATER, first.octets)
    assert again.created_at == first.created_at == NOON


async def test_a_taking_that_is_over_postpones_and_ends_nothing(store: Store, another: Callable[..., Store]) -> None:
    slow = await released(store)
    [quick] = await another("gw2").due(after(minutes=31))
    await store.postponed(slow, LATER, after(minutes=32))
    await store.failed(slow, NEVER, after(minutes=32), (BOUNCE,))
    assert store.find("abcd2222").state is HoldState.RELEASED
    assert await store.next_due() == quick.due_at
    await store.delivered(quick, OK, after(minutes=33))
    assert store.find("abcd2222").state is HoldState.DELIVERED
    assert await store.next_due() is None


async def test_a_released_mail_that_is_taken_is_delivered(store: Store) -> None:
    outgoing = await released(store)
    await store.delivered(outgoing, OK, after(minutes=1))
    hold = store.find("abcd2222")
    assert (hold.state, hold.acted_by, hold.reason) == (HoldState.DELIVERED, "maija", "fine")
    assert await store.next_due() is None
    facts = {"from": "released", "code": 250, "enhanced": "2.0.0", "attempts": 1}
    assert last(store) == ("delivered", facts, {"answer": OK.text})


async def test_a_released_mail_that_is_refused_is_bounced_and_somebody_is_told(store: Store) -> None:
    outgoing = await released(store)
    await store.failed(outgoing, NEVER, after(minutes=1), (BOUNCE,))
    assert store.find("abcd2222").state is HoldState.BOUNCED
    facts = {"from": "released", "code": 550, "enhanced": "5.1.1", "attempts": 1}
    assert last(store) == ("bounced", facts, {"answer": NEVER.text})
    [bounce] = await store.due(after(minutes=1))
    assert (bounce.kind, bounce.octets, bounce.created_at) == (OutgoingKind.BOUNCE, BOUNCE.octets, after(minutes=1))


async def test_a_mail_that_two_couriers_sent_is_logged_twice_and_moved_once(
    store: Store, another: Callable[..., Store]
) -> None:
    slow = await released(store)
    [quick] = await another("gw2").due(after(minutes=31))
    await store.delivered(quick, OK, after(minutes=32))
    await store.delivered(slow, OK, after(minutes=33))
    rows = [row.entry["facts"].get("again") for row in store.log_rows() if row.type == "delivered"]
    assert rows == [None, True]


async def test_a_notice_is_logged_when_it_went_and_when_it_never_will(store: Store) -> None:
    await store.delivered(await noticed(store), OK, after(minutes=1))
    facts = {"kind": "notice", "outcome": "delivered", "code": 250, "enhanced": "2.0.0", "attempts": 1}
    assert last(store) == ("noticed", facts, {"answer": OK.text, "recipients": ["aino@example.com"]})
    instead = a_notice("efgh2222", "postmaster@example.com")
    await store.failed(await noticed(store, "efgh2222"), NEVER, after(minutes=1), (instead,))
    kind, facts, _ = last(store)
    assert (kind, facts["outcome"]) == ("noticed", "given-up")
    [again] = await store.due(after(minutes=1))
    assert again.envelope.addresses == ("postmaster@example.com",)
    assert store.find("efgh2222").state is HoldState.HELD


async def test_a_notice_that_nobody_needs_any_more_is_logged_as_such(store: Store) -> None:
    await store.needless(await noticed(store), NOON)
    facts = {"kind": "notice", "outcome": "needless"}
    assert last(store) == ("noticed", facts, {"recipients": ["aino@example.com"]})
    assert await store.next_due() is None


async def test_recipients_who_come_to_different_ends_are_logged_apart(store: Store) -> None:
    outgoing = await released(store)
    liisa, other = ENVELOPE.recipients
    progress = Progress(taken=(Answered(liisa, OK),), waiting=(Answered(other, LATER),))
    await store.partly(outgoing, progress, NOON, after(minutes=5), ())
    assert store.find("abcd2222").state is HoldState.DELIVERED
    [again] = await store.due(after(minutes=5))
    assert again.envelope == replace(ENVELOPE, recipients=(other,))
    await store.partly(again, Progress(refused=(Answered(other, NEVER),)), after(minutes=6), after(hours=1), (BOUNCE,))
    assert [row.type for row in store.log_rows()][-2:] == ["delivered", "bounced"]
    assert store.find("abcd2222").state is HoldState.DELIVERED
    assert [row.kind for row in await store.due(after(minutes=6))] == [OutgoingKind.BOUNCE]
