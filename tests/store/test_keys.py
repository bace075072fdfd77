"""Rotation: a new key seals, several gateways take it up, the old one goes when nothing needs it."""

import asyncio
import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.hold import Actor
from gateway.store import Store, StoreError
from gateway.store.keys import read_keys, write_keys
from gateway.store.seal import CHUNK, Sealer
from storing import LATER, NOON, Place, a_hold, a_notice, after, disposed, files_of, mended

MAIL = b"Subject: Varaus\r\n\r\nSalasanasi on Kes\xe4-2024!\r\n"
WHO = Actor("maija")
SWAPPED = "UPDATE holds SET sealed_key = (SELECT sealed_key FROM holds WHERE id = 'efgh2222') WHERE id = 'abcd2222'"


async def held(store: Store, mail_id: str = "abcd2222", octets: bytes = MAIL) -> None:
    await store.hold(a_hold(mail_id, octets=octets), octets, [disposed(mail_id)], a_notice(mail_id))


async def resealed(store: Store, limit: int = 200) -> list[int]:
    """Seal all anew; how many were left each time."""
    left = [await store.reseal(limit)]
    while left[-1]:
        left.append(await store.reseal(limit))
    await store.reseal()
    return left


async def test_each_hold_has_a_key_of_its_own_that_the_stores_key_seals(store: Store) -> None:
    await held(store, "abcd2222")
    await held(store, "efgh2222")
    query = "SELECT sealed_key FROM holds"
    sealed = store.read(lambda connection: {bytes(row[0]) for row in connection.exec_driver_sql(query)})
    assert len(sealed) == 2
    spoil(store, SWAPPED)
    with pytest.raises(StoreError, match="hold abcd2222 key was changed since it was sealed"):
        store.opened("abcd2222")


async def test_after_a_rotation_the_new_key_seals_and_the_old_mail_opens(
    store: Store, another: Callable[..., Store]
) -> None:
    await held(store, "abcd2222")
    [old] = store.list_keys()
    new = store.rotate(WHO, NOON)
    await held(store, "efgh2222")
    [row] = [row for row in store.log_rows() if row.type == "key-rotated"]
    assert (row.entry["facts"], row.entry["actor"]) == ({"old": old.id, "new": new}, "maija")
    assert [(one.id, one.seals, one.needed, one.is_there, one.since) for one in store.list_keys()] == [
        (old.id, False, 2, True, None),
        (new, True, 2, True, NOON),
    ]
    assert {another().opened(mail_id) for mail_id in ("abcd2222", "efgh2222")} == {MAIL}


async def test_in_the_background_all_is_sealed_anew_and_then_the_old_key_goes(
    store: Store, another: Callable[..., Store]
) -> None:
    ids = [f"abcd222{number}" for number in range(2, 8)]
    for mail_id in ids:
        await held(store, mail_id, MAIL + bytes(CHUNK) if mail_id == ids[0] else MAIL)
    store.mend(ids[1], mended(b"Hei!"), WHO, NOON, expected=store.find(ids[1]).octets_digest)
    old = store.list_keys()[0].id
    store.rotate(WHO, NOON)
    assert await resealed(store, 5) == [7, 2, 0]
    assert [one.id for one in read_keys(store._keys.path)] == [store.list_keys()[1].id] != [old]
    fresh = another()
    assert [len(fresh.opened(mail_id)) for mail_id in ids[:3]] == [len(MAIL) + CHUNK, 4, len(MAIL)]
    assert fresh.opened(ids[1], 0) == MAIL
    assert {row.octets for row in await fresh.due(NOON)} == {a_notice("x").octets}
    assert fresh.verify().is_whole


async def test_gateways_that_run_meanwhile_take_up_the_new_key(store: Store, another: Callable[..., Store]) -> None:
    gateway = another("gw2")
    await held(gateway, "abcd2222")
    for number in range(3):
        store.rotate(WHO, after(minutes=number))
        await held(gateway, f"efgh222{number + 2}")
        assert gateway.opened(f"efgh222{number + 2}") == MAIL
        await resealed(store)
    assert [one.needed for one in store.list_keys()] == [0, 0, 0, 8]
    assert len(read_keys(store._keys.path)) == 1
    assert gateway.opened("abcd2222") == MAIL
    assert len(await gateway.due(NOON)) == 4


