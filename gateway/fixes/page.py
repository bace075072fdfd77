"""Where shown lines stand in HTML source, and new lines among them, in the style of what stands there.

Rules of this file: pure; the source is cut and joined, never written again. What cannot be followed from what a reader
sees back to the source raises CannotMend, and the part stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from gateway.fixes.leaves import Leaf
from gateway.fixes.markup import BLOCKS, VOID, Kind, Run, Token, matches, rows_of, tokens
from gateway.fixes.model import CannotMend, Reason
from gateway.fixes.transfer import Edit

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol", "dl", "li", "dt", "dd"})
_TABLE = frozenset({"table", "thead", "tbody", "tr", "td", "th"})
_WRAPPERS = frozenset({"span", "font"})
_OWN = _PARAGRAPHS | _LISTS | _TABLE | _WRAPPERS | {"pre", "code", "tt", "b", "strong", "blockquote"}
"""Elements that go with the rows that they hold; a `div` may be the whole page."""
_INSIDE = {
    "li": ("<li>", "</li>"),
    "dt": ("<dt>", "</dt>"),
    "dd": ("<dd>", "</dd>"),
    "td": ("<td>", "</td>"),
    "th": ("<th>", "</th>"),
    "tr": ("<tr><td>", "</td></tr>"),
    "thead": ("<thead><tr><td>", "</td></tr></thead>"),
    "tbody": ("<tbody><tr><td>", "</td></tr></tbody>"),
}
"""What words need around them in place of an element that stands in a list or a table only."""
_NEVER = frozenset({"html", "body", "head", "form"})
_ID = re.compile(r"\s(?:id|name)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)


class PageSource:
    """An HTML text by its tokens."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._text = leaf.text
        self._tokens = tokens(leaf.text)
        self._pairs = matches(self._tokens)
        rows = rows_of(leaf.text, self._tokens)
        if rows is None:
            raise CannotMend(Reason.MARKUP)
        self._rows = rows

    # --- putting lines between others

    def above(self, line: int, words: Sequence[str]) -> list[Edit]:
        """Put a paragraph above a shown line."""
        run = self._first_run(line)
        block = self._block_begun(run)
        if block < 0:
            at = self._inside(run, line)
            return [Edit(at, at, self._broken(words) + "<br><br>")]
        token = self._tokens[block]
        if token.name in _PARAGRAPHS or (token.name == "div" and self._holds_only(block, line)):
            return self._like(block, run, words)
        if token.name in _LISTS or token.name == "pre" or (token.name in _TABLE and self._is_data(run.token, line)):
            at = self._tokens[self._outermost(block)].start
            return [Edit(at, at, f"<p>{self._broken(words)}</p>")]
        at = self._inside(run, line)
        return [Edit(at, at, self._broken(words) + "<br><br>")]

    def below(self, line: int, words: Sequence[str]) -> list[Edit]:
        """Put a paragraph below a shown line: above the next one, or behind the last block."""
        later = [other for other in self._rows if other > line]
        if later:
            return self.above(min(later), words)
        run = self._rows[line][-1] if line in self._rows else None
        if run is None:
            raise CannotMend(Reason.MARKUP)
        at, token = run.end, run.token + 1
        while token < len(self._tokens) and self._tokens[token].kind is Kind.CLOSE:
            if self._tokens[token].name not in _PARAGRAPHS | {"div"} | _WRAPPERS:
                break
            at, closed = self._tokens[token].end, self._tokens[token].name
            token += 1
            if closed in _PARAGRAPHS | {"div"}:
                return [Edit(at, at, f"<p>{self._broken(words)}</p>")]
        return [Edit(run.end, run.end, "<br><br>" + self._broken(words))]

    def on_top(self, words: Sequence[str]) -> list[Edit]:
        """Put a paragraph into a page that shows nothing."""
        opened = [token for token in self._tokens if token.kind is Kind.OPEN and token.name in ("html", "body")]
        at = opened[-1].end if opened else 0
        return [Edit(at, at, f"<p>{self._broken(words)}</p>")]

    def _first_run(self, line: int) -> Run:
        if line not in self._rows:
            raise CannotMend(Reason.MARKUP)
        return self._rows[line][0]

    def _begins_token(self, run: Run) -> bool:
        return not self._text[self._tokens[run.token].start : run.start].strip()

    def _block_begun(self, run: Run) -> int:
        """The start tag of the block that this run is the first content of; -1 where something stands before it."""
        if not self._begins_token(run):
            return -1
        for at in range(run.token - 1, -1, -1):
            token = self._tokens[at]
            if token.kind is Kind.OPEN and token.name in BLOCKS:
                return at
            if not self._is_silent(token) and not (token.kind is Kind.OPEN and token.name not in VOID):
                return -1
        return -1

    def _is_silent(self, token: Token) -> bool:
        is_blank = token.kind is Kind.TEXT and not self._text[token.start : token.end].strip()
        return is_blank or token.kind is Kind.COMMENT

    def _lines_within(self, opened: int) -> set[int]:
        """The shown lines of which anything stands in an element."""
        closed = self._pairs.get(opened)
        if closed is None:
            return set(self._rows)
        return {line for line, runs in self._rows.items() if any(opened < run.token < closed for run in runs)}

    def _holds_only(self, opened: int, line: int) -> bool:
        return self._lines_within(opened) == {line}

    def _like(self, block: int, run: Run, words: Sequence[str]) -> list[Edit]:
        """A block like the one that begins there, the inline elements around its first words with it, before it."""
        opening = [token for token in self._tokens[block : run.token] if token.kind is Kind.OPEN]
        opening = [token for at, token in enumerate(opening) if not at or token.name in _WRAPPERS]
        name = "p" if opening[0].name in _PARAGRAPHS else "div"
        tags = [self._tag(token) for token in opening]
        if opening[0].name not in ("p", "div"):
            tags = ["<p>"]
            opening = opening[:1]
        closing = "".join(f"</{token.name}>" for token in reversed(opening[1:]))
        made = "".join(tags) + self._broken(words) + closing + f"</{name}>"
        if name == "div" or "msonormal" in tags[0].lower():
            made += f"{tags[0]}{'<br>' if name == 'div' else '&nbsp;'}</{name}>"
        at = self._tokens[block].start
        return [Edit(at, at, made)]

    def _tag(self, token: Token) -> str:
        return _ID.sub("", self._text[token.start : token.end])

    def _inside(self, run: Run, line: int) -> int:
        """Where words may stand before a run: outside bold and links, inside what wraps more than this line."""
        if not self._begins_token(run):
            return run.start
        at = run.token
        while at > 0:
            token = self._tokens[at - 1]
            is_inline = token.kind is Kind.OPEN and token.name and token.name not in BLOCKS | VOID
            if self._is_silent(token) and at - 1 > 0:
                at -= 1
                continue
            if not is_inline or (token.name in _WRAPPERS and not self._holds_only(at - 1, line)):
                break
            at -= 1
        while self._is_silent(self._tokens[at]):
            at += 1
        return run.start if at == run.token else self._tokens[at].start

    def _is_data(self, token: int, line: int) -> bool:
        """Whether a line stands in a table of more than one cell a row, rather than in a frame around a page."""
        rows = [at for at in self._around(token) if self._tokens[at].name == "tr"]
        if not rows:
            return True
        close = self._pairs.get(rows[-1], len(self._tokens))
        cells = [at for at in range(rows[-1], close) if self._tokens[at].name in ("td", "th")]
        holding = [at for at in cells if self._tokens[at].kind is Kind.OPEN and line in self._lines_within(at)]
        return len(holding) > 1

    def _around(self, token: int) -> list[int]:
        """The start tags of the elements around a token, the outermost first."""
        return [at for at in range(token) if self._pairs.get(at, -1) > token]

    def _outermost(self, block: int) -> int:
        """The list or the table that a block belongs to."""
        kin = _TABLE if self._tokens[block].name in _TABLE else _LISTS
        names = ("table",) if kin is _TABLE else ("ul", "ol", "dl")
        around = [at for at in (*self._around(block), block) if self._tokens[at].name in names]
        if self._tokens[block].name == "pre" or not around:
            return block
        return around[-1] if kin is _TABLE else around[0]

    def _broken(self, words: Sequence[str]) -> str:
        return "<br>".join(self._leaf.spelled(line) for line in words)

    # --- putting lines in place of others

    def replace(self, first: int, last: int, words: Sequence[str]) -> list[Edit]:
        """Put lines in place of shown rows, and of the elements that hold these rows and nothing else.

        Elements that stand only in part among the rows stay, and so do pictures.
        """
        runs = [run for line, found in self._rows.items() if first <= line <= last for run in found]
        if not runs:
            raise CannotMend(Reason.MARKUP)
        runs.sort()
        lo, hi = self._grown(runs[0], runs[-1])
        begin = self._tokens[lo].start if lo < runs[0].token else runs[0].start
        end = self._tokens[hi].end if hi > runs[-1].token else runs[-1].end
        kept = "".join(self._text[token.start : token.end] for token in self._kept(lo, hi))
        opening = self._tokens[lo] if lo < runs[0].token else None
        return [Edit(begin, end, self._worded(words, opening) + kept)]

    def _grown(self, one: Run, other: Run) -> tuple[int, int]:
        """The tokens from the first to the last run, and the elements that begin or end with them."""
        lo, hi = one.token, other.token
        if not self._begins_token(one) or self._text[other.end : self._tokens[hi].end].strip():
            return lo, hi
        while True:
            before, after = self._next(lo, -1), self._next(hi, 1)
            if self._may_go(before, after, lo, hi):
                lo, hi = before, max(hi, self._pairs[before])
            elif after >= 0 and lo <= self._pairs.get(after, -1) <= hi:
                hi = after
            else:
                return lo, hi

    def _may_go(self, before: int, after: int, lo: int, hi: int) -> bool:
        """Whether the element that begins right before some tokens ends among them, or right behind them."""
        token, closing = self._tokens[before], self._pairs.get(before, -1)
        if before < 0 or token.kind is not Kind.OPEN or token.name in _NEVER:
            return False
        return lo <= closing <= hi or (closing == after >= 0 and token.name in _OWN)

    def _next(self, at: int, step: int) -> int:
        at += step
        while 0 <= at < len(self._tokens) and self._is_silent(self._tokens[at]):
            at += step
        return at if 0 <= at < len(self._tokens) else -1

    def _kept(self, lo: int, hi: int) -> Iterator[Token]:
        """What stays of some tokens: tags whose other half stands elsewhere, pictures, what is never shown."""
        for at in range(lo, hi + 1):
            token = self._tokens[at]
            is_half = token.name not in VOID | {"hr"} and not lo <= self._pairs.get(at, at) <= hi
            if token.kind is Kind.RAW or token.name == "img" or is_half:
                yield token

    def _worded(self, words: Sequence[str], opening: Token | None) -> str:
        """Lines as HTML: paragraphs like the first one that they replace, or lines with breaks between."""
        if opening is None or opening.name not in BLOCKS:
            return self._broken(words)
        if opening.name in _INSIDE:
            begin, end = _INSIDE[opening.name]
            return begin + self._broken(words) + end
        if opening.name not in ("p", "div"):
            return "".join(f"<p>{self._broken(paragraph)}</p>" for paragraph in _paragraphs(words))
        tag, name = self._tag(opening), opening.name
        if name == "p" and "msonormal" not in tag.lower():
            return "".join(f"{tag}{self._broken(paragraph)}</p>" for paragraph in _paragraphs(words))
        empty = "<br>" if name == "div" else "&nbsp;"
        return "".join(f"{tag}{self._leaf.spelled(line) or empty}</{name}>" for line in words)


def _paragraphs(words: Sequence[str]) -> list[list[str]]:
    return [list(lines) for blank, lines in groupby(words, key=lambda line: not line.strip()) if not blank]
