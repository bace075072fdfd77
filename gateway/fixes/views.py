"""A text as it may be searched for a value: the characters that a reader gets, each with its place in the source.

Rules of this file: pure; linear; never raises. White space is one kind, what nobody sees is left out, letters are
composed; a tag inside a word does not cut it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from gateway.fixes.leaves import Leaf
from gateway.fixes.markup import BLOCKS, Kind, characters, tokens, values
from gateway.reading.charset import shown

_SOFT_BREAK = re.compile(r" \r?\n>* ?(?!>)")
_GAP = r"[\s>]+"
"""Between the words of a value: a line may end there, and the next begin with quote marks."""
_URL_BEFORE = re.compile(r"(?:://|[?&;])[^\s<>\"']*\Z")


class Piece(NamedTuple):
    """One character of a view and its place in the source."""

    character: str
    start: int
    end: int


class View(NamedTuple):
    """A stretch to search."""

    text: str
    pieces: Sequence[Piece]
    attribute: bool = False
    quoted: bool = True
    """An attribute's value in quotes."""


class Found(NamedTuple):
    """A value, found: the places of its characters in the source, neighbours joined."""

    places: tuple[tuple[int, int], ...]
    attribute: bool
    quoted: bool
    in_url: bool


def views(leaf: Leaf) -> Iterator[View]:
    """Everything of a leaf that may hold a value."""
    if leaf.html:
        yield from _html_views(leaf.text)
    else:
        dropped = {at for hit in _SOFT_BREAK.finditer(leaf.text) for at in range(*hit.span())} if leaf.delsp else set()
        source = ((one, at, at + 1) for at, one in enumerate(leaf.text) if at not in dropped)
        yield view_of(source)


def view_of(source: Iterable[tuple[str, int, int]], *, attribute: bool = False, quoted: bool = True) -> View:
    """Characters as a reader sees them: composed, without what is invisible."""
    pieces: list[Piece] = []
    cluster, start, end = "", 0, 0
    for character, begin, stop in source:
        if cluster and unicodedata.combining(character):
            cluster, end = cluster + character, stop
            continue
        pieces += _seen(cluster, start, end)
        cluster, start, end = character, begin, stop
    pieces += _seen(cluster, start, end)
    return View("".join(piece.character for piece in pieces), pieces, attribute, quoted)


def _seen(cluster: str, start: int, end: int) -> list[Piece]:
    if cluster.isascii() and (cluster.isprintable() or cluster.isspace()):
        return [Piece(one, start, end) for one in cluster]
    return [Piece(one, start, end) for one in shown(cluster)]


def _html_views(text: str) -> Iterator[View]:
    """What is shown, as one text in which blocks are lines; then each attribute, comment and hidden text by itself."""
    body: list[tuple[str, int, int]] = []
    for token in tokens(text):
        if token.kind is Kind.TEXT:
            body += characters(text, token.start, token.end)
        elif token.kind is Kind.RAW or token.kind is Kind.COMMENT:
            yield view_of(characters(text, token.start, token.end))
        else:
            if token.name in BLOCKS or token.name in ("br", "hr"):
                body.append(("\n", token.start, token.start))
            for start, end, quoted in values(text, token):
                yield view_of(characters(text, start, end), attribute=True, quoted=quoted)
    yield view_of(body)


def pattern_of(secrets: Iterable[str], *, whole: bool) -> re.Pattern[str] | None:
    """What finds any of the values, in any case, in a URL too. `whole`: not inside a longer word."""
    wanted = sorted({value for secret in secrets if (value := secret.strip())}, key=len, reverse=True)
    return re.compile("|".join(_spelled(one, whole=whole) for one in wanted), re.IGNORECASE) if wanted else None


def _spelled(secret: str, *, whole: bool) -> str:
    words = _GAP.join("".join(map(_written, word)) for word in secret.split())
    if not whole:
        return words
    before = r"(?<![^\W_])" if secret[0].isalnum() else ""
    after = r"(?![^\W_])" if secret[-1].isalnum() else ""
    return before + words + after


def _written(character: str) -> str:
    """A character, or its octets in a URL (RFC 3986 §2.1)."""
    plain = re.escape(character)
    if character.isascii() and character.isalnum():
        return plain
    forms = {quote(form, safe="", errors="replace") for form in (character, character.lower(), character.upper())}
    return f"(?:{'|'.join([plain, *sorted(re.escape(form) for form in forms if form != character)])})"


def find(view: View, pattern: re.Pattern[str]) -> Iterator[Found]:
    """Every place of a value in a view."""
    for hit in pattern.finditer(view.text):
        in_url = _URL_BEFORE.search(view.text, max(0, hit.start() - 400), hit.start()) is not None
        yield Found(tuple(_joined(view.pieces[hit.start() : hit.end()])), view.attribute, view.quoted, in_url)


def _joined(pieces: Iterable[Piece]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for piece in pieces:
        if piece.start > end >= 0:
            yield start, end
            start = -1
        if start < 0:
            start = piece.start
        end = max(end, piece.end)
    if start >= 0 and end > start:
        yield start, end
