"""`saate serve`: bind, lock, load, prepare the store, then keep the processes of a gateway alive.

Rules of this file: wiring only, in the order in which things happen. The parent stays single-threaded and never opens
the store once processes run: what it has to log, a child of its own writes.
"""

from __future__ import annotations

import gc
import logging
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from gateway import __version__, policyfiles, trouble
from gateway.app import lines, start
from gateway.app.courier import carry
from gateway.app.listen import Board, StartError, bind
from gateway.app.notify import tell_manager
from gateway.app.processes import HEARD, Role, Supervisor, fork, wait_for
from gateway.app.setup import Setup, numbers, setup_for
from gateway.app.worker import DRAIN, run_loop, work
from gateway.config import Config
from gateway.entry import Entry, EntryType
from gateway.inspector import Closes
from gateway.inspector import run as inspect_until_nobody_asks
from gateway.nexthop import SharedSlots
from gateway.store import Store
from gateway.store.database import Database
from gateway.yamltext import YamlError

__all__ = ["StartError", "serve"]

log = logging.getLogger("saate.app")


def serve(config: Config, config_dir: Path) -> int:
    """Run a gateway until SIGTERM or SIGINT; 0. Raises YamlError, StoreError or StartError when it cannot start."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    lines.begin(config.log_level)
    start.secure()
    start.check_calendar(config)
    policies = policyfiles.load(config.policies, config_dir)
    listening = bind(config.listen)
    start.must_not_be_ourselves(config, listening)
    Store.prepare(config.store, config.key_file)
    lock = start.lock(config)
    config = start.with_proven_notes(config)
    shared = (Board(2 * config.workers), SharedSlots(config.pool.max_sessions, numbers(config)))
    setup = setup_for(config, start.hostname(config), policies, listening, shared, Store.secret(config.store))
    _Gateway(setup, config_dir, lock).run()
    return 0


class _Gateway:
    """The parent of one gateway, from the first fork to the last child's end."""

    def __init__(self, setup: Setup, config_dir: Path, lock: IO[str] | None) -> None:
        self._setup = setup
        self._config_dir = config_dir
        self._lock = lock
        self._is_ready = False
        self._roles = self._roles_of(setup)

    def run(self) -> None:
        self._introduce()
        self._record(EntryType.STARTED, {"version": __version__, "mode": self._mode, "workers": self._config.workers})
        self._record(EntryType.POLICIES_LOADED, self._policy_facts())
        gc.collect()
        gc.freeze()  # children share these pages: the collector would write to every one of them
        Supervisor(
            self._roles,
            buried=self._buried,
            nudged=self._nudged,
            reloaded=self._reloaded,
            stopping=self._stopping,
        ).run()
        self._record(EntryType.STOPPED, {})
        log.info("stopped")

    @property
    def _config(self) -> Config:
        return self._setup.config

    @property
    def _mode(self) -> str:
        return "trial" if self._config.in_trial else "enforce"

    def _roles_of(self, setup: Setup) -> tuple[Role, ...]:
        """In the order in which they end: who inspects is needed until the last worker has gone."""
        return (
            Role("worker", setup.config.workers, lambda number: self._work(setup, number), DRAIN + 2),
            Role("courier", 1, lambda _: self._carry(setup), DRAIN + 2, alone=True),
            Role("inspector", setup.config.inspection.processes, lambda _: self._inspect(setup), 0),
        )

    @staticmethod
    def _work(setup: Setup, number: int) -> None:
        setup.channel.taking.close()
        run_loop(work(setup, number))

    @staticmethod
    def _carry(setup: Setup) -> None:
        setup.channel.close()
        for sock in setup.listening:
            sock.close()
        run_loop(carry(setup))

    def _inspect(self, setup: Setup) -> None:
        others: list[Closes] = [*setup.listening, *([self._lock] if self._lock else [])]
        inspect_until_nobody_asks(setup.channel, setup.judge, setup.config.inspection, others)

    def _introduce(self) -> None:
        config = self._config
        log.info(
            "saate %s as %s: listens on %s, next hop %s, store %s, %d policies %s",
            *(__version__, self._setup.hostname, ", ".join(map(str, config.listen)), config.next_hop),
            *(Database(config.store).name, len(self._setup.policies.policies), self._setup.policies.digest[:12]),
        )
        if config.in_trial:
            why = "senders: is not set" if not config.senders else "mode: trial"
            log.warning("trial (%s): every mail is judged and logged, none is held or annotated", why)

    def _policy_facts(self) -> dict[str, Any]:
        policies = self._setup.policies
        return {
            "policy_set": policies.digest,
            "policies": {policy.id: policy.status.value for policy in policies.policies},
        }

    def _record(self, kind: EntryType, facts: Mapping[str, Any]) -> None:
        """Have a child write to the policy log: the store's thread must not be in a process that forks."""
        entry = Entry(kind, datetime.now(UTC), facts=facts)

        def write() -> None:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a group that is told to stop still gets its last entry
            store = Store(self._config.store, self._config.key_file, node=self._setup.hostname)
            store.write(lambda transaction: transaction.append(entry))
            store.close()

        if wait_for(fork("log", write)) != 0:
            log.critical("the policy log lacks a %s entry", kind.value)

    def _buried(self, role: str, number: int) -> None:
        if role == "worker":
            self._setup.board.away(number)

    def _nudged(self) -> None:
        """A worker has begun to take connections."""
        if not self._is_ready and self._setup.board.at_work >= self._config.workers:
            self._is_ready = True
            tell_manager("READY=1")
            log.info("ready")

    def _stopping(self) -> None:
        """Who comes now is refused by the system rather than left waiting."""
        tell_manager("STOPPING=1")
        for sock in self._setup.listening:
            sock.close()

    def _reloaded(self) -> Sequence[Role]:
        """Read the policies again. What is wrong is said, and the running set stays in force."""
        try:
            policies = policyfiles.load(self._config.policies, self._config_dir)
        except YamlError as error:
            for one in (error, *error.others):
                log.error("the policies are not reloaded: %s", one)
            return self._roles
        except Exception as error:  # noqa: BLE001 - whatever it is, the gateway goes on
            log.error("the policies are not reloaded: %s", trouble.of(error))
            return self._roles
        old = self._setup
        if policies.digest == old.policies.digest:
            log.info("the policies are as they were: %s", policies.digest[:12])
            return self._roles
        self._setup = setup_for(old.config, old.hostname, policies, old.listening, (old.board, old.slots), old.secret)
        old.channel.close()
        self._record(EntryType.POLICIES_LOADED, self._policy_facts())
        log.info("%d policies are loaded: %s", len(policies.policies), policies.digest[:12])
        self._roles = self._roles_of(self._setup)
        return self._roles
