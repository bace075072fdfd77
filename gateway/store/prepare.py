"""Making the store ready, once, in the parent and before any process is forked.

Rules of this file: what is there is never changed but for permissions and an older schema; a store that cannot be used
safely stops the start with one line.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Connection, func, insert, inspect, select, text

from gateway.store import log, schema
from gateway.store.database import Database, make_file
from gateway.store.errors import StoreError
from gateway.store.keys import make_key, read_key
from gateway.store.rotation import known as known_key
from gateway.store.rotation import name_key
from gateway.store.seal import Sealer
from gateway.store.upgrade import upgrade

_SECRET = select(schema.facts.c.value).where(schema.facts.c.name == "secret")
_SECRET_OCTETS = 32
_ADVISORY = 0x5AA7E
"""PostgreSQL's lock for two gateways that make the schema at the same time; any number of ours."""


def prepare(database: Database, key_file: str) -> None:
    """Make file, schema and key where they are missing, and bring an older schema up. Raises StoreError."""
    key_path = place_of_key(database, key_file)
    if database.path is not None:
        make_file(database.path)
    with database.lock(), database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY})
        _make_schema(connection, database.name)
        log.begin_chain(connection)
        known = known_key(connection)
        sealer = read_key(key_path, known) if known or key_path.exists() else _first_key(connection, key_path)
        if not known:
            name_key(connection, sealer.id, None)
        _make_secret(connection)


def place_of_key(database: Database, key_file: str) -> Path:
    """Where the key lies. Raises StoreError when it would have to be guessed."""
    if key_file:
        return Path(key_file)
    if database.path is None:
        raise StoreError("a store on PostgreSQL needs key_file: in the configuration, the same file on every gateway")
    return Path(f"{database.path}.key")


def _make_schema(connection: Connection, name: str) -> None:
    if not inspect(connection).has_table(schema.facts.name):
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.facts).values(name="schema", value=schema.VERSION))
    version = connection.execute(select(schema.facts.c.value).where(schema.facts.c.name == "schema")).scalar()
    if version == "1":
        upgrade(connection)
    elif version != schema.VERSION:
        raise StoreError(f"the store {name} has the schema {version}, not {schema.VERSION}; use the saate that made it")


def _make_secret(connection: Connection) -> None:
    if not connection.execute(_SECRET).scalar():
        connection.execute(insert(schema.facts).values(name="secret", value=secrets.token_hex(_SECRET_OCTETS)))


def secret(connection: Connection) -> bytes:
    """32 octets that this store alone knows: what the addresses to answer notices to are made with."""
    return bytes.fromhex(connection.execute(_SECRET).scalar_one())


def _first_key(connection: Connection, path: Path) -> Sealer:
    # A store that says it has no key and yet holds sealed mail has lost its memory: a new key would hide that.
    if connection.execute(select(func.count()).select_from(schema.octets)).scalar_one():
        raise StoreError(f"the store holds sealed mail but knows no key; put its key file back at {path}")
    return make_key(path)
