"""Passwords in sentences: from a label forwards to its value, backwards, and in the sentence after.

Rules of this file: pure. A walk goes word by word to the sentence's end and remembers what bound the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.checks.secrets.fields import field_value, in_brackets, in_field, next_line, start_of_rest
from gateway.checks.secrets.grammar import (
    Context,
    Place,
    hit,
    is_field,
    is_said,
    is_talk,
    looks_typed,
    opening,
    quoted,
    takes,
)
from gateway.checks.secrets.lexemes import Kind, Label
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade, Token

_BACK = 8
_BACK_CHARACTERS = 160
_NEAR = 4
"""A plain word is a value only behind a link so close to its label."""
_PENDING = frozenset({Place.LED, Place.LINKED, Place.NAMED, Place.FIELD})
_AHEAD = 200
_HALVES = re.compile(r"(?:[ \xa0]?[:=]|[ \xa0][^\W\d_]{1,4}|)[ \xa0]+(\d\d \d\d)(?! ?\d)(?!\w)")
"""A PIN in two halves: `PIN 61 48`."""
_REST = " \xa0.:"


def after(context: Context, label: Label) -> Iterator[Hit]:
    """What a label names, behind it."""
    if label.kind is Kind.SHORT and not (is_field(context, label) or _beside_user(context, label)):
        return
    halves = _HALVES.match(context.page.text, label.end) if label.kind is Kind.PIN else None
    if halves:
        yield Hit(context.page, halves.start(1), halves.end(1))
        return
    bracketed = list(in_brackets(context, label)) if label.kind is not Kind.SHORT else []
    if bracketed:
        yield from bracketed
        return
    field = in_field(context, label)
    if field is not None:
        found = list(field)
        yield from found
        if found:
            return
    if label.kind is Kind.SHORT:
        yield from _right_beside(context, label)
        return
    yield from _walk(context, label, start_of_rest(context.page.text, label))


def _right_beside(context: Context, label: Label) -> Iterator[Hit]:
    """`pw Kesa2024`, `pw is Kesa2024`: a short word names nothing but the very next."""
    found = context.page.tokens(label.end, context.page.line_end(label.end), 3)
    found = found[1:] if found and context.links(label, found[0].word) else found
    if found and found[0].grade >= Grade.MIXED and takes(context, label, found, 0, Place.SET):
        yield hit(context, found[0])


def _beside_user(context: Context, label: Label) -> bool:
    return any(other.kind is Kind.USER for other in context.labels_before(label, 60))


@dataclass(slots=True)
class _Walk:
    """What a walk remembers."""

    place: Place | None = Place.BESIDE
    """What the last word bound; None where it bound nothing."""
    was_set: bool = False
    """Something is set or changed in this sentence."""


def _walk(context: Context, label: Label, start: int) -> Iterator[Hit]:
    """The rest of the sentence behind a label, over soft line ends."""
    page = context.page
    if page.text[start : start + 1] in {",", ";"}:
        yield from _apposed(context, label, start + 1)
        start = _relative(context, label, start + 1)
    elif not page.text[start : page.line_end(start)].strip(_REST) and _is_alone(context, label):
        yield from next_line(context, label, page.line_end(start), Place.LED)
        return
    yield from _words(context, label, page.tokens(start, len(page.text)) if start else [])


def _words(context: Context, label: Label, found: Sequence[Token]) -> Iterator[Hit]:
    """Word by word to the sentence's end."""
    walk = _Walk(was_set=_is_about_setting(context, label, found))
    rivals = context.rivals(label)
    for at, token in enumerate(found):
        if token.start >= rivals:
            return
        if token.core == "\n":
            if _is_blank(found, at):
                yield from _under(context, label, token.start, walk)
                return
            continue
        values = _values_at(context, label, found, at, walk.place)
        yield from values
        if values or _is_barred(context, label, token):
            return
        _step(context, label, token, walk)
        if walk.place is Place.NAMED and not _is_near(found, at):
            walk.place = Place.LINKED
        if token.leads:
            yield from _led(context, label, found[: at + 1], walk)
        if token.ends_sentence or ")" in token.tail:
            return


