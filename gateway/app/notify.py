"""Telling systemd how we are (sd_notify): one datagram, no library.

Rules of this file: without a service manager nothing happens, and nothing here can fail.
"""

from __future__ import annotations

import contextlib
import os
import socket


def tell_manager(state: str) -> None:
    """Send `READY=1`, `RELOADING=1`, `STOPPING=1` to whoever started us, if they asked for it."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.sendto(state.encode(), address)
