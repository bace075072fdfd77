"""Verifying: whatever is changed in a row of the log, the first bad entry is named."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gateway.entry import Entry, EntryType
from gateway.store import Store, Transaction, Undisposed, VerifyResult
from storing import NOON, after, digest, disposed, judged

COLUMNS = ("seq", "octets", "hash", "personal", "salt", "at", "type", "mail_id")
ENTRIES = 12


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of twelve entries; number 3 and 9 have no personal part."""
    path = tmp_path_factory.mktemp("written") / "log.db"
    Store.prepare(f"sqlite:///{path}")
    store = Store(f"sqlite:///{path}", node="gw1")

    async def write() -> None:
        for number in range(1, ENTRIES + 1):
            bare = Entry(EntryType.STARTED, after(seconds=number), facts={"at": "x", "mail_id": "y", "type": "z"})
            await store.append(bare if number % 6 == 3 else judged(f"mail{number:04}", after(seconds=number)))

    asyncio.run(write())
    store.close()
    return path


def verified(path: Path) -> VerifyResult:
    store = Store(f"sqlite:///{path}")
    try:
        return store.verify()
    finally:
        store.close()


def changed(written: Path, statement: str, *values: Any) -> VerifyResult:
    """Verify a copy of the log in which one statement was run."""
    path = written.with_name("changed.db")
    shutil.copy(written, path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement, values).rowcount
        connection.commit()
    return verified(path)


def test_what_was_written_is_good(written: Path) -> None:
    result = verified(written)
    assert result.is_whole
    assert (result.entries, result.erased, result.bad) == (ENTRIES, 0, None)


@settings(deadline=None, max_examples=300)
@given(
    seq=st.integers(1, ENTRIES),
    column=st.sampled_from(COLUMNS),
    position=st.integers(0, 10_000),
    how=st.sampled_from(["flip", "add", "cut", "front", "empty", "other type"]),
    bit=st.integers(0, 7),
)
def test_any_change_of_any_column_of_any_row_is_found(
    written: Path, seq: int, column: str, position: int, how: str, bit: int
) -> None:
    with closing(sqlite3.connect(written)) as connection:
        [value] = connection.execute(f"SELECT {column} FROM log WHERE seq = ?", (seq,)).fetchone()
    result = changed(written, f"UPDATE log SET {column} = ? WHERE seq = ?", other(value, position, how, bit), seq)
    assert result.bad
    assert result.bad.seq == seq
    assert result.entries == seq - 1


def other(value: Any, position: int, how: str, bit: int) -> Any:
    """Some other value for a column."""
    if value is None:
        return b"something"
    if isinstance(value, int):
        return value + 1000 + position
    octets = value.encode() if isinstance(value, str) else value
    at = position % len(octets) if octets else 0
    match how:
        case "flip" if octets and isinstance(value, bytes):
            return octets[:at] + bytes([octets[at] ^ (1 << bit)]) + octets[at + 1 :]
        case "cut" if octets:
            return value[:at]
        case "front" if octets:
            return value[at + 1 :]
        case "empty" if octets:
            return type(value)()
        case "other type":
            return octets if isinstance(value, str) else octets.decode("latin-1")
    return value + value[:1] if octets else "x"


@pytest.mark.parametrize("column", ["at", "type", "mail_id", "octets"])
def test_a_text_that_is_no_text_is_named(written: Path, column: str) -> None:
    bad = changed(written, f"UPDATE log SET {column} = CAST(x'ff41fe' AS TEXT) WHERE seq = 6").bad
    assert bad
    assert bad.seq == 6
    assert "cannot read" in bad.why


def test_a_row_that_is_missing_in_the_middle_is_named(written: Path) -> None:
    bad = changed(written, "DELETE FROM log WHERE seq = 5").bad
    assert bad
    assert bad.seq == 5
    assert "missing" in bad.why


def test_an_end_that_was_cut_off_is_named(written: Path) -> None:
    bad = changed(written, "DELETE FROM log WHERE seq > 7").bad
    assert bad
    assert bad.seq == 8


def test_a_log_without_any_row_left_is_named(written: Path) -> None:
    bad = changed(written, "DELETE FROM log").bad
    assert bad
    assert bad.seq == 1


def test_a_row_added_behind_the_head_is_named(written: Path) -> None:
    columns = ", ".join(COLUMNS[1:])
    bad = changed(written, f"INSERT INTO log SELECT 13, {columns} FROM log WHERE seq = 1").bad
    assert bad
    assert bad.seq == 13


def test_rows_that_were_swapped_are_named(written: Path) -> None:
    columns = ", ".join(f"{name} = b.{name}" for name in COLUMNS[1:])
    bad = changed(written, f"UPDATE log SET {columns} FROM log b WHERE b.seq = 15 - log.seq AND log.seq IN (7, 8)").bad
    assert bad
    assert bad.seq == 7


def test_a_head_that_was_changed_is_named(written: Path) -> None:
    bad = changed(written, "UPDATE chain SET hash = zeroblob(32)").bad
    assert bad
    assert "head" in bad.why


def test_erasing_a_personal_part_with_its_salt_keeps_the_chain(written: Path) -> None:
    result = changed(written, "UPDATE log SET personal = NULL, salt = NULL WHERE seq IN (4, 5)")
    assert (result.bad, result.erased) == (None, 2)


@pytest.mark.parametrize("column", ["personal", "salt"])
def test_erasing_only_half_is_named(written: Path, column: str) -> None:
    bad = changed(written, f"UPDATE log SET {column} = NULL WHERE seq = 4").bad
    assert bad
    assert bad.seq == 4
    assert "together" in bad.why


def test_a_personal_part_put_where_none_was_logged_is_named(written: Path) -> None:
    bad = changed(written, "UPDATE log SET personal = x'7b7d', salt = zeroblob(32) WHERE seq = 3").bad
    assert bad
    assert bad.seq == 3
    assert "personal part" in bad.why


async def test_judged_mails_without_an_end_are_named(store: Store) -> None:
    for mail_id in ("aaaa2222", "bbbb2222", "cccc2222"):
        await store.judged(judged(mail_id), digest(mail_id))
    await store.disposed(disposed("bbbb2222"))
    result = store.verify()
    assert result.is_whole
    at = "2026-11-02T12:00:00.123456Z"
    assert result.undisposed == (Undisposed("aaaa2222", 1, at), Undisposed("cccc2222", 3, at))


async def test_a_change_is_found_on_every_database(store: Store) -> None:
    await store.append(*(judged(f"m{n}") for n in range(9000)))
    assert store.verify().entries == 9000

    def change(transaction: Transaction) -> None:
        transaction.connection.execute(text("UPDATE log SET mail_id = 'mx' WHERE seq = 8123"))

    await store.run(change)
    bad = store.verify().bad
    assert bad
    assert (bad.seq, bad.why) == (8123, "its column mail_id says something else than its octets")


async def test_verifying_goes_on_while_others_append(store: Store, another: Callable[..., Store]) -> None:
    reader = another("reader")
    results = []

    async def read() -> None:
        results.extend([await asyncio.to_thread(reader.verify) for _ in range(10)])

    async def write() -> None:
        while not results:
            await asyncio.gather(*(store.judged(judged(f"m{n}", NOON), digest(str(n))) for n in range(50)))

    await asyncio.gather(read(), write())
    assert {result.bad for result in results} == {None}
