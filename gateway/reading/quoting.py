"""Which rows are the thread below: quoted lines, who wrote them, and the lines that introduce them.

Rules of this file: pure; one pass, linear; never raises. What is not surely somebody else's earlier words stays fresh.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gateway.reading.attribution import Introduction, author_and_date, is_dated, is_moment, name_of
from gateway.reading.closing import is_closing, is_name_like
from gateway.reading.model import Role
from gateway.reading.rows import Hint, Row
from gateway.reading.words import Words, tokens

_MAX_ATTRIBUTION = 400
_MAX_WRAP = 4
"""An attribution is wrapped over so many rows at most."""
_BLOCK_ROWS = 10
_MARKS_WITHIN = 8
_MAX_FRESH = 2000
"""After so many fresh rows no closing is looked for that would end them."""
_DATE_OR_ADDRESS = re.compile(r"[0-9@]")
_MAY_INTRODUCE = re.compile(r"[0-:@]")  # digits and the colon stand together in ASCII
_DOUBLE = ("--", "__", "==", "**", "\u2500\u2500")
_RULE = "-_=*#~\u2013\u2014\u2500 >"


class Thread(NamedTuple):
    """What each row is as far as quoting goes; None is fresh."""

    roles: list[Role | None]
    introductions: dict[int, Introduction]
    """By the row where each begins."""


def thread_of(rows: Sequence[Row], words: Words) -> Thread:
    """Tell the thread below from what is fresh."""
    reader = _Reader(rows, words)
    roles = reader.roles
    at = 0
    while at < len(rows):
        row = rows[at]
        if row.hint or not row.text[0].isalpha() or _MAY_INTRODUCE.search(row.text) or not reader.plainly(at, row):
            at = reader.step(at)
        else:
            at += 1
    return Thread(roles, reader.introductions)


class _Reader:
    def __init__(self, rows: Sequence[Row], words: Words) -> None:
        self.rows = rows
        self.words = words
        self.roles: list[Role | None] = [None] * len(rows)
        self.introductions: dict[int, Introduction] = {}
        self.rest_is_quote = False
        self.fresh = 0
        """Fresh rows so far."""
        self.closed = False
        """A closing phrase stood among them."""
        self.has_reply_above = words.reply_above.search("\n".join(row.text for row in rows))

    def plainly(self, at: int, row: Row) -> bool:
        """Give a role to a row in which nothing can introduce anything, as in most rows of most mails."""
        if row.depth:
            self.roles[at] = Role.QUOTED
            return True
        if self.closed or self.rest_is_quote or self.has_reply_above:
            return False
        self.fresh += 1
        self.closed = self.fresh < _MAX_FRESH and is_closing(row.text, self.words)
        return True

    def step(self, at: int) -> int:
        """Give a role to the row at `at` (and perhaps some after it). Returns the next row to look at."""
        row = self.rows[at]
        if taken := self._introduced(at, row):
            return at + taken
        if self._is_original_message(row.text):
            self.roles[at] = Role.MARKER
            self._unmarked(at, 1)
        elif row.depth or self.rest_is_quote:
            self.roles[at] = Role.QUOTED
        elif self._is_reply_above(row.text):
            self.roles[at] = Role.MARKER
            # On top it stands above the agent's own words, as in a helpdesk's mail.
            self.rest_is_quote = self.fresh > 0
        else:
            self.fresh += 1
            self.closed = self.closed or is_closing(row.text, self.words)
        return at + 1

    def _introduced(self, at: int, row: Row) -> int:
        """Whether a turn of the thread is introduced here. Returns how many rows that takes, 0 for none."""
        text = row.text
        if ":" in text and (taken := self._header_block(at) or self._attribution(at)):
            return taken
        if row.hint is Hint.ATTRIBUTION:
            self._introduce(at, 1, text)
            return 1
        return self._wrapped_attribution(at) or self._comment_heading(at)

    def _unmarked(self, at: int, size: int) -> None:
        """After an introduction the rest is a quote, unless the quote is marked as one row by row."""
        if self.rows[at].depth:
            return
        after = at + size
        # Where nothing fresh stands above, the answer may stand below, and the marks begin a few rows on.
        ahead = self.rows[after : after + (1 if self.fresh else _MARKS_WITHIN)]
        self.rest_is_quote = self.rest_is_quote or not any(row.depth for row in ahead)

    def _is_original_message(self, text: str) -> bool:
        """`-----Original Message-----`, alone or (as one client writes it) with the header block on the same row."""
        if text[0] not in _RULE:
            return len(text) < 80 and text[-1] == ":" and text[:-1].strip().lower() in self.words.original_message
        words = text[:120].lstrip(_RULE)
        ends = [at for mark in _DOUBLE if (at := words.find(mark)) > 0]
        return words[: min(ends, default=120)].strip(_RULE + ":").lower() in self.words.original_message

    def _is_reply_above(self, text: str) -> bool:
        return self.has_reply_above and len(text) < 300 and self.words.reply_above.search(text)

    def _header_block(self, at: int) -> int:
        """An Outlook header block: From, Sent, To, Subject in any order. Returns its length in rows, 0 for none."""
        if not self._label(self.rows[at].text):
            return 0
        found: dict[str, str] = {}
        last = at
        for row in range(at, min(at + _BLOCK_ROWS, len(self.rows))):
            text = self.rows[row].text
            label = self._label(text)
            if (label and label in found) or (not label and row > last + 1):
                break
            if label:
                found[label] = text.partition(":")[2].strip(" *\t")
                last = row
        mailed = "@" in found.get("from", "") + found.get("to", "")
        announced = at > 0 and self.roles[at - 1] is Role.MARKER
        wanted = 1 if announced else 2 if mailed else 3
        if "from" not in found or len(found) < wanted or not ("subject" in found or mailed):
            return 0
        size = last - at + 1
        self.roles[at : at + size] = [Role.ATTRIBUTION] * size
        self.introductions[at] = Introduction(name_of(found["from"]), found.get("sent", ""))
        self._unmarked(at, size)
        return size

    def _label(self, text: str) -> str:
        head, colon, _ = text[:40].partition(":")
        return self.words.labels.get(head.strip(" *\t\u200e").lower(), "") if colon else ""

    def _attribution(self, at: int) -> int:
        """A line that ends in `wrote:`, on one row. Returns how many rows it takes."""
        text = self.rows[at].text
        if len(text) > _MAX_ATTRIBUTION or not text.rstrip(" *_").endswith(":"):
            return 0
        return self._introduces(at, 1, text)

    def _wrapped_attribution(self, at: int) -> int:
        """The same, over several rows. Only where the first row could begin one: it has a digit or an address."""
        row = self.rows[at]
        if len(row.text) > 200 or not _DATE_OR_ADDRESS.search(row.text):
            return 0
        text = row.text
        for size in range(2, _MAX_WRAP + 1):
            if at + size > len(self.rows):
                return 0
            more = self.rows[at + size - 1]
            if more.line != row.line + size - 1 or more.depth != row.depth:
                return 0
            if more.hint is Hint.ATTRIBUTION and row.hint is not Hint.ATTRIBUTION:
                return 0  # the HTML says where it begins: what stands above is the agent's
            text = f"{text} {more.text}"
            if more.text.rstrip(" *_").endswith(":"):
                return self._introduces(at, size, text) if len(text) <= _MAX_ATTRIBUTION else 0
        return 0

    def _introduces(self, at: int, size: int, text: str) -> int:
        after = at + size
        depth = self.rows[at].depth
        marked = after < len(self.rows) and self.rows[after].depth > depth
        dated, addressed = is_dated(text), "@" in text
        if not self.words.attribution_verbs.isdisjoint(tokens(text, _MAX_ATTRIBUTION).words):
            wanted = marked or addressed or dated
        else:
            wanted = marked and addressed and dated  # `2.11.2026, 14:41, "Liisa" <liisa@example.org>:`
        if not wanted:
            return 0
        self._introduce(at, size, text)
        if not marked:
            self._unmarked(at, size)
        return size

    def _introduce(self, at: int, size: int, text: str) -> None:
        self.roles[at : at + size] = [Role.ATTRIBUTION] * size
        self.introductions[at] = author_and_date(text, self.words.attribution_verbs)

    def _comment_heading(self, at: int) -> int:
        """A helpdesk's heading of an earlier comment, below the agent's sign-off: a name, then a moment."""
        row = self.rows[at]
        if not self.closed or self.rest_is_quote or row.depth or len(row.text) > 80:
            return 0
        name, _, moment = row.text.partition("\t")
        size = 1
        if not moment and at + 1 < len(self.rows):
            moment, size = self.rows[at + 1].text, 2
        if not is_moment(moment) or not is_name_like(name.partition("(")[0]):
            return 0
        self.roles[at : at + size] = [Role.ATTRIBUTION] * size
        self.introductions[at] = Introduction(name, moment)
        self.rest_is_quote = True
        return size
