"""Group commit under trouble: only the bad one fails, nothing is half done, and the next call works again."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from gateway.store import Store, StoreError, Transaction, database, writer
from gateway.store.seal import CHUNK
from postgres import Postgres
from storing import NOON, Place, a_hold, a_notice, after, digest, disposed, judged, locked


def types(store: Store) -> list[str]:
    return [row.type for row in store.log_rows()]


async def test_only_the_bad_one_of_a_batch_fails(store: Store) -> None:
    def bad(transaction: Transaction) -> None:
        transaction.append(judged("badbad22"))
        transaction.connection.exec_driver_sql("INSERT INTO store (name, value) VALUES ('schema', 'again')")

    def buggy(_: Transaction) -> None:
        raise ZeroDivisionError

    good = [store.judged(judged(f"good222{n}"), digest(str(n))) for n in range(8)]
    outcomes = await asyncio.gather(*good[:4], store.run(bad), store.run(buggy), *good[4:], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [StoreError, ZeroDivisionError]
    assert sorted(row.mail_id for row in store.log_rows()) == [f"good222{n}" for n in range(8)]
    assert store.verify().is_whole


async def test_a_commit_that_fails_fails_all_of_it_and_the_next_works(store: Store) -> None:
    failing = True
    broken = store._database._engine.dialect.loaded_dbapi.OperationalError

    def fail(_: object) -> None:
        if failing:
            raise broken("disk I/O error")

    event.listen(store._database._engine, "commit", fail)
    both = (store.judged(judged(f"aaaa222{n}"), digest(str(n))) for n in range(2))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreError, StoreError]
    failing = False
    await store.judged(judged("bbbb2222"), digest("b"))
    assert [row.mail_id for row in store.log_rows()] == ["bbbb2222"]


async def test_a_full_disk_is_said_and_holds_stay_as_they_are(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    await store.hold(a_hold("abcd2222"), b"x" * 5000, [disposed("abcd2222")], a_notice("abcd2222"))
    limit_pages(store, 40)
    with pytest.raises(StoreError, match="stands on a full disk; make room there"):
        await store.hold(a_hold("efgh2222"), b"y" * 3_000_000, [disposed("efgh2222")], a_notice("efgh2222"))
    many = (store.judged(judged(f"m{number}"), digest(str(number))) for number in range(500))
    assert StoreError in {type(outcome) for outcome in await asyncio.gather(*many, return_exceptions=True)}
    assert [hold.id for hold in store.holds()] == ["abcd2222"]
    assert store.opened("abcd2222") == b"x" * 5000
    assert store.verify().is_whole
    limit_pages(store, 100_000)
    await store.hold(a_hold("efgh2222"), b"y" * 3_000_000, [disposed("efgh2222")], a_notice("efgh2222"))
    assert store.opened("efgh2222") == b"y" * 3_000_000
    assert store.verify().is_whole
    store.close()


def limit_pages(store: Store, pages: int) -> None:
    """Let SQLite find its disk full; the limit belongs to a connection, and the writer uses one at a time."""
    store._database._engine.dispose()
    event.listen(
        store._database._engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}")
    )


async def test_a_store_that_may_not_be_written_is_said(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    await store.judged(judged("aaaa2222"), digest("a"))
    store._database._engine.dispose()
    event.listen(store._database._engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    with pytest.raises(StoreError, match="may not be written; give the file and its folder"):
        await store.judged(judged("bbbb2222"), digest("b"))
    assert types(store) == ["judged"]
    store.close()


async def test_another_program_in_the_database_is_said_and_later_all_works(
    sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PRAGMAS", ("PRAGMA busy_timeout=50", *database._PRAGMAS[1:]))
    monkeypatch.setattr(database, "_BUSY_TIMEOUT", 50)
    store = Store(f"sqlite:///{sqlite_path}")
    with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked by another program; end that program"):
            await store.judged(judged("aaaa2222"), digest("a"))
        shell.execute("ROLLBACK")
    await store.judged(judged("bbbb2222"), digest("b"))
    assert [row.mail_id for row in store.log_rows()] == ["bbbb2222"]
    store.close()


async def test_a_write_waits_for_another_writer_of_ours(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    with locked(sqlite_path) as let_go:
        writing = asyncio.ensure_future(store.judged(judged("aaaa2222"), digest("a")))
        assert await asyncio.wait({writing}, timeout=0.1) == (set(), {writing})
        assert types(store) == []  # reading goes on
        let_go()
        await writing
    assert types(store) == ["judged"]
    store.close()


async def test_a_writer_that_never_lets_go_is_said_and_nothing_is_done_behind_the_callers_back(
    sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.2)
    store = Store(f"sqlite:///{sqlite_path}")
    with locked(sqlite_path):
        waiting = asyncio.ensure_future(store.judged(judged("aaaa2222"), digest("a")))
        also = asyncio.to_thread(store.write, lambda transaction: transaction.append(judged("bbbb2222")))
        for outcome in await asyncio.gather(waiting, also, return_exceptions=True):
            assert isinstance(outcome, StoreError)
            assert "was locked by another saate" in str(outcome)
    await store.judged(judged("cccc2222"), digest("c"))
    assert [row.mail_id for row in store.log_rows()] == ["cccc2222"]
    store.close()


async def test_a_caller_that_went_away_before_its_turn_writes_nothing(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    with locked(sqlite_path) as let_go:
        going = asyncio.ensure_future(store.judged(judged("aaaa2222"), digest("a")))
        staying = asyncio.ensure_future(store.judged(judged("bbbb2222"), digest("b")))
        await asyncio.sleep(0.05)
        going.cancel()
        await asyncio.sleep(0)
        let_go()
        await staying
    assert [row.mail_id for row in store.log_rows()] == ["bbbb2222"]
    store.close()


async def test_a_server_that_was_started_again_costs_no_mail(postgres: Postgres, tmp_path: Path) -> None:
    place: Place = (postgres.database(), str(tmp_path / "k"))
    Store.prepare(*place)
    store = Store(*place)
    await store.judged(judged("aaaa2222"), digest("a"))
    postgres.disconnect_all()
    await store.judged(judged("bbbb2222"), digest("b"))
    assert [row.mail_id for row in store.log_rows()] == ["aaaa2222", "bbbb2222"]
    store.close()


async def test_a_server_that_cuts_us_off_in_the_middle_is_said_and_the_next_works(
    postgres: Postgres, tmp_path: Path
) -> None:
    place: Place = (postgres.database(), str(tmp_path / "k"))
    Store.prepare(*place)
    store = Store(*place)

    def cut(transaction: Transaction) -> None:
        transaction.append(judged("aaaa2222"))
        postgres.disconnect_all()

    with pytest.raises(StoreError) as caught:
        await store.run(cut)
    assert "\n" not in str(caught.value)
    await store.judged(judged("bbbb2222"), digest("b"))
    assert [row.mail_id for row in store.log_rows()] == ["bbbb2222"]
    store.close()


async def test_of_large_mails_each_commit_takes_one_piece_along(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    pieces, at_once = 0, []

    def count(connection: Connection) -> None:
        nonlocal pieces
        if threading.current_thread().name == "store-writer":
            before, pieces = pieces, connection.exec_driver_sql("SELECT count(*) FROM octets").scalar_one()
            at_once.append(pieces - before)

    event.listen(store._database._engine, "commit", count)
    octets = bytes(2 * CHUNK)
    large = [store.hold(a_hold(f"large22{n}"), octets, [disposed(f"large22{n}")], None) for n in range(4)]
    many = [store.judged(judged(f"m{n}"), digest(str(n))) for n in range(50)]
    await asyncio.gather(*large, *many)
    assert sum(at_once) == 8
    assert max(at_once) == 1
    store.close()


async def test_a_closed_store_says_so(another: Callable[..., Store]) -> None:
    store = another()
    await store.append(judged("aaaa2222"))
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        await store.append(judged("bbbb2222"))
    with pytest.raises(StoreError, match="is closed"):
        await store.disposed(disposed("bbbb2222"))
    store.close()


async def test_the_event_loop_is_woken_once_for_a_batch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    woken = batches = 0
    call, commit = loop.call_soon_threadsafe, store._writer._commit

    def counted(*arguments: Any, **keywords: Any) -> Any:
        nonlocal woken
        woken += threading.current_thread().name == "store-writer"
        return call(*arguments, **keywords)

    def committed(jobs: Any) -> Any:
        nonlocal batches
        batches += 1
        return commit(jobs)

    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    monkeypatch.setattr(store._writer, "_commit", committed)
    await asyncio.gather(*(store.judged(judged(f"m{n}", NOON), digest(str(n))) for n in range(400)))
    assert woken == batches < 100


async def test_a_write_from_a_thread_and_from_the_loop_share_one_chain(store: Store) -> None:
    def from_thread(number: int) -> None:
        store.write(lambda transaction: transaction.append(judged(f"t{number}")))

    threads = (asyncio.to_thread(from_thread, number) for number in range(50))
    await asyncio.gather(
        *threads, *(store.judged(judged(f"l{n}", after(seconds=n)), digest(str(n))) for n in range(50))
    )
    assert store.verify().entries == 100
