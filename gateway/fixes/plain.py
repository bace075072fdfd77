"""Where shown lines stand in a plain text, and new lines among them.

Rules of this file: pure; lines are counted as `reading.rows` counts them: at CRLF, LF and CR and nowhere else. What is
written into a flowed text is space-stuffed and ends in no space (RFC 3676 §4.2, §4.4).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.fixes.leaves import Leaf
from gateway.fixes.transfer import Edit

_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_STUFFED = (" ", ">", "From ")


class PlainSource:
    """A plain text by its lines."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._spans: list[tuple[int, int, int]] = []
        """Of each line: where it begins, where its end begins, where the next one begins."""
        at = 0
        while True:
            found = _LINE.match(leaf.text, at)
            if found is None:
                break
            self._spans.append((found.start(), found.end(1), found.end()))
            if not found[2]:
                break
            at = found.end()

    def lines(self, first: int, last: int) -> list[str]:
        """The source lines of some shown rows, those that flow joined and unstuffed."""
        out: list[str] = []
        goes_on = False
        for start, end, _ in self._spans[first - 1 : self._last(last)]:
            line = self._leaf.text[start:end]
            if self._leaf.flowed:
                line = line.removeprefix(" ")
            flows = self._flows(line)
            words = line[:-1] if flows and self._leaf.delsp else line
            if goes_on:
                out[-1] += words
            else:
                out.append(words)
            goes_on = flows
        return out

    def above(self, line: int, words: Sequence[str]) -> list[Edit]:
        """Put lines, and an empty one after them, above a shown line."""
        at = self._spans[line - 1][0]
        return [Edit(at, at, self._written([*words, ""]) + self._leaf.line_end)]

    def below(self, line: int, words: Sequence[str]) -> list[Edit]:
        """Put an empty line and lines below a shown line."""
        _, end, _ = self._spans[self._last(line) - 1]
        return [Edit(end, end, self._leaf.line_end + self._written(["", *words]))]

    def on_top(self, words: Sequence[str]) -> list[Edit]:
        """Put lines into a text that shows nothing."""
        return [Edit(0, 0, self._written(words) + self._leaf.line_end)]

    def replace(self, first: int, last: int, words: Sequence[str]) -> list[Edit]:
        """Put lines in place of some shown rows."""
        start, end = self._spans[first - 1][0], self._spans[self._last(last) - 1][1]
        return [Edit(start, end, self._written(words))]

    def _last(self, line: int) -> int:
        """The last source line of a row that begins at `line`."""
        while self._leaf.flowed and line < len(self._spans):
            start, end, _ = self._spans[line - 1]
            if not self._flows(self._leaf.text[start:end]):
                break
            line += 1
        return line

    def _flows(self, line: str) -> bool:
        return self._leaf.flowed and line.endswith(" ") and line.lstrip(">").removeprefix(" ") != "-- "

    def _written(self, words: Sequence[str]) -> str:
        lines = words
        if self._leaf.flowed:
            lines = [line if line == "-- " else line.rstrip(" ") for line in words]
            lines = [" " + line if line.startswith(_STUFFED) else line for line in lines]
        return self._leaf.line_end.join(lines)
