"""The key and what is sealed with it: nothing readable at rest, nothing changed unseen, no key made by mistake."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.store import Store, StoreError
from gateway.store.keys import make_key, read_key
from gateway.store.seal import CHUNK, Sealer, place
from storing import Place, a_hold, a_notice, disposed, files_of

SECRET = b"Kevatmyrsky-2026"
MAIL = b"Subject: Tunnukset\r\n\r\nSalasanasi on " + SECRET + b".\r\n"


async def test_held_mails_and_notices_cannot_be_read_in_the_files(store: Store, place: Place, tmp_path: Path) -> None:
    octets = MAIL * 40_000
    await store.hold(a_hold("abcd2222"), octets, [disposed("abcd2222")], a_notice("abcd2222", octets=MAIL))
    await store.hold(a_hold("efgh2222"), MAIL, [disposed("efgh2222")], None)
    if place[0].startswith("sqlite"):
        files = [octets for _, octets in files_of(tmp_path).values()]
        assert len(files) >= 4
    else:
        rows = "SELECT sealed FROM octets UNION ALL SELECT sealed FROM outbox"
        files = store.read(lambda connection: [bytes(row[0]) for row in connection.exec_driver_sql(rows)])
    assert not any(SECRET in octets for octets in files)
    assert store.opened("abcd2222") == octets


async def test_what_was_deleted_leaves_nothing_in_the_file(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    octets = bytes(range(256)) * 400
    await store.hold(a_hold("abcd2222"), octets, [disposed("abcd2222")], None)
    cipher = store.read(lambda connection: connection.exec_driver_sql("SELECT sealed FROM octets").scalar_one())
    await store.run(lambda transaction: transaction.connection.exec_driver_sql("DELETE FROM octets") and None)
    store.close()  # the checkpoint
    assert bytes(cipher[5000:5100]) not in files_of(sqlite_path.parent)[sqlite_path.name][1]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE octets SET number = 2 - number WHERE number <> 1",  # first and last swapped
        "UPDATE octets AS o SET sealed = p.sealed FROM octets p WHERE p.hold_id = o.hold_id AND p.number < o.number",
        "UPDATE octets AS o SET sealed = p.sealed FROM octets p WHERE p.hold_id > o.hold_id AND p.number = o.number",
        "UPDATE holds SET pieces = '2'; DELETE FROM octets WHERE number = 2",
        "UPDATE octets SET sealed = x'00'",
        "UPDATE octets SET sealed = CAST(sealed || x'00' AS BLOB)",
    ],
)
async def test_pieces_cannot_be_swapped_repeated_moved_or_cut(sqlite_path: Path, change: str) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    for mail_id in ("abcd2222", "efgh2222"):
        octets = bytes(2 * CHUNK + 1)
        await store.hold(a_hold(mail_id), octets, [disposed(mail_id)], None)
    store.close()
    with closing(sqlite3.connect(sqlite_path)) as connection:
        if change.startswith("UPDATE octets SET number"):
            connection.execute("UPDATE octets SET number = number + 10 WHERE number <> 1")
            change = "UPDATE octets SET number = 12 - number WHERE number >= 10"
        connection.executescript(change)
    with pytest.raises(StoreError, match=r"abcd2222 .*was changed since it was sealed"):
        store.opened("abcd2222")
    store.close()


@settings(deadline=None)
@given(octets=st.binary(max_size=200), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_changed_bit_of_a_sealed_piece_is_found(octets: bytes, at: int, bit: int) -> None:
    sealer = Sealer(bytes(32))
    sealed = bytearray(sealer.seal(octets, place("abcd2222", 0, 1)))
    assert sealer.open(bytes(sealed), place("abcd2222", 0, 1)) == octets
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(StoreError, match="was changed"):
        sealer.open(bytes(sealed), place("abcd2222", 0, 1))


def test_the_same_octets_are_never_sealed_alike() -> None:
    sealer = Sealer(bytes(32))
    assert len({sealer.seal(MAIL, "x") for _ in range(100)}) == 100


# --- the key's rules


def key_of(place: Place, tmp_path: Path) -> Path:
    return Path(place[1] or tmp_path / "saate.db.key")


def test_the_key_is_made_once_and_for_its_owner_only(place: Place, tmp_path: Path) -> None:
    path = key_of(place, tmp_path)
    octets = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(octets) == 57
    Store.prepare(*place)
    assert path.read_bytes() == octets
    assert not list(tmp_path.glob("*.new"))


async def test_a_missing_key_stops_the_start_and_no_new_one_is_made(
    store: Store, another: Callable[..., Store], place: Place, tmp_path: Path
) -> None:
    await store.hold(a_hold("abcd2222"), MAIL, [disposed("abcd2222")], None)
    path = key_of(place, tmp_path)
    aside = path.rename(tmp_path / "aside")
    with pytest.raises(StoreError, match=r"key file .* is missing; put the key [0-9a-f]{16} back") as caught:
        Store.prepare(*place)
    assert "\n" not in str(caught.value)
    assert not path.exists()
    with pytest.raises(StoreError, match="is missing"):
        another().opened("abcd2222")
    # What needs no key goes on.
    assert another().find("abcd2222").id == "abcd2222"
    assert another().verify().is_whole
    aside.rename(path)
    Store.prepare(*place)
    assert another().opened("abcd2222") == MAIL


def test_another_key_stops_the_start(place: Place, tmp_path: Path) -> None:
    path = key_of(place, tmp_path)
    path.unlink()
    make_key(path)
    with pytest.raises(StoreError, match="but the store was sealed with another"):
        Store.prepare(*place)


@pytest.mark.parametrize("octets", [b"", b"saate-key-1 ", b"saate-key-1 QUJD\n", b"saate-key-1 \xff\n", b"QUJD" * 11])
def test_a_damaged_key_stops_the_start(place: Place, tmp_path: Path, octets: bytes) -> None:
    path = key_of(place, tmp_path)
    path.write_bytes(octets)
    with pytest.raises(StoreError, match="is damaged or no key file; put the key"):
        Store.prepare(*place)
    assert path.read_bytes() == octets


def test_a_key_that_lies_ready_is_taken(tmp_path: Path) -> None:
    key = tmp_path / "given.key"
    sealer = make_key(key)
    Store.prepare(f"sqlite:///{tmp_path}/new.db", str(key))
    assert read_key(key, sealer.id).id == sealer.id
    assert not (tmp_path / "new.db.key").exists()


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    key = tmp_path / "given.key"
    key.write_bytes(b"precious")
    with pytest.raises(StoreError, match="cannot be made"):
        make_key(key)
    assert key.read_bytes() == b"precious"


async def test_a_store_that_forgot_its_key_does_not_get_a_new_one(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    await store.hold(a_hold("abcd2222"), MAIL, [disposed("abcd2222")], None)
    store.close()
    os.unlink(f"{sqlite_path}.key")  # noqa: PTH108 - pathlib is not for coroutines
    with closing(sqlite3.connect(sqlite_path)) as connection:
        connection.execute("UPDATE chain SET key = ''")
        connection.commit()
    with pytest.raises(StoreError, match="holds sealed mail but knows no key"):
        Store.prepare(f"sqlite:///{sqlite_path}")


def test_the_key_shows_in_no_text() -> None:
    key = bytes(range(32))
    sealer = Sealer(key)
    for text in (repr(sealer), str(sealer)):
        assert "000102" not in text
    assert sealer.id not in key.hex()


async def test_one_piece_sealed_with_another_key_is_named(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    await store.hold(a_hold("abcd2222"), MAIL, [disposed("abcd2222")], None)
    store.close()
    with closing(sqlite3.connect(sqlite_path)) as connection:
        connection.execute("UPDATE octets SET key = '0123456789abcdef'")
        connection.commit()
    with pytest.raises(StoreError, match="does not hold the key 0123456789abcdef that sealed this"):
        store.opened("abcd2222")
    store.close()
