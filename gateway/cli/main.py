"""The command `saate` and its verbs.

Rules of this file: a verb's module is imported when the verb is used, so that `saate --help` is quick; whatever goes
wrong ends here, as one line and an exit code.
"""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module

import click

from gateway import __version__, trouble

VERBS = {
    "serve": ("gateway.cli.serve", "Start the gateway."),
    "check": ("gateway.cli.check", "Judge mails from files, without a server or store."),
    "policies": ("gateway.cli.policies", "List, test and explain the policies."),
    "holds": ("gateway.cli.holds", "See held replies; mend, release or discard them."),
    "keys": ("gateway.cli.keys", "List and rotate the keys that seal held mail."),
    "log": ("gateway.cli.log", "Read and verify the policy log."),
    "doctor": ("gateway.cli.doctor", "Find what is wrong with this installation, and say the mend."),
    "demo": ("gateway.cli.demo", "Show the whole way of mails in ten seconds."),
}
"""Verb → module with an attribute `command`, and what `saate --help` says of it."""


class Verbs(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in VERBS:
            return None
        command = import_module(VERBS[cmd_name][0]).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text) for verb, (_, text) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="saate", message="%(prog)s %(version)s")
def saate() -> None:
    """Read each outgoing support reply, and pass, annotate or hold it."""


def main() -> None:
    """Run the command line and exit: 0, 1 (something was found), 2 (it could not run), 130 (interrupted)."""
    sys.exit(_run())


def _run() -> int:
    logging.getLogger().addHandler(logging.NullHandler())  # what the rooms log is for `serve`, which adds its own
    try:
        code = saate.main(standalone_mode=False, prog_name="saate")
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.ctx.get_help() if bare.ctx else "", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("saate: stopped", err=True)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong, and nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - a person never sees a traceback
        for line in _say(error):
            click.echo(f"saate: {line}", err=True)
        return 2
    return code if isinstance(code, int) else 0


def _say(error: Exception) -> list[str]:
    match error:
        case click.UsageError():
            verb = error.ctx.command_path if error.ctx else "saate"
            return [f"{_one_line(error.format_message())} (`{verb} --help` shows how)"]
        case click.ClickException():
            return [_one_line(error.format_message())]
        case OSError():
            return [f"{error.filename or 'the system'}: {error.strerror or type(error).__name__}"]
        case _ if type(error).__module__.startswith("gateway.") and str(error):
            # Our own errors say what is wrong and the mend; a YamlError knows the file's other mistakes, too.
            return [_one_line(str(one)) for one in (error, *getattr(error, "others", ()))]
        case _:
            return [f"trouble of our own, please report it: {trouble.of(error)}"]


def _one_line(text: str) -> str:
    return " ".join(text.split())
