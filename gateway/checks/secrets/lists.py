"""Passwords in lists: lines of pairs above or below the sentence that says what they are.

Rules of this file: pure. Two such lines at least: one alone may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from gateway.checks.secrets.grammar import Context, hit, is_prose, looks_typed
from gateway.checks.secrets.lexemes import Label
from gateway.checks.secrets.oddness import ODD, oddness
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade, Token, token_at

_ROW = re.compile(r"[ \t\xa0]*(?:[-–•*·>]+[ \t\xa0]+)?(\S+?)(?:[ \xa0]{2,}|\t+|\s[-–—=]\s|\s*[:/|]\s*)(\S+)\s*")
_SPACE = r"(?:[ \xa0]{2,}|[ \xa0]*\t\s*|\s+[-–—=/:|+&]\s+|[:/|;,]\s*)"
_CELLS = re.compile(
    rf"[ \t\xa0]*(?:[-–•*·>]+[ \t\xa0]+|\d{{1,2}}[.)][ \t\xa0]+)?"
    rf"((?:[^\s:/|;,]+(?: [^\s:/|;,]+)?{_SPACE}){{1,3}})([^\s:/|;,]+)[ .]*"
)
"""One to three names, and what stands last."""
_WIDEST = 120
_REACH = 3
"""Lines between the sentence and the list at most."""
_LEAST = 2
_MOST = 200
_STACK = 6
"""Lines below a label at most."""


def in_lists(context: Context, label: Label) -> Iterator[Hit]:
    """The second of each pair in the block of lines nearest to a label."""
    page = context.page
    line = page.line_at(label.start)
    for step in (1, -1):
        for first in range(line + step, line + step * (_REACH + 1), step):
            if not 0 <= first < len(page.lines) or not page.lines[first].text.strip():
                continue
            rows = _block(context, label, first, step)
            if len(rows) >= _LEAST:
                yield from (hit(context, token) for token in rows)
                return


def in_rows(context: Context) -> Iterator[Hit]:
    """The last of each row in neighbouring rows of a mail that speaks of logging in somewhere: `till3   Maple.41`."""
    page = context.page
    block: list[Token] = []
    for line in (*range(len(page.lines)), -1):
        blank = line >= 0 and not page.lines[line].text.strip()
        token = _last(context, line) if line >= 0 and not blank else None
        if token:
            block.append(token)
        elif not blank:
            if len({one.core for one in block}) >= _LEAST and len(block) <= _MOST:
                yield from (hit(context, one) for one in block)
            block = []


def _last(context: Context, line: int) -> Token | None:
    """The odd end of a row of a name, or two, and what is typed."""
    page = context.page
    start = page.starts[line]
    text = page.lines[line].text
    found = _CELLS.fullmatch(page.text, start, start + len(text)) if len(text) <= _WIDEST else None
    if not found or context.lexemes.is_label(found[1]):
        return None
    token = token_at(page.text, found.start(2), found.end(2))
    return token if oddness(token) >= ODD and not context.lexemes.is_product(token.core) else None


def in_stack(context: Context, label: Label) -> list[Hit]:
    """A username and a password each on a line of its own, below what announces both."""
    page = context.page
    line = page.line_at(label.start)
    stack: list[Token] = []
    for below in range(line + 1, min(line + 1 + _STACK, len(page.lines))):
        text = page.lines[below].text.strip()
        if len(text.split()) > 1:
            break
        if text:
            start = page.starts[below] + page.lines[below].text.index(text[0])
            stack.append(token_at(page.text, start, start + len(text)))
    for user, value in pairwise(stack):
        if user.core.lower() in context.people and looks_typed(context, label, value):
            return [hit(context, value)]
    return []


def _block(context: Context, label: Label, first: int, step: int) -> list[Token]:
    """Neighbouring lines that are pairs with a value."""
    page = context.page
    rows: list[Token] = []
    line = first
    while 0 <= line < len(page.lines) and len(rows) < _MOST:
        token = _second(context, label, line)
        if not token:
            return rows
        rows.append(token)
        line += step
    return rows


def _second(context: Context, label: Label, line: int) -> Token | None:
    page = context.page
    known = context.lexemes
    start = page.starts[line]
    found = _ROW.fullmatch(page.text, start, start + len(page.lines[line].text))
    if not found or "://" in found[0]:
        return None
    token = token_at(page.text, found.start(2), found.end(2))
    if known.is_label(found[1]) or known.is_label(token.core) or known.is_product(token.core):
        return None
    small = any(character.islower() for character in token.core)
    good = (token.grade >= Grade.MIXED and small) or (token.seams > 0 and not is_prose(context, label, token))
    return token if good else None
