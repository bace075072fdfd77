"""A bound on what a pure function may cost on the event loop, whatever it was given.

Rules of this file: the main thread only. A timer of the kernel counts the processor time of this process; when it runs
out, an exception that no `except Exception` catches ends the function between two steps of the interpreter, or within a
regular expression. It is raised only while the function runs, and what it interrupts must be pure.

Shapes are checked beforehand (`structure.harmless`); this is for what a shape does not tell, such as a text that a
check takes quadratic time for. What runs out of budget here is done again in an inspection process.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")
_AGAIN = 0.004
"""Seconds until the next try: within a destructor or a weak reference's callback the interpreter drops an exception."""


class OutOfBudgetError(BaseException):
    """The function took too long and was ended."""


class Budget:
    """One for each process; takes SIGPROF."""

    def __init__(self) -> None:
        self._is_running = False
        signal.signal(signal.SIGPROF, self._ring)
        signal.siginterrupt(signal.SIGPROF, False)  # noqa: FBT003 - other threads are in the middle of system calls

    def run(self, seconds: float, function: Callable[[], Result]) -> Result:
        """Call a function; raises OutOfBudgetError when it takes longer, else whatever it raises."""
        try:
            try:
                self._is_running = True
                signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
                return function()
            finally:
                self._is_running = False
        finally:  # twice, since the bell may ring between the end of the function and the first line of a `finally`
            self._is_running = False
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_running:
            raise OutOfBudgetError
