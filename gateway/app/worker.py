"""An SMTP worker: one event loop between the clients and the next hop.

Rules of this file: wiring only. It takes no connection before the next hop has been asked what it offers, and none
after SIGTERM; what is under way then is finished within a deadline.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import uvloop

from gateway import status
from gateway.app import lines
from gateway.app.listen import Acceptor
from gateway.app.setup import Setup
from gateway.inspector import Inspector
from gateway.nexthop import NextHopError, Pool
from gateway.ordering import Ordering
from gateway.relay import Relay
from gateway.smtpd import Door, Session
from gateway.store import Store

log = logging.getLogger("saate.worker")

DRAIN = 10.0
"""Seconds for the mails under way when we are told to go."""
_HARD_END = DRAIN + 5
"""Seconds after which a process that is still there ends itself, whoever else should have seen to it."""
_LAST_WORDS = 0.1
"""Seconds for the 421 of those who did not end in time to leave."""
_FIRST_ANSWER = 2.0
"""Seconds that clients wait unaccepted for the next hop's first answer; then they hear 421."""
_LONGEST_PAUSE = 30.0


def now() -> datetime:
    """The clock of the way."""
    return datetime.now(UTC)


def run_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run a process's event loop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)  # protocols and tasks come in thousands and mostly go without a cycle
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.get_loop().set_exception_handler(lines.loop_trouble)
        runner.run(main)


def told_to_stop() -> asyncio.Event:
    """An event for SIGTERM, with a kernel timer behind it that ends a process that cannot end itself."""
    stop = asyncio.Event()

    def hear() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _HARD_END)
        stop.set()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, hear)
    return stop


class CountedDoor(Door):
    """A door that tells the acceptor how many are inside."""

    acceptor: Acceptor | None = None

    def left(self, session: Session) -> None:
        super().left(session)
        if self.acceptor is not None:
            self.acceptor.changed()


async def work(setup: Setup, number: int) -> None:
    """The whole life of a worker."""
    stop = told_to_stop()
    config = setup.config
    store = Store(config.store, config.key_file, node=setup.hostname)
    pool = Pool(config.next_hop, setup.hostname, config.timeouts, config.pool, setup.slots.of(number))
    inspector = Inspector(setup.judge, setup.channel, config.inspection)
    ordering = Ordering(config, store, inspector, setup.notices, secret=setup.secret, now=now)
    relay = Relay(
        config,
        store,
        inspector,
        setup.notices,
        hostname=setup.hostname,
        policy_set=setup.policies.digest,
        now=now,
    )
    door = CountedDoor(config, relay, pool, hostname=setup.hostname, now=now, ordering=ordering)
    acceptor = door.acceptor = Acceptor(
        setup.listening, setup.board, number, config.limits.sessions, door.protocol, lambda: door.sessions
    )
    asking = asyncio.create_task(know_next_hop(pool))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(asking), _FIRST_ANSWER)
    acceptor.start()
    os.kill(os.getppid(), signal.SIGUSR1)
    await stop.wait()
    acceptor.close()
    asking.cancel()
    try:
        await asyncio.wait_for(door.drain(), DRAIN)
    except TimeoutError:
        log.warning("%d sessions did not end within %.0f s", door.sessions, DRAIN)
        for session in tuple(door.live):
            session.leave(status.SHUTDOWN)
        await asyncio.sleep(_LAST_WORDS)
    await pool.close()
    store.close()


async def know_next_hop(pool: Pool) -> None:
    """Ask the next hop what it offers until it has said so; until then EHLO is answered 421."""
    pause = 0.5
    while True:
        try:
            await pool.probe()
        except NextHopError as error:
            log.warning("the next hop is not there: %s; asked again in %.1f s", error, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return
