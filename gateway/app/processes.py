"""The parent's work: start processes, replace whoever dies, and end them all in order.

Rules of this file: one thread and no event loop, so that forking is always safe; signals are waited for, never caught.
It knows processes and signals, and nothing of mail. A child has a name in the process list and never outlives us long.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from gateway import trouble
from gateway.app import lines

log = logging.getLogger("saate.processes")

HEARD = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1})
"""SIGUSR1 comes from our children: look whether all are ready."""
SHORT_LIFE = 1.0
"""Who dies younger than this many seconds is started again after a pause."""
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 10.0
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NAME = 15
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of process."""

    name: str
    count: int
    live: Callable[[int], None]
    """Its whole life, in the child; it gets its number, from 0, which no other living process of the role has."""
    patience: float
    """Seconds between SIGTERM and SIGKILL."""
    alone: bool = False
    """Its successor starts only when it is gone."""


@dataclass(slots=True)
class Place:
    """A process that is to be there: running, or due to be started."""

    role: Role
    due: float = 0.0
    deaths: int = 0
    """Short lives in a row."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process that is there."""

    pid: int
    number: int
    born: float
    role: Role
    place: Place | None
    """None: it has been told to go, and nobody takes its place."""

    @property
    def name(self) -> str:
        return f"{self.role.name}-{self.number}"


class Supervisor:
    """Keeps the processes of some roles alive until it is told to stop."""

    def __init__(
        self,
        roles: Sequence[Role],
        *,
        buried: Callable[[str, int], None],
        nudged: Callable[[], None],
        reloaded: Callable[[], Sequence[Role]],
        stopping: Callable[[], None],
    ) -> None:
        """Take the roles, those first that are to end first.

        `buried` hears the role and number of each that died; `nudged` is called when a child wants attention;
        `reloaded` gives the roles after a SIGHUP: those that are not the same objects as before replace theirs;
        `stopping` is called before the first is told to go.
        """
        self._roles = tuple(roles)
        self._buried = buried
        self._nudged = nudged
        self._reloaded = reloaded
        self._stopping = stopping
        self._places = [Place(role) for role in self._roles for _ in range(role.count)]
        self._children: dict[int, Child] = {}

    def run(self) -> None:
        """Work until SIGTERM or SIGINT has come and every process has ended."""
        while True:
            self._start_due()
            heard = signal.sigtimedwait(HEARD, self._until_next())
            match heard.si_signo if heard else 0:
                case signal.SIGTERM | signal.SIGINT:
                    return self._stop()
                case signal.SIGHUP:
                    self._reload()
                case signal.SIGUSR1:
                    self._nudged()
            self._bury()

    def _until_next(self) -> float:
        now = time.monotonic()
        waiting = [place.due - now for place in self._vacant()]
        return max(0.0, min(waiting, default=60.0))

    def _vacant(self) -> list[Place]:
        filled = {id(child.place) for child in self._children.values()}
        return [place for place in self._places if id(place) not in filled and self._may_start(place.role)]

    def _may_start(self, role: Role) -> bool:
        """Not beside a predecessor that is to be gone first, and not beyond the numbers that there are."""
        there = [child for child in self._children.values() if child.role.name == role.name]
        return len(there) < (1 if role.alone else 2 * role.count)

    def _start_due(self) -> None:
        for place in self._vacant():
            if place.due <= time.monotonic() and self._may_start(place.role):
                self._start(place)

    def _start(self, place: Place) -> None:
        taken = {child.number for child in self._children.values() if child.role.name == place.role.name}
        number = next(number for number in range(len(taken) + 1) if number not in taken)
        name = f"{place.role.name}-{number}"
        try:
            pid = fork(name, lambda: place.role.live(number))
        except OSError as error:
            place.due = time.monotonic() + _LONGEST_PAUSE
            log.error("%s cannot be started: %s", name, error.strerror)
            return
        self._children[pid] = Child(pid, number, time.monotonic(), place.role, place)

    def _bury(self) -> None:
        for child, code in self._ended():
            self._buried(child.role.name, child.number)
            if child.place is not None:
                self._succeed(child, child.place, code)

    def _ended(self) -> Iterator[tuple[Child, int]]:
        """Those that have died, each with its exit code, or the negative number of the signal that killed it."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                child = self._children.pop(ended[0], None)
                if child is not None:
                    yield child, os.waitstatus_to_exitcode(ended[1])

    @staticmethod
    def _succeed(child: Child, place: Place, code: int) -> None:
        """Have somebody take its place: at once, or after a pause that grows while lives stay short."""
        if code in (0, -signal.SIGALRM):  # it wished to be a fresh one, or met its deadline: no trouble of its own
            place.due = 0.0
            log.debug("%s pid=%d ended; another one takes its place", child.name, child.pid)
            return
        age = time.monotonic() - child.born
        place.deaths = place.deaths + 1 if age < SHORT_LIFE else 0
        pause = min(_FIRST_PAUSE * 2 ** (place.deaths - 1), _LONGEST_PAUSE) if place.deaths else 0.0
        place.due = time.monotonic() + pause
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        when = f"in {pause:.1f} s" if pause else "at once"
        log.error("%s pid=%d %s; another one takes its place %s", child.name, child.pid, how, when)

    def _reload(self) -> None:
        """Retire the processes of every role that has changed; their successors start beside them."""
        roles = tuple(self._reloaded())
        changed = {role.name for role in roles if role not in self._roles}
        for child in tuple(self._children.values()):
            if child.role.name in changed:
                self._children[child.pid] = Child(child.pid, child.number, child.born, child.role, None)
                _send(child.pid, signal.SIGTERM)
        kept = [place for place in self._places if place.role.name not in changed]
        self._places = kept + [Place(role) for role in roles if role.name in changed for _ in range(role.count)]
        self._roles = roles

    def _stop(self) -> None:
        """End one role after the other: SIGTERM, patience, SIGKILL."""
        self._places = []
        self._stopping()
        for role in self._roles:
            self._send_all(role, signal.SIGTERM, role.patience)
            if role.patience and (left := self._named(role.name)):
                log.warning("%s did not end in time", ", ".join(child.name for child in left))
            self._send_all(role, signal.SIGKILL, _LONGEST_PAUSE)

    def _send_all(self, role: Role, number: signal.Signals, patience: float) -> None:
        for child in self._named(role.name):
            _send(child.pid, number)
        end = time.monotonic() + patience
        while self._named(role.name) and (left := end - time.monotonic()) > 0:
            signal.sigtimedwait({signal.SIGCHLD}, left)
            for _ in self._ended():
                pass

    def _named(self, name: str) -> list[Child]:
        return [child for child in self._children.values() if child.role.name == name]


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def fork(name: str, live: Callable[[], None]) -> int:
    """Start a child that lives and ends; returns its pid. It is told when we die."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _live(name, parent, live)
    return pid


def _live(name: str, parent: int, live: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        _libc.prctl(_PR_SET_NAME, f"saate {name}".encode()[:15], 0, 0, 0)
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(code)  # it died before it could be told
        lines.call_process(name)
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(
                number, signal.SIG_IGN
            )  # what a terminal sends to all is for the parent, who ends us in order
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        live()
        code = 0
    except BaseException as error:  # noqa: BLE001 - a child must never run on into the parent's code
        log.critical("it cannot go on: %s", trouble.of(error))
    finally:
        logging.shutdown()
        os._exit(code)


def wait_for(pid: int) -> int:
    """Wait for one child; its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def forbid_dumps() -> None:
    """No core file and no debugger of another process of this user: memory holds mail and the key of the store."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
