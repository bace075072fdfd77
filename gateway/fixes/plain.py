"""Where shown lines stand in a plain text, and new lines among them.

Rules of this file: pure; lines are counted as `reading.rows` counts them: at CRLF, LF and CR and nowhere else. What is
written into a flowed text is space-stuffed and ends in no space (RFC 3676 §4.2, §4.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from gateway.fixes.leaves import Leaf
from gateway.fixes.transfer import Edit

_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_FLOWED = 76
"""Characters of a flowed line: RFC 3676 §4.2 wants 78 at most."""
_STUFFED = (" ", ">", "From ")


class SourceRow(NamedTuple):
    """A row as its author wrote it, and its place without the line end."""

    text: str
    start: int
    end: int


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

    def rows(self, first: int, last: int) -> list[SourceRow]:
        """The source lines of some shown rows, empty ones too; those that flow are joined and unstuffed."""
        out: list[SourceRow] = []
        goes_on = False
        for start, end, _ in self._spans[first - 1 : self._last(last)]:
            line = self._leaf.text[start:end]
            flows = self._flows(line)
            if self._leaf.flowed:
                line = line.removeprefix(" ")
            words = line[:-1] if flows and self._leaf.delsp else line
            if goes_on:
                out[-1] = SourceRow(out[-1].text + words, out[-1].start, end)
            else:
                out.append(SourceRow(words, start, end))
            goes_on = flows
        return out

    def rewrite(self, rows: Sequence[SourceRow], words: Sequence[str]) -> list[Edit]:
        """Make some rows say other words; the rows that say them already stay as they are."""
        old = [row.text for row in rows]
        edits = []
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, list(words)).get_opcodes():
            made = self._written(words[j1:j2])
            if tag == "replace":
                edits.append(Edit(rows[i1].start, rows[i2 - 1].end, made))
            elif tag == "delete" and i2 < len(rows):
                edits.append(Edit(rows[i1].start, rows[i2].start, ""))
            elif tag == "delete":
                edits.append(Edit(rows[i1 - 1].end if i1 else rows[0].start, rows[-1].end, ""))
            elif tag == "insert" and i1 < len(rows):
                edits.append(Edit(rows[i1].start, rows[i1].start, made + self._leaf.line_end))
            elif tag == "insert":
                edits.append(Edit(rows[-1].end, rows[-1].end, self._leaf.line_end + made))
        return edits

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
        lines = [piece for line in words for piece in self._folded(line)] if self._leaf.flowed else words
        return self._leaf.line_end.join(lines)

    def _folded(self, line: str) -> Iterator[str]:
        """A line as lines that flow into each other, each stuffed where it must be."""
        rest = line if line == "-- " else line.rstrip(" ")
        while len(rest) > _FLOWED and (cut := rest.rfind(" ", 1, _FLOWED) + 1) > 1 and rest[cut:]:
            yield _stuffed(rest[:cut] + (" " if self._leaf.delsp else ""))
            rest = rest[cut:]
        yield _stuffed(rest)


def _stuffed(line: str) -> str:
    return " " + line if line.startswith(_STUFFED) else line
