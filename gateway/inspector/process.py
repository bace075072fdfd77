"""An inspection process: takes one mail after the other, and dies at the deadline.

Rules of this file: it blocks, it knows no event loop, and it is single. The deadline is a kernel timer with SIGALRM's
default action, which ends the process even within C code that never returns to the interpreter. Address space is
bounded; the scheduler is told that this is batch work, so that event loops come first.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import signal
import socket
from collections.abc import Iterable
from typing import Protocol

from gateway import trouble
from gateway.config import InspectionSettings
from gateway.inspector import wire
from gateway.inspector.judge import Answer, Judge, Reason
from gateway.inspector.wire import Request
from gateway.mail import Envelope, Octets

log = logging.getLogger("saate.inspection")

GROWN = 96 << 20
"""A process that a mail made grow by so much ends after it, and a fresh one takes its place."""
_DESCRIPTORS = 64


class Closes(Protocol):
    """A socket or a file."""

    def close(self) -> None: ...


class Channel:
    """The socket pair between all who ask and all who inspect; made before forking, then shared."""

    def __init__(self) -> None:
        self.asking, self.taking = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.asking.settimeout(0)

    def close(self) -> None:
        self.asking.close()
        self.taking.close()


def run(channel: Channel, judge: Judge, settings: InspectionSettings, others: Iterable[Closes] = ()) -> None:
    """Inspect until nobody is left who asks; the whole life of an inspection process after the fork.

    `others`: sockets and files that came along with the fork and are none of its business.
    """
    for inherited in (channel.asking, *others):
        inherited.close()
    _restrict(settings)
    small = _resident()
    while (request := wire.take_request(channel.taking)) is not None:
        if not _answer(request, judge, settings) or _resident() > small + GROWN:
            return


def _resident() -> int:
    """The most memory that was ever resident, in octets."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _restrict(settings: InspectionSettings) -> None:
    """The end comes with the channel, never with a signal meant for the whole group (systemd, a terminal)."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _limit(resource.RLIMIT_AS, settings.memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _answer(request: Request, judge: Judge, settings: InspectionSettings) -> bool:
    """Inspect one mail and say what came of it; False when this process had better be a fresh one."""
    reply = request.reply
    with request:
        if _has_gone(reply):
            return True
        signal.setitimer(signal.ITIMER_REAL, request.seconds)
        try:
            reply.sendall(wire.TAKEN)
            answer = _inspect(request, judge)
            signal.setitimer(signal.ITIMER_REAL, settings.deadline)  # for one who does not listen
            reply.sendall(wire.frame(answer))
        except ConnectionError:
            return True
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return not isinstance(answer, Reason)


def _has_gone(reply: socket.socket) -> bool:
    try:
        return not reply.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def _unpacked(request: Request) -> tuple[Octets, Envelope, wire.Task]:
    try:
        return request.unpack()
    except OSError as error:
        raise MemoryError from error  # a map that does not fit below the limit


def _inspect(request: Request, judge: Judge) -> Answer | Reason:
    try:
        octets, envelope, task = _unpacked(request)
        match task:
            case (wire.MEND, *fixes):
                return judge.mend(octets, envelope, fixes)
            case (wire.HEAR,):
                return judge.hear(octets)
            case _:
                return judge.inspect(octets, envelope)
    except MemoryError:
        log.warning("an inspection took more memory than its limit")
        return Reason.MEMORY
    except Exception as error:  # noqa: BLE001 - whatever a mail does to the reader is a finding
        log.error("an inspection crashed: %s", trouble.of(error))
        return Reason.CRASH
