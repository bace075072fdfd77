"""Passwords in fields: `Password: X`, the value on the same line, in the next cell or on the next line.

Rules of this file: pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.checks.secrets.grammar import (
    Context,
    Place,
    hit,
    is_field,
    is_said,
    is_talk,
    looks_typed,
    quoted,
    takes,
)
from gateway.checks.secrets.lexemes import Kind, Label
from gateway.checks.secrets.pages import Hit, Page
from gateway.checks.secrets.values import Grade, Token
from gateway.reading.model import Role

_CLOSING = re.compile(r"[\"'”»’`)\]*_]*")
_ASIDE = re.compile(r"[ \xa0]*\(([^()\n]{1,60})\)")
_NEAR_ASIDE = re.compile(r"([ \xa0][^\W\d_]+)?[ \xa0]*\(([^()\n]{1,60})\)")
_SEPARATOR = re.compile(
    r"[ \xa0]*(?:[:：=]+>?|[-=–]{1,2}>|→|\.{3,}:?|…:?)[ \xa0\t|]*|[ \xa0]*[\t|][ \xa0\t|]*|[ \xa0]+[-–—]{1,2}[ \xa0]+"
    r"|[ \xa0]{3,}(?=\S)"
)
_DASHES = frozenset({"-", "–", "—", "--"})
_TAG = re.compile(r">\s*([^<\s]{3,64})\s*</")
_BULLET = re.compile(r"[ \xa0\t]*(?:[-–•*·>]+[ \xa0\t]+)?")
_PHRASE = range(3, 8)
_SIGNED = frozenset({Role.SIGN_OFF, Role.SIGNATURE, Role.GREETING, Role.DISCLAIMER})


def in_field(context: Context, label: Label) -> Iterator[Hit] | None:
    """What stands behind a label and a separator; None where no separator follows and a sentence may go on."""
    text = context.page.text
    tag = _TAG.match(text, label.end)
    if tag and text[label.start - 1 : label.start] == "<":
        inner = context.page.tokens(tag.start(1), tag.end(1), 1)
        return iter([hit(context, inner[0])] if takes(context, label, inner, 0, Place.FIELD) else [])
    cursor = start_of_rest(text, label)
    separator = _SEPARATOR.match(text, cursor)
    if not separator:
        return None
    dash = separator[0].strip(" \xa0") in _DASHES
    place = Place.FIELD if is_field(context, label) and not dash else Place.LED
    return field_value(context, label, separator.end(), place)


def start_of_rest(text: str, label: Label) -> int:
    """Behind a label, its closing marks and a remark in brackets."""
    cursor = label.end
    for form in (_CLOSING, _ASIDE):
        found = form.match(text, cursor)
        cursor = found.end() if found else cursor
    return cursor


def in_brackets(context: Context, label: Label) -> Iterator[Hit]:
    """`password (X)`, `password protected (X)`."""
    aside = _NEAR_ASIDE.match(context.page.text, label.end)
    if aside:
        inner = context.page.tokens(aside.start(2), aside.end(2))
        fits = len(inner) == 1 and takes(context, label, inner, 0, Place.BESIDE)
        if fits and (not aside[1] or looks_typed(context, label, inner[0])):
            yield hit(context, inner[0])


def field_value(context: Context, label: Label, start: int, place: Place) -> Iterator[Hit]:
    """The value of a field: the rest of the line, or the next line."""
    page = context.page
    line_end = page.line_end(start)
    following = context.next_label(label.end)
    cut = following is not None and start < following.start < line_end and _is_led(page.text, following)
    end = following.start if cut and following else line_end
    named = quoted(context, label, start, end, place)
    if named:
        yield named
        return
    found = page.tokens(start, end)
    at = 0
    while at < len(found) and at < 3 and _is_passed(context, label, found[at]):
        at += 1
    if at == len(found):
        if not cut:
            yield from next_line(context, label, end, place)
    elif takes(context, label, found, at, place):
        yield hit(context, found[at])
    elif _is_phrase(context, label, found[at:], place):
        yield Hit(page, found[at].start, found[-1].end)


def _is_led(text: str, label: Label) -> bool:
    """Whether a label is another field, and not a word of this one's value."""
    return _SEPARATOR.match(text, start_of_rest(text, label)) is not None


