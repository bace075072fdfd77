"""Finding the salutation: which rows greet, and where in a row the matter begins.

Rules of this file: pure; looks at the beginning of a few rows; never raises. A word of salutation greets whoever is
named after it; a name alone greets where it stands apart from the matter, and more readily where it is the reader's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gateway.reading.words import Phrases, Tokens, Words, first_word, tokens

_STOPS = ",.!:;?\u2013\u2014\u2026("
_AFTER_NAME = _STOPS + "-*_)\"'\u201d"
_APART = (",", "!", ":", "-", "\u2013", "\u2014")
_QUOTES = "\"'\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019"
_SYMBOLS = 0x2190
"""From here on what is no letter is an arrow, a picture or a smiley: it stands apart like a stop."""
_MAX_NAME_WORDS = 6
_MAX_BEFORE = 8
"""Marks before the first word: a smiley, asterisks of bold."""
_MAX_VOCATIVE = 9
_MAX_CRY = 3
_SHORT = 3
"""Names as long as this are small words of some language: Dan, Per, Sam."""
_FOREIGN = re.compile(r"[^A-Za-z\u00c0-\u024f\u0250-\u036f]*[\u0370-\uffff]")
_STUCK = re.compile(r"[\W_]{0,8}[^\W\d_]{2,}(\.)[^\W\d_a-z]")
"""`Hei.Kiitos viestistäsi`: the space is forgotten."""
_DRAWN_OUT = re.compile(r"(.)\1{2,}|([aeiouyäöåæøéj])\2$")


class Names(NamedTuple):
    """Lower-case words that count as somebody's name."""

    customer: frozenset[str] = frozenset()
    agent: frozenset[str] = frozenset()


def may_greet(text: str, words: Words) -> bool:
    """Tell whether a row begins with a word of salutation: a cheap look before `greeting_end`."""
    return first_word(text) in words.salutations


def greeting_end(text: str, words: Words, names: Names) -> int:
    """Where the salutation that opens a row ends; 0 when none opens it."""
    if stuck := _STUCK.match(text):
        text = text[: stuck.start(1)] + "!" + text[stuck.end(1) :]
    line = tokens(text, 90)
    if not line or line.start(0) > _MAX_BEFORE or any(c in _QUOTES for c in text[: line.start(0)]):
        return 0
    _draw_in(line, words)
    if _unbroken(text, line, words.no_greetings):
        return 0
    return (
        _by_phrase(text, line, words, names)
        or _by_name(text, line, words, names)
        or _thanks_by_name(text, line, words, names)
        or _vocative(text, line, words, names)
        or _cry(text, line, words, names)
        or _in_other_letters(text)
    )


def _draw_in(line: Tokens, words: Words) -> None:
    """`Heiii`, `Hellooo` are the words that they draw out."""
    first = line.words[0]
    if first in words.salutations or len(first) > 20:
        return
    for drawn_in in (_DRAWN_OUT.sub(r"\1\2", first), _DRAWN_OUT.sub(r"\1\1\2", first)):
        if drawn_in in words.salutations:
            line.words[0] = drawn_in
            return


def _by_phrase(text: str, line: Tokens, words: Words, names: Names) -> int:
    closing = _unbroken(text, line, words.closings)
    size = words.greetings.length(line)
    if size and size >= closing:
        return _after_phrase(text, line, size, words, names)
    size = words.greetings_if_alone.length(line)
    if size and size >= closing:
        to_many = line.words[0] in words.greeting_nouns  # `All,` is a salutation, `All CNET sites` is none
        end = _with_stops(text, line.end(size - 1)) if to_many else _after_phrase(text, line, size, words, names)
        named = end > _with_stops(text, line.end(size - 1))
        if end and _stopped(text, end) and (named or text[line.end(size - 1) :].lstrip()[:1] != ":"):
            return end
    size = words.greetings_with_name.length(line)
    if size and size >= closing:
        return _dear(text, line, size, words, names)
    return 0


def _unbroken(text: str, line: Tokens, phrases: Phrases) -> int:
    """How long a phrase opens the row, without a stop inside: `Hej då`, not `Hej, då har vi …`."""
    size = phrases.length(line)
    return 0 if any(_stop_between(text, line, at) for at in range(1, size)) else size


