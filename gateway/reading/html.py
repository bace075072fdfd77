"""HTML as a mail client shows it: lines, in reading order.

Rules of this file: pure; never raises. selectolax (lexbor) parses by the HTML5 rules and writes the tree out again;
what comes out is well-formed, so that one linear pass over its tags sees every element opened and closed. Hidden
elements, styles, scripts and comments are not shown; blocks and `<br>` end a line; the cells of a table row are joined
by a tab. Paragraphs have margins: the next line's number leaves room for the empty line that a reader sees.
"""

from __future__ import annotations

import html as entities
import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from gateway.reading.charset import is_clean, lines_of, shown
from gateway.reading.css import NO_STYLE, Style, attributes, style_of
from gateway.reading.rows import Hint, Row, unquoted
from gateway.reading.shape import html_depth

MAX_TREE_DEPTH = 1000
"""Deeper HTML costs the parser quadratic time (200 KB of `<div>`: 3 s); it is read tag by tag instead."""

_TOKEN = re.compile(r"<(/?)([a-zA-Z!?][^\s/>]*)((?:[^>\"]|\"[^\"]*\")*+)>([^<]*)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SOUP = re.compile(r"<(/?)([a-zA-Z!?]?[^\s/<>]*)([^<>]*)>?([^<]*)")
_DROPPED = ["style", "script", "title", "template", "iframe", "noembed", "noframes"]
_BLOCKS = frozenset(
    (  # noqa: SIM905  # one word a line would take a page
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer "
        "form h1 h2 h3 h4 h5 h6 header html legend li main menu nav ol option p pre section summary table tbody tfoot "
        "thead tr ul xmp"
    ).split()
)
_VOID = frozenset("!doctype ? area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905  # likewise
_CELLS = frozenset({"td", "th"})
_MEANS = {
    **dict.fromkeys(_DROPPED, Style(hidden=True)),
    **dict.fromkeys(("pre", "xmp", "listing", "plaintext"), Style(monospaced=True, formatted=True)),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), Style(monospaced=True)),
    "textarea": Style(formatted=True),
}
"""What an element by its name alone means for the text in it."""
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SPACED = frozenset("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre ul xmp".split())  # noqa: SIM905  # likewise
"""Blocks with a margin above and below (HTML §15.3.3): what they hold is set off as by an empty line."""
_MAX_SHEET = 20_000
_TIGHT_SHEET = re.compile(r"(?i)(?:^|[\s,}>])p(?:,[^{}]{0,200})?\s*\{[^{}]{0,200}?margin(?:-top|-bottom)?\s*:\s*0")
"""A style sheet by which paragraphs have no margin, as Outlook on the web writes it."""
_BREAK, _TAB, _GAP, _ROW = 1, 2, 3, 4
"""What comes before the next words: a line end, a tab, an empty line, the line end before a table's row."""
_LOOK_BACK = 60
"""A closing tag closes an element at most so far down: the tree is well-formed, only tag soup needs more."""


class _State(NamedTuple):
    """What the elements around a piece of text mean for it."""

    hidden: bool = False
    formatted: bool = False
    monospaced: bool = False
    depth: int = 0
    hint: Hint = Hint.NONE


def html_rows(text: str) -> list[Row]:
    """The rows that a client shows of an HTML body."""
    token = _TOKEN
    tight = "{" in text and _TIGHT_SHEET.search(text, 0, _MAX_SHEET) is not None
    if html_depth(text.encode("utf-8", "replace"), "") <= MAX_TREE_DEPTH:
        parser = LexborHTMLParser(text)
        parser.strip_tags(_DROPPED)
        text = parser.html or ""
    else:
        token = _SOUP
    return _rows(text, token, tight=tight)


