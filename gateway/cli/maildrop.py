"""A next hop for the demo: a small SMTP server that files every mail into a Maildir.

Rules of this file: loopback only, one thread for each session; what was answered 250 lies in `new/` under its final
name.
"""

from __future__ import annotations

import itertools
import os
import socketserver
import threading
from io import BufferedIOBase
from pathlib import Path
from types import TracebackType
from typing import Self

_LINE = 64 * 1024
_EHLO = b"250-drop.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250 SIZE 52428800\r\n"
_ANSWERS = {
    b"EHLO": _EHLO,
    b"HELO": b"250 drop.example\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}


class Maildrop:
    """Runs while the `with` block does."""

    def __init__(self, maildir: Path) -> None:
        self.maildir = maildir
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count(1)
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.drop = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def mails(self) -> list[bytes]:
        """What has been filed, in the order in which it came."""
        return [path.read_bytes() for path in sorted((self.maildir / "new").iterdir())]

    def file(self, octets: bytes) -> None:
        """Write to `tmp`, then rename into `new`, as Maildir asks."""
        name = f"{next(self._numbers):06d}.{os.getpid()}.drop"
        path = self.maildir / "tmp" / name
        path.write_bytes(octets)
        path.rename(self.maildir / "new" / name)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    drop: Maildrop


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        self.wfile.write(b"220 drop.example ESMTP\r\n")
        while line := self.rfile.readline(_LINE):
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 Go on\r\n")
                octets = _data(self.rfile)
                if octets is None:
                    return
                self.server.drop.file(octets)
                self.wfile.write(b"250 2.0.0 Filed\r\n")
                continue
            self.wfile.write(_ANSWERS.get(verb, b"500 5.5.2 Command not recognised\r\n"))
            if verb == b"QUIT":
                return


def _data(file: BufferedIOBase) -> bytes | None:
    """Read up to the dot, and take off the dots that were stuffed (RFC 5321 §4.5.2); None when the client has gone."""
    lines = []
    for line in iter(file.readline, b".\r\n"):
        if not line:
            return None
        lines.append(line.removeprefix(b"."))
    return b"".join(lines)