def _is_stop(char: str) -> bool:
    return char in _STOPS or (ord(char) >= _SYMBOLS and not char.isalnum())


def _stopped(text: str, end: int) -> bool:
    return not any(c.isalnum() for c in text[end : end + 3]) or _is_stop(text[end - 1]) or text[end - 1] == "-"


def _is_reader(text: str, line: Tokens, at: int, words: Words, names: Names) -> bool:
    """Tell whether a word may stand for the reader: a name, a noun such as `customer`, an address of mail."""
    start, end = line.start(at), line.end(at)
    word = line.words[at]
    is_address = text[end : end + 1] == "@" or (start and text[start - 1] == "@")
    return text[start].isupper() or is_address or is_noun(word, words) or word in names.customer


def is_noun(word: str, words: Words) -> bool:
    """Tell a noun for readers, alone or as the last part of a compound: `asiakas`, `kanta-asiakas`, `Hundefreunde`."""
    nouns = words.greeting_nouns
    return word in nouns or any(word[at:] in nouns for at in range(2, len(word) - 4))


def _after_phrase(text: str, line: Tokens, size: int, words: Words, names: Names) -> int:
    """Take the name after the salutation's own words. Returns where it all ends, 0 when it greets nobody."""
    at = _readers(text, line, size, words, names)
    runs_on = at < len(line) and not _stop_between(text, line, at)
    last = line.words[at - 1]
    if runs_on and at > size and not words.thanks.length(line, at) and last not in names.customer:
        if names.customer and words.function_words.isdisjoint(line.words[size : at + 1]):
            return 0  # `Hello Kitty lunchboxes are back`: nobody is greeted
        # `Hei Olemme saaneet …`: a capital begins the matter, not a name.
        at = at if is_noun(last, words) else size
    if at == size and at < len(line) and text[line.end(at - 1) : line.end(at - 1) + 1] in ("&", "=", "/", "@"):
        return 0  # `Tag&Rename`, `head=a`: no word of its own
    return _with_name_apart(text, line, at, size, words, names)


def _readers(text: str, line: Tokens, size: int, words: Words, names: Names) -> int:
    at = size
    while at < min(len(line), size + _MAX_NAME_WORDS):
        if _stop_between(text, line, at) or words.thanks.length(line, at):
            break
        if text[line.end(at - 1) :][:1] in ("&", "=") or not _is_reader(text, line, at, words, names):
            break
        at += 1
    return at


def _with_name_apart(text: str, line: Tokens, at: int, size: int, words: Words, names: Names) -> int:
    """`Hei, Liisa!`: after a stop stands a name and another stop."""
    end = _with_stops(text, line.end(at - 1))
    if at > size or at >= len(line) or not _stop_between(text, line, at):
        return end
    last = at
    while last < min(len(line), at + 3) and _is_reader(text, line, last, words, names):
        last += 1
        if last < len(line) and _stop_between(text, line, last):
            break
    known = any(word in names.customer for word in line.words[at:last])
    is_one = last > at and not _is_phrase(line, words, at, last)
    after = text[line.end(last - 1) :].lstrip()[:1]
    if is_one and (known or text[line.start(at)].isupper()) and (not after or _is_stop(after)):
        return _with_stops(text, line.end(last - 1))
    return end


def _dear(text: str, line: Tokens, size: int, words: Words, names: Names) -> int:
    """After `Hyvä`, `Dear` comes a name or a noun and a stop; alone on a short row any noun: `Hyvä veneenomistaja,`."""
    if text[line.end(size - 1) :][:1] in ("&", "="):
        return 0
    at = _readers(text, line, size, words, names)
    praised = any(word in words.praised for word in line.words[size : at + 1])
    runs_on = at < len(line) and not _stop_between(text, line, at)
    if at > size and (not praised or not names.customer.isdisjoint(line.words[size:at])):
        known = line.words[at - 1] in names.customer or bool(words.thanks.length(line, at))
        if known or (not runs_on and _stopped(text, _with_stops(text, line.end(at - 1)))):
            return _with_stops(text, line.end(at - 1))
    return _formal(text, line, size, words, names)


