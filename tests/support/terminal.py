"""Typing at a terminal: a command on a pty of its own, whose questions are answered."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from commands import ROOT

PATIENCE = 60.0
"""Seconds for the next words of a command."""
Answer = str | Callable[[str], str]
"""What is typed; or what makes it from all that was said so far."""


def at_terminal(words: Sequence[object], answers: Sequence[tuple[str, Answer]], **environment: str) -> tuple[int, str]:
    """Run `saate` at a terminal of 80 columns. Returns exit code and words.

    `answers`: once so much was asked, this is typed.
    """
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if not key.startswith("SAATE_")}
    env |= {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "40"} | environment
    argv = [sys.executable, "-m", "gateway", *map(str, words)]
    process = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=ROOT)
    os.close(theirs)
    said, asked = "", 0
    try:
        for question, answer in answers:
            while question not in said[asked:]:
                more = _next(ours)
                assert more, f"{question!r} was not asked: {said}"
                said += more
            asked = len(said)
            os.write(ours, (answer if isinstance(answer, str) else answer(said)).encode() + b"\n")
        while more := _next(ours):
            said += more
        return process.wait(PATIENCE), said
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _next(terminal: int) -> str:
    """What comes next; "" when the command has gone."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1.0)[0]:
            try:
                return os.read(terminal, 65536).decode("utf-8", "replace")
            except OSError:  # Linux: nobody holds the other side any more
                return ""
    raise TimeoutError
