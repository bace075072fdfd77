"""A judge whose mails say what reading them does, and inspection processes forked from the test itself."""

import contextlib
import ctypes
import faulthandler
import hashlib
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

from gateway.config import InspectionSettings
from gateway.inspector import Channel, Judge, Reason, run
from gateway.mail import Client, Envelope, Mail, Octets, Recipient
from gateway.verdict import Disposition, Inspection, ReplyFacts, Verdict

SECRET = "Kesäyö-77"
SETTINGS = InspectionSettings(deadline=0.5, processes=2, memory=4 << 30, queue=4)


def endless() -> NoReturn:
    while True:
        pass


def in_c_code() -> None:
    """Never returns to the interpreter."""
    sum(range(10**11))


def greedy() -> NoReturn:
    hoard = []
    while True:
        hoard.append(b"x" * (64 << 20))


def raising() -> NoReturn:
    message = f"could not read {SECRET}"
    raise ValueError(message)


def recursing() -> None:
    recursing()


def slow() -> None:
    """Much for an event loop, little for a process."""
    end = time.process_time() + 0.04
    while time.process_time() < end:
        pass


class Deaf:
    """Its end takes long, and what is raised within it is dropped by the interpreter."""

    def __del__(self) -> None:
        slow()


def deaf() -> None:
    Deaf()
    slow()


DOINGS: dict[bytes, Callable[[], object]] = {
    b"endless": endless,
    b"in C": in_c_code,
    b"greedy": greedy,
    b"raising": raising,
    b"slow": slow,
    b"deaf": deaf,
    b"recursing": recursing,
    b"segmentation": lambda: ctypes.string_at(0),
    b"killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
}


def inspect(octets: Octets, envelope: Envelope) -> Inspection:
    """Do what the mail's first line says; tell the process and what it got."""
    doing = bytes(octets[:80]).partition(b"\n")[0].removeprefix(b"odd: ")
    DOINGS.get(doing, lambda: None)()
    digest = hashlib.sha256(octets).hexdigest()
    facts = ReplyFacts(message_id=str(os.getpid()), subject=digest, header_recipients=envelope.addresses)
    return Inspection(Verdict(), facts)


def give_up(_octets: Octets, _envelope: Envelope, reason: Reason) -> Inspection:
    return Inspection(Verdict(Disposition.HOLD), ReplyFacts(subject=reason))


JUDGE = Judge(lambda octets: not octets.startswith(b"odd") if isinstance(octets, bytes) else False, inspect, give_up)


def mail(octets: Octets, *recipients: str) -> Mail:
    envelope = Envelope("aspa@support.example", (), tuple(Recipient(one) for one in recipients))
    return Mail("a" * 16, envelope, octets, Client("127.0.0.1"), datetime(2026, 11, 2, 8, tzinfo=UTC))


def fork(life: Callable[[], object]) -> int:
    """Run `life` in a child of ours."""
    pid = os.fork()
    if pid == 0:
        faulthandler.disable()  # its death is meant
        with contextlib.suppress(BaseException):
            life()
        os._exit(0)
    return pid


class Processes:
    """Inspection processes by number, and the channel to them."""

    def __init__(self, judge: Judge, settings: InspectionSettings) -> None:
        self.channel = Channel()
        self.judge = judge
        self.settings = settings
        self.pids: list[int] = []

    def start(self, count: int = 1) -> None:
        self.pids += [fork(lambda: run(self.channel, self.judge, self.settings)) for _ in range(count)]

    def bury(self, count: int) -> None:
        """Wait until so many have died; the others live."""
        for _ in range(count):
            dead = os.waitid(os.P_ALL, 0, os.WEXITED)
            assert dead is not None
            self.pids.remove(dead.si_pid)
        assert not [pid for pid in self.pids if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG) is not None]

    def stop(self) -> None:
        self.channel.close()
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