def _formal(text: str, line: Tokens, size: int, words: Words, names: Names) -> int:
    """`Hyvä etsivä Jokela,`: a few words and a comma, none of them small or what one praises."""
    last = size
    while last < len(line) and (last == size or not _stop_between(text, line, last)):
        last += 1
    called = line.words[size:last]
    if not called or len(called) > _MAX_NAME_WORDS or _stop_between(text, line, size):
        return 0
    if any(w in words.praised or (w in words.function_words and not is_noun(w, words)) for w in called):
        return 0
    end = line.end(last - 1)
    stop = text[end:].lstrip()[:1]
    is_named = _is_reader(text, line, last - 1, words, names) or is_noun(line.words[size], words)
    is_whole = last == len(line)
    again = not is_whole and words.greetings_with_name.length(line, last)  # `Estimado socio, estimado Luis:`
    if stop == "," and (is_whole or is_named or again):
        return _with_stops(text, end)
    return _with_stops(text, end) if is_whole and is_named and stop and stop in "!:-\u2013\u2014" else 0


def _stop_between(text: str, line: Tokens, at: int) -> bool:
    """Tell whether a stop stands before the word at `at`."""
    before = line.end(at - 1)
    gap = text[before : line.start(at)]
    if gap == " ":
        return False
    if any(_is_stop(c) and c != "." for c in gap) or " - " in gap or "--" in gap:
        return True
    return "." in gap and before - line.start(at - 1) > 4  # `Mr. Smith`, `Dr. X`, not `Liisa. Kiitos`


def _with_stops(text: str, end: int) -> int:
    """Take the punctuation after a salutation."""
    while end < len(text) and (
        text[end] in _AFTER_NAME
        or (ord(text[end]) >= _SYMBOLS and not text[end].isalnum())
        or (text[end] == " " and text[end + 1 : end + 2] in _APART)
    ):
        end += 1
    return end


def _by_name(text: str, line: Tokens, words: Words, names: Names) -> int:
    """`Liisa,` alone on a row, `Kari ja Sirpa,`, or a known name and the matter after a comma."""
    count = _named(text, line, words, names)
    if not count:
        return 0
    called = line.words[:count]
    known = not names.customer.isdisjoint(called)
    if called[0] in names.customer and (size := words.greetings.length(line, 1)):  # `Liisa hei!`
        return _with_stops(text, line.end(size))
    whole = count == len(line)
    if text.startswith("@") and whole:
        return len(text)
    end = line.end(count - 1)
    rest = text[end:].lstrip()
    stop = rest[:1] if rest[:1] != "-" or text[end : end + 1] != "-" or rest[:2] == "--" else ""
    all_known = names.customer.issuperset(word for word in called if word not in words.connectors)
    if (known and stop and stop in ",!:.") or (all_known and (not rest or (stop and stop in "-\u2013\u2014"))):
        return _with_stops(text, end)
    if not stop or line.start(0) or _is_phrase(line, words, 0, count) or len(called[0]) < 2:
        return 0
    return _by_strange_name(text, line, count, stop, words)


def _by_strange_name(text: str, line: Tokens, count: int, stop: str, words: Words) -> int:
    """A name that nobody told us: alone on the row, with a title, or thanks right after it."""
    called, end = line.words[:count], line.end(count - 1)
    titled = called[0] in words.titles
    whole = count == len(line) and not any(c.isalnum() for c in text[end:])
    if stop == "," and titled and count > 1 and text[line.start(count - 1)].isupper():
        return _with_stops(text, end)  # `Rouva Virtanen, varauksenne …`
    if stop == "," and not whole:
        follows = words.thanks.length(line, count) or words.greetings.length(line, count)
        return _with_stops(text, end) if follows and not text[:end].isupper() else 0
    if not whole or (text.isupper() and len(text) > _SHORT + 2):
        return 0
    cried = stop == "!" and (titled or is_noun(called[-1], words))
    drawn = stop in "-\u2013\u2014" and count <= 2
    return len(text) if stop == "," or cried or drawn or (titled and count > 1 and stop == ":") else 0


