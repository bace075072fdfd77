"""A store of the first saate is brought up to date: everything is there, or nothing was done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from first_store import LONG, MAIL, make
from gateway.hold import Actor, HoldState, OutgoingKind, Stage
from gateway.store import Store, StoreError
from gateway.store import prepare as preparing
from postgres import Postgres
from storing import ENVELOPE, NOON, Place, a_hold, a_notice, after, disposed, mended

WHO = Actor("maija")


@pytest.fixture(params=["sqlite", "postgresql"])
def first(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A store of schema 1."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path}/saate.db", str(tmp_path / "saate.db.key")
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        made = postgres.database(), str(tmp_path / "saate.key")
    make(made, 1200)
    return made


@pytest.fixture
def upgraded(first: Place) -> Iterator[Store]:
    Store.prepare(*first)
    store = Store(*first, node="gw1")
    yield store
    store.close()


def shape(connection: Connection) -> dict[str, tuple[set[str], set[str | None]]]:
    """Columns and indexes of every table."""
    look = inspect(connection)
    return {
        table: (
            {f"{one['name']} {one['nullable']}" for one in look.get_columns(table)},
            {one["name"] for one in look.get_indexes(table)},
        )
        for table in look.get_table_names()
        if not table.startswith("sqlite")
    }


async def test_everything_is_there_after_the_upgrade(upgraded: Store) -> None:
    held = upgraded.find("abcd2222")
    assert held == a_hold("abcd2222", octets=MAIL, clock_at=NOON)
    assert (held.stage, held.envelope) == (Stage.WAITING, ENVELOPE)
    assert upgraded.opened("abcd2222") == MAIL
    assert upgraded.opened("efgh2222") == LONG
    assert upgraded.find("efgh2222").acted_by == "maija"
    assert upgraded.count([HoldState.HELD]) == 1201
    [notice] = await upgraded.due(after(days=1))
    assert (notice.kind, notice.octets) == (OutgoingKind.NOTICE, a_notice("x").octets)
    assert upgraded.verify().entries == 3
    assert upgraded.verify().is_whole


async def test_the_clock_takes_up_what_is_held_and_nothing_else(upgraded: Store) -> None:
    assert len(await upgraded.clock_due(after(seconds=1), 5000)) == 1201
    assert await upgraded.clock_due(after(seconds=-1), 5000) == []


def test_an_upgraded_store_has_the_shape_of_a_new_one(
    upgraded: Store, first: Place, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_file = first[0].startswith("sqlite")
    url = f"sqlite:///{tmp_path}/new.db" if is_file else request.getfixturevalue("postgres").database()
    Store.prepare(url, str(tmp_path / "new.key"))
    new = Store(url, str(tmp_path / "new.key"))
    assert upgraded.read(shape) == new.read(shape)
    new.close()


async def test_life_goes_on_after_the_upgrade(upgraded: Store) -> None:
    held = upgraded.find("abcd2222")
    upgraded.mend("abcd2222", mended(b"Hei Liisa!"), WHO, NOON, expected=held.octets_digest)
    assert (upgraded.opened("abcd2222"), upgraded.opened("abcd2222", 0)) == (b"Hei Liisa!", MAIL)
    upgraded.release("abcd2222", WHO, "fine", NOON)
    await upgraded.hold(a_hold("newn2222"), b"x", [disposed("newn2222")], None)
    upgraded.rotate(WHO, NOON)
    while await upgraded.reseal(500):
        pass
    await upgraded.reseal()
    assert len(upgraded._keys.path.read_bytes().split(b"\n")) == 2  # one key, and the line's end
    for mail_id, octets in (("abcd2222", b"Hei Liisa!"), ("efgh2222", LONG), ("newn2222", b"x")):
        assert upgraded.opened(mail_id) == octets
    assert upgraded.opened("abcd2222", 0) == MAIL
    assert len(await upgraded.due(after(days=1))) == 2
    assert upgraded.verify().is_whole


async def test_retention_counts_from_the_end_that_the_log_knows(upgraded: Store) -> None:
    query = "SELECT ended_at FROM holds WHERE id = 'efgh2222'"
    ended = upgraded.read(lambda connection: connection.exec_driver_sql(query).scalar_one())
    assert ended == "2026-11-02T14:00:00.123456Z"


def test_an_upgrade_that_fails_changes_nothing(first: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Connection) -> str:
        raise StoreError("no")

    with monkeypatch.context() as patched:
        patched.setattr(preparing, "known_key", fail)  # the last thing that making ready does
        with pytest.raises(StoreError, match="no"):
            Store.prepare(*first)
    store = Store(*first)
    tables = store.read(shape)
    assert "chunks False" in tables["holds"][0]
    store.close()
    Store.prepare(*first)


def test_a_command_on_a_store_that_was_not_brought_up_says_so(first: Place) -> None:
    store = Store(*first)
    with pytest.raises(StoreError, match="is of an older saate; `saate serve` brings it up to date"):
        store.find("abcd2222")
    store.close()
