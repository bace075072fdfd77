"""Passwords in sentences and in fields: from a label to its value, forwards and backwards.

Rules of this file: pure. A label says that a secret may follow; how firmly the words between bind a value to it (`Place`)
decides how much the value must look like one (`Grade`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from gateway.checks.secrets.lexemes import Kind, Label, Lexemes
from gateway.checks.secrets.pages import Hit, Page
from gateway.checks.secrets.values import Grade, Token, token_at

_RUN = re.compile(r"\n|[^\s]+")
_CLOSING = re.compile(r"[\"'”»’`)\]*_]*")
_PAREN = re.compile(r"[ \xa0]*\(([^()\n]{1,60})\)")
_SEPARATOR = re.compile(
    r"[ \xa0]*(?:[:：=]+>?|[-=–]{1,2}>|→|\.{3,}:?|…:?)[ \xa0\t|]*|[ \xa0]*[\t|][ \xa0\t|]*|[ \xa0]+[-–—][ \xa0]+|[ \xa0]{3,}(?=\S)"
)
_QUOTED = re.compile(r"[*_]*[\"“”„‟«»‘’'`´]([^\n\"“”„‟«»`´]{2,60}?)[\"“”»«‘’'`´](?![^\W\d_])")
_BULLET = re.compile(r"[ \xa0\t]*(?:[-–•*·>]+[ \xa0\t]+)?")
_WALK = 16
"""Tokens of a sentence between a label and its value at most."""
_BACK = 6
_MINUTES = re.compile(r"\d{1,3}\s?(?:min|мин)", re.IGNORECASE)
_NEARBY = 200


class Place(IntEnum):
    """How firmly a value is bound to its label."""

    BESIDE = 0
    """`with password X`."""
    LED = 1
    """`password for the portal: X`."""
    LINKED = 2
    """`password is X`."""
    FIELD = 3
    """`Password: X`."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a search knows beside the label it starts from."""

    page: Page
    lexemes: Lexemes
    labels: tuple[Label, ...]
    language: str

    def links(self, label: Label, word: str) -> bool:
        """Tell whether a word links a value to this label."""
        lists = self.lexemes.links
        return any(word in lists[language] for language in {*label.languages, self.language} if language in lists)

    def next_label(self, position: int) -> Label | None:
        return next((label for label in self.labels if label.start >= position), None)

    def is_told_off(self, label: Label) -> bool:
        """Whether what stands before a label forbids rather than tells: `do not use password X`."""
        before = self.page.text[max(0, label.start - 40) : label.start].lower().split()
        return any(word in self.lexemes.blocks for word in before[-4:])


def tokens(text: str, start: int, end: int, most: int = _WALK) -> list[Token]:
    """At most `most` tokens; a line feed is a token of its own with the core "\\n"."""
    found: list[Token] = []
    for run in _RUN.finditer(text, start, end):
        if len(found) >= most:
            break
        if run[0] == "\n":
            found.append(Token(run.start(), run.end(), run.end(), "\n", Grade.NOTHING, ""))
        else:
            found.append(token_at(text, run.start(), run.end()))
    return found


def after(context: Context, label: Label) -> Iterator[Hit]:
    """What a label names, behind it."""
    text = context.page.text
    cursor = _CLOSING.match(text, label.end).end()  # type: ignore[union-attr]  # matches everywhere
    aside = _PAREN.match(text, cursor)
    if aside:
        inner = tokens(text, aside.start(1), aside.end(1))
        if len(inner) == 1 and takes(context, label, inner, 0, Place.BESIDE):
            yield _hit(context, inner[0])
            return
        cursor = aside.end()
    separator = _SEPARATOR.match(text, cursor)
    if separator:
        place = Place.FIELD if is_field(context, label) else Place.LED
        yield from _field(context, label, separator.end(), place)
    elif label.kind is not Kind.SHORT or _beside_user(context, label):
        yield from _walk(context, label, cursor)


def is_field(context: Context, label: Label) -> bool:
    """Whether a label opens its line, or a clause of it, as a form's field does: few words before it, none a verb."""
    text = context.page.text
    before = text[context.page.line_start(label.start) : label.start]
    clause = re.split(r"[,;|/\t(]|\s[-–]\s| ja | and | och ", before)[-1]
    words = re.findall(r"[^\W\d_]+", clause.lower())
    known = context.lexemes
    return len(words) <= 2 or all(word in known.determiners or word in known.common for word in words)


def _beside_user(context: Context, label: Label) -> bool:
    return any(other.kind is Kind.USER and 0 < label.start - other.end < 60 for other in context.labels)


