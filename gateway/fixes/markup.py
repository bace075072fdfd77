"""HTML as it is written: its tags and stretches of text with their places, so that some of it can be changed.

Rules of this file: pure; linear; never raises; nothing is ever written again, only looked at. What a reader sees of it
is `reading.html`'s business: `rows_of` asks that, with a mark behind each stretch of text to find it again.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from gateway.reading.charset import shown
from gateway.reading.html import html_rows


class Kind(Enum):
    """What a token of HTML is."""

    TEXT = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMENT = auto()
    RAW = auto()
    """The content of a style, a script, a title: text that is not shown."""


class Token(NamedTuple):
    """A run of HTML source."""

    kind: Kind
    name: str
    """Of a tag, in lower case."""
    start: int
    end: int


class Run(NamedTuple):
    """A stretch of text within one line of source, and the token that it belongs to."""

    token: int
    start: int
    end: int


_TAG = re.compile(
    r"<!--(?:\[if[^\]<>]*\]>(?:<!-->)?|.*?-->|.*\Z)|<!\[[^\]<]*\](?:--)?>"
    r"|<(/?)([a-zA-Z][^\s/>]*)(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*+>|<(/?)([a-zA-Z][^\s/>]*)[^<>]*+>|<[!?/][^<>]*+>",
    re.DOTALL,
)
_RAW = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style", "title", "noframes", "iframe")}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});?")
_ATTRIBUTE = re.compile(r"(?<![^\s\"'<>/=])([^\s\"'<>/=]++)\s*+=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"})
BLOCKS = frozenset(
    (  # noqa: SIM905  # one word a line would take a page
        "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
        "header html li main ol p pre section table tbody td tfoot th thead tr ul"
    ).split()
)
_FIRST_MARK = 0xF0000
_MARKS = 0xFFFD
"""Private use (planes 15 and 16): nothing that a mail means."""
_MARK = re.compile("[\U000f0000-\U0010fffd]")
_LINE = re.compile(r"[^\n]+")


def tokens(text: str) -> list[Token]:
    """The whole of a source as tokens, in order and without gaps."""
    out: list[Token] = []
    at = 0
    while (found := _TAG.search(text, at)) is not None:
        if found.start() > at:
            out.append(Token(Kind.TEXT, "", at, found.start()))
        at = found.end()
        name = (found[2] or found[4] or "").lower()
        if not name:
            is_switch = found[0].startswith("<![") or found[0][:6] == "<!--[i"
            out.append(Token(Kind.OPEN if is_switch else Kind.COMMENT, "", found.start(), at))
            continue
        closes = (found[1] or found[3]) == "/"
        out.append(Token(Kind.CLOSE if closes else Kind.OPEN, name, found.start(), at))
        if name in _RAW and not closes:
            end = _RAW[name].search(text, at)
            stop = end.start() if end else len(text)
            if stop > at:
                out.append(Token(Kind.RAW, name, at, stop))
            at = stop
    if at < len(text):
        out.append(Token(Kind.TEXT, "", at, len(text)))
    return out


def matches(found: Sequence[Token]) -> dict[int, int]:
    """The end tag of each start tag and the other way, as a lenient reader pairs them."""
    pairs: dict[int, int] = {}
    opened: dict[str, list[int]] = {}
    for at, token in enumerate(found):
        if token.kind is Kind.OPEN and token.name and token.name not in VOID:
            opened.setdefault(token.name, []).append(at)
        elif token.kind is Kind.CLOSE and opened.get(token.name):
            begun = opened[token.name].pop()
            pairs[begun], pairs[at] = at, begun
    return pairs


def runs(text: str, found: Sequence[Token]) -> list[Run]:
    """Every stretch of text that may be shown and holds more than white space, within one line of source each."""
    return [
        Run(at, line.start(), line.end())
        for at, token in enumerate(found)
        if token.kind is Kind.TEXT
        for line in _LINE.finditer(text, token.start, token.end)
        if shown(entities.unescape(line[0])).strip()
    ]


def rows_of(text: str, found: Sequence[Token]) -> Mapping[int, list[Run]] | None:
    """The stretches that each shown line is made of, by its number; None where the source cannot be followed."""
    stretches = runs(text, found)
    if _MARK.search(text) or len(stretches) > 2 * _MARKS:
        return None
    pieces: list[str] = []
    at = 0
    for number, run in enumerate(stretches):
        end = run.start + len(text[run.start : run.end].rstrip())
        pieces += (text[at:end], _mark(number))
        at = end
    marked = html_rows("".join((*pieces, text[at:])))
    plain = html_rows(text)
    if len(marked) != len(plain):
        return None
    rows: dict[int, list[Run]] = {}
    for one, other in zip(marked, plain, strict=True):
        if _MARK.sub("", one.text).strip() != other.text.strip() or one.line != other.line:
            return None
        numbers = [_number(mark) for mark in _MARK.findall(one.text)]
        if numbers:
            rows.setdefault(other.line, []).extend(stretches[number] for number in numbers)
    return rows


def _mark(number: int) -> str:
    plane, rest = divmod(number, _MARKS)
    return chr(_FIRST_MARK + 0x10000 * plane + rest)


def _number(mark: str) -> int:
    plane, rest = divmod(ord(mark) - _FIRST_MARK, 0x10000)
    return plane * _MARKS + rest


def characters(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The characters that a stretch of source stands for, with the place of each."""
    at = start
    while at < end:
        found = _ENTITY.match(text, at, end) if text[at] == "&" else None
        if found is None:
            yield text[at], at, at + 1
            at += 1
            continue
        meant = entities.unescape(found[0])
        if meant == found[0]:
            yield text[at], at, at + 1
            at += 1
        else:
            size = len(found[0])
            if found[0][-1] != ";" and meant[1:] and found[0].endswith(meant[1:]):
                size -= len(meant) - 1  # `&ampx`: the reference is `&amp`
                meant = meant[0]
            for character in meant:
                yield character, at, at + size
            at += size


def values(text: str, token: Token) -> Iterator[tuple[int, int, bool]]:
    """The place of each attribute's value in a start tag, and whether quotes stand around it."""
    begin = token.start + 1 + len(token.name)
    for found in _ATTRIBUTE.finditer(text, begin, token.end):
        for group in (2, 3, 4):
            if found[group] is not None:
                yield found.start(group), found.end(group), group != 4
