"""The courier's process: one event loop that carries notices and released mail.

Rules of this file: wiring only.
"""

from __future__ import annotations

import time

from gateway.app.setup import Setup, numbers
from gateway.app.worker import now, told_to_stop
from gateway.clock import Clock
from gateway.courier import Courier, Pools
from gateway.nexthop import LocalSlots, Pool
from gateway.store import Store
from gateway.workdays import Workdays


async def carry(setup: Setup) -> None:
    """The whole life of the courier."""
    stop = told_to_stop()
    config = setup.config
    store = Store(config.store, config.key_file, node=setup.hostname)
    slots = setup.slots.of(numbers(config) - 1)
    mail = letters = Pool(config.next_hop, setup.hostname, config.timeouts, config.pool, slots)
    if config.notices.next_hop:
        own = LocalSlots(config.courier.max_sessions)
        letters = Pool(config.notices.next_hop, setup.hostname, config.timeouts, config.pool, own)
    workdays = Workdays(config.calendar)
    clock = Clock(config, store, setup.notices, workdays, now=now, steady=time.monotonic)
    pools = Pools(mail, letters)
    await Courier(config, store, pools, setup.notices, hostname=setup.hostname, now=now, clock=clock).run(stop)
    await mail.close()
    if letters is not mail:
        await letters.close()
    store.close()
