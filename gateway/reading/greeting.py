"""Finding the salutation: which rows greet, and where in a row the matter begins.

Rules of this file: pure; looks at the beginning of a few rows; never raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gateway.reading.words import Phrases, Token, Words, tokens

_STOPS = ",.!:;?\u2013\u2014\u2026("
_AFTER_NAME = _STOPS + "-*_)\"'\u201d"
_APART = (",", "!", ":", "-", "\u2013", "\u2014")
_MAX_NAME_WORDS = 6


class Names(NamedTuple):
    """Lower-case words that count as somebody's name."""

    customer: frozenset[str] = frozenset()
    agent: frozenset[str] = frozenset()


def may_greet(text: str, words: Words) -> bool:
    """Tell whether a row begins with a word of salutation: a cheap look before `greeting_end`."""
    return words.greetings.open(text) or words.greetings_if_alone.open(text) or words.greetings_with_name.open(text)


def greeting_end(text: str, words: Words, names: Names) -> int:
    """Where the salutation that opens a row ends; 0 when none opens it."""
    line = tokens(text)
    if not line or line[0].start > 3:
        return 0
    size = words.greetings.length(line)
    if size and size >= words.closings.length(line):
        return _after_phrase(text, line, size, words, names, needs_name=False)
    size = words.greetings_if_alone.length(line)
    if size and size >= words.closings.length(line):
        end = _after_phrase(text, line, size, words, names, needs_name=False)
        if _stopped(text, end):
            return end
    size = words.greetings_with_name.length(line)
    if size:
        end = _after_phrase(text, line, size, words, names, needs_name=True)
        if end and _stopped(text, end):
            return end
    return _by_name(text, line, words, names) or _thanks_by_name(text, line, words, names)


def _stopped(text: str, end: int) -> bool:
    return end >= len(text) or text[end - 1] in _STOPS


def _after_phrase(text: str, line: Sequence[Token], size: int, words: Words, names: Names, *, needs_name: bool) -> int:
    """Take the name after the salutation's own words. Returns where it all ends, 0 when a needed name is missing."""
    at = size
    while at < min(len(line), size + _MAX_NAME_WORDS):
        token = line[at]
        if _stop_between(text, line[at - 1], token) or words.thanks.length(line, at):
            break
        is_name = text[token.start].isupper() or token.word in words.greeting_nouns or token.word in names.customer
        if not is_name:
            break
        at += 1
    runs_on = at < len(line) and not _stop_between(text, line[at - 1], line[at])
    if runs_on and at > size and not words.thanks.length(line, at) and line[at - 1].word not in names.customer:
        known = line[at - 1].word in words.greeting_nouns
        at = at if known else size  # `Hei Olemme saaneet …`: a capital begins the matter, not a name
    if needs_name and at == size:
        return 0
    return _with_stops(text, line[at - 1].end)


def _stop_between(text: str, one: Token, other: Token) -> bool:
    gap = text[one.end : other.start]
    if any(c in _STOPS and c != "." for c in gap) or " - " in gap:
        return True
    return "." in gap and one.end - one.start > 4  # `Mr. Smith`, `Dr. X`, not `Liisa. Kiitos`


def _with_stops(text: str, end: int) -> int:
    """Take the punctuation after a salutation."""
    while end < len(text) and (text[end] in _AFTER_NAME or (text[end] == " " and text[end + 1 : end + 2] in _APART)):
        end += 1
    return end


def _by_name(text: str, line: Sequence[Token], words: Words, names: Names) -> int:
    """`Liisa,` alone on a row, or a known name and the matter after a comma."""
    count = 0
    while (
        count < min(len(line), 4) and text[line[count].start].isupper() and line[count].word.replace("-", "").isalpha()
    ):
        count += 1
        if count < len(line) and _stop_between(text, line[count - 1], line[count]):
            break
    if not count:
        return 0
    last = line[count - 1]
    stop = text[last.end : last.end + 1]
    known = line[0].word in names.customer or last.word in names.customer
    if known and stop and stop in ",!:":
        return _with_stops(text, last.end)
    whole = count == len(line) and last.end + 1 >= len(text.rstrip())
    if not whole or stop != "," or count > 3 or len(line[0].word) < 2:
        return 0
    if _is_phrase(line, words) or (text.isupper() and len(text) > 5):
        return 0
    return len(text)


def _is_phrase(line: Sequence[Token], words: Words) -> bool:
    lists: tuple[Phrases, ...] = (words.closings, words.thanks)
    return any(phrases.length(line) for phrases in lists) or line[0].word in words.function_words


def _thanks_by_name(text: str, line: Sequence[Token], words: Words, names: Names) -> int:
    """`Kiitos viestistäsi, Liisa!`, `Thanks John for …`: thanks that name the reader."""
    size = words.thanks.length(line)
    if not size:
        return 0
    for at in range(size, min(len(line), size + 12)):
        token, before = line[at], line[at - 1]
        gap = text[before.end : token.start]
        if any(c in ".!?:" for c in gap):
            return 0
        named = token.word in names.customer
        if at == size and text[token.start].isupper() and "," not in gap[1:]:
            named = named or (token.word.isalpha() and not text[token.start : token.end].isupper())
        if named:
            return _sentence_end(text, token.end)
    return 0


def _sentence_end(text: str, at: int) -> int:
    for place in range(at, len(text)):
        if text[place] in ".!?:" and (place + 1 == len(text) or text[place + 1] == " "):
            return place + 1
    return len(text)
