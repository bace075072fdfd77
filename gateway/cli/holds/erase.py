"""`saate holds erase`: what is kept of a person goes, for a data-protection request.

Rules of this file: it is shown first what goes, and asked on a terminal or said by --yes.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.text import Text

from gateway.cli.holds.words import for_scripts, holds_table
from gateway.cli.output import count, indented, json_line, plain, show
from gateway.cli.settings import Problem, config_option
from gateway.cli.stores import desk
from gateway.rights import Action

FIRST = 10


@click.command("erase", short_help="Erase what is kept of a person.")
@click.option("--person", required=True, metavar="ADDRESS", help="The mailbox, as agent, sender or recipient.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--dry-run", is_flag=True, help="Only show which holds it would be.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each hold.")
@config_option
def erase(person: str, config_file: str, *, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Erase held replies of a mailbox, and the personal parts of the log. For admins; hashes, ids and states stay.

    What is still held is discarded first, and what is on its way is waited for: until then nothing is erased.
    """
    who = person.strip()
    if "@" not in who.strip("@"):
        raise Problem(f"--person {person!r} is no mailbox; write all of it, as liisa@example.org")
    with desk(config_file, Action.ERASE) as at:
        at.must(Action.ERASE)
        now = datetime.now(UTC)
        found = at.store.erase(who, at.who, now, dry_run=True)
        if not as_json:
            show(Text(f"{count(len(found), 'hold')} of {plain(who)}, and what the log says of that mailbox"))
            if found:
                show("", indented(holds_table(found[:FIRST], now)))
            if len(found) > FIRST:
                show(indented(Text(f"… and {len(found) - FIRST:,} more", style="dim")))
        if not dry_run:
            _agree(yes=yes)
            found = at.store.erase(who, at.who, now)
    for hold in found if as_json else ():
        json_line(for_scripts(hold))
    if not dry_run and not as_json:
        show("", Text(f"erased: {count(len(found), 'hold')}, and the personal parts of their log entries"))
    return 0


def _agree(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Problem("nothing was erased; say --yes to do it")
    if not click.confirm("Erase them? This cannot be undone", default=False, err=True):
        raise Problem("nothing was erased")