def _field(context: Context, label: Label, start: int, place: Place) -> Iterator[Hit]:
    """The value of a field: the rest of the line, or the next line."""
    page = context.page
    text = page.text
    end = page.line_end(start)
    following = context.next_label(label.end)
    if following and start < following.start < end and following.kind is not Kind.LOGIN:
        end = following.start
    quoted = _quoted(context, label, start, end)
    if quoted:
        yield quoted
        return
    found = tokens(text, start, end)
    at = 0
    while at < len(found) and at < 3 and _is_passed(context, label, found[at]):
        at += 1
    if at == len(found):
        if end == page.line_end(start):
            yield from _next_line(context, label, end, place)
        return
    if takes(context, label, found, at, place):
        yield _hit(context, found[at])
    elif _is_phrase(context, label, found[at:], place):
        yield Hit(page, found[at].start, found[-1].end)
    elif found[at].grade is not Grade.NOTHING:
        yield from _walk_over(context, label, found[at:])


def _is_passed(context: Context, label: Label, token: Token) -> bool:
    known = context.lexemes
    return token.grade <= Grade.NAME and (
        context.links(label, token.word) or token.word in known.fillers or not token.core.strip(":=>-|")
    )


def _is_phrase(context: Context, label: Label, found: Sequence[Token], place: Place) -> bool:
    """A passphrase without quotes: words alone in a field of an account, none of them a word of prose."""
    known = context.lexemes
    if place is not Place.FIELD or label.kind is Kind.PIN or not 3 <= len(found) <= 7:
        return False
    if any(token.grade is Grade.NOTHING or "\n" in token.core for token in found) or found[-1].ends_sentence:
        return False
    return _beside_account(context, label) and not any(_is_prose(known, token) for token in found)


def _beside_account(context: Context, label: Label) -> bool:
    """Whether a username stands on the line of a label or within two lines of it."""
    line = context.page.line_at(label.start)
    return any(
        other.kind is Kind.USER and abs(context.page.line_at(other.start) - line) <= 2 for other in context.labels
    )


def _is_prose(known: Lexemes, token: Token) -> bool:
    word = token.word
    return (
        word in known.common
        or word in known.states
        or word in known.blocks
        or word in known.units
        or word in known.fillers
        or word.endswith(known.endings)
    )


def _next_line(context: Context, label: Label, position: int, place: Place) -> Iterator[Hit]:
    """A value on a line of its own under its label; at most two blank lines between."""
    page = context.page
    text = page.text
    line = page.line_at(position) + 1
    skipped = 0
    while line < len(page.lines) and skipped < 2 and not page.lines[line].text.strip():
        line += 1
        skipped += 1
    if line >= len(page.lines):
        return
    start = page.starts[line]
    end = page.line_end(start)
    start = _BULLET.match(text, start, end).end()  # type: ignore[union-attr]  # matches everywhere
    if any(start <= other.start < end and other.kind is not Kind.LOGIN for other in context.labels):
        return
    quoted = _quoted(context, label, start, end)
    if quoted and quoted.end >= end - 2:
        yield quoted
        return
    found = tokens(text, start, end, 4)
    if not found:
        return
    alone = len(found) == 1 or found[0].ends_clause or text[found[1].start - 1] in "(\t"
    firm = place if _beside_account(context, label) else min(place, Place.LED)
    if alone and takes(context, label, found[:1], 0, firm):
        yield _hit(context, found[0])


def _walk(context: Context, label: Label, start: int) -> Iterator[Hit]:
    """The rest of the sentence behind a label, over soft line ends."""
    text = context.page.text
    if not text[start : context.page.line_end(start)].strip(" \xa0.:"):
        yield from _next_line(context, label, context.page.line_end(start), Place.LED)
        return
    quoted = _quoted(context, label, start, context.page.line_end(start))
    if quoted and not context.is_told_off(label):
        yield quoted
        return
    yield from _walk_over(context, label, tokens(text, start, len(text)))


def _walk_over(context: Context, label: Label, found: Sequence[Token]) -> Iterator[Hit]:
    known = context.lexemes
    text = context.page.text
    linked: Place | None = Place.BESIDE
    was_set = _was_set(context, label)
    paired = False
    for at, token in enumerate(found):
        if token.core == "\n":
            if at + 1 < len(found) and found[at + 1].core == "\n":
                if linked is Place.LINKED or linked is Place.LED:
                    yield from _next_line(context, label, token.start, Place.LED)
                return
            continue
        word = token.word
        if word in known.examples or (word in known.blocks and token.grade <= Grade.NAME):
            return
        if linked is not None and not (linked is Place.BESIDE and context.is_told_off(label)):
            quoted = _quoted(
                context,
                label,
                token.start - 1 if token.start and text[token.start - 1] in "\"'“”„«»‘’`´" else token.start,
                context.page.line_end(token.start),
            )
            if quoted and linked is not Place.BESIDE:
                yield quoted
                return
            if takes(context, label, found, at, linked):
                yield _hit(context, token)
                return
            if paired and linked is Place.LINKED:
                second = _second_of_pair(context, label, found, at)
                if second:
                    yield _hit(context, second)
                    return
        was_set = was_set or word in known.setters
        if token.leads:
            linked = Place.LED
        elif context.links(label, word):
            linked = Place.LINKED
            paired = _is_paired(context, label)
        elif word in known.into and was_set:
            linked = Place.LINKED
        elif word in known.fillers and linked is not Place.BESIDE:
            pass
        elif was_set and at and token.grade is Grade.STRONG:
            linked = None
        else:
            linked = None
        if token.leads and context.page.line_end(token.after) == token.after:
            yield from _next_line(context, label, token.after, Place.LED)
            return
        if token.ends_sentence and not token.tail.startswith(","):
            return