def _named(text: str, line: Tokens, words: Words, names: Names) -> int:
    """How many words at the beginning are names, titles before them and what joins them: `Brian, Martin`."""
    count = 0
    while count < min(len(line), _MAX_NAME_WORDS):
        word = line.words[count]
        is_name = text[line.start(count)].isupper() and word.replace("-", "").replace(".", "").isalpha()
        if not is_name and not (count and word in words.connectors):
            break
        count += 1
        if count < len(line) and _stop_between(text, line, count) and not _is_list(text, line, count):
            break
        if word in names.customer and text[line.end(count - 1) :][:2] == ". ":
            break  # `Liisa. Kiitos viestistäsi.`
    return count


def _is_list(text: str, line: Tokens, at: int) -> bool:
    """`Brian, Martin,`: nothing but single capitalised words with commas, to the end of the row."""
    if len(text) > 60 or text[-1] not in ",:!-":
        return False
    gaps = {text[line.end(place - 1) : line.start(place)] for place in range(at, len(line))}
    return gaps == {", "} and all(text[line.start(place)].isupper() for place in range(at, len(line)))


def _is_phrase(line: Tokens, words: Words, start: int, end: int) -> bool:
    """Words that are no name: a closing, thanks, or nothing but small words."""
    lists: tuple[Phrases, ...] = (words.closings, words.thanks)
    if any(phrases.length(line, start) for phrases in lists):
        return True
    titled = end - start > 1 and line.words[start] in words.titles
    called = line.words[start:end]
    return not titled and called[0] not in words.given_names and words.function_words.issuperset(called)


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
        gap = text[line.end(at - 1) : line.start(at)]
        if any(c in ".!?:" for c in gap):
            return 0
        if line.words[at] in names.customer or _is_thanked(text, line, at, at == size, words):
            return _sentence_end(text, line.end(at))
    return 0


def _is_thanked(text: str, line: Tokens, at: int, first: bool, words: Words) -> bool:  # noqa: FBT001 - a fact of place
    """Tell a name that nobody told us: right after the thanks, or after a comma and before a stop."""
    start, end, word = line.start(at), line.end(at), line.words[at]
    gap = text[line.end(at - 1) : start]
    after = text[end:].lstrip()[:1]
    apart = not after or after in ".!:)" or _is_stop(after)
    if first and apart and word in words.greeting_nouns and after != ".":  # `Thanks lads,`
        return word not in words.function_words or word in words.salutations
    if word in words.titles and "," in gap and text[line.start(at + 1) if at + 1 < len(line) else start].isupper():
        return True
    is_name = text[start].isupper() and word.isalpha() and not text[start:end].isupper()
    if not is_name or (word in words.function_words and (len(word) > _SHORT or not apart)):
        return False
    return (apart and after != ",") if "," in gap else first


def _vocative(text: str, line: Tokens, words: Words, names: Names) -> int:
    """`You're welcome, Mark!`: the reader's name between two stops, near the beginning."""
    if words.closings.length(line) and not words.thanks.length(line):
        return 0
    for at in range(1, min(len(line), _MAX_VOCATIVE)):
        gap = text[line.end(at - 1) : line.start(at)]
        if any(c in ".!?:" for c in gap):
            return 0
        after = text[line.end(at) :].lstrip()[:1]
        is_reader = line.words[at] in names.customer and line.words[at] not in words.titles
        if is_reader and "," in gap and text[line.start(at)].isupper():
            return _with_stops(text, line.end(at)) if not after or _is_stop(after) else 0
    return 0


def _cry(text: str, line: Tokens, words: Words, names: Names) -> int:
    """`Ey up Stan!`: whatever is called out, it ends with the name of the reader, and so does the row."""
    last = len(line) - 1
    if not 1 <= last <= _MAX_CRY or line.words[last] not in names.customer or not text[line.start(last)].isupper():
        return 0
    if any(_stop_between(text, line, at) for at in range(1, last + 1)) or words.closings.length(line):
        return 0
    stop = text[line.end(last) :].strip()
    is_called = stop == "!" or (stop == "," and last < _MAX_CRY and words.function_words.isdisjoint(line.words[:last]))
    return len(text) if is_called else 0


def _sentence_end(text: str, at: int) -> int:
    for place in range(at, len(text)):
        if text[place] in ".!?:" and (place + 1 == len(text) or text[place + 1] == " "):
            return place + 1
    return len(text)
