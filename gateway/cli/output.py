"""How things are shown: to a person, calmly, or to a script, as JSON Lines.

Rules of this file: nothing that came from a mail reaches a terminal before `plain` has taken control characters out of
it; colour only where a terminal is.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

import click
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gateway.verdict import Where

PIPE_WIDTH = 100
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
STYLES = {
    "pass": "green",
    "annotate": "yellow",
    "hold": "red",
    "held": "red",
    "released": "yellow",
    "delivered": "green",
    "bounced": "magenta",
    "discarded": "dim",
    "returned": "magenta",
    "trial": "cyan",
    "off": "dim",
    "ok": "green",
    "trouble": "red",
    "note": "yellow",
    "wrong": "red",
    "passed": "green",
    "annotated": "yellow",
}
"""The colour of a word, wherever it stands."""


@cache
def console() -> Console:
    """The terminal in its own width, or the pipe."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, emoji=False, markup=False, width=width)


def plain(text: str) -> str:
    """Text that cannot steer a terminal: control, bidirectional and lone surrogate characters are replaced."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    return UNSHOWN if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character


def word(text: str) -> Text:
    """A word of ours in its colour."""
    return Text(text, style=STYLES.get(text, ""))


def cell(text: str, style: str = "") -> Text:
    """A text for a table; what came from a mail goes through here."""
    return Text(plain(text), style=style)


def table(
    *columns: str,
    rows: Iterable[Sequence[RenderableType]],
    right: Sequence[str] = (),
    crop: Sequence[str] = (),
    whole: Sequence[str] = (),
) -> Table:
    """A table without lines: a dim head (none when all its names are empty), and two spaces between columns.

    Where the terminal is narrow, long words in columns of `crop` lose their ends, columns of `whole` stay as they are,
    and the others go on in the next line.
    """
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False, show_header=any(columns))
    for name in columns:
        justify: Literal["left", "right"] = "right" if name in right else "left"
        overflow: Literal["ellipsis", "fold"] = "ellipsis" if name in crop else "fold"
        made.add_column(name, justify=justify, overflow=overflow, no_wrap=name in whole)
    for row in rows:
        made.add_row(*row)
    return made


def show(*things: RenderableType) -> None:
    """Print, one below the other; "" is an empty line. A pipe gets no blanks at the ends of lines."""
    if console().is_terminal:
        for thing in things:
            console().print(thing)
        return
    with console().capture() as captured:
        for thing in things:
            console().print(thing)
    for line in captured.get().removesuffix("\n").split("\n"):
        click.echo(line.rstrip())


def indented(thing: RenderableType, by: int = 2) -> Padding:
    """Set off from the left."""
    return Padding(thing, (0, 0, 0, by))


def json_line(value: Mapping[str, Any]) -> None:
    """Write one line of JSON in UTF-8, where a lone surrogate is escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    click.echo(text.encode("utf-8", "backslashreplace"))


def local_time(at: datetime) -> str:
    """For a person: her own clock, to the minute."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def age(since: datetime, now: datetime) -> str:
    """`40 s`, `12 min`, `5 h`, `3 d`."""
    seconds = max(0, int((now - since).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (unit != "d" and seconds >= size):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 mail`, `2 mails`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def place(where: Where) -> str:
    """`part 1.2, line 7`, `Subject`, or `mail` for the whole of it."""
    header = where.part.removeprefix("header:")
    if not where.part or header != where.part:
        return header or "mail"
    return f"part {where.part}, line {where.line}" if where.line else f"part {where.part}"
