"""Passwords in tables: a header names the column.

Rules of this file: pure. A column is named once and filled often, so a value there needs no look of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.checks.secrets.grammar import Context, is_prose
from gateway.checks.secrets.lexemes import Label
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade, Token, is_placeholder

_DELIMITERS = ("\t", "|", ";", ",")
_WIDE = re.compile(r"[ \xa0]{2,}")
_RULE = re.compile(r"[\s|+:=_-]*")
_ROWS = 500
_HEADER_WORDS = 3
_LONGEST_HEADER = 1000


def in_tables(context: Context, label: Label) -> Iterator[Hit]:
    """The cells below a header cell that names a password."""
    page = context.page
    row = page.line_at(label.start)
    header = page.lines[row].text
    if len(header) > _LONGEST_HEADER:
        return
    for delimiter in (*_DELIMITERS, "  "):
        if delimiter not in header.strip():
            continue
        cells = _cells(page.text[page.starts[row] : page.line_end(label.start)], page.starts[row], delimiter)
        if len(cells) < 2 or not all(len(text.split()) <= _HEADER_WORDS for _, text in cells):
            continue
        column = next((at for at, (start, text) in enumerate(cells) if start <= label.start < start + len(text)), -1)
        if column < 0 or _is_filled(context, cells, column):
            continue
        yield from _column(context, label, row, (delimiter, len(cells), column))
        return


def _is_filled(context: Context, cells: Sequence[tuple[int, str]], column: int) -> bool:
    """Whether the cells beside the label hold values or remarks: then the row is no header."""
    for start, text in [*cells[:column], *cells[column + 1 :]]:
        found = context.page.tokens(start, start + len(text))
        if any(token.grade >= Grade.DIGITS or is_placeholder(token.core) for token in found):
            return True
        if len(found) == 1 and found[0].word in context.lexemes.states:
            return True
    return False


def _cells(row: str, offset: int, delimiter: str) -> list[tuple[int, str]]:
    """Position and text of each cell; the borders of a drawn table are no cells."""
    cells: list[tuple[int, str]] = []
    parts = _WIDE.finditer(row.strip()) if delimiter == "  " else re.finditer(re.escape(delimiter), row)
    begin = 0
    lead = len(row) - len(row.lstrip()) if delimiter == "  " else 0
    for part in parts:
        cells.append((begin + lead, row[begin + lead : part.start() + lead]))
        begin = part.end()
    cells.append((begin + lead, row[begin + lead :]))
    placed = [(offset + start + len(text) - len(text.lstrip()), text.strip()) for start, text in cells]
    return [cell for cell in placed if cell[1]] if delimiter == "|" else placed


def _column(context: Context, label: Label, row: int, shape: tuple[str, int, int]) -> Iterator[Hit]:
    page = context.page
    delimiter, width, column = shape
    for below in range(row + 1, min(row + 1 + _ROWS, len(page.lines))):
        text = page.text[page.starts[below] : page.line_end(page.starts[below])]
        if _RULE.fullmatch(text):
            if not text.strip() and below > row + 1:
                return
            continue
        cells = _cells(text, page.starts[below], delimiter)
        if len(cells) != width:
            return
        start, cell = cells[column]
        found = page.tokens(start, start + len(cell))
        if 0 < len(found) <= 4 and _fills(context, label, found, strict=delimiter == ","):
            yield Hit(page, found[0].start, found[-1].end, tuple(token.core for token in found if len(found) == 1))


def _fills(context: Context, label: Label, found: Sequence[Token], *, strict: bool) -> bool:
    known = context.lexemes
    if any(known.is_label(token.core) for token in found):
        return False
    if any(token.grade >= Grade.DIGITS for token in found):
        return True
    return not strict and all(token.grade > Grade.NOTHING and not is_prose(context, label, token) for token in found)
