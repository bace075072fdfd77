"""Every test of this room runs on asyncio's own loop and on uvloop, which the workers use."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest_asyncio
import uvloop

from fakehop import FakeHop
from gateway.config import Pool as PoolSettings
from gateway.config import Timeouts
from gateway.nexthop import LocalSlots, Pool
from hopclient import MakePool


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.SelectorEventLoop, "uvloop": uvloop.new_event_loop}


@pytest_asyncio.fixture
async def pool_for() -> AsyncIterator[MakePool]:
    """Make pools for a FakeHop (or an address); they are closed at the end."""
    pools: list[Pool] = []

    def make(hop: FakeHop, *, reply: float = 5, dot: float = 5, connect: float = 5, **settings: float) -> Pool:
        timeouts = Timeouts(connect=connect, reply=reply, dot=dot)
        chosen = PoolSettings.model_validate(settings)
        pools.append(Pool(hop.address, "gateway.example", timeouts, chosen, LocalSlots(chosen.max_sessions)))
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close()
