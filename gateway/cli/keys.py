"""`saate keys`: the keys that seal held mail, and a new one.

Rules of this file: for admins. No key is ever shown, only its id.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.text import Text

from gateway.cli.output import count, json_line, local_time, show, table
from gateway.cli.settings import config_option
from gateway.cli.stores import desk
from gateway.entry import timestamp
from gateway.rights import Action
from gateway.store import KeyInfo

_json = click.option("--json", "as_json", is_flag=True, help="One line of JSON for each key.")


@click.group("keys", short_help="List and rotate the keys that seal held mail.")
def command() -> None:
    """List and rotate the keys that seal held mail."""


@command.command("list", short_help="List the keys by their ids.")
@_json
@config_option
def list_keys(config_file: str, *, as_json: bool) -> None:
    """List the keys by their ids, the newest last: which one seals, and what still needs an older one."""
    with desk(config_file, Action.ROTATE) as at:
        at.must(Action.ROTATE)
        keys = at.store.list_keys()
    for one in keys if as_json else ():
        json_line(_for_scripts(one))
    if not as_json:
        rows = [_row(one) for one in keys]
        show(table("id", "since", "", "sealed", "in the key file", rows=rows, right=("sealed",), whole=("id", "since")))


@command.command("rotate", short_help="Make a new key.")
@_json
@config_option
def rotate(config_file: str, *, as_json: bool) -> None:
    """Make a new key that seals from now on; the courier of the running gateway seals the rest anew."""
    with desk(config_file, Action.ROTATE) as at:
        at.must(Action.ROTATE)
        new = at.store.rotate(at.who, datetime.now(UTC))
        keys = at.store.list_keys()
    if as_json:
        for one in keys:
            json_line(_for_scripts(one))
        return
    left = sum(one.needed for one in keys if not one.seals)
    show(Text.assemble("the key ", (new, "bold"), " seals from now on"))
    if left:
        waits = count(left, "mail or letter is", "mails and letters are")
        show(
            f"{waits} still sealed with an older key: the courier of the running gateway seals them anew, and then "
            "takes that key from the key file; `saate keys list` shows how far it is."
        )
    show("Save the key file with your backups: the old one does not open what is sealed from now on.")


def _row(one: KeyInfo) -> tuple[Text, ...]:
    there = Text("yes") if one.is_there else Text("missing" if one.needed or one.seals else "no longer")
    return (
        Text(one.id, style="bold"),
        Text(local_time(one.since) if one.since else "the beginning"),
        Text("seals", style="green") if one.seals else Text(""),
        Text(f"{one.needed:,}"),
        there,
    )


def _for_scripts(one: KeyInfo) -> dict[str, object]:
    return {
        "id": one.id,
        "since": timestamp(one.since) if one.since else "",
        "seals": one.seals,
        "needed": one.needed,
        "is_there": one.is_there,
    }
