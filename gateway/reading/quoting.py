"""Which rows are the thread below: quoted lines, who wrote them, and the lines that introduce them.

Rules of this file: pure; one pass, linear; never raises. What is not surely somebody else's earlier words stays fresh.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.reading.attribution import Introduction, author_and_date, is_dated, is_dayed, is_moment, is_timed, name_of
from gateway.reading.closing import is_closing, is_name_like
from gateway.reading.greeting import Names
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
_MAX_HEADING = 80
_BETWEEN = 2
"""Two rows are so many lines apart when one stands right between them."""
_BROKEN_OFF = 30
"""So long at most are the last words of a quoted line that were broken off; what is left of it is twice as long."""
_RULE_LENGTH = 10
_MAX_RULE_WORDS = 6
_DATE_OR_ADDRESS = re.compile(r"[0-9@]")
_MAY_INTRODUCE = re.compile(r"[0-:@]")  # digits and the colon stand together in ASCII
_DOUBLE = ("--", "__", "==", "**", "\u2500\u2500")
_NAME_THEN = re.compile(r"([^\t,;|\u00b7\u2013\u2014]{3,60}?)(?:\t|, | - | [|\u00b7\u2013\u2014] )(.+)")
"""A name, something between, and perhaps a moment."""
_LABEL = re.compile(r"([^\W\d_]{1,20}) ?:(?!/)")
_RULE = "-_=*#~\u2013\u2014\u2500 >"


class Thread(NamedTuple):
    """What each row is as far as quoting goes; None is fresh."""

    roles: list[Role | None]
    introductions: dict[int, Introduction]
    """By the row where each begins."""


def thread_of(rows: Sequence[Row], words: Words, names: Names) -> Thread:
    """Tell the thread below from what is fresh."""
    reader = _Reader(rows, words, names)
    roles = reader.roles
    at = 0
    while at < len(rows):
        row = rows[at]
        if row.hint or not row.text[0].isalpha() or _MAY_INTRODUCE.search(row.text) or not reader.plainly(at, row):
            at = reader.step(at)
        else:
            at += 1
    _mend_wraps(rows, roles)
    return Thread(roles, reader.introductions)


def _mend_wraps(rows: Sequence[Row], roles: list[Role | None]) -> None:
    """A quoted line that a program broke: its last words stand without a mark, between two lines with one."""
    for at, role in enumerate(roles):
        if role is None and rows[at - 1].depth and 0 < at < len(rows) - 1:
            above, row, below = rows[at - 1 : at + 2]
            is_between = not row.depth and below.depth == above.depth and below.line - above.line <= _BETWEEN
            is_end = len(row.text) <= _BROKEN_OFF < len(above.text) - _BROKEN_OFF
            if is_between and is_end and above.text[-1] not in ".!?:;":
                roles[at] = Role.QUOTED


class _Reader:
    def __init__(self, rows: Sequence[Row], words: Words, names: Names) -> None:
        self.rows = rows
        self.words = words
        self.names = names
        self.roles: list[Role | None] = [None] * len(rows)
        self.introductions: dict[int, Introduction] = {}
        self.rest_is_quote = False
        self.fresh = 0
        """Fresh rows so far."""
        self.closed = False
        """A closing phrase stood among them."""
        self.commented = False
        """The thread is a helpdesk's: comments, each below a heading."""
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
        if self._is_original_message(at, row.text):
            self._original_message(at, row.text)
        elif taken := self._introduced(at, row):
            return at + taken
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
            return self._attribution_by_markup(at)
        if text[0] == "-" and (taken := self._between_rules(at)):
            return taken
        return self._wrapped_attribution(at) or self._comment_heading(at)

    def _attribution_by_markup(self, at: int) -> int:
        """A line or some that a mail program itself calls the attribution."""
        depth, size = self.rows[at].depth, 1
        for row in self.rows[at + 1 : at + _MAX_WRAP]:
            if row.hint is not Hint.ATTRIBUTION or row.depth != depth or self._label(row.text):
                break
            size += 1
        self._introduce(at, size, " ".join(row.text for row in self.rows[at : at + size]))
        if self.fresh:
            self._unmarked(at, size)
        return size

    def _between_rules(self, at: int) -> int:
        """`---- On Mon, 02 Nov 2026 10:15:00 +0200 Ann <ann@example.org> wrote ----`, as one webmail writes it."""
        text = self.rows[at].text
        if not text.endswith("--") or len(text) > _MAX_ATTRIBUTION:
            return 0
        return self._introduces(at, 1, text.strip(_RULE))

    def _unmarked(self, at: int, size: int) -> None:
        """After an introduction the rest is a quote, unless the quote is marked as one row by row."""
        depth, after = self.rows[at].depth, at + size
        # Where nothing fresh stands above, the answer may stand below, and the marks begin a few rows on.
        ahead = range(after, min(len(self.rows), after + (1 if self.fresh else _MARKS_WITHIN)))
        marked = next((row for row in ahead if self.rows[row].depth > depth), -1)
        if not depth:
            self.rest_is_quote = self.rest_is_quote or marked < 0 or self._is_introduced(marked, after)

    def _is_introduced(self, at: int, after: int) -> bool:
        """Whether the marked rows from `at` on are introduced by words of their own, and so stand within the quote."""
        text, above = self.rows[at].text, self.rows[at - 1].text
        if self._label(text) or (text.endswith(":") and is_dated(text)):
            return True
        return at > after and above.endswith(":") and not self._label(above)

    def _is_original_message(self, at: int, text: str) -> bool:
        """`-----Original Message-----`, alone or (as one client writes it) with the header block on the same row."""
        if text[0] not in _RULE:
            return len(text) < 80 and text[-1] == ":" and text[:-1].strip().lower() in self.words.original_message
        words = text[:120].lstrip(_RULE)
        ends = [end for mark in _DOUBLE if (end := words.find(mark)) > 0]
        phrase = words[: min(ends, default=120)].strip(_RULE + ":").lower()
        if phrase in self.words.original_message:
            return True
        if not ends or not phrase or not text.startswith(_DOUBLE):
            return False
        # `--- Forwarded by Ann on … ---`; in a language that we do not know, a header block below tells it.
        parts = phrase.split(" ", _MAX_RULE_WORDS)
        if any(" ".join(parts[:size]) in self.words.original_message for size in range(2, len(parts))):
            return True
        return at + 1 < len(self.rows) and bool(self._label(self.rows[at + 1].text))

    def _original_message(self, at: int, text: str) -> None:
        self.roles[at] = Role.MARKER
        fields = _fields(text, self.words.labels) if ":" in text else {}
        if "from" in fields:
            self.introductions[at] = Introduction(name_of(fields["from"]), fields.get("sent", ""))
        self._unmarked(at, 1)

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
            if (label == "from" and label in found) or (not label and row > last + 1 and "@" not in text):
                break
            if label:
                found.setdefault(label, "")
                found[label] = found[label] or text.partition(":")[2].strip(" *\t")
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
                if self._is_complete(more.text):
                    return 0
                return self._introduces(at, size, text) if len(text) <= _MAX_ATTRIBUTION else 0
        return 0

    def _is_complete(self, text: str) -> bool:
        """Whether a line that ends in a colon needs nothing from the rows above: who, when and the verb are in it."""
        if not is_dated(text):
            return False
        words = tokens(text, _MAX_ATTRIBUTION).words
        return words[0] not in self.words.attribution_verbs and not self.words.attribution_verbs.isdisjoint(words)

    def _introduces(self, at: int, size: int, text: str) -> int:
        after = at + size
        depth = self.rows[at].depth
        marked = after < len(self.rows) and self.rows[after].depth > depth
        dated, addressed = is_dated(text), "@" in text
        quoted = (depth > 0 or self.rest_is_quote) and is_dayed(text)  # there a day is enough
        if not self.words.attribution_verbs.isdisjoint(tokens(text, _MAX_ATTRIBUTION).words):
            wanted = marked or addressed or dated or quoted
        else:
            wanted = marked and (addressed or dated)  # `2.11.2026, 14:41, "Liisa" <…>:`, `Quoting Ann <…>:`
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
        """A helpdesk's heading of a comment: a name and a moment, on one row or two. Returns 1, or 0 for none."""
        row = self.rows[at]
        if len(row.text) > _MAX_HEADING or row.depth or (self.rest_is_quote and not self.commented):
            return 0
        if not is_timed(row.text):
            return 0
        opens = at + 1 < len(self.rows) and self.rows[at + 1].hint is Hint.COMMENT is not row.hint
        if not (
            opens
            or self.commented
            or self.closed
            or self.has_reply_above
            or self._is_ruled(at)
            or self._is_ruled(at - 1)
        ):
            return 0
        begins, heading = self._heading(at)
        if not heading.author or (at + 1 < len(self.rows) and self._heading(at + 1)[1].author):
            return 0
        on_top = not self.commented and self.fresh <= at - begins
        if on_top and not self._is_customer(heading.author):
            if opens or self.has_reply_above:  # the agent's own words follow
                self.roles[begins : at + 1] = [Role.MARKER] * (at + 1 - begins)
                self.fresh = 0
                return 1
            return 0
        if not (opens or self.commented or self.closed or self._is_ruled(begins)):
            return 0
        self.roles[begins : at + 1] = [Role.ATTRIBUTION] * (at + 1 - begins)
        self.introductions[begins] = heading
        self.rest_is_quote = self.commented = True
        return 1

    def _heading(self, at: int) -> tuple[int, Introduction]:
        """Where a heading that ends in this row begins, and what it says; no author where there is none."""
        text = self.rows[at].text
        found = _NAME_THEN.match(text)
        name, moment = found.groups() if found else ("", "")
        named = bool(name) and is_moment(moment) and is_name_like(name.partition("(")[0])
        if named and " " in name:  # one word may be the day: `Monday, November 2, 2026 10:15`
            return at, Introduction(name, moment)
        above = self.rows[at - 1].text if at else ""
        if above and is_moment(text) and not self.rows[at - 1].depth and not self._signs(at - 1):
            return at - 1, Introduction(above, text)
        return at, Introduction(name, moment) if named else Introduction("", "")

    def _is_ruled(self, at: int) -> bool:
        """Whether a rule stands right above a row."""
        if at >= 0 and self.rows[at].hint is Hint.RULED:
            return True
        above = self.rows[at - 1].text if at > 0 else ""
        return len(above) >= _RULE_LENGTH and above[0] in _RULE and not above.strip(_RULE)

    def _is_customer(self, name: str) -> bool:
        return not self.names.customer.isdisjoint(tokens(name).words)

    def _signs(self, at: int) -> bool:
        """Whether a row is no name, or one that a closing phrase above makes the agent's."""
        text = self.rows[at].text
        if not is_name_like(text.partition("(")[0]) or is_closing(text, self.words):
            return True
        return at > 0 and is_closing(self.rows[at - 1].text, self.words)


def _fields(text: str, labels: Mapping[str, str]) -> dict[str, str]:
    """A header block written on one row, its fields without a break between them."""
    found: dict[str, str] = {}
    kind, begins = "", 0
    for match in _LABEL.finditer(text):
        head = match[1].lower()
        size = next((size for size in range(len(head), 0, -1) if head[-size:] in labels), 0)
        if not size or head == "mailto":
            continue
        if kind:
            found.setdefault(kind, text[begins : match.end(1) - size].strip())
        kind, begins = labels[head[-size:]], match.end()
    if kind:
        found.setdefault(kind, text[begins:].strip())
    return found
