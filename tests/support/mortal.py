"""`saate` as its users run it, killed at one commit.

Rules of this file: all that is done is the product's own. A commit is known by the types of the log entries in it, or
by `taken`, which stands for rows of the outbox that a courier takes. There the whole process group dies by SIGKILL, as
in a power cut, or the one process alone, and only once: those that its parent starts anew are armed like it. The clock
of held replies is looked at more often, so that nobody waits. One process imports everything once and forks for each
command, since starting Python anew costs more than most of them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

import gateway.app
import gateway.cli.holds
import gateway.cli.serve  # noqa: F401 - imported for those who are born, as all that `main` loads when it is asked for it
from gateway import courier
from gateway.cli.main import main
from gateway.store import fault, log, outbox

ROOT = Path(__file__).parents[2]


class End(NamedTuple):
    """Where somebody dies."""

    entry: str
    point: str
    alone: str = ""
    """A file that is made by the one process that dies; "" for all of them."""


class Mortal:
    """A command that runs as the leader of a group of processes."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid

    def wait(self, seconds: float) -> int:
        """How it ended, as subprocess has it: minus a signal's number. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while (status := self._nursery.ask(["look", self.pid])) is None:
            if time.monotonic() > end:
                message = f"process {self.pid} goes on"
                raise TimeoutError(message)
            time.sleep(0.02)
        return int(status)

    def kill(self) -> None:
        os.killpg(self.pid, signal.SIGKILL)
        self.wait(10)


class Nursery:
    """The process that forks."""

    def __init__(self) -> None:
        support = Path(__file__).parent
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SAATE_")}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**kept, "PYTHONPATH": f"{support}:{ROOT}"},
        )

    def bear(self, end: End, log_file: Path, who: str, words: Sequence[object]) -> Mortal:
        """Run a command that dies at a commit; what it says is appended to a file."""
        pid = self.ask(["bear", end, str(log_file), who, [str(word) for word in words]])
        assert isinstance(pid, int)
        return Mortal(self, pid)

    def ask(self, question: list[Any]) -> int | None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


def arm(end: End) -> None:
    """Put ourselves between the store and its commits; children inherit that."""
    seen: set[str] = set()
    append, take = log.Chain.append, outbox.take

    def noting(chain: log.Chain, record: log.Record) -> None:
        seen.add(record.type)
        append(chain, record)

    def taking(connection: Connection, now: datetime, *others: Any) -> Any:
        found = take(connection, now, *others)
        if found[0]:
            seen.add("taken")
        return found

    def die(name: str) -> None:
        if name == end.point and end.entry in seen and not end.alone:
            os.killpg(os.getpgrp(), signal.SIGKILL)
        elif name == end.point and end.entry in seen and not Path(end.alone).exists():
            Path(end.alone).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "after commit":
            seen.clear()

    log.Chain.append = noting  # type: ignore[assignment,method-assign]  # this process is for nothing else
    outbox.take = taking  # type: ignore[assignment]  # as above
    fault.reached = die
    courier.TICK = timedelta(seconds=0.2)


def _live(end: Sequence[str], log_file: str, who: str, words: list[str]) -> None:
    os.setsid()
    said = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for mine, theirs in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(mine, theirs)
    os.environ["SUDO_USER"] = who
    arm(End(*end))
    sys.argv = ["saate", *words]
    main()


def _main() -> None:
    for line in sys.stdin:
        verb, *more = json.loads(line)
        if verb == "look":
            pid, status = os.waitpid(more[0], os.WNOHANG)
            print(json.dumps(os.waitstatus_to_exitcode(status) if pid else None), flush=True)
            continue
        child = os.fork()
        if not child:
            code = 1
            try:
                _live(*more)
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 0
            finally:
                os._exit(code)
        print(json.dumps(child), flush=True)


if __name__ == "__main__":
    _main()
