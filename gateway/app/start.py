"""What must be so before a gateway starts: limits of the process, one gateway for each store, a next hop behind us.

Rules of this file: whatever stops the start is a StartError, one line with the mend.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import resource
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from gateway.app.listen import StartError
from gateway.app.processes import forbid_dumps
from gateway.config import Config
from gateway.store import Store
from gateway.store.database import Database
from gateway.workdays import CalendarError, Workdays

log = logging.getLogger("saate.app")

_HOSTNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")
_DESCRIPTORS = 1 << 16


def secure() -> None:
    """Files are ours alone, no memory is ever dumped, and there are descriptors for every session."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    forbid_dumps()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def hostname(config: Config) -> str:
    """Our name in EHLO, Received and notices. Raises StartError when the machine has none that is valid."""
    name = config.hostname or socket.getfqdn()
    if not _HOSTNAME.fullmatch(name):
        raise StartError(f"hostname: the machine calls itself {name!r}, which is no host name; set hostname:")
    return name


def check_calendar(config: Config) -> None:
    """Refuse a calendar whose holidays nobody knows. Raises StartError."""
    try:
        Workdays(config.calendar).check()
    except CalendarError as error:
        raise StartError(f"calendar: {error}; correct calendar.country or calendar.subdivision") from None


def with_proven_notes(config: Config) -> Config:
    """A configuration in which tickets get notes only where these were seen to arrive as internal; else agents do."""
    notices = config.notices
    if notices.to != "ticket":
        return config
    store = Store(config.store, config.key_file)
    try:
        proven = store.is_proven(notices.helpdesk, notices.ticket_address)
    finally:
        store.close()
    if proven:
        return config
    log.warning("notices.to: ticket is not proven to be internal, so agents are told: saate doctor --send-test")
    return config.model_copy(update={"notices": notices.model_copy(update={"to": "agent"})})


def lock(config: Config) -> IO[str] | None:
    """Hold the lock beside an SQLite store for as long as any process of this gateway lives. Raises StartError.

    PostgreSQL is shared by several gateways on purpose, and needs none: None.
    """
    path = Database(config.store).path
    if path is None:
        return None
    place = Path(f"{path}.serve")
    try:
        file = place.open("a+", encoding="ascii")
    except OSError as error:
        raise StartError(f"{place}: {error.strerror}; the user who runs saate must be able to write it") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        other = file.read().strip()
        file.close()
        who = f" (process {other})" if other.isdecimal() else ""
        raise StartError(f"the store {path} has a saate serve already{who}; stop it, or set another store:") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def must_not_be_ourselves(config: Config, listening: Sequence[socket.socket]) -> None:
    """Refuse a next hop whose name leads back to a socket of ours: every mail would go round. Raises StartError."""
    port = config.next_hop.port
    ours = {sock.getsockname()[0] for sock in listening if sock.getsockname()[1] == port}
    if not ours:
        return
    with contextlib.suppress(OSError, UnicodeError):  # a name that nobody knows yet is the next hop's trouble
        for family, _, _, _, place in socket.getaddrinfo(config.next_hop.host, port, type=socket.SOCK_STREAM):
            address = str(place[0])
            everywhere = "0.0.0.0" if family == socket.AF_INET else "::"  # noqa: S104 - compared, not bound
            if address in ours or (everywhere in ours and _is_local(family, address)):
                raise StartError(f"next_hop: {config.next_hop} is where we listen ourselves; name the server behind us")


def _is_local(family: socket.AddressFamily, address: str) -> bool:
    """Whether an address belongs to this machine: only then can it be bound."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
