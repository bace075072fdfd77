"""Every test of the store runs on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.store import Store
from postgres import Postgres
from storing import Place


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A store that is made ready."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path}/saate.db", ""
    else:
        made = request.getfixturevalue("postgres").database(), str(tmp_path / "saate.key")
    Store.prepare(*made)
    return made


@pytest.fixture
def another(place: Place) -> Iterator[Callable[..., Store]]:
    """Opens the same store once more, as another process or gateway would."""
    opened = []

    def open_it(node: str = "gw1") -> Store:
        opened.append(Store(*place, node=node))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(another: Callable[..., Store]) -> Store:
    return another()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """A store on SQLite that is made ready."""
    path = tmp_path / "lite.db"
    Store.prepare(f"sqlite:///{path}")
    return path
