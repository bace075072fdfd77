"""`saate holds list`: held replies in pages, the longest held first.

Rules of this file: it changes nothing; a hold that who asks may not see is not there for her.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import click
from rich.text import Text

from gateway.cli.holds import where
from gateway.cli.holds.where import Asked
from gateway.cli.holds.words import for_scripts, holds_table
from gateway.cli.output import count, json_line, show
from gateway.cli.settings import config_option
from gateway.cli.stores import Desk, desk
from gateway.hold import Filter, Hold, HoldState
from gateway.rights import Action

SHOWN = 100
PAGE = 100
"""Lines below one head."""


@click.command("list", short_help="List held replies.")
@where.options
@click.option("--all", "everything", is_flag=True, help="In every state.")
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many, 0 for all. [table: {SHOWN}, JSON: 0]")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each hold.")
@config_option
def list_holds(asked: Asked, config_file: str, limit: int | None, *, everything: bool, as_json: bool) -> None:
    """List held replies, the longest held first; others with --all or --state. Globs know * and ?."""
    with desk(config_file, Action.SHOW) as at:
        now = datetime.now(UTC)
        wanted = asked.filter(now, at, () if everything else (HoldState.HELD,))
        found = seen(at, wanted)
        if as_json:
            for hold in islice(found, limit or None):
                json_line(for_scripts(hold))
            return
        _show(islice(found, (SHOWN if limit is None else limit) or None), at, wanted, now)


def seen(at: Desk, wanted: Filter) -> Iterator[Hold]:
    """The holds that fit and that who asks may see."""
    return (hold for hold in at.store.holds(wanted) if at.may(Action.SHOW, hold))


def _show(found: Iterator[Hold], at: Desk, wanted: Filter, now: datetime) -> None:
    shown = 0
    while page := list(islice(found, PAGE)):
        if shown:
            show("")
        show(holds_table(page, now))
        shown += len(page)
    if not shown:
        show("Nothing is held." if wanted == Filter((HoldState.HELD,), agent=at.own) else "There is none.")
        return
    total = at.store.count(wanted)
    if total > shown:
        said = f"{shown:,} of {count(total, 'reply', 'replies')}, the longest held first; --limit 0 lists all"
    else:
        said = count(shown, "reply", "replies")
    show("", Text(said, style="dim"))
