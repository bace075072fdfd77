"""HTML as a mail client shows it: lines, in reading order.

Rules of this file: pure; never raises. selectolax (lexbor) parses by the HTML5 rules and writes the tree out again;
what comes out is well-formed, so that one linear pass over its tags sees every element opened and closed. Hidden
elements, styles, scripts and comments are not shown; blocks and `<br>` end a line; the cells of a table row are joined
by a tab.
"""

from __future__ import annotations

import html as entities
import re

from selectolax.lexbor import LexborHTMLParser

from gateway.reading.charset import lines_of, shown
from gateway.reading.css import NO_STYLE, Style, attributes, style_of
from gateway.reading.rows import Hint, Row, unquoted
from gateway.reading.shape import html_depth

MAX_TREE_DEPTH = 1000
"""Deeper HTML costs the parser quadratic time (200 KB of `<div>`: 3 s); it is read tag by tag instead."""

_TOKEN = re.compile(
    r"<(/?)([a-zA-Z][^\s/>]*)((?:[^>\"]|\"[^\"]*\")*+)>([^<]*)|<!--.*?-->([^<]*)|<[^>]*>([^<]*)", re.DOTALL
)
_SOUP = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)>([^<]*)|<!--[^<>]*>([^<]*)|<[^<>]*>?([^<]*)")
_DROPPED = ["style", "script", "title", "template", "iframe", "noembed", "noframes"]
_SKIPPED = frozenset(_DROPPED)
_BLOCKS = frozenset(
    (  # noqa: SIM905  # one word a line would take a page
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
        "h1 h2 h3 h4 h5 h6 header html legend li main menu nav ol option p pre section summary table tbody tfoot thead tr "
        "ul xmp"
    ).split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905  # likewise
_FORMATTED = frozenset({"pre", "xmp", "listing", "plaintext", "textarea"})
_MONOSPACED = _FORMATTED - {"textarea"} | {"code", "tt", "kbd", "samp"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BREAK, _TAB = 1, 2


def html_rows(text: str) -> list[Row]:
    """The rows that a client shows of an HTML body."""
    token = _TOKEN
    if html_depth(text.encode("utf-8", "replace"), "") <= MAX_TREE_DEPTH:
        parser = LexborHTMLParser(text)
        parser.strip_tags(_DROPPED)
        text = parser.html or ""
    else:
        token = _SOUP
    page = _Page()
    page.words(text[: text.find("<")] if "<" in text else text)
    for closing, name, attrs, words, after_comment, after_other in token.findall(text):
        if name:
            tag = name.lower()
            if closing:
                page.close(tag)
            else:
                page.open(tag, attrs)
        if found := words or after_comment or after_other:
            page.words(found)
    page.end_line()
    return page.rows


class _Element:
    """What an open element means for the text inside it."""

    __slots__ = ("depth", "formatted", "hidden", "hint", "link", "monospaced", "row_began", "tag")

    def __init__(self, tag: str, around: _Element | None) -> None:
        self.tag = tag
        self.hidden: bool = around.hidden if around else False
        self.formatted: bool = around.formatted if around else False
        self.monospaced: bool = around.monospaced if around else False
        self.depth: int = around.depth if around else 0
        self.hint: Hint = around.hint if around else Hint.NONE
        self.row_began = -1
        """For `<tr>`: how many pieces of text the page had when it began."""
        self.link = ""


class _Page:
    """The state of one linear pass: open elements, and the line that is being put together."""

    __slots__ = (
        "_first",
        "_fixed",
        "_line",
        "_links",
        "_parts",
        "_pending",
        "_pieces",
        "_rest_depth",
        "_stack",
        "rows",
    )

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._stack = [_Element("", None)]
        self._parts: list[str] = []
        self._first = self._stack[0]
        self._fixed = 0
        """Characters of this line in a monospaced font."""
        self._links: list[str] = []
        self._line = 1
        self._pending = 0
        self._pieces = 0
        self._rest_depth = 0

    def open(self, tag: str, attrs: str) -> None:
        if tag in _VOID:
            self._void(tag, attrs)
            return
        element = _Element(tag, self._stack[-1])
        style = style_of(tag, attrs) if attrs or tag == "blockquote" else NO_STYLE
        if style is not NO_STYLE:
            self._apply(element, style)
        if tag in _MONOSPACED:
            element.monospaced = True
            element.formatted = element.formatted or tag in _FORMATTED
        elif tag in _SKIPPED:
            element.hidden = True
        if tag in _BLOCKS:
            self._pending = _BREAK
            if tag == "tr":
                element.row_began = self._pieces
        elif tag in ("td", "th"):
            self._cell()
        self._stack.append(element)

    def _apply(self, element: _Element, style: Style) -> None:
        element.hidden = element.hidden or style.hidden
        element.monospaced = element.monospaced or style.monospaced
        element.formatted = element.formatted or style.formatted
        element.depth += style.quote
        element.hint = style.hint or element.hint
        element.link = style.link
        if style.rest_is_quote:
            self._rest_depth = 1

    def _void(self, tag: str, attrs: str) -> None:
        if tag == "br":
            blank = not self._parts or self._pending == _BREAK
            self.end_line()
            self._line += blank
        elif tag == "hr":
            self._pending = _BREAK
        elif tag == "img" and "alt=" in attrs:
            alt = attributes(attrs).get("alt", "").strip()
            if alt and not self._stack[-1].hidden:
                element = _Element("img", self._stack[-1])
                element.hint = element.hint or Hint.ALT
                self._stack.append(element)
                self.words(alt)
                self._stack.pop()
        elif tag == "input" and "value=" in attrs and "hidden" not in attrs:
            self.words(attributes(attrs).get("value", ""))

    def _cell(self) -> None:
        row = next((element for element in reversed(self._stack[-4:]) if element.tag == "tr"), None)
        if row is not None and 0 <= row.row_began < self._pieces:
            self._pending = _TAB
        else:
            self._pending = self._pending or _BREAK

    def close(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._pending = _BREAK
        for at in range(len(self._stack) - 1, max(0, len(self._stack) - 50), -1):
            if self._stack[at].tag == tag:
                link = self._stack[at].link
                del self._stack[at:]
                if link and not self._stack[-1].hidden:
                    self._links.append(link)
                return

    def words(self, words: str) -> None:
        """Put text on the line, as CSS white-space processing does."""
        element = self._stack[-1]
        if element.hidden:
            return
        if "&" in words:
            words = entities.unescape(words)
        if element.formatted:
            self._formatted(words, element)
            return
        if "\n" in words or "  " in words or "\t" in words:
            words = _SPACES.sub(" ", words)
        if words == " ":
            if self._parts and not self._pending:
                self._parts.append(" ")
            return
        self._add(shown(words), element)

    def _formatted(self, words: str, element: _Element) -> None:
        first, *rest = lines_of(words)
        self._add(shown(first), element)
        for line in rest:
            if self._parts:
                self.end_line()
            else:
                self._line += 1
            self._add(shown(line), element)

    def _add(self, words: str, element: _Element) -> None:
        if not words:
            return
        if self._pending == _TAB and words != " ":
            self._parts.append("\t")
            self._pending = 0
        elif self._pending == _BREAK and self._parts:
            self.end_line()
        self._pending = 0
        if words.isspace():
            if self._parts:
                self._parts.append(words)
            return
        if not self._parts:
            self._first = element
        elif self._first.hint is Hint.ALT:
            self._first = element  # words beside a picture make the line more than a picture
        self._pieces += 1
        if element.monospaced:
            self._fixed += len(words)
        self._parts.append(words)

    def end_line(self) -> None:
        """Make a row of what stands on the line."""
        self._pending = 0
        if self._parts:
            self._row("".join(self._parts).strip(" "))
            self._parts.clear()
            self._fixed = 0
        for link in self._links:
            self.rows.append(Row(link, max(1, self._line - 1), 1, self._depth(), hint=Hint.MARKER))
        self._links.clear()

    def _depth(self) -> int:
        return max(self._first.depth, self._rest_depth)

    def _row(self, text: str) -> None:
        if not text or text.isspace():
            self._line += 1
            return
        column, depth = 1, self._depth()
        if text[0] == ">":  # a plain text that was put into HTML line by line
            body, more = unquoted(text)
            column, depth, text = text.find(body) + 1, depth + more, body
        if text:
            self.rows.append(Row(text, self._line, column, depth, self._fixed * 2 > len(text), self._first.hint))
        self._line += 1
