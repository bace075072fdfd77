"""Pages: stretches of lines that are searched as one text, and the way back from a position to a line.

Rules of this file: pure. Lines of different quote levels are different pages: nobody's sentence goes on in another's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from gateway.checks.secrets.values import Grade, Token, token_at
from gateway.reading.model import AgentReply, Line

_REACH = 400
"""Characters of a line that are looked at around a label."""
_LONGEST = 256
"""A run of characters so long is no value, and is looked at in pieces."""
_RUN = re.compile(rf"\n|\S{{1,{_LONGEST}}}")


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """Lines joined by line feeds. A character of the text is a character of its line."""

    text: str
    lines: tuple[Line, ...]
    starts: tuple[int, ...]
    group: str
    """Pages of one group show the same words twice."""
    read: dict[tuple[int, int], Token] = field(default_factory=dict)
    """Tokens that were asked for once: searches overlap."""

    def tokens(self, start: int, end: int, most: int = 16) -> list[Token]:
        """The tokens between two positions, at most so many; a line feed is a token of its own, and its own core."""
        found: list[Token] = []
        for run in _RUN.finditer(self.text, start, end):
            if len(found) >= most:
                break
            token = self.read.get(run.span())
            if token is None:
                token = self.read[run.span()] = self._token(*run.span())
            found.append(token)
        return found

    def _token(self, start: int, end: int) -> Token:
        if self.text[start] == "\n" or end - start >= _LONGEST:
            return Token(start, end, end, self.text[start:end], Grade.NOTHING, "")
        return token_at(self.text, start, end)

    def line_at(self, position: int) -> int:
        """The index of the line that a position stands on."""
        return bisect_right(self.starts, position) - 1

    def line_end(self, position: int) -> int:
        """The position of the line feed behind a position."""
        found = self.text.find("\n", position)
        return len(self.text) if found < 0 else found

    def is_set_off(self, line: int) -> bool:
        """Whether a line has a blank line, or nothing, above it and below it."""
        above = line == 0 or self.text.startswith("\n", self.starts[line] - 2) or not self.lines[line - 1].text.strip()
        last = line + 1 >= len(self.lines)
        below = last or self.text.startswith("\n", self.starts[line + 1] - 2) or not self.lines[line + 1].text.strip()
        return above and below

    def before(self, position: int) -> str:
        """What stands before a position on its line, the last of it where that is long."""
        return self.text[max(self.line_start(position), position - _REACH) : position]

    def rest(self, position: int) -> int:
        """Where a search behind a position ends: with its line, or in reach."""
        return min(self.line_end(position), position + _REACH)

    def line_start(self, position: int) -> int:
        return self.text.rfind("\n", 0, position) + 1


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A secret that was found on a page."""

    page: Page
    start: int
    end: int
    forms: tuple[str, ...] = ()
    """Other spellings of it: with its punctuation, decoded."""

    @property
    def value(self) -> str:
        return self.page.text[self.start : self.end]


def page_of(lines: Sequence[Line], group: str) -> Page:
    """Join lines; a blank line between two, which reading leaves out, is one line feed more.

    Lone surrogates, which stand for octets that are no text, become question marks.
    """
    starts = []
    parts: list[str] = []
    position = 0
    for at, line in enumerate(lines):
        if at and line.line - lines[at - 1].line > 1:
            parts.append("")
            position += 1
        starts.append(position)
        parts.append(line.text)
        position += len(line.text) + 1
    text = "\n".join(parts).encode("utf-8", "replace").decode()
    return Page(text, tuple(lines), tuple(starts), group)


def pages(reply: AgentReply) -> Iterator[Page]:
    """The subject, every text by quote level, every attachment."""
    yield page_of((reply.subject,), "header:Subject")
    for text in reply.texts:
        for _, lines in groupby(text.lines, key=lambda line: line.depth):
            yield page_of(tuple(lines), text.group or text.part)
    for attachment in reply.attachments:
        if attachment.lines:
            yield page_of(attachment.lines, attachment.part)


def whole(reply: AgentReply) -> str:
    """Everything that pages would hold, for one quick look."""
    parts = [reply.subject.text]
    parts += [line.text for text in reply.texts for line in text.lines]
    parts += [line.text for attachment in reply.attachments for line in attachment.lines]
    return "\n".join(parts)