def _rows(text: str, token: re.Pattern[str], *, tight: bool) -> list[Row]:
    comments: list[str] = []
    if "<!--" in text and token is _TOKEN:
        comments = [comment for comment in _COMMENT.findall(text) if comment.startswith("<!--[if")]
        text = _COMMENT.sub("", text)
    page = _Page(clean=is_clean(text), tight=tight)
    page.words(text.partition("<")[0])
    opening, closing, shows = page.open, page.close, page.words
    for end, name, attrs, words in token.findall(text):
        if end:
            closing(name.lower())
        else:
            opening(name.lower(), attrs)
        if words and not (page.pending and words.isspace()):
            shows(words)
    page.end_line()
    return page.rows + [row._replace(hint=Hint.MARKER) for comment in comments for row in _conditional(comment)]


def _conditional(comment: str) -> list[Row]:
    """What Outlook alone shows: `<!--[if mso]>…<![endif]-->`, without its settings."""
    inner = comment.partition("]>")[2].removesuffix("-->").removesuffix("<![endif]")
    if "<xml" in inner:
        inner = inner.partition("<xml")[0] + inner.rpartition("</xml>")[2]
    return html_rows(inner) if inner.strip() else []


class _Page:
    """The state of one linear pass: open elements, and the line that is being put together."""

    __slots__ = (
        "_blank",
        "_clean",
        "_first",
        "_fixed",
        "_line",
        "_links",
        "_parts",
        "_pieces",
        "_rest_depth",
        "_row_began",
        "_ruled",
        "_spaced",
        "_stack",
        "_state",
        "pending",
        "rows",
    )

    def __init__(self, *, clean: bool, tight: bool) -> None:
        self.rows: list[Row] = []
        self._spaced = _SPACED - {"p"} if tight else _SPACED
        self._ruled = False
        """A horizontal rule stands right above."""
        self._blank = False
        """The line holds nothing but spaces that do not collapse: an empty line, if the block ends so."""
        self._clean = clean
        """Nothing in the text is invisible; only entities may be."""
        self._state = _State()
        self._stack: list[tuple[str, _State, str, int]] = []
        """Of each open element: its tag, the state around it, the link to name after it, what ends with it."""
        self._row_began: list[int] = []
        """For each open `<tr>`: how many pieces of text the page had when it began."""
        self._parts: list[str] = []
        self._first = self._state
        """The state in which the line began."""
        self._fixed = 0
        """Characters of the line in a monospaced font."""
        self._links: list[str] = []
        self._line = 1
        self.pending = 0
        self._pieces = 0
        self._rest_depth = 0

    def open(self, tag: str, attrs: str) -> None:
        if tag in _VOID:
            self._void(tag, attrs)
            return
        around, link, ends, tight = self._state, "", 0, False
        if attrs or tag == "blockquote":
            style = style_of(tag, attrs)
            if style is not NO_STYLE:
                link, tight = style.link, style.tight
                self._apply(style)
        if tag in _MEANS:
            self._apply(_MEANS[tag])
        if tag in _BLOCKS:
            ends = _GAP if tag in self._spaced and not tight else _BREAK
            if self.pending < ends and self.pending != _TAB:  # what a cell begins with does not end its row
                self.pending = ends
            if tag == "tr":
                self._row_began.append(self._pieces)
        elif tag in _CELLS:
            began = self._row_began[-1] if self._row_began else self._pieces
            self.pending = _TAB if began < self._pieces else _GAP if self.pending == _GAP else _ROW
        self._stack.append((tag, around, link, ends))

    def _apply(self, style: Style) -> None:
        hidden, formatted, monospaced, depth, hint = self._state
        self._state = _State(
            hidden or style.hidden,
            formatted or style.formatted,
            monospaced or style.monospaced,
            depth + style.quote,
            style.hint or hint,
        )
        if style.rest_is_quote:
            self.end_line()
            self._rest_depth = 1

    def _void(self, tag: str, attrs: str) -> None:
        if tag == "br":
            blank = not self._parts or self.pending not in (0, _TAB)
            if self._blank:
                self._line += self.pending > 0 and not self._parts
                self._blank = False
            self.end_line()
            self._line += blank
        elif tag == "hr":
            self.pending = _GAP
            self._ruled = not self._state.hidden
        elif tag == "img" and "alt=" in attrs:
            alt = attributes(attrs).get("alt", "").strip()
            if alt:
                around = self._state
                self._state = around._replace(hint=around.hint or Hint.ALT)
                self.words(alt)
                self._state = around
        elif tag == "input" and "value=" in attrs and "hidden" not in attrs:
            self.words(attributes(attrs).get("value", ""))

    def close(self, tag: str) -> None:
        stack = self._stack
        if stack and stack[-1][0] == tag:
            _, self._state, link, ends = stack.pop()
        else:
            at = next(
                (at for at in range(len(stack) - 1, max(-1, len(stack) - _LOOK_BACK), -1) if stack[at][0] == tag), -1
            )
            if at < 0:
                self.pending = _BREAK if tag in _BLOCKS else self.pending
                return
            _, self._state, link, ends = stack[at]
            del stack[at:]
        if ends:
            if self.pending != _GAP:
                self.pending = ends
            if tag == "tr" and self._row_began:
                self._row_began.pop()
        elif self.pending == _GAP and tag in _CELLS:
            self.pending = _BREAK  # the margins in a cell do not set its row off
        if link and not self._state.hidden:
            self._links.append(link)

    def words(self, words: str) -> None:
        """Put text on the line, as CSS white-space processing does."""
        state = self._state
        if state.hidden:
            return
        clean = self._clean
        if "&" in words:
            words, clean = entities.unescape(words), False
        if state.formatted:
            self._formatted(words)
            return
        if "\n" in words or "  " in words or "\t" in words:
            words = _SPACES.sub(" ", words)
        if words == " ":
            if self._parts and not self.pending:
                self._parts.append(" ")
            return
        self._add(words if clean else shown(words))

    def _formatted(self, words: str) -> None:
        first, *rest = lines_of(words)
        self._add(shown(first))
        for line in rest:
            if self._parts:
                self.end_line()
            else:
                self._line += 1
            self._add(shown(line))

    def _add(self, words: str) -> None:
        if not words or (words.isspace() and (not self._parts or self.pending)):
            if words and self.pending != _TAB and not self._state.formatted:
                self._next_line()
                self._blank = True
            return
        if self.pending:
            if self.pending == _TAB:
                self._parts.append("\t")
                self.pending = 0
            elif self._parts and self.pending == _BREAK:
                self.end_line()
            else:
                self._next_line()
        state = self._state
        # Words beside a picture make the line more than a picture.
        if not self._parts or self._first.hint is Hint.ALT:
            self._first = state
            if self._ruled:
                self._ruled = False
                self._first = state._replace(hint=state.hint or Hint.RULED)
        if state.monospaced:
            self._fixed += len(words)
        self._pieces += 1
        self._parts.append(words)

    def _next_line(self) -> None:
        """Go to the line below, with an empty one between where a margin is."""
        gap = self.pending == _GAP
        if self._parts:
            self.end_line()
        elif self._blank and self.pending:
            self._line += 1
        self._blank = False
        self.pending = 0
        if gap and self.rows and self._line - self.rows[-1].line <= 1:
            self._line += 1

    def end_line(self) -> None:
        """Make a row of what stands on the line."""
        self.pending = 0
        first, parts = self._first, self._parts
        depth = first.depth or self._rest_depth
        if parts:
            text = (parts[0] if len(parts) == 1 else "".join(parts)).strip(" ")
            parts.clear()
            column, fixed = 1, self._fixed * 2 > len(text)
            if text.startswith(">"):  # a plain text that was put into HTML line by line
                body, more = unquoted(text)
                column, depth, text = text.find(body) + 1, depth + more, body
            if text and not text.isspace():
                self.rows.append(Row(text, self._line, column, depth, fixed, first.hint))
            self._line += 1
            self._fixed = 0
            self._blank = False
        if self._links:
            self.rows += [Row(link, max(1, self._line - 1), 1, depth, hint=Hint.MARKER) for link in self._links]
            self._links.clear()
