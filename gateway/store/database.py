"""Connections to the store: SQLite with its lock and pragmas, or PostgreSQL.

Rules of this file: no table is named here. Every error of a driver leaves as one `StoreError`; no text shows a
parameter.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from gateway.store.errors import StoreError, explain
from gateway.store.hot import execute

PATIENCE = 30.0
"""Seconds that a write waits for other writers before its caller is told."""
_BUSY_TIMEOUT = 5000
"""Milliseconds for programs that do not know our lock, such as a `sqlite3` shell."""
_FORMS = "write sqlite:////var/lib/saate/saate.db or postgresql://user@host/saate"

_PRAGMAS = (
    f"PRAGMA busy_timeout={_BUSY_TIMEOUT}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # in WAL, anything less lets a commit vanish with the power
    "PRAGMA secure_delete=ON",  # a deleted mail leaves nothing in free pages
    "PRAGMA temp_store=MEMORY",  # nor in temporary files
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA trusted_schema=OFF",
)


class Database:
    """One store, seen from one process."""

    def __init__(self, url: str) -> None:
        self._url = _parsed(url)
        self.path = Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None
        """The SQLite file; None for PostgreSQL."""
        self.name = str(self.path) if self.path else self._url.render_as_string(hide_password=True)
        self._engine = self._for_sqlite(self.path) if self.path else self._for_postgresql()
        self._lock_file = -1

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Stand in line with the other writers of this host.

        SQLite's own waiting polls and is unfair: 80 ms and more at p99.9 against 4 ms with this lock. It also keeps
        the checkpoint, which belongs to a commit, between one writer and the next. On PostgreSQL the head of the
        chain does this, inside the transaction.
        """
        if self.path is None:
            yield
            return
        with self._said_plainly():
            if self._lock_file < 0:
                self._lock_file = _open_beside(self.path)
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; durable when the block ends well, undone when it does not.

        Call it inside `lock()`.
        """
        with self._said_plainly(), self._engine.connect() as connection:
            writing = connection.execution_options(**self._writing)
            with writing.begin():
                yield writing

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a snapshot."""
        with self._said_plainly(), self._engine.connect() as connection:
            reading = connection.execution_options(**self._reading)
            with reading.begin():
                yield reading

    def scrub(self) -> None:
        """Let what was deleted leave SQLite's write-ahead log too, if nobody reads just now; the next time else."""
        if self.path is None:
            return
        with self._said_plainly(), self._engine.connect() as connection:
            # A descriptor of its own: the writer thread's would count as the same holder of the lock.
            line = _open_beside(self.path)
            try:
                fcntl.flock(line, fcntl.LOCK_EX)
                execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                os.close(line)

    def close(self) -> None:
        """Close every connection.

        The last one of all processes makes SQLite's checkpoint, so this takes the lock; who has it instead is not gone
        yet, and then there is no checkpoint.
        """
        if self._lock_file >= 0:
            with suppress(BlockingIOError):
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._engine.dispose()
        if self._lock_file >= 0:
            os.close(self._lock_file)
            self._lock_file = -1

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            # Not chained: a driver's text may show values of a row.
            raise explain(self.name, error) from None
        except FileNotFoundError:
            raise StoreError(f"the store {self.name} is not there; `saate serve` makes it") from None
        except OSError as error:
            raise StoreError(f"the store {self.name} cannot be used ({error.strerror}); look at its folder") from error

    def _for_sqlite(self, path: Path) -> Engine:
        self._writing: dict[str, Any] = {"saate_begin": "BEGIN IMMEDIATE"}
        self._reading: dict[str, Any] = {"saate_begin": "BEGIN"}
        engine = create_engine(
            "sqlite://", creator=lambda: _connect(path), poolclass=QueuePool, hide_parameters=True, pool_size=5
        )

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            execute(connection, connection.get_execution_options()["saate_begin"])

        return engine

    def _for_postgresql(self) -> Engine:
        self._writing = {"isolation_level": "READ COMMITTED"}
        self._reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            engine = create_engine(
                self._url.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,  # a server that was started again costs no mail
                connect_args={"connect_timeout": 10, "application_name": "saate"},
            )
        except ModuleNotFoundError:
            raise StoreError("PostgreSQL needs its driver; pip install 'saate[postgresql]'") from None

        @event.listens_for(engine, "connect")
        def settle(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is there only on PostgreSQL
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{PATIENCE:.0f}s'")
                # A host that is cut off in the middle must not hold the head of the chain for ever.
                cursor.execute(f"SET idle_in_transaction_session_timeout = '{2 * PATIENCE:.0f}s'")
                cursor.execute("SELECT current_setting('synchronous_commit')")
                if cursor.fetchone() == ("off",):
                    cursor.execute("SET synchronous_commit = on")
            connection.commit()

        return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise StoreError(f"store: is no database URL; {_FORMS}") from None
    if backend not in {"sqlite", "postgresql"}:
        raise StoreError(f"store: {backend} is not supported; {_FORMS}")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StoreError(f"store: SQLite needs a file; {_FORMS}")
    if backend == "sqlite" and parsed.query:
        raise StoreError(f"store: SQLite takes no options behind a question mark; {_FORMS}")
    return parsed


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: only `prepare` makes the file. autocommit, so that BEGIN is ours; statements of every batch size stay
    # compiled.
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode=rw",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=1024,
        timeout=_BUSY_TIMEOUT / 1000,
    )
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.close()
        raise StoreError(f"the store {path} cannot have a write-ahead log; put it on a disk of this machine")
    return connection


def _open_beside(path: Path) -> int:
    """Open the lock file beside a SQLite file that is there, owned like it."""
    owner = path.stat()
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:  # an operator's command must not lock the service out
        os.fchown(lock, owner.st_uid, owner.st_gid)
    return lock


def make_file(path: Path) -> None:
    """Make the SQLite file when there is none, and let only its owner read it and what stands beside it.

    Raises StoreError with the mend.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        for suffix in ("", "-wal", "-shm", ".lock"):
            beside = Path(f"{path}{suffix}")
            if beside.exists() and beside.stat().st_mode & 0o077:
                beside.chmod(0o600)
    except OSError as error:
        if not path.parent.exists():
            raise StoreError(f"the store {path} has no folder; mkdir -m 0700 {path.parent}") from None
        mend = f"give {path.parent} to the user who runs saate, or set store: to another file"
        raise StoreError(f"the store {path} cannot be opened ({error.strerror}); {mend}") from None
