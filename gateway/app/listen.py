"""The sockets that clients come to: bound once by the parent, shared evenly by the workers.

Rules of this file: it knows connections and how many each worker has, and nothing of SMTP but the one line for those
who are too many. A worker accepts one connection at a time, and leaves it to another that has fewer.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import mmap
import socket
from collections.abc import Callable, Iterable, Sequence

from gateway import status, trouble
from gateway.config import HostPort

log = logging.getLogger("saate.listen")

BACKLOG = 1024
_LEAVE = 0.001
"""Seconds that a connection is left to those who have fewer."""
_LEAVE_AT_MOST = 3
"""So often in a row: the others may be busy."""
_SHORT_OF = 0.1
"""Seconds of rest when the system has no descriptor or memory left."""
_AWAY = -1


class StartError(Exception):
    """The gateway cannot start; `str()` is one line with the mend."""


def bind(addresses: Iterable[HostPort]) -> tuple[socket.socket, ...]:
    """Bind and listen on every address. Raises StartError."""
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            bound += [_bind(address, place) for place in _places(address)]
    except StartError:
        for sock in bound:
            sock.close()
        raise
    return tuple(bound)


def _places(address: HostPort) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise StartError(f"listen: {address}: no such host; name an address of this machine") from None
    return list(dict.fromkeys((family, (str(place[0]), int(place[1]))) for family, _, _, _, place in found))


def _bind(address: HostPort, place: tuple[socket.AddressFamily, tuple[str, int]]) -> socket.socket:
    family, where = place
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(where)
        sock.listen(BACKLOG)
        sock.settimeout(0)
    except OSError as error:
        sock.close()
        raise StartError(f"listen: {address}: {_said(error)}") from None
    return sock


def _said(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "the port is in use; stop what listens there (`ss -ltnp` names it) or choose another"
        case errno.EACCES:
            return "no right to that port; choose one above 1023, or give the service CAP_NET_BIND_SERVICE"
        case errno.EADDRNOTAVAIL:
            return "no address of this machine; name one that `ip addr` shows"
        case _:
            return f"cannot be bound: {error.strerror}"


class Board:
    """How many sessions each worker has; made before forking, each cell written by its worker."""

    def __init__(self, workers: int) -> None:
        self._cells = memoryview(mmap.mmap(-1, 4 * workers)).cast("i")
        for number in range(workers):
            self.away(number)

    def away(self, number: int) -> None:
        """That worker takes no connections: not yet, not any more, or it is dead."""
        self._cells[number] = _AWAY

    def show(self, number: int, sessions: int) -> None:
        self._cells[number] = sessions

    @property
    def at_work(self) -> int:
        """How many workers take connections."""
        return sum(sessions != _AWAY for sessions in self._cells)

    @property
    def total(self) -> int:
        return sum(sessions for sessions in self._cells if sessions != _AWAY)

    def has_most(self, number: int) -> bool:
        """Whether another worker that takes connections has fewer."""
        mine = self._cells[number]
        return any(_AWAY != sessions < mine for sessions in self._cells)


class Acceptor:
    """Takes connections for one worker."""

    def __init__(
        self,
        listening: Sequence[socket.socket],
        board: Board,
        number: int,
        most: int,
        protocol: Callable[[], asyncio.Protocol],
        sessions: Callable[[], int],
    ) -> None:
        """`most`: sessions over all workers; further clients hear 421. `sessions`: how many there are here."""
        self._listening = listening
        self._board = board
        self._number = number
        self._most = most
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[None]] = set()
        self._sessions = sessions
        self._pause: asyncio.TimerHandle | None = None
        self._left = 0
        self._is_closed = False

    def start(self) -> None:
        self.changed()
        self._listen()

    def changed(self) -> None:
        """Show the others how many sessions there are here now."""
        if not self._is_closed:
            self._board.show(self._number, self._sessions() + len(self._coming))

    def close(self) -> None:
        """Take no more connections; those that wait are left to others."""
        self._is_closed = True
        self._board.away(self._number)
        if self._pause is not None:
            self._pause.cancel()
        for sock in self._listening:
            self._loop.remove_reader(sock)
            sock.close()

    def _listen(self) -> None:
        self._pause = None
        for sock in self._listening:
            self._loop.add_reader(sock, self._take, sock)

    def _rest(self, seconds: float) -> None:
        for sock in self._listening:
            self._loop.remove_reader(sock)
        if self._pause is None:
            self._pause = self._loop.call_later(seconds, self._listen)

    def _take(self, listening: socket.socket) -> None:
        """Take one connection; the event loop calls again while more wait."""
        if self._is_closed:
            return None  # the loop had found it before we closed
        if self._left < _LEAVE_AT_MOST and self._board.has_most(self._number):
            self._left += 1
            return self._rest(_LEAVE)
        self._left = 0
        try:
            client, _ = listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return None
        except OSError as error:
            log.error("no connection can be taken: %s", error.strerror)
            return self._rest(_SHORT_OF)
        if self._board.total >= self._most:
            return self._refuse(client)
        task = self._loop.create_task(self._begin(client))
        self._coming.add(task)
        task.add_done_callback(self._has_come)
        return self.changed()

    def _refuse(self, client: socket.socket) -> None:
        log.warning("a client was told to come later: %d sessions, all that limits.sessions allows", self._most)
        with client:
            client.settimeout(0)
            try:
                client.send(status.OVERLOAD.wire())
                client.shutdown(socket.SHUT_WR)
            except OSError:
                return  # it has gone already

    async def _begin(self, client: socket.socket) -> None:
        client.settimeout(0)
        try:
            await self._loop.connect_accepted_socket(self._protocol, client)
        except OSError as error:
            client.close()
            log.info("a connection was lost at once: %s", trouble.of(error))

    def _has_come(self, task: asyncio.Task[None]) -> None:
        self._coming.discard(task)
        self.changed()
