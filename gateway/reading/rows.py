"""Rows: what a client shows of a body, line by line, before anybody says what each line is.

Rules of this file: pure; linear; never raises.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from gateway.reading.charset import is_clean, lines_of, shown


class Hint(IntEnum):
    """What the markup already tells of a row."""

    NONE = 0
    ATTRIBUTION = 1
    SIGNATURE = 2
    MARKER = 3
    """Nobody's words: a link's target."""
    ALT = 4
    """Words that stand for a picture."""
    COMMENT = 5
    """Within a comment of a helpdesk's ticket: the agent's own, or an earlier one."""
    RULED = 6
    """The first row below a horizontal rule."""


class Row(NamedTuple):
    """One shown line that is not blank."""

    text: str
    line: int
    column: int = 1
    depth: int = 0
    preformatted: bool = False
    hint: Hint = Hint.NONE


def plain_rows(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Row]:
    """The rows of a plain text, quote marks counted and taken off."""
    if flowed:
        return _flowed_rows(lines_of(text), delsp=delsp)
    rows = []
    clean = is_clean(text)
    for number, raw in enumerate(lines_of(text), 1):
        line = raw if clean else shown(raw)
        stripped = line.strip()
        if not stripped:
            continue
        if stripped[0] == ">":
            body, depth = unquoted(stripped)
            if body:
                rows.append(Row(body, number, line.find(body) + 1, depth))
        else:
            rows.append(Row(stripped, number, len(line) - len(line.lstrip()) + 1))
    return rows


def unquoted(stripped: str) -> tuple[str, int]:
    """Take the quote marks off a line: `> > text`, `>>text`. Returns the text and the level."""
    at = depth = 0
    size = len(stripped)
    while at < size and stripped[at] in "> ":
        depth += stripped[at] == ">"
        at += 1
    return stripped[at:], depth


def _flowed_rows(lines: list[str], *, delsp: bool) -> list[Row]:
    """RFC 3676: a line that ends in a space goes on in the next one of the same quote level."""
    rows: list[Row] = []
    pending: list[str] = []
    begun = (0, 0, 0)
    for number, line in enumerate(lines, 1):
        depth = len(line) - len(line.lstrip(">"))
        text = line[depth:]
        indent = 1 if text.startswith(" ") else 0  # §4.4: space-stuffing
        text = text[indent:]
        if pending and (depth != begun[2] or text == "-- "):
            _end(rows, pending, begun)
            pending = []
        if not pending:
            begun = (number, depth + indent + 1 + len(text) - len(text.lstrip()), depth)
        flows = text.endswith(" ") and text != "-- "
        pending.append(text[:-1] if flows and delsp else text)
        if not flows:
            _end(rows, pending, begun)
            pending = []
    _end(rows, pending, begun)
    return rows


def _end(rows: list[Row], pending: list[str], begun: tuple[int, int, int]) -> None:
    number, column, depth = begun
    text = shown("".join(pending)).strip()
    if text.startswith(">"):  # `> > text` with spaces between, which the RFC does not want
        text, more = unquoted(text)
        depth += more
    if text:
        rows.append(Row(text, number, column, depth))
