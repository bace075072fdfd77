"""`saate` as its users run it, killed at one commit: python mortal.py ENTRY POINT WORDS...

Rules of this file: all that is done is the product's own. A commit is known by the types of the log entries in it, or
by `taken`, which stands for rows of the outbox that a courier takes. There the whole process group dies by SIGKILL, as
in a power cut. The clock of held replies is looked at more often, so that nobody waits.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from gateway import courier
from gateway.cli.main import main
from gateway.store import fault, log, outbox


def run(entry: str, point: str) -> None:
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
        if name == point and entry in seen:
            os.killpg(os.getpgrp(), signal.SIGKILL)
        if name == "after commit":
            seen.clear()

    log.Chain.append = noting  # type: ignore[assignment,method-assign]  # this program is for nothing else
    outbox.take = taking  # type: ignore[assignment]  # as above
    fault.reached = die
    courier.TICK = timedelta(seconds=0.2)


if __name__ == "__main__":
    run(*sys.argv[1:3])
    del sys.argv[1:3]
    main()