def _was_set(context: Context, label: Label) -> bool:
    before = context.page.text[max(0, label.start - 60) : label.start].lower()
    return any(word in context.lexemes.setters for word in re.findall(r"[^\W\d_]+", before))


def _is_paired(context: Context, label: Label) -> bool:
    """`username and password are A and B`: a username's label stands close before this one."""
    return any(other.kind is Kind.USER and 0 < label.start - other.end < 25 for other in context.labels)


def _second_of_pair(context: Context, label: Label, found: Sequence[Token], at: int) -> Token | None:
    """The B of `A and B`, `A / B`, `A, B`."""
    rest = [token for token in found[at + 1 : at + 3] if token.core != "\n"]
    joined = "," in found[at].tail
    if rest and (rest[0].word in context.lexemes.joins or rest[0].core in {"/", "-", "–", "&", "+"}):
        rest, joined = rest[1:], True
    if not joined or not rest:
        return None
    token = rest[0]
    return token if token.grade > Grade.NOTHING and not _is_prose(context.lexemes, token) else None


def before(context: Context, label: Label) -> Iterator[Hit]:
    """What a label names, before it: `X is your password`, `use X as password`, `X (password)`."""
    text = context.page.text
    start = max(0, label.start - 160)
    found = tokens(text, start, label.start, 64)[-_BACK:]
    if label.kind is Kind.SHORT or not found:
        return
    known = context.lexemes
    if text[label.start - 1] == "(" and text[label.end : label.end + 1] == ")":
        last = found[-2:-1] if not found[-1].core else found[-1:]
        if last and last[0].grade >= Grade.MIXED:
            yield _hit(context, last[0])
        return
    at = len(found) - 1
    while at >= 0 and found[at].word in known.determiners and not context.links(label, found[at].word):
        at -= 1
    if at < 1 or found[at].ends_clause:
        return
    link = found[at].word
    value = found[at - 1]
    if (context.links(label, link) or link in known.into or link in known.uses) and value.grade >= Grade.MIXED:
        if value.word not in known.products and not value.ends_clause:
            yield _hit(context, value)


def takes(context: Context, label: Label, found: Sequence[Token], at: int, place: Place) -> bool:
    """Whether a token is the value of a label in that place."""
    known = context.lexemes
    token = found[at]
    rest = [other for other in found[at + 1 : at + 3] if other.core != "\n"]
    if token.grade is Grade.NOTHING or token.word in known.products or (rest and rest[0].word in known.units):
        return False
    if known.is_label(token.core):
        return False
    last = not rest or found[at + 1].core == "\n"
    if token.grade is Grade.DIGITS:
        return _takes_figures(context, label, token, place, last=last or token.ends_clause)
    if token.grade >= Grade.MIXED:
        if place is Place.BESIDE and label.kind is Kind.PIN:
            return False
        return not (place is Place.BESIDE and context.is_told_off(label))
    if label.kind is Kind.PIN or _is_prose(known, token):
        return False
    ends = last or token.ends_clause or context.page.text[token.after : token.after + 2] in {" (", "\t"}
    match place:
        case Place.FIELD:
            return ends and not token.tail.endswith(("?", ":"))
        case Place.LINKED:
            joined = bool(rest) and rest[0].word in known.joins
            return (ends or joined) and len(token.core) >= 4 and not token.tail.endswith(("?", ":"))
        case _:
            return False


def _takes_figures(context: Context, label: Label, token: Token, place: Place, *, last: bool) -> bool:
    """Figures: a PIN, or a password of figures; never a login code of one use."""
    text = context.page.text
    spoken = text[max(0, label.start - 40) : label.end].lower()
    near = text[max(0, token.start - _NEARBY) : token.end + _NEARBY]
    if any(word in spoken for word in context.lexemes.once) or _MINUTES.search(near):
        return False
    if label.kind is Kind.PIN:
        return len(token.core) <= 12
    return last and place is not Place.BESIDE


def _quoted(context: Context, label: Label, start: int, end: int) -> Hit | None:
    """A value in quotes, words with spaces included."""
    found = _QUOTED.match(context.page.text, start, end)
    if not found:
        return None
    known = context.lexemes
    inner = tokens(context.page.text, found.start(1), found.end(1))
    if not inner or any(known.is_label(token.core) for token in inner):
        return None
    if len(inner) == 1 and (inner[0].grade is Grade.NOTHING or _is_prose(known, inner[0])):
        return None
    if all(_is_prose(known, token) or token.grade is Grade.NOTHING for token in inner):
        return None
    if label.kind is Kind.PIN and all(token.grade <= Grade.NAME for token in inner):
        return None
    return Hit(context.page, found.start(1), found.end(1))


def _hit(context: Context, token: Token) -> Hit:
    return Hit(context.page, token.start, token.end, (token.core,))
