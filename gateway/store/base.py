"""What every use of the store stands on: the database, the writer thread, the keys.

Rules of this file: no decisions and no SQL. It hands each write to the writer thread or opens a snapshot for a read.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from gateway.store import log
from gateway.store.database import Database
from gateway.store.keys import Keyring
from gateway.store.prepare import place_of_key, prepare, secret
from gateway.store.transaction import Transaction
from gateway.store.writer import Writer

Result = TypeVar("Result")


class Base:
    """The store as one process uses it. Make it after the fork; it connects at its first use."""

    @staticmethod
    def prepare(url: str, key_file: str = "") -> None:
        """Make file, schema and key where they are missing; the parent calls it once. Raises StoreError."""
        database = Database(url)
        try:
            prepare(database, key_file)
        finally:
            database.close()

    @staticmethod
    def secret(url: str) -> bytes:
        """32 octets, made by `prepare`, that no other store has; for the parent, before it forks. Raises StoreError."""
        database = Database(url)
        try:
            with database.read() as connection:
                return secret(connection)
        finally:
            database.close()

    def __init__(self, url: str, key_file: str = "", *, node: str = "") -> None:
        """`node` names this gateway in the log and the outbox; every process of one gateway must say the same."""
        self._database = Database(url)
        self._keys = Keyring(place_of_key(self._database, key_file))
        self._node = node or socket.gethostname()
        self._recorder = log.Recorder(self._node)
        self._writer = Writer(self._database, self._recorder)

    def close(self) -> None:
        """Commit what waits, then let go of thread, connections and lock."""
        if self._writer.close():
            self._database.close()

    async def run(self, write: Callable[[Transaction], Result]) -> Result:
        """Do a write of one's own with the next group commit; it may be run twice and must not keep anything."""
        return await self._writer.submit(write)

    async def look(self, read: Callable[[Connection], Result]) -> Result:
        """Read in a thread, so that the event loop goes on."""
        return await asyncio.to_thread(self.read, read)

    def write(self, write: Callable[[Transaction], Result]) -> Result:
        """Do a write and wait for it."""
        return self._writer.do(write)

    def read(self, read: Callable[[Connection], Result]) -> Result:
        """Read from a snapshot."""
        with self._database.read() as connection:
            return read(connection)
