"""`saate doctor`: find what is wrong with this installation, and say the mend for each trouble.

Rules of this file: the command and how it shows; what is examined stands in examinations.py. It changes
nothing, but for the answer to a test note (sendtest.py).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from gateway.cli.examinations import examine
from gateway.cli.output import STYLES, cell, count, json_line, show
from gateway.cli.patient import NOTE, TROUBLE, Patient, Result
from gateway.cli.sendtest import send_test
from gateway.cli.settings import base, config_option, load
from gateway.cli.stores import desk
from gateway.config import DEFAULT_PATH
from gateway.rights import Action


@click.command("doctor", short_help="Find what is wrong, and say the mend.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each result.")
@click.option("--send-test", "test", is_flag=True, help="Send a test note to the helpdesk, and ask how it arrived.")
@click.option("--ticket", default="", metavar="REFERENCE", help="The ticket for that note: [Ticket#2026110210000017].")
@config_option
def command(config_file: str, ticket: str, *, as_json: bool, test: bool) -> int:
    """Examine configuration, policies, next hop, store, key and clock.

    Exit 0: nothing is wrong (notes may be there); 1: there is trouble; 2: the configuration cannot be read.
    """
    if test:
        with desk(config_file, Action.ROTATE) as at:
            return send_test(at, ticket)
    patient = Patient(load(config_file), Path(config_file or DEFAULT_PATH), base(config_file))
    kinds: Counter[str] = Counter()
    for result in examine(patient):
        kinds[result.kind] += 1
        if as_json:
            json_line({"result": result.kind, "about": result.about, "text": result.text, "mend": result.mend})
        else:
            _show(result)
    if not as_json:
        said = f"{count(kinds[TROUBLE], 'trouble')}, {count(kinds[NOTE], 'note')}"
        show("", Text(said, style=STYLES[TROUBLE if kinds[TROUBLE] else "ok"]))
    return 1 if kinds[TROUBLE] else 0


def _show(result: Result) -> None:
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(width=len(TROUBLE))
    rows.add_column(width=len("configuration"))
    rows.add_column(overflow="fold")
    rows.add_row(Text(result.kind, style=STYLES[result.kind]), Text(result.about, style="bold"), cell(result.text))
    if result.mend:
        rows.add_row("", "", cell(result.mend, "dim"))
    show(rows)
