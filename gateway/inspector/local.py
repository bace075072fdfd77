"""Inspection without a server: for the command line, with one inspection process of its own.

Rules of this file: made before any thread; the process ends with the caller, whatever ends that one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator

from gateway.config import InspectionSettings
from gateway.inspector import process
from gateway.inspector.asking import Inspector
from gateway.inspector.judge import Judge
from gateway.inspector.process import Channel
from gateway.mail import Mail
from gateway.verdict import Inspection


class LocalInspector:
    """The same inspection as the server's, one mail at a time."""

    def __init__(self, judge: Judge, settings: InspectionSettings) -> None:
        self._judge = judge
        self._settings = settings
        self._channel = Channel()
        self._runner = asyncio.Runner()
        self._inspector = Inspector(judge, self._channel, settings)
        self._replace()

    def inspect(self, mail: Mail) -> Inspection:
        """Read and judge one mail; a mail that kills the reader or outruns the deadline could not be inspected."""
        return self._runner.run(self._inspector.inspect(mail))

    def _replace(self) -> None:
        """Start the inspection process, and watch for its end."""
        self._child = os.fork()
        if self._child == 0:
            with contextlib.suppress(BaseException):
                process.run(self._channel, self._judge, self._settings)
            os._exit(0)
        self._watch = os.pidfd_open(self._child)
        self._runner.get_loop().add_reader(self._watch, self._died)

    def _died(self) -> None:
        self._reap()
        self._replace()

    def _reap(self) -> None:
        self._runner.get_loop().remove_reader(self._watch)
        os.close(self._watch)
        os.waitpid(self._child, 0)

    def close(self) -> None:
        """End the inspection process."""
        self._channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        self._reap()
        self._runner.close()


@contextlib.contextmanager
def local_inspector(judge: Judge, settings: InspectionSettings | None = None) -> Iterator[LocalInspector]:
    """Inspect mails one by one, as `saate check` does."""
    inspector = LocalInspector(judge, settings or InspectionSettings())
    try:
        yield inspector
    finally:
        inspector.close()
