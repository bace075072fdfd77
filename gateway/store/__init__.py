"""The store: policy log, held mail and outbox behind one door.

Rules of this file: no decisions and no SQL. What an event loop calls is a coroutine (`way`, `carrying`); what the
command line calls blocks (`desk`), and may be called from any thread but the event loop's, by `asyncio.to_thread` too.
"""

from __future__ import annotations

from gateway.store import unanswered as unheard
from gateway.store.acts import Outcome, Reasons
from gateway.store.carrying import ForTheCourier
from gateway.store.desk import ForPeople
from gateway.store.errors import (
    AmbiguousId,
    HoldChanged,
    HoldGone,
    NoSuchHold,
    NotOver,
    StoreError,
    UnknownFinding,
    Unreasoned,
)
from gateway.store.holds import Held
from gateway.store.log import LogRow
from gateway.store.rotation import KeyInfo
from gateway.store.transaction import Transaction
from gateway.store.verify import BadEntry, Undisposed, VerifyResult
from gateway.store.way import ForTheWay

__all__ = [
    "ANSWER_KEPT",
    "AmbiguousId",
    "BadEntry",
    "Held",
    "HoldChanged",
    "HoldGone",
    "KeyInfo",
    "LogRow",
    "NoSuchHold",
    "NotOver",
    "Outcome",
    "Reasons",
    "Store",
    "StoreError",
    "Transaction",
    "Undisposed",
    "UnknownFinding",
    "Unreasoned",
    "VerifyResult",
]

ANSWER_KEPT = unheard.KEPT
"""So long an answer that a client did not hear is remembered."""


class Store(ForTheWay, ForTheCourier, ForPeople):
    """The store as one process uses it. Make it after the fork; it connects at its first use."""
