"""Making the store ready: what cannot be used safely stops the start with one line."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store import Store, StoreError
from postgres import Postgres
from storing import Place, a_hold, disposed, files_of


async def test_only_the_owner_may_read_anything_of_the_store(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        url = f"sqlite:///{tmp_path}/saate.db"
        Store.prepare(url)
        store = Store(url)
        await store.hold(a_hold("abcd2222"), b"x", [disposed("abcd2222")], None)
        modes = {name: mode for name, (mode, _) in files_of(tmp_path).items()}
        store.close()
    finally:
        os.umask(mask)
    names = ("saate.db", "saate.db-wal", "saate.db-shm", "saate.db.key", "saate.db.lock")
    assert modes == dict.fromkeys(names, 0o600)


def test_files_that_others_could_read_are_closed(sqlite_path: Path) -> None:
    for suffix in ("", ".lock"):
        Path(f"{sqlite_path}{suffix}").chmod(0o644)
    Store.prepare(f"sqlite:///{sqlite_path}")
    assert sqlite_path.stat().st_mode & 0o777 == 0o600
    assert Path(f"{sqlite_path}.lock").stat().st_mode & 0o777 == 0o600


def test_preparing_twice_changes_nothing(place: Place) -> None:
    store = Store(*place)
    dump = "SELECT name, value FROM store ORDER BY name"
    before = store.read(lambda connection: [tuple(row) for row in connection.exec_driver_sql(dump)])
    Store.prepare(*place)
    assert store.read(lambda connection: [tuple(row) for row in connection.exec_driver_sql(dump)]) == before
    assert len(before) == 3  # schema, key, secret
    store.close()


def test_gateways_that_prepare_at_once_agree(postgres: Postgres, tmp_path: Path) -> None:
    places = [
        (postgres.database(), str(tmp_path / "pg.key")),
        (f"sqlite:///{tmp_path}/lite.db", ""),
    ]
    for place in places:
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(Store.prepare, *place) for _ in range(4)]:
                done.result()
        store = Store(*place)
        assert store.verify().is_whole
        store.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
        ("sqlite:////var/lib/x.db?timeout=5", "SQLite takes no options"),
        ("mysql://root@localhost/x", "mysql is not supported"),
        ("/var/lib/saate.db", "is no database URL"),
        ("oops://x", "oops is not supported"),
        ("", "is no database URL"),
        ("sqlite:////no/such/folder/saate.db", "has no folder; mkdir -m 0700 /no/such/folder"),
        ("sqlite:////proc/saate.db", "cannot be opened"),
        ("postgresql://saate@127.0.0.1:1/x", "needs key_file: in the configuration"),
    ],
)
def test_a_store_that_cannot_be_is_one_line_with_the_mend(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        Store.prepare(url)
    assert "\n" not in str(caught.value)


def test_a_server_that_is_away_is_one_line_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.prepare("postgresql://saate:hunter2@127.0.0.1:1/x", str(tmp_path / "k"))
    assert "does not answer; start PostgreSQL there" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert not (tmp_path / "k").exists()


def test_a_server_without_the_database_says_what_to_make(postgres: Postgres, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not on that server; make it with `createdb`"):
        Store.prepare(postgres.url("nowhere"), str(tmp_path / "k"))


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.prepare(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("milk, bread\n" * 100)
    with pytest.raises(StoreError, match="is no SQLite database; set store: to another file"):
        Store.prepare(f"sqlite:///{path}")
    assert path.read_text() == "milk, bread\n" * 100


def test_another_schema_is_not_touched(sqlite_path: Path) -> None:
    with closing(sqlite3.connect(sqlite_path)) as connection:
        connection.execute("UPDATE store SET value = '7' WHERE name = 'schema'")
        connection.commit()
    with pytest.raises(StoreError, match="has the schema 7, not 2; use the saate that made it"):
        Store.prepare(f"sqlite:///{sqlite_path}")


async def test_a_store_that_was_never_made_ready_is_said_and_no_file_is_left(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/saate.db")
    with pytest.raises(StoreError, match="`saate serve` makes it"):
        store.find("abcd")
    with pytest.raises(StoreError, match="`saate serve` makes it"):
        await store.append()
    store.close()
    assert files_of(tmp_path) == {}


def test_an_empty_database_is_no_store_yet(postgres: Postgres, tmp_path: Path) -> None:
    store = Store(postgres.database(), str(tmp_path / "k"))
    with pytest.raises(StoreError, match="is no store yet; `saate serve` makes it"):
        store.find("abcd")
    store.close()
