"""`saate holds`: see held replies, mend, release, discard or erase them.

Rules of this package: what is done to a hold has a person's name and reason, which the store logs in the same
transaction; whether she may is asked first. Questions are asked on a terminal only. The keys of the JSON are fixed.
"""

from __future__ import annotations

import click

from gateway.cli.holds.act import ask, discard, release
from gateway.cli.holds.erase import erase
from gateway.cli.holds.fix import fix
from gateway.cli.holds.list import list_holds
from gateway.cli.holds.show import show_hold

__all__ = ["command"]


@click.group("holds", short_help="See held replies; mend, release or discard them.")
def command() -> None:
    """See held replies; mend, release or discard them. Any unique beginning of an id, 4 characters or more, will do."""


for _verb in (list_holds, show_hold, fix, release, discard, ask, erase):
    command.add_command(_verb)
