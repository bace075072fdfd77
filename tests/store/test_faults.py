"""Killed right before or right after any commit of any arrow, the store is in the one state or in the other."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

import dying
from dying import FIXED, ID, MAIL, Nursery
from gateway.hold import HoldState, OutgoingKind, Stage
from gateway.store import NoSuchHold, Store, StoreError, outbox, schema
from gateway.verdict import OnTimeout
from storing import LARGE, NOON, Place, a_hold, a_notice, after, disposed, files_of


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@dataclass(frozen=True)
class Seen:
    """All that a store shows of one hold."""

    state: str
    stage: str
    octets: bytes
    """The newest; empty where they are gone."""
    log: tuple[str, ...]
    letters: tuple[str, ...]
    """Kinds in the outbox."""


def letters_of(connection: Connection, store: Store) -> list[str]:
    """Kinds of what is to be sent; each can be opened."""
    rows = connection.execute(select(schema.outbox).order_by(schema.outbox.c.kind)).all()
    for row in rows:
        place = outbox.place(OutgoingKind(row.kind), row.mail_id)
        assert row.kind == "release" or store._keys.sealer(row.key).open(bytes(row.sealed), place)
    return [row.kind for row in rows]


async def seen(store: Store) -> Seen:
    assert store.verify().is_whole
    types = tuple(row.type for row in store.log_rows())
    letters = tuple(store.read(lambda connection: letters_of(connection, store)))
    try:
        hold = store.find(ID)
    except NoSuchHold:
        pieces = store.read(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM octets").scalar_one())
        assert not pieces or not types
        return Seen("", "", b"", types, letters)
    try:
        octets = store.opened(ID)
        assert hashlib.sha256(octets).hexdigest() == hold.octets_digest
        assert not hold.erased
    except StoreError:
        assert hold.erased
        octets = b""
    return Seen(hold.state.value, hold.stage.value, octets, types, letters)


async def nothing(_: Store) -> None:
    return


async def held(store: Store) -> None:
    await store.hold(a_hold(ID, octets=MAIL, clock_at=after(hours=1)), MAIL, [disposed(ID)], None)


async def held_to_be_sent(store: Store) -> None:
    hold = a_hold(ID, octets=MAIL, clock_at=after(hours=1), on_timeout=OnTimeout.RELEASE)
    await store.hold(hold, MAIL, [disposed(ID)], None)


async def released(store: Store) -> None:
    await held(store)
    await dying.release(store)


async def discarded(store: Store) -> None:
    await held(store)
    await dying.discard(store)


async def rotated(store: Store) -> None:
    await dying.hold(store)
    await dying.rotate(store)


async def resealed(store: Store) -> None:
    await rotated(store)
    while await store.reseal():
        pass


HELD = Seen("held", "waiting", MAIL, ("disposed",), ())
NOTHING = Seen("", "", b"", (), ())
RELEASED = Seen("released", "waiting", MAIL, ("disposed", "released"), ("release",))
DISCARDED = Seen("discarded", "waiting", MAIL, ("disposed", "discarded"), ())
TOLD = Seen("held", "waiting", MAIL, ("disposed",), ("notice",))
ROTATED = Seen("held", "waiting", MAIL, ("disposed", "key-rotated"), ("notice",))


def then(was: Seen, *log: str, **now: object) -> Seen:
    values = {name: getattr(was, name) for name in ("state", "stage", "octets", "letters")}
    return Seen(log=was.log + log, **(values | now))


ARROWS = {
    "hold": (nothing, NOTHING, TOLD),
    "release": (held, HELD, RELEASED),
    "release many": (held, HELD, RELEASED),
    "discard": (held, HELD, DISCARDED),
    "mend": (held, HELD, then(HELD, "fixed", octets=FIXED)),
    "ask": (held, HELD, then(HELD, "asked", letters=("request",))),
    "deny": (held, HELD, then(HELD, "denied")),
    "remind": (held, HELD, then(HELD, "reminded", stage=Stage.REMINDED.value, letters=("reminder",))),
    "escalate": (held, HELD, then(HELD, "escalated", stage=Stage.ESCALATED.value, letters=("escalation",))),
    "return": (held, HELD, then(HELD, "returned", state=HoldState.RETURNED.value, letters=("return",))),
    "time out": (held_to_be_sent, HELD, RELEASED),
    "sweep octets": (discarded, DISCARDED, then(DISCARDED, "erased", octets=b"")),
    "sweep record": (discarded, DISCARDED, then(DISCARDED, "erased", "erased", state="", stage="", octets=b"")),
    "erase": (discarded, DISCARDED, then(DISCARDED, "erased", octets=b"")),
    "rotate": (dying.hold, TOLD, ROTATED),
    "reseal": (rotated, ROTATED, ROTATED),
    "let go": (resealed, ROTATED, ROTATED),
}
"""What is there before, what shows then, and what shows after."""


@pytest.mark.parametrize("arrow", ARROWS)
async def test_an_arrow_is_gone_wholly_or_not_at_all(
    nursery: Nursery, place: Place, another: Callable[..., Store], arrow: str
) -> None:
    prepare, before, after_it = ARROWS[arrow]
    store = another()
    await prepare(store)
    passing = 2 if arrow.startswith("sweep") else 1  # what nobody needs goes first
    assert nursery.kill_at(place, arrow, "before commit", passing)
    assert await seen(another()) == before
    assert nursery.kill_at(place, arrow, "after commit", passing)
    assert await seen(another()) == after_it


@pytest.mark.parametrize(
    ("end", "state", "log", "letters"),
    [
        ("deliver", "delivered", "delivered", ()),
        ("bounce", "bounced", "bounced", ("bounce",)),
        ("split", "delivered", "delivered", ("release",)),
    ],
)
async def test_what_an_attempt_came_to_is_recorded_wholly_or_the_mail_is_due_again(
    nursery: Nursery, place: Place, another: Callable[..., Store], end: str, state: str, log: str, letters: tuple[str]
) -> None:
    await released(another())
    for point, passing in (("before commit", 1), ("after commit", 1), ("before commit", 2)):
        assert nursery.kill_at(place, end, point, passing)
        store = another()
        assert await seen(store) == RELEASED
        await store.give_back(NOON)  # what its successor does
    assert nursery.kill_at(place, end, "after commit", 2)
    assert await seen(another()) == then(RELEASED, log, state=state, letters=letters)


async def test_a_large_mail_is_held_wholly_or_not_at_all(
    nursery: Nursery, place: Place, another: Callable[..., Store]
) -> None:
    for point, passing in (("before commit", 1), ("after commit", 1), ("after commit", 2), ("before commit", 3)):
        assert nursery.kill_at(place, "hold large", point, passing)
        store = another()
        await store.sweep(after(days=1))
        assert await seen(store) == NOTHING
    assert nursery.kill_at(place, "hold large", "after commit", 3)
    assert await seen(another()) == then(TOLD, octets=LARGE)


@pytest.mark.parametrize("point", ["before commit", "after commit", "key drafted", "key in place"])
async def test_a_rotation_cut_off_anywhere_loses_nothing_and_can_be_done_again(
    nursery: Nursery, place: Place, another: Callable[..., Store], point: str
) -> None:
    store = another()
    ids = [f"efgh222{number}" for number in range(2, 7)]
    for mail_id in ids:
        await store.hold(a_hold(mail_id, octets=MAIL), MAIL, [disposed(mail_id)], a_notice(mail_id))
    cut = 0
    for act in ("rotate", "reseal", "let go"):
        for passing in range(1, 20):
            if not nursery.kill_at(place, act, point, passing):
                break
            cut += 1
            fresh = another()
            assert {fresh.opened(mail_id) for mail_id in ids} == {MAIL}
            assert len(fresh.read(lambda connection: letters_of(connection, fresh))) == len(ids)  # noqa: B023 - at once
            if act == "rotate" and point == "after commit":
                break  # each run is a rotation
    assert cut >= 2
    last = another()
    while await last.reseal(3):
        pass
    await last.reseal()
    had = {one.id for one in last.list_keys() if not one.seals}
    assert had
    assert not any(one.is_there or one.needed for one in last.list_keys() if not one.seals)
    assert {last.opened(mail_id) for mail_id in ids} == {MAIL}
    assert last.verify().is_whole


async def test_a_key_that_was_made_and_not_used_does_no_harm(
    nursery: Nursery, place: Place, another: Callable[..., Store], tmp_path: Path
) -> None:
    await held(another())
    assert nursery.kill_at(place, "rotate", "key in place")
    name = Path(place[1]).name or "saate.db.key"
    mode, written = files_of(tmp_path)[name]
    assert (mode, written.count(b"\n")) == (0o600, 2)
    assert not any(name.endswith(".new") for name in files_of(tmp_path))
    Store.prepare(*place)
    store = another()
    assert [one.seals for one in store.list_keys()] == [True]
    await store.hold(a_hold("efgh2222", octets=MAIL), MAIL, [disposed("efgh2222")], None)
    assert another().opened("efgh2222") == another().opened(ID) == MAIL
