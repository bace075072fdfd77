"""One fix on its way: the octets so far, what it could not do, which header fields it removed.

Rules of this file: frozen values only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.fixes.model import Unmendable


@dataclass(frozen=True, slots=True)
class Step:
    """What a fix has made of a mail."""

    octets: bytes = field(repr=False)
    unmendable: tuple[Unmendable, ...] = ()
    removed: tuple[str, ...] = ()

    def then(self, later: Step) -> Step:
        """This step and a later one as one."""
        refused = tuple(dict.fromkeys((*self.unmendable, *later.unmendable)))
        return Step(later.octets, refused, (*self.removed, *later.removed))
