"""A process that forks children which do one thing to a store and are killed at a point of it.

Rules of this file: one process imports everything once and forks for each question, since starting Python anew costs
more than all that is tested. A child opens the store itself, as after any fork, and dies by SIGKILL at the n-th passing
of a point, or ends when it is done without having passed there so often.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.config import Retention
from gateway.hold import Actor, Answered, HoldState, Outgoing, OutgoingKind, Progress, Stage
from gateway.store import Store, fault
from storing import ENVELOPE, LARGE, LATER, NEVER, NOON, OK, Place, a_hold, a_notice, after, disposed, mended

WHO = Actor("maija")
MAIL = b"Subject: Varaus\r\n\r\nSalasanasi on Kes\xe4-2024!\r\n"
FIXED = b"Subject: Varaus\r\n\r\nHei Liisa!\r\n"
RETENTION = Retention(delivered=1, bounced=1, discarded=1, returned=1, records=86400)
ID = "abcd2222"


def letter(kind: OutgoingKind) -> Outgoing:
    return replace(a_notice(ID), kind=kind)


async def hold(store: Store) -> None:
    await store.hold(a_hold(ID, octets=MAIL, clock_at=after(hours=1)), MAIL, [disposed(ID)], a_notice(ID))


async def hold_large(store: Store) -> None:
    await store.hold(a_hold(ID, octets=LARGE), LARGE, [disposed(ID)], a_notice(ID))


async def release(store: Store) -> None:
    await asyncio.to_thread(store.release, ID, WHO, "fine", NOON)


async def release_many(store: Store) -> None:
    await asyncio.to_thread(store.release_many, [ID], WHO, "fine", NOON)


async def discard(store: Store) -> None:
    await asyncio.to_thread(store.discard, ID, WHO, "no", NOON)


async def mend(store: Store) -> None:
    digest = (await asyncio.to_thread(store.find, ID)).octets_digest
    await asyncio.to_thread(store.mend, ID, mended(FIXED), WHO, NOON, expected=digest)


async def ask(store: Store) -> None:
    await asyncio.to_thread(store.ask, ID, WHO, "please", letter(OutgoingKind.REQUEST), NOON)


async def deny(store: Store) -> None:
    await asyncio.to_thread(store.deny, ID, WHO, "release", "not hers", NOON)


def step(to: Stage | HoldState, *kinds: OutgoingKind) -> Callable[[Store], Coroutine[Any, Any, None]]:
    async def stepped(store: Store) -> None:
        held = await asyncio.to_thread(store.find, ID)
        assert await store.step(held, to, [letter(kind) for kind in kinds], after(hours=1), after(hours=4))

    return stepped


async def taken(store: Store) -> Outgoing:
    [row] = [row for row in await store.due(NOON) if row.kind is OutgoingKind.RELEASE]
    return row


async def deliver(store: Store) -> None:
    await store.delivered(await taken(store), OK, NOON)


async def bounce(store: Store) -> None:
    await store.failed(await taken(store), NEVER, NOON, [letter(OutgoingKind.BOUNCE)])


async def split(store: Store) -> None:
    liisa, other = ENVELOPE.recipients
    progress = Progress(taken=(Answered(liisa, OK),), waiting=(Answered(other, LATER),))
    await store.partly(await taken(store), progress, NOON, NOON + timedelta(minutes=5), [])


async def sweep_octets(store: Store) -> None:
    await store.sweep(after(hours=1), RETENTION)


async def sweep_record(store: Store) -> None:
    await store.sweep(after(days=2), RETENTION)


async def erase(store: Store) -> None:
    await asyncio.to_thread(store.erase, "liisa@example.org", WHO, NOON)


async def rotate(store: Store) -> None:
    await asyncio.to_thread(store.rotate, WHO, NOON)


async def reseal(store: Store) -> None:
    while await store.reseal(1):
        pass


async def let_go(store: Store) -> None:
    await store.reseal()


ACTS: dict[str, Callable[[Store], Coroutine[Any, Any, None]]] = {
    "hold": hold,
    "hold large": hold_large,
    "release": release,
    "release many": release_many,
    "discard": discard,
    "mend": mend,
    "ask": ask,
    "deny": deny,
    "remind": step(Stage.REMINDED, OutgoingKind.REMINDER),
    "escalate": step(Stage.ESCALATED, OutgoingKind.ESCALATION),
    "return": step(HoldState.RETURNED, OutgoingKind.RETURN),
    "time out": step(HoldState.RELEASED),
    "deliver": deliver,
    "bounce": bounce,
    "split": split,
    "rotate": rotate,
    "reseal": reseal,
    "let go": let_go,
    "sweep octets": sweep_octets,
    "sweep record": sweep_record,
    "erase": erase,
}


class Nursery:
    """The process that forks."""

    def __init__(self) -> None:
        support = str(Path(__file__).parent)
        root = str(Path(__file__).parents[2])
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{support}:{root}"},
        )

    def kill_at(self, place: Place, act: str, point: str, passing: int = 1) -> bool:
        """Do an act in a child that is killed at a point; False when it was done without passing there so often."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([*place, act, point, passing]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer in {"killed", "done"}, answer
        return answer == "killed"

    def close(self) -> None:
        self._process.communicate()


def _child(url: str, key: str, act: str, point: str, passing: int) -> None:
    left = passing

    def die(name: str) -> None:
        nonlocal left
        left -= name == point
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    fault.reached = die
    store = Store(url, key, node="gw1")
    asyncio.run(ACTS[act](store))
    os._exit(0)


def _main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                _child(*json.loads(line))
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if status == 0 else f"failed {status}", flush=True)


if __name__ == "__main__":
    _main()