def _led(context: Context, label: Label, gap: Sequence[Token], walk: _Walk) -> Iterator[Hit]:
    """What a colon leads to, some words behind a label."""
    firm = walk.place is Place.FIELD or _is_about_place(context, label, gap)
    return field_value(context, label, gap[-1].after, Place.FIELD if firm else Place.LED)


def _is_alone(context: Context, label: Label) -> bool:
    """Whether a label ends its line as a field's name or before a colon, and not by chance."""
    page = context.page
    before = page.before(label.start).lower().split()
    opens = all(word in context.lexemes.determiners or not word.isalpha() for word in before) and "," not in before
    return opens or ":" in page.text[label.end : page.rest(label.end)]


def _apposed(context: Context, label: Label, start: int) -> Iterator[Hit]:
    """`a new password, Ekorre31, that …`: set off by commas, and nothing but a password."""
    found = context.page.tokens(start, context.page.line_end(start), 2)
    if found and found[0].ends_clause and looks_typed(context, label, found[0]):
        yield hit(context, found[0])


def _relative(context: Context, label: Label, start: int) -> int:
    """Where `, which is` goes on after its relative pronoun; 0 where no such clause follows."""
    found = context.page.tokens(start, len(context.page.text), 2)
    if len(found) < 2 or not any(found[0].word in tongue.relatives for tongue in context.tongues(label)):
        return 0
    return found[1].start if context.links(label, found[1].word) else 0


def _is_blank(found: Sequence[Token], at: int) -> bool:
    return at + 1 < len(found) and found[at + 1].core == "\n"


def _under(context: Context, label: Label, position: int, walk: _Walk) -> Iterator[Hit]:
    """A sentence that ends in a link goes on below a blank line."""
    if walk.place in _PENDING:
        yield from next_line(context, label, position, walk.place or Place.LED)


def _is_about_place(context: Context, label: Label, gap: Sequence[Token]) -> bool:
    """`password for the guest network:` says where it fits and nothing else."""
    known = context.lexemes
    if len(gap) > _NEAR or any(is_said(context, label, token) or token.core == "\n" for token in gap[:-1]):
        return False
    cases = any(gap[0].word.endswith(tongue.cases) for tongue in context.tongues(label))
    return is_talk(known, gap[0]) or gap[0].word in known.determiners or cases


def _is_near(found: Sequence[Token], at: int) -> bool:
    """Whether a link stands so close behind its label that a plain word can be the value."""
    aside = bool(found[at + 1 : at + 2]) and "," in found[at + 1].tail
    return at == 0 or (at < _NEAR and not aside)


def _is_about_setting(context: Context, label: Label, found: Sequence[Token]) -> bool:
    """Whether something is set or changed in this sentence; German says so at its end."""
    setters = context.lexemes.setters
    if any(word in setters for word in context.words_before(label, 8)):
        return True
    for token in found:
        if token.word in setters or token.ends_sentence:
            return token.word in setters
    return False


def _is_barred(context: Context, label: Label, token: Token) -> bool:
    """An example or a rule begins: nobody's password follows."""
    plain = token.grade <= Grade.NAME
    return any(
        token.word in tongue.examples or (plain and (token.word in tongue.blocks or token.word in tongue.forbids))
        for tongue in context.tongues(label)
    )


def _step(context: Context, label: Label, token: Token, walk: _Walk) -> None:
    """What a word binds that comes next."""
    known = context.lexemes
    word = token.word
    turned = walk.was_set and _turns(context, label, word)
    if token.leads:
        firm = turned or context.links(label, word)
        walk.place = Place.FIELD if firm else Place.LED
    elif context.names(label, word):
        walk.place = Place.NAMED
    elif context.links(label, word):
        walk.place = Place.LINKED
    elif turned:
        walk.place = Place.TURNED
    elif word in known.setters or (walk.place is Place.BESIDE and label.text in known.roles):
        walk.place = Place.SET
    elif word not in known.fillers:
        walk.place = None


