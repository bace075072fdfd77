"""What is said between those who ask for an inspection and the processes that do it.

Rules of this file: values to octets and back. A mail is copied into memory of its own: a reader that was taken over by
one can change no octet that is sent on.

A request is one packet on a socket pair that all share, with two descriptors: the memory that holds the mail's octets
and behind them its envelope, and the socket for the answer. Whichever inspection process is idle takes it. When that
process dies, the socket closes, and who asked knows. The answer is a mark that the request was taken, then one frame.
"""

from __future__ import annotations

import array
import io
import mmap
import os
import pickle
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Self

from gateway import hold, mail, orders, verdict
from gateway.inspector.judge import Answer, Reason
from gateway.mail import Envelope, Octets

MAP_ABOVE = 1 << 20
"""Larger mails are mapped rather than read."""
BLOCK = 1 << 20
"""Octets copied at once, so that an event loop can do other work between blocks."""
MOST_ANSWER = 16 << 20
"""A longer answer is none."""
TAKEN = b"T"
Task = tuple[str, ...]
"""What is to be done with a mail: `INSPECT`, `HEAR`, or `MEND` and the names of the fixes."""
INSPECT, HEAR, MEND = "inspect", "hear", "mend"
_REQUEST = struct.Struct("!QQd")
_FRAME = struct.Struct("!I")
_DESCRIPTORS = 2

_VALUES: dict[tuple[str, str], type] = {
    (value.__module__, value.__name__): value
    for value in (
        *(mail.Envelope, mail.Recipient),
        *(verdict.Inspection, verdict.Verdict, verdict.Finding, verdict.Where, verdict.Fix, verdict.ReplyFacts),
        *(hold.Mended, orders.Heard, orders.Remade, orders.Unmade),
        *(verdict.Timings, verdict.Disposition, verdict.PolicyStatus, verdict.ReleaseBy, verdict.OnTimeout, Reason),
    )
}


class BadAnswerError(ValueError):
    """An inspection process said something that no sane one says."""


class _Values(pickle.Unpickler):
    """Unpickles frozen words and nothing else: a parser taken over by a mail must not command who asked."""

    def find_class(self, module: str, name: str) -> type:
        try:
            return _VALUES[module, name]
        except KeyError:
            raise BadAnswerError from None


def _load(octets: bytes) -> object:
    try:
        return _Values(io.BytesIO(octets)).load()
    except BadAnswerError:
        raise
    except Exception as error:  # broken pickles raise nearly anything
        raise BadAnswerError from error


@dataclass(frozen=True, slots=True)
class Request:
    """One mail to inspect, as an inspection process receives it."""

    seconds: float
    """What is left until the deadline."""
    reply: socket.socket
    memory: int
    """The descriptor of the memory that the mail is in."""
    size: int
    """Octets of the mail."""
    envelope_size: int
    """Octets of the envelope and the task."""

    def unpack(self) -> tuple[Octets, Envelope, Task]:
        """The mail; large ones are mapped. Raises OSError or MemoryError beyond the memory that there may be."""
        pair = _load(os.pread(self.memory, self.envelope_size, self.size))
        assert isinstance(pair, tuple)
        envelope, task = pair
        if self.size > MAP_ABOVE:
            return mmap.mmap(self.memory, self.size, prot=mmap.PROT_READ), envelope, task
        return os.pread(self.memory, self.size, 0), envelope, task

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.memory)
        self.reply.close()


class Parcel:
    """A mail laid out in memory that can be sent to an inspection process, again if need be."""

    def __init__(self, octets: Octets, envelope: Envelope, task: Task = (INSPECT,)) -> None:
        self._octets = octets
        self._envelope = pickle.dumps((envelope, task), pickle.HIGHEST_PROTOCOL)
        self._memory = os.memfd_create("saate-mail", os.MFD_CLOEXEC)

    def fill(self) -> Iterator[None]:
        """Copy the mail a block at a time; runs to its end before anything is sent."""
        for start in range(0, len(self._octets), BLOCK):
            self._write(self._octets[start : start + BLOCK])
            yield
        self._write(self._envelope)

    def _write(self, octets: bytes) -> None:
        rest = memoryview(octets)
        while rest:
            rest = rest[os.write(self._memory, rest) :]

    def send(self, requests: socket.socket, seconds: float, reply: socket.socket) -> None:
        """Put it where an idle inspection process takes it. Raises BlockingIOError when too many wait."""
        descriptors = array.array("i", [self._memory, reply.fileno()])
        requests.sendmsg(
            [_REQUEST.pack(len(self._octets), len(self._envelope), seconds)],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)],
            socket.MSG_NOSIGNAL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._memory)


def take_request(requests: socket.socket) -> Request | None:
    """Wait for the next request; None when nobody is left who could ask."""
    packet, descriptors, _, _ = socket.recv_fds(requests, _REQUEST.size, _DESCRIPTORS)
    if not packet:
        return None
    size, envelope_size, seconds = _REQUEST.unpack(packet)
    memory, reply = descriptors
    return Request(seconds, socket.socket(fileno=reply), memory, size, envelope_size)


def frame(answer: Answer | Reason) -> bytes:
    """An answer as octets."""
    octets = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    return _FRAME.pack(len(octets)) + octets


class Lost(Enum):
    """How an inspection process went away without an answer."""

    BEFORE = "before it had looked at the mail"
    WITHIN = "while it was reading the mail"


class AnswerReader:
    """Puts an answer together from what arrives."""

    def __init__(self) -> None:
        self.taken = False
        self._octets = bytearray()

    def feed(self, octets: bytes) -> Answer | Reason | Lost | None:
        """Take what has arrived (nothing: the end); None when more is to come. Raises BadAnswerError."""
        if not octets:
            return Lost.WITHIN if self.taken else Lost.BEFORE
        if not self.taken:
            if octets[:1] != TAKEN:
                raise BadAnswerError
            self.taken, octets = True, octets[1:]
        self._octets += octets
        return self._answer()

    def _answer(self) -> Answer | Reason | None:
        if len(self._octets) < _FRAME.size:
            return None
        (size,) = _FRAME.unpack_from(self._octets)
        if size > MOST_ANSWER:
            raise BadAnswerError
        if len(self._octets) < _FRAME.size + size:
            return None
        answer = _load(bytes(self._octets[_FRAME.size :]))
        if not isinstance(answer, Answer | Reason):
            raise BadAnswerError
        return answer
