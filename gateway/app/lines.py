"""The process's own log: one line for each thing, on standard error.

Rules of this file: a line is one line whatever is in it, an exception is its type and place and never its text, and the
loggers of the foundations that quote mail are shut.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from typing import Any

from gateway import trouble

log = logging.getLogger("saate.app")
_process = "saate"
_LINE_ENDS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    code: f"\\u{code:04x}" for code in (0x2028, 0x2029)
}


class Lines(logging.Formatter):
    """`2026-11-02T08:00:00.123Z info worker-0[1234] relay: id=… held`, and never a second line."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {trouble.of(record.exc_info[1])}"
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        room = record.name.removeprefix("saate.")
        head = f"{at}.{int(record.msecs):03d}Z {record.levelname.lower()} {_process}[{os.getpid()}]"
        return f"{head} {room}: {text.translate(_LINE_ENDS)}"


def call_process(name: str) -> None:
    """Name this process in every line from now on."""
    global _process  # noqa: PLW0603 - a process has one name
    _process = name


def begin(level: str) -> None:
    """Log to standard error from this level on."""
    logging.raiseExceptions = False  # a log that cannot be written stops nothing
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("mail.log", "mail.debug", "mailparser", "pypdf", "asyncio", "sqlalchemy", "concurrent"):
        quiet = logging.getLogger(name)  # these quote commands, bodies, parameters or the text of exceptions
        quiet.handlers[:] = [logging.NullHandler()]
        quiet.propagate = False
        quiet.setLevel(logging.CRITICAL)


def loop_trouble(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: what it knows, without the text of an exception or the repr of a task."""
    error = context.get("exception")
    where = trouble.of(error) if isinstance(error, BaseException) else "no exception"
    log.error("an event loop met trouble of our own: %s", where)
