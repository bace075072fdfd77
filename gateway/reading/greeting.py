"""Finding the salutation: which rows greet, and where in a row the matter begins.

Rules of this file: pure; looks at the beginning of a few rows; never raises.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gateway.reading.words import Phrases, Tokens, Words, first_word, tokens

_STOPS = ",.!:;?\u2013\u2014\u2026("
_AFTER_NAME = _STOPS + "-*_)\"'\u201d"
_APART = (",", "!", ":", "-", "\u2013", "\u2014")
_MAX_NAME_WORDS = 6
_FOREIGN = re.compile(r"[^A-Za-z\u00c0-\u024f\u0250-\u036f]*[\u0370-\uffff]")


class Names(NamedTuple):
    """Lower-case words that count as somebody's name."""

    customer: frozenset[str] = frozenset()
    agent: frozenset[str] = frozenset()


def may_greet(text: str, words: Words) -> bool:
    """Tell whether a row begins with a word of salutation: a cheap look before `greeting_end`."""
    return first_word(text) in words.salutations


def greeting_end(text: str, words: Words, names: Names) -> int:
    """Where the salutation that opens a row ends; 0 when none opens it."""
    line = tokens(text, 90)
    if not line or line.start(0) > 3:
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
        return end if end and _stopped(text, end) else _formal(text, line, size)
    return _by_name(text, line, words, names) or _thanks_by_name(text, line, words, names) or _in_other_letters(text)


def _stopped(text: str, end: int) -> bool:
    return end >= len(text) or text[end - 1] in _STOPS


def _after_phrase(text: str, line: Tokens, size: int, words: Words, names: Names, *, needs_name: bool) -> int:
    """Take the name after the salutation's own words. Returns where it all ends, 0 when a needed name is missing."""
    at = size
    while at < min(len(line), size + _MAX_NAME_WORDS):
        word = line.words[at]
        if _stop_between(text, line, at) or words.thanks.length(line, at):
            break
        if not (text[line.start(at)].isupper() or word in words.greeting_nouns or word in names.customer):
            break
        at += 1
    runs_on = at < len(line) and not _stop_between(text, line, at)
    last = line.words[at - 1]
    if runs_on and at > size and not words.thanks.length(line, at) and last not in names.customer:
        if words.function_words.isdisjoint(line.words[size : at + 1]):
            return 0  # `Hello Kitty lunchboxes are back`: nobody is greeted
        # `Hei Olemme saaneet …`: a capital begins the matter, not a name.
        at = at if last in words.greeting_nouns else size
    if needs_name and at == size:
        return 0
    return _with_stops(text, line.end(at - 1))


def _stop_between(text: str, line: Tokens, at: int) -> bool:
    """Tell whether a stop stands before the word at `at`."""
    before = line.end(at - 1)
    gap = text[before : line.start(at)]
    if gap == " ":
        return False
    if any(c in _STOPS and c != "." for c in gap) or " - " in gap:
        return True
    return "." in gap and before - line.start(at - 1) > 4  # `Mr. Smith`, `Dr. X`, not `Liisa. Kiitos`


def _with_stops(text: str, end: int) -> int:
    """Take the punctuation after a salutation."""
    while end < len(text) and (text[end] in _AFTER_NAME or (text[end] == " " and text[end + 1 : end + 2] in _APART)):
        end += 1
    return end


def _by_name(text: str, line: Tokens, words: Words, names: Names) -> int:
    """`Liisa,` alone on a row, `Kari ja Sirpa,`, or a known name and the matter after a comma."""
    count = 0
    while count < min(len(line), _MAX_NAME_WORDS):
        is_name = text[line.start(count)].isupper() and line.words[count].replace("-", "").isalpha()
        if not is_name and not (count and line.words[count] in words.connectors):
            break
        count += 1
        if count < len(line) and _stop_between(text, line, count):
            break
    if not count:
        return 0
    if line.words[0] in names.customer and (size := words.greetings.length(line, 1)):  # `Liisa hei!`
        return _with_stops(text, line.end(size))
    if text.startswith("@") and count == len(line):
        return len(text)
    end = line.end(count - 1)
    stop = text[end:].lstrip()[:1]
    if stop and stop in ",!:" and not names.customer.isdisjoint(line.words[:count]):
        return _with_stops(text, end)
    whole = count == len(line) and len(text[end:].strip()) <= 1
    if not whole or stop != "," or len(line.words[0]) < 2:
        return 0
    if _is_phrase(line, words) or (text.isupper() and len(text) > 5):
        return 0
    return len(text)


def _is_phrase(line: Tokens, words: Words) -> bool:
    """Words that are no name: a closing, thanks, or nothing but small words."""
    lists: tuple[Phrases, ...] = (words.closings, words.thanks)
    return any(phrases.length(line) for phrases in lists) or all(word in words.function_words for word in line.words)


def _formal(text: str, line: Tokens, size: int) -> int:
    """`Hyvä etsivä Jokela,`: a short row of its own, its last word a name, whatever stands between."""
    last = len(line) - 1
    if size <= last <= _MAX_NAME_WORDS and text[-1] in ",!:" and text[line.start(last)].isupper():
        return len(text)
    return 0


def _in_other_letters(text: str) -> int:
    """In a script that none of our languages uses, a short first row that ends in a comma or an exclamation mark."""
    if len(text) < 60 and text[-1] in ",!\uff0c\uff01\u060c" and text.count(" ") < 5 and _FOREIGN.match(text):
        return len(text)
    return 0


def _thanks_by_name(text: str, line: Tokens, words: Words, names: Names) -> int:
    """`Kiitos viestistäsi, Liisa!`, `Thanks John for …`: thanks that name the reader."""
    size = words.thanks.length(line)
    if not size:
        return 0
    for at in range(size, min(len(line), size + 12)):
        start, end = line.start(at), line.end(at)
        gap = text[line.end(at - 1) : start]
        if any(c in ".!?:" for c in gap):
            return 0
        named = line.words[at] in names.customer
        if at == size and text[start].isupper() and "," not in gap[1:]:
            named = named or (line.words[at].isalpha() and not text[start:end].isupper())
        if named:
            return _sentence_end(text, end)
    return 0


def _sentence_end(text: str, at: int) -> int:
    for place in range(at, len(text)):
        if text[place] in ".!?:" and (place + 1 == len(text) or text[place + 1] == " "):
            return place + 1
    return len(text)