async def test_mail_held_while_keys_are_rotated_all_opens(store: Store, another: Callable[..., Store]) -> None:
    gateways = [another(f"gw{number}") for number in range(2, 5)]

    async def busy(number: int) -> None:
        for count in range(12):
            await held(gateways[number], f"abcd{'efg'[number]}{'abcdefghijkl'[count]}22")

    async def rotating() -> None:
        for number in range(5):
            await asyncio.to_thread(store.rotate, WHO, after(minutes=number))
            await resealed(store, 7)

    await asyncio.gather(busy(0), busy(1), busy(2), rotating())
    await resealed(store)
    assert len(read_keys(store._keys.path)) == 1
    fresh = another()
    assert {fresh.opened(hold.id) for hold in fresh.holds()} == {MAIL}
    assert fresh.count() == 36
    assert fresh.verify().is_whole


async def test_a_gateway_with_a_key_file_of_its_own_says_what_is_missing_and_holds_nothing(
    store: Store, place: Place, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.key"
    copy.write_bytes(store._keys.path.read_bytes())
    other = Store(place[0], str(copy), node="gw2")
    await held(other, "abcd2222")
    new = store.rotate(WHO, NOON)
    with pytest.raises(StoreError, match=f"does not hold the key {new} that sealed this; put the key {new} back"):
        await held(other, "efgh2222")
    assert [hold.id for hold in other.holds()] == ["abcd2222"]
    assert other.opened("abcd2222") == MAIL
    write_keys(copy, read_keys(store._keys.path))
    await held(other, "efgh2222")
    other.close()


def test_the_key_file_stays_closed_to_others_and_of_the_old_form(store: Store, tmp_path: Path) -> None:
    store.rotate(WHO, NOON)
    store.rotate(WHO, after(minutes=1))
    path = store._keys.path
    mode, written = files_of(tmp_path)[path.name]
    assert mode == 0o600
    lines = written.splitlines()
    assert [line.partition(b" ")[0] for line in lines] == [b"saate-key-1"] * 3
    assert [Sealer(base64.b64decode(line.split()[1])).id for line in lines] == [one.id for one in store.list_keys()]
    assert not [name for name in files_of(tmp_path) if name.endswith(".new")]


def test_one_line_that_is_no_key_spoils_the_file(store: Store) -> None:
    path = store._keys.path
    with path.open("ab") as file:
        file.write(b"saate-key-1 c2hvcnQ=\n")
    with pytest.raises(StoreError, match="is damaged or no key file"):
        store.rotate(WHO, NOON)


def test_a_key_that_cannot_be_made_durable_is_said_and_not_used(store: Store) -> None:
    path = store._keys.path
    path.with_name(f"{path.name}.{os.getpid()}.new").mkdir()  # where the draft would stand
    with pytest.raises(StoreError, match=r"cannot be written .*; make room there"):
        store.rotate(WHO, NOON)
    assert [one.seals for one in store.list_keys()] == [True]


async def test_a_key_that_others_in_the_file_need_is_never_taken_from_it(store: Store) -> None:
    theirs = Sealer(bytes(range(32)))  # of another store that shares the file, or made and never used
    write_keys(store._keys.path, [theirs, *read_keys(store._keys.path)])
    store.rotate(WHO, NOON)
    await resealed(store)
    assert [one.id for one in read_keys(store._keys.path)] == [theirs.id, store.list_keys()[1].id]


async def test_what_cannot_be_opened_keeps_its_key_and_nothing_else_back(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    for mail_id in ("abcd2222", "efgh2222", "ijkl2222"):
        await held(store, mail_id)
    spoil(store, SWAPPED)
    store.rotate(WHO, NOON)
    assert await store.reseal() == 1
    assert "hold abcd2222 key was changed" in caplog.text
    assert await store.reseal() == 1
    assert [one.is_there for one in store.list_keys()] == [True, True]
    assert store.opened("efgh2222") == MAIL


async def test_a_letter_that_cannot_be_opened_is_an_alarm_and_keeps_nothing_else_back(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    for mail_id in ("abcd2222", "efgh2222", "ijkl2222"):
        await held(store, mail_id)
    other = "SELECT sealed FROM outbox WHERE mail_id = 'efgh2222'"
    spoil(store, f"UPDATE outbox SET sealed = ({other}) WHERE mail_id = 'abcd2222'")
    spoil(store, "UPDATE outbox SET envelope = '{}' WHERE mail_id = 'efgh2222'")
    [row] = await store.due(NOON, 3)
    assert row.mail_id == "ijkl2222"
    alarms = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert [alarm.partition(":")[0] for alarm in alarms] == [
        f"id={mail_id} notice cannot be sent" for mail_id in ("abcd2222", "efgh2222")
    ]
    await store.postponed(row, LATER, after(minutes=5))
    assert [row.mail_id for row in await store.due(after(minutes=5), 3)] == ["ijkl2222"]
    assert store.read(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()) == 3


def spoil(store: Store, statement: str) -> None:
    def write(transaction: object) -> None:
        transaction.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]  # a transaction

    store.write(write)
