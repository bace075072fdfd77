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
_URL_BEFORE = re.compile(r"(?:://|[?&#;][\w.-]{1,40}=)[^\s<>\"']*\Z")


class View(NamedTuple):
    """A stretch to search, and the place of each of its characters in the source."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
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
    made: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    cluster, start, end = "", 0, 0
    for character, begin, stop in source:
        if cluster and unicodedata.combining(character):
            cluster, end = cluster + character, stop
            continue
        seen = _seen(cluster)
        made.append(seen)
        starts += [start] * len(seen)
        ends += [end] * len(seen)
        cluster, start, end = character, begin, stop
    seen = _seen(cluster)
    return View("".join((*made, seen)), [*starts, *[start] * len(seen)], [*ends, *[end] * len(seen)], attribute, quoted)


def _seen(cluster: str) -> str:
    """What a reader sees of a letter and its marks; a line end stays one."""
    return cluster if cluster.isascii() and (cluster.isprintable() or cluster.isspace()) else shown(cluster)


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
        places = zip(view.starts[hit.start() : hit.end()], view.ends[hit.start() : hit.end()], strict=True)
        yield Found(tuple(_joined(places)), view.attribute, view.quoted, in_url)


def _joined(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    begun = ended = -1
    for start, end in places:
        if start > ended >= 0:
            yield begun, ended
            begun = -1
        begun = start if begun < 0 else begun
        ended = max(ended, end)
    if ended > begun >= 0:
        yield begun, ended
