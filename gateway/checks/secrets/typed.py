"""Passwords that a sentence tells to type: `use X to log in`, `when it asks for the password, enter X`.

Rules of this file: pure. Nothing names the value, so it must look like nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.checks.secrets.grammar import (
    Context,
    Place,
    hit,
    is_prose,
    is_talk,
    looks_typed,
    opening,
    quoted,
    takes,
)
from gateway.checks.secrets.lexemes import Kind, Label
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade, Token

_AHEAD = 220
_TOKENS = 60
_FIGURE = re.compile(r"[^\s\d]\d|\d[^\s\d]")
"""Nothing is typed to log in that has no figure joined to something else."""
_PASSED = 3
"""Small words between a verb and what is typed: `put in the word X`."""
_SLASHED = re.compile(r"([^\W\d_][\w.]+)/([^\s/]{4,})")
_ENDS = (". ", "! ", "? ", "\n\n", ": ")


def at_login(context: Context, label: Label) -> Iterator[Hit]:
    """`use X to log in`, `log in with X`: no word for password at all."""
    text = context.page.text
    known = context.lexemes
    start = max(_sentence_start(text, label.start), context.rivals_before(label))
    end = min(context.rivals(label), label.end + _AHEAD)
    if not _FIGURE.search(text, start, end) and "/" not in text[start:end]:
        return
    found = context.page.tokens(start, end, _TOKENS)
    for at in range(1, len(found)):
        token = found[at]
        if any(found[at - 1].word in tongue.uses for tongue in context.tongues(label)):
            yield from _slashed(context, label, token)
            behind = found[at + 1 : at + 5]
            named = any(known.kinds.get(other.word) is Kind.SECRET for other in behind)
            if not named and not _SLASHED.fullmatch(token.core) and looks_typed(context, label, token):
                yield hit(context, token)
        if token.ends_sentence and token.after > label.end:
            return


def _slashed(context: Context, label: Label, token: Token) -> Iterator[Hit]:
    """`log in with camilla/liquorice`, where Camilla is one of the people of this mail."""
    found = _SLASHED.fullmatch(token.core)
    if found and found[1].lower() in context.people:
        start = token.start + found.start(2)
        second = context.page.tokens(start, start + len(found[2]), 1)
        if second and not is_prose(context, label, second[0]):
            yield Hit(context.page, start, start + len(found[2]))


def typed(context: Context, label: Label) -> Iterator[Hit]:
    """What a sentence about a password, or the one after it, tells to type."""
    text = context.page.text
    start = max(_sentence_start(text, label.start), context.rivals_before(label))
    found = context.page.tokens(start, min(context.rivals(label), label.end + _AHEAD), _TOKENS)
    ended = False
    for at, token in enumerate(found):
        if any(token.word in tongue.types for tongue in context.tongues(label)) and not token.ends_clause:
            value = _typed_value(context, label, found, at + 1)
            if value:
                yield value
                return
        if token.ends_sentence and token.start > label.end:
            if ended:
                return
            ended = True


def _typed_value(context: Context, label: Label, found: Sequence[Token], at: int) -> Hit | None:
    """The value behind `enter`, `put in`, `type the word`."""
    known = context.lexemes
    tongues = context.tongues(label)
    passed = 0
    while at < len(found) and passed < _PASSED and (is_talk(known, found[at]) or found[at].word in known.determiners):
        if known.is_label(found[at].core):
            return None
        if any(found[at].word in tongue.forbids or found[at].word in tongue.relatives for tongue in tongues):
            return None
        at += 1
        passed += 1
    if at >= len(found):
        return None
    token = found[at]
    page = context.page
    if known.is_label(token.core):
        return None
    named = quoted(context, label, opening(page.text, token.start), page.line_end(token.start), Place.TURNED)
    if named:
        return named
    if token.grade is Grade.DIGITS:
        fits = label.kind is Kind.PIN and takes(context, label, found, at, Place.LED)
    else:
        fits = looks_typed(context, label, token) or (token.seams > 0 and _is_odd(context, label, token))
    return hit(context, token) if fits else None


def _is_odd(context: Context, label: Label, token: Token) -> bool:
    """Words joined as nobody joins them: by dots, or more than two."""
    return (token.seams > 1 or "." in token.core) and not is_prose(context, label, token)


def _sentence_start(text: str, position: int) -> int:
    near = max(0, position - _AHEAD)
    return max(near, *(text.rfind(mark, near, position) + 1 for mark in _ENDS))