def _values_at(context: Context, label: Label, found: Sequence[Token], at: int, place: Place | None) -> list[Hit]:
    """The value that a token begins, and those joined to it by `and`."""
    before = found[at - 1].word if at else ""
    if (
        place is None
        or _is_barred(context, label, found[at])
        or any(before in tongue.references for tongue in context.tongues(label))
    ):
        return []
    if place is not Place.BESIDE or not context.is_forbidden(label):
        page = context.page
        named = quoted(context, label, opening(page.text, found[at].start), page.line_end(found[at].start), place)
        if named:
            return [named]
    if not takes(context, label, found, at, place):
        return []
    return [hit(context, found[at]), *_joined(context, label, found, at)]


def _joined(context: Context, label: Label, found: Sequence[Token], at: int) -> Iterator[Hit]:
    """`X and Y`, `X, Y`: more of the same."""
    known = context.lexemes
    while found[at].grade >= Grade.MIXED and at + 1 < len(found):
        step = 2 if context.joins(label, found[at + 1].word) else 1 if "," in found[at].tail else 0
        at += step
        if not step or at >= len(found) or found[at].grade < Grade.MIXED or known.is_product(found[at].core):
            return
        yield hit(context, found[at])


def in_next_sentence(context: Context, label: Label) -> Iterator[Hit]:
    """Told apart: `I have reset your password. The new one is X`."""
    text = context.page.text
    known = context.lexemes
    for behind in context.told_again(label.end, min(len(text), label.end + _AHEAD)):
        rest = context.page.tokens(behind, len(text), 4)
        at = 0
        while at < len(rest) and rest[at].word in known.fillers and rest[at].grade <= Grade.NAME:
            at += 1
        least = Grade.DIGITS if label.kind is Kind.PIN else Grade.MIXED
        if at < len(rest) and rest[at].grade >= least and takes(context, label, rest, at, Place.LINKED):
            yield hit(context, rest[at])
            return


def before(context: Context, label: Label) -> Iterator[Hit]:
    """What a label names, before it: `X is your password`, `use X as password`, `X (password)`."""
    text = context.page.text
    partner = context.partner(label)
    end = partner.start if partner else label.start
    start = _paragraph_start(text, end)
    found = [token for token in context.page.tokens(start, end, 64) if token.core != "\n"][-_BACK:]
    if label.kind is Kind.SHORT or not found:
        return
    if text[end - 1] == "(" and text[label.end : label.end + 1] == ")":
        last = next((token for token in reversed(found) if token.core.strip("(")), None)
        if last and last.grade >= Grade.MIXED:
            yield hit(context, last)
        return
    at = len(found) - 1
    while at > 0 and found[at].word in context.lexemes.determiners and not _binds(context, label, found[at]):
        at -= 1
    if at < 1 or found[at].tail or not _binds(context, label, found[at]):
        return
    aside = at > 1 and any(found[at - 1].word in tongue.relatives for tongue in context.tongues(label))
    at -= 2 if aside else 1
    least = Grade.DIGITS if label.kind is Kind.PIN else Grade.MIXED
    if found[at].grade >= least and found[at].ends_clause is aside and takes(context, label, found, at, Place.LINKED):
        yield hit(context, found[at])


def _paragraph_start(text: str, position: int) -> int:
    """Where the paragraph begins, or a word some way back in a long one."""
    far = position - _BACK_CHARACTERS
    start = text.rfind("\n\n", max(0, far), position) + 1
    return start if start >= far else max(far, text.find(" ", far, position))


def _binds(context: Context, label: Label, token: Token) -> bool:
    """Whether a word says that what stands before it is what follows."""
    return context.links(label, token.word) or _turns(context, label, token.word)


def _turns(context: Context, label: Label, word: str) -> bool:
    """Whether a word says what something was turned into."""
    return any(word in tongue.into for tongue in context.tongues(label))
