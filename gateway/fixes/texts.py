"""Where a fix writes: the shown texts of a mail, each with the leaf it comes from.

Rules of this file: pure. A text that cannot be written in is told by name, and the others are written in all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from gateway.fixes.leaves import Leaf, leaves, write
from gateway.fixes.model import CannotMend, Reason, Unmendable
from gateway.fixes.page import PageSource
from gateway.fixes.plain import PlainSource
from gateway.fixes.step import Step
from gateway.fixes.transfer import Edit
from gateway.reading.message import read
from gateway.reading.model import AgentReply, Text


class Source(Protocol):
    """A text by its lines, plain or HTML."""

    def above(self, line: int, words: Sequence[str]) -> list[Edit]:
        """Put lines above a shown line, as a paragraph."""

    def below(self, line: int, words: Sequence[str]) -> list[Edit]:
        """Put lines below a shown line, as a paragraph."""

    def replace(self, first: int, last: int, words: Sequence[str]) -> list[Edit]:
        """Put lines in place of shown rows, and of the elements that hold these alone."""

    def on_top(self, words: Sequence[str]) -> list[Edit]:
        """Put lines into a text that shows nothing."""


Writes = Callable[[Text, Source], list[Edit]]
"""(a shown text, its source) → the edits in it; none where the fix does not concern it."""


def source_of(leaf: Leaf) -> Source:
    """The lines of a leaf. Raises CannotMend where its HTML cannot be followed."""
    return PageSource(leaf) if leaf.html else PlainSource(leaf)


def written(fix: str, octets: bytes, texts: Sequence[Text], writes: Writes) -> Step:
    """Let a fix write into its texts, from the last to the first, so that the places before stay true."""
    found, refused = leaves(octets, read(octets))
    by_section = {leaf.section: leaf for leaf in found if not leaf.attachment}
    unmendable: list[Unmendable] = []
    removed: tuple[str, ...] = ()
    for text in reversed(texts):
        leaf = by_section.get(text.part)
        if leaf is None:
            unmendable.append(Unmendable(fix, text.part, refused.get(text.part, Reason.AMBIGUOUS)))
            continue
        try:
            edits = writes(text, source_of(leaf))
            octets, gone = write(octets, leaf, edits) if edits else (octets, ())
            removed += gone
        except CannotMend as refusal:
            unmendable.append(Unmendable(fix, text.part, refusal.reason))
    return Step(octets, tuple(unmendable), removed)


def written_in(reply: AgentReply) -> tuple[Text, ...]:
    """The first text with anything of the agent's, else the first one, and its alternatives."""
    first = next((text for text in reply.texts if text.fresh), next(iter(reply.texts), None))
    if first is None:
        return ()
    return tuple(text for text in reply.texts if text is first or (text.group and text.group == first.group))
