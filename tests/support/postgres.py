"""A private PostgreSQL for tests: own directory, Unix socket only, stopped by its own pid."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

INSTALL = "apt-get install -y postgresql"
_numbers = itertools.count(1)


class Postgres:
    """One server. Its data need not outlive the machine, so it does not wait for the disk."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
        if not found:
            message = f"PostgreSQL is needed: {INSTALL}"
            raise RuntimeError(message)
        programs = found[-1].parent
        # Short, for a Unix socket's path; and not below pytest's own folder, which only its owner may enter.
        self.home = Path(tempfile.mkdtemp(prefix="saate-pg-"))
        # PostgreSQL refuses to run as root.
        self._as: dict[str, Any] = {"cwd": "/"}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.home, account.pw_uid, account.pw_gid)
            self._as |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        data = self.home / "data"
        making = [str(programs / "initdb"), "-D", str(data), "-U", "saate", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(making, check=True, capture_output=True, **self._as)
        settings = ("listen_addresses=", f"unix_socket_directories={self.home}", "fsync=off", "max_connections=60")
        options = [word for setting in settings for word in ("-c", setting)]
        with (self.home / "log").open("wb") as log:
            self._server = subprocess.Popen([programs / "postgres", "-D", data, *options], stderr=log, **self._as)
        self._wait()

    def url(self, database: str) -> str:
        return f"postgresql://saate@/{database}?host={self.home}"

    def database(self) -> str:
        """Make an empty database and say its URL."""
        name = f"store{next(_numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def disconnect_all(self) -> None:
        """Cut every client off, as a restart would."""
        with self._connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname LIKE 'store%'"
            )

    def stop(self) -> None:
        self._server.send_signal(signal.SIGINT)  # fast shutdown: clients are cut off
        self._server.wait(30)
        shutil.rmtree(self.home)

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((self.home / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return