def _is_passed(context: Context, label: Label, token: Token) -> bool:
    known = context.lexemes
    return token.grade <= Grade.NAME and (
        context.links(label, token.word) or token.word in known.fillers or not token.core.strip(":=>-|")
    )


def _is_phrase(context: Context, label: Label, found: Sequence[Token], place: Place) -> bool:
    """A passphrase without quotes: words alone in a field of an account, that make no sentence."""
    known = context.lexemes
    if place is not Place.FIELD or label.kind is Kind.PIN or len(found) not in _PHRASE or found[-1].ends_sentence:
        return False
    if any(token.grade is Grade.NOTHING or is_talk(known, token) or token.ends_clause for token in found):
        return False
    if any(known.is_label(token.core) for token in found):
        return False
    return context.beside_account(label) and sum(is_said(context, label, token) for token in found) <= 1


def next_line(context: Context, label: Label, position: int, place: Place) -> Iterator[Hit]:
    """A value on a line of its own under its label; at most two blank lines between."""
    page = context.page
    line = page.line_at(position) + 1
    skipped = 0
    while line < len(page.lines) and skipped < 2 and not page.lines[line].text.strip():
        line += 1
        skipped += 1
    if line >= len(page.lines):
        return
    start, end = page.starts[line], page.line_end(page.starts[line])
    bullet = _BULLET.match(page.text, start, end)
    start = bullet.end() if bullet else start
    if any(other.kind is not Kind.LOGIN for other in context.labels_within(start, end)):
        return
    named = quoted(context, label, start, end, place)
    if named and named.end >= end - 2:
        yield named
        return
    found = page.tokens(start, end, 4)
    alone = len(found) == 1 or (found and (found[0].ends_clause or page.text[found[1].start - 1] in "(\t"))
    apart = _stands_apart(page, line) or context.beside_account(label)
    firm = min(place, Place.LED)
    if apart:
        firm = Place.FIELD if place >= Place.LINKED else place
    if alone and takes(context, label, found[:1], 0, firm):
        yield hit(context, found[0])
    elif _is_announced_phrase(context, label, line, page.tokens(start, end)):
        yield Hit(page, start, page.starts[line] + len(page.lines[line].text.rstrip()))


def _is_announced_phrase(context: Context, label: Label, line: int, found: Sequence[Token]) -> bool:
    """Words alone on a line under `here is the password:`, that make no sentence."""
    known = context.lexemes
    page = context.page
    if not 2 <= len(found) <= _PHRASE.stop or not _stands_apart(page, line) or label.kind is Kind.PIN:
        return False
    if not page.is_set_off(line) or any(token.grade is Grade.NOTHING or token.tail for token in found):
        return False
    if sum(is_talk(known, token) for token in found) > 1 or sum(is_said(context, label, token) for token in found) > 1:
        return False
    behind = page.text[label.end : page.rest(label.end)].rstrip()
    said = [
        *context.words_before(label, 12),
        *(token.word for token in page.tokens(label.end, label.end + len(behind))),
    ]
    links = any(context.links(label, word) for word in said)
    rules = any(word in known.setters or word in tongue.blocks for tongue in context.tongues(label) for word in said)
    return links and not rules and behind.endswith(":")


def _stands_apart(page: Page, line: int) -> bool:
    """Whether a line is set off: by blank lines, or indented with nothing under it; and is no name that signs."""
    if page.lines[line].role in _SIGNED:
        return False
    last = line + 1 >= len(page.lines) or page.lines[line + 1].line - page.lines[line].line > 1
    return page.is_set_off(line) or (page.lines[line].text[:1].isspace() and last)
