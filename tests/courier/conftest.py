"""The bench of tests/support/courier_bench.py, made for each test and taken down after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from courier_bench import TEXTS, Bench, Clock
from fakehop import FakeHop
from gateway import courier
from gateway.config import Config
from gateway.notice import NoticeWriter
from gateway.store import Store


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "LOOK", 0.02)


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/saate.db"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    Store.prepare(store_url)
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
async def bench(store: Store) -> AsyncIterator[Bench]:
    config = Config(senders=("example.com",))
    async with FakeHop() as hop:
        one = Bench(config, store, hop, Clock(), NoticeWriter(config, "gw.example.com", TEXTS))
        yield one
        await one.kill()
