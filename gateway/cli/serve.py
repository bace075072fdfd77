"""`saate serve`: start the gateway.

Rules of this file: only the command; what serving means stands in app/.
"""

from __future__ import annotations

import click

from gateway.app import serve
from gateway.cli.settings import base, config_option, load


@click.command("serve", short_help="Start the gateway.")
@config_option
def command(config_file: str) -> int:
    """Start the gateway, in the foreground until SIGTERM or SIGINT; SIGHUP loads the policies again."""
    return serve(load(config_file), base(config_file))
