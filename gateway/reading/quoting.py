"""Which rows are the thread below: quoted lines, who wrote them, and the lines that introduce them.

Rules of this file: pure; one pass, linear; never raises. What is not surely somebody else's earlier words stays fresh.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gateway.reading.model import Role
from gateway.reading.rows import Hint, Row
from gateway.reading.words import Words

_MAX_ATTRIBUTION = 400
_BLOCK_ROWS = 9
_ADDRESS = re.compile(r"[<(\[\"']*(?:mailto:)?[^\s<>()\[\]\"']+@[^\s<>()\[\]\"']+")
_TIME = re.compile(r"\d{1,2}[:.]\d\d")
_RULE = "-_=*#~\u2013\u2014\u2500 >"


class Introduction(NamedTuple):
    """Where a turn of the thread begins."""

    row: int
    author: str
    date: str


class Thread(NamedTuple):
    """What each row is as far as quoting goes; None is fresh."""

    roles: list[Role | None]
    introductions: list[Introduction]


def thread_of(rows: Sequence[Row], words: Words) -> Thread:
    """Tell the thread below from what is fresh."""
    reader = _Reader(rows, words)
    at = 0
    while at < len(rows):
        at = reader.step(at)
    return Thread(reader.roles, reader.introductions)


class _Reader:
    def __init__(self, rows: Sequence[Row], words: Words) -> None:
        self.rows = rows
        self.words = words
        self.roles: list[Role | None] = [None] * len(rows)
        self.introductions: list[Introduction] = []
        self.rest_is_quote = False
        self.fresh = 0
        """Fresh rows so far."""

    def step(self, at: int) -> int:
        """Give a role to the row at `at` (and perhaps some after it). Returns the next row to look at."""
        row = self.rows[at]
        text = row.text
        if ":" in text and (taken := self._header_block(at) or self._attribution(at)):
            return at + taken
        if row.hint is Hint.ATTRIBUTION:
            self._introduce(at, 1, text)
            return at + 1
        if self._is_original_message(text):
            self.roles[at] = Role.MARKER
            self.rest_is_quote = True
            return at + 1
        if row.depth or self.rest_is_quote:
            self.roles[at] = Role.QUOTED
        elif self._is_reply_above(text):
            self.roles[at] = Role.MARKER
            self.rest_is_quote = self.fresh > 0  # on top it stands above the agent's own words, as in a helpdesk's mail
        else:
            self.fresh += 1
        if (taken := self._wrapped_attribution(at)) and self.roles[at] is None:
            self.fresh -= 1
            return at + taken
        return at + 1

    def _is_original_message(self, text: str) -> bool:
        if len(text) > 120:
            return False
        bare = text.strip(_RULE + ":").lower()
        return bare in self.words.original_message and (text[0] in _RULE or text[-1] == ":")

    def _is_reply_above(self, text: str) -> bool:
        return len(text) < 300 and self.words.reply_above.search(text.lower())

    def _header_block(self, at: int) -> int:
        """An Outlook header block: From, Sent, To, Subject in any order. Returns its length in rows, 0 for none."""
        first = self._label(self.rows[at].text)
        if not first:
            return 0
        found: dict[str, str] = {}
        last = at
        for row in range(at, min(at + _BLOCK_ROWS, len(self.rows))):
            label = self._label(self.rows[row].text)
            if label:
                found.setdefault(label, self.rows[row].text.partition(":")[2].strip(" *\t"))
                last = row
            elif row > last + 1:
                break
        mailed = "@" in found.get("from", "") + found.get("to", "")
        if "from" not in found or len(found) < (2 if mailed else 3) or not ("subject" in found or mailed):
            return 0
        size = last - at + 1
        for row in range(at, at + size):
            self.roles[row] = Role.ATTRIBUTION
        self.introductions.append(Introduction(at, _name_of(found["from"]), found.get("sent", "")))
        if not self.rows[at].depth:
            self.rest_is_quote = True
        return size

    def _label(self, text: str) -> str:
        head, colon, _ = text[:40].partition(":")
        return self.words.labels.get(head.strip(" *\t").lower(), "") if colon else ""

    def _attribution(self, at: int) -> int:
        """A line that ends in `wrote:`, on one row. Returns how many rows it takes."""
        text = self.rows[at].text
        if not text.rstrip(" *_").endswith(":") or len(text) > _MAX_ATTRIBUTION:
            return 0
        return self._introduces(at, 1, text)

    def _wrapped_attribution(self, at: int) -> int:
        """The same, over two to four rows. Only where the first row could begin one: it has a digit or an address."""
        row = self.rows[at]
        if row.hint or len(row.text) > 200 or not any(c.isdigit() or c == "@" for c in row.text):
            return 0
        text = row.text
        for size in range(2, 5):
            if at + size > len(self.rows):
                return 0
            more = self.rows[at + size - 1]
            if more.line != row.line + size - 1 or more.depth != row.depth:
                return 0
            text = f"{text} {more.text}"
            if more.text.rstrip(" *_").endswith(":"):
                return self._introduces(at, size, text) if len(text) <= _MAX_ATTRIBUTION else 0
        return 0

    def _introduces(self, at: int, size: int, text: str) -> int:
        bare = [word.strip(",.:;<>()*\"'").lower() for word in text.split()]
        if not any(word in self.words.attribution_verbs for word in bare):
            return 0
        after = at + size
        depth = self.rows[at].depth
        marked = after < len(self.rows) and self.rows[after].depth > depth
        dated = _TIME.search(text) is not None and sum(any(c.isdigit() for c in word) for word in bare) > 1
        addressed = _ADDRESS.search(text) is not None
        if not marked and not (dated or addressed):
            return 0
        self._introduce(at, size, text)
        if not marked and not depth:
            self.rest_is_quote = True
        return size

    def _introduce(self, at: int, size: int, text: str) -> None:
        for row in range(at, at + size):
            self.roles[row] = Role.ATTRIBUTION
        author, date = author_and_date(text, self.words.attribution_verbs)
        self.introductions.append(Introduction(at, author, date))


def author_and_date(text: str, verbs: frozenset[str]) -> tuple[str, str]:
    """Who wrote, and when, by an attribution line in whatever order."""
    bare = text.replace("*", "").strip().rstrip(":").strip()
    words = bare.split()
    verb = next((at for at, word in enumerate(words) if word.strip(",.:;").lower() in verbs), len(words))
    digits = [at for at, word in enumerate(words) if any(c.isdigit() for c in word) and "@" not in word]
    if digits and digits[0] > verb:
        author = words[:verb]
        date = words[verb + 1 :]
    else:
        last = digits[-1] + 1 if digits else 0
        if last < len(words) and words[last].strip(",.").lower() in ("am", "pm", "a.m", "p.m"):
            last += 1
        author = [word for at, word in enumerate(words[last:], last) if at != verb]
        date = words[:last]
    return _name_of(" ".join(author)), " ".join(date).strip(" ,")


def _name_of(text: str) -> str:
    """The name before an address; the address where there is no name."""
    text = text.replace("*", "").strip(" ,;:")
    found = _ADDRESS.search(text)
    if found is None:
        return text.strip(" \"'<>")
    name = text[: found.start()].strip(" ,\"'<>([")
    return name or found[0].strip("<>()[]\"' ").removeprefix("mailto:")
