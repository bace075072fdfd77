"""The points at which a process may die.

Rules of this file: nothing happens here but in tests, which put a function of theirs into `reached` and kill the
process in it. A point stands right before and right after whatever makes a change durable.
"""

from __future__ import annotations

from collections.abc import Callable


def _nothing(_: str) -> None:
    """What happens at a point when nobody tests."""


reached: Callable[[str], None] = _nothing
"""Called with the name of each point that is passed: `before commit`, `after commit`, `key drafted`, `key in place`."""


def point(name: str) -> None:
    """Pass a point."""
    reached(name)
