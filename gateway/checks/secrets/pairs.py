"""Passwords in pairs and lists: `maija / Kesa2024` beside or below what names an account.

Rules of this file: pure. The second of a pair is the secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.checks.secrets.grammar import Context, hit, is_prose
from gateway.checks.secrets.lexemes import Kind, Label
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade

_BULLET = re.compile(r"[ \t\xa0]*(?:[-–•*·>]+[ \t\xa0]+|\d{1,2}[.)][ \t\xa0]+)?")
_PAIR = re.compile(
    r"[\"'“”(]?([^\s/|,;]+?)[\"'“”]?(\s*[/|;\t]\s*|\s*,\s+|\s*:(?!//)\s*|\s[-–—]\s|\s+(\S{1,12})\s+)(\S+)"
)
_LEAD = re.compile(r"[\s:.=>-]*")
_LINES = 14


def in_pairs(context: Context, label: Label, begin: int) -> Iterator[Hit]:
    """A pair on the rest of the line behind `begin`, or on the lines below. `label` is the last label before it."""
    page = context.page
    end = page.rest(begin)
    rest = page.text[begin:end]
    lead = _lead(context, label, rest)
    if lead < 0:
        return
    if rest[lead:].strip():
        yield from _pair(context, label, begin + lead, end)
        return
    if label.kind in {Kind.USER, Kind.LOGIN}:
        return
    blank = 0
    first = page.line_at(begin) + 1
    for line in range(first, min(first + _LINES, len(page.lines))):
        if not page.lines[line].text.strip():
            blank += 1
            if blank > 1:
                return
            continue
        found = list(_pair(context, label, page.starts[line], page.rest(page.starts[line])))
        if not found:
            return
        yield from found


def _lead(context: Context, label: Label, rest: str) -> int:
    """Where a pair may begin behind a label: after a colon, or a link within a few words; -1 for nowhere."""
    opened = _LEAD.match(rest)
    if opened and (any(mark in opened[0] for mark in ":=>") or (opened.end() == len(rest) and "." not in rest)):
        return opened.end()
    for word in list(re.finditer(r"\S+", rest[:120]))[:8]:
        bare = word[0].strip(",:").lower()
        if word[0].endswith(":") or context.links(label, bare):
            tail = _LEAD.match(rest, word.end())
            return tail.end() if tail else word.end()
        if word[0].endswith((".", "!", "?")):
            return -1
    return -1


def _pair(context: Context, label: Label, start: int, end: int) -> Iterator[Hit]:
    text = context.page.text
    known = context.lexemes
    bullet = _BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    opens = context.page.tokens(start, end, 1)
    if opens and any(opens[0].word in tongue.uses for tongue in context.tongues(label)):
        start = opens[0].after + 1
    found = _PAIR.match(text, start, end)
    if (
        not found
        or (found[3] and not context.joins(label, found[3].lower()))
        or "://" in text[found.start() : found.end()]
    ):
        return
    if ":" in found[2] and label.kind is not Kind.SECRET:
        return
    second = context.page.tokens(found.start(4), end, 2)
    token = second[0]
    if len(second) > 1 and second[1].core == "/":
        return
    if known.is_label(token.core) or known.is_label(found[1]) or known.is_product(token.core):
        return
    if token.grade >= Grade.MIXED or (token.grade is Grade.DIGITS and "/" in found[2]):
        yield hit(context, token)
        return
    named = label.kind in {Kind.SECRET, Kind.PIN} and context.partner(label) is not None
    named = named or (found[1].lower() in context.people and "/" in found[2])
    firm = any(mark in found[2] for mark in "/|\t") or token.ends_sentence or len(second) == 1
    first = context.page.tokens(found.start(1), found.end(1), 1)
    prose = is_prose(context, label, token) or not first or is_prose(context, label, first[0])
    if (named or token.seams) and firm and token.grade > Grade.NOTHING and not prose:
        yield hit(context, token)
