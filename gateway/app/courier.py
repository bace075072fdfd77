"""The courier's process: one event loop that carries notices and released mail.

Rules of this file: wiring only.
"""

from __future__ import annotations

from gateway.app.setup import Setup, numbers
from gateway.app.worker import now, told_to_stop
from gateway.courier import Courier
from gateway.nexthop import Pool
from gateway.store import Store


async def carry(setup: Setup) -> None:
    """The whole life of the courier."""
    stop = told_to_stop()
    config = setup.config
    store = Store(config.store, config.key_file)
    slots = setup.slots.of(numbers(config) - 1)
    pool = Pool(config.next_hop, setup.hostname, config.timeouts, config.pool, slots)
    await Courier(config, store, pool, setup.notices, hostname=setup.hostname, now=now).run(stop)
    await pool.close()
    store.close()
