"""`saate holds release`, `discard` and `ask`.

Rules of this file: what cannot be done is said for each, and the others are done all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import click
from rich.text import Text

from gateway.app.setup import texts
from gateway.app.start import hostname
from gateway.cli.holds import bulk, where
from gateway.cli.holds.reasons import Given
from gateway.cli.holds.where import Asked
from gateway.cli.holds.words import for_scripts, whom
from gateway.cli.output import cell, json_line, show, word
from gateway.cli.settings import Problem, config_option
from gateway.cli.stores import Desk, desk
from gateway.hold import Hold, HoldState
from gateway.notice import NoticeWriter
from gateway.orders import token
from gateway.policyfiles import load as load_policies
from gateway.rights import Action
from gateway.store import HoldGone, StoreError

_ids = click.argument("ids", metavar="[ID]...", nargs=-1)
_reason = click.option("--reason", default="", help="Why; asked for on a terminal. It is logged with your name.")
_json = click.option("--json", "as_json", is_flag=True, help="One line of JSON for each hold.")
_yes = click.option("--yes", is_flag=True, help="Do it to all that fit without asking.")
_dry = click.option("--dry-run", is_flag=True, help="Only show which holds fit.")


@click.command("release", short_help="Send held replies to their recipients.")
@_ids
@where.options
@_reason
@click.option(
    "--override", "overrides", multiple=True, metavar="N=REASON", help="Why one finding is let go: number or policy."
)
@_yes
@_dry
@_json
@config_option
def release(
    ids: tuple[str, ...],
    asked: Asked,
    reason: str,
    overrides: tuple[str, ...],
    config_file: str,
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Send held replies to their recipients as they are; the courier of the running gateway carries them.

    Each finding that holds a reply needs its reason: --reason where one holds it, --override N=REASON for each else.
    """
    if _is_bulk(ids, asked):
        return bulk.act(asked, config_file, bulk.Order(Action.RELEASE, reason, overrides, yes, dry_run, as_json))
    given = Given.of(reason, overrides)
    return _each(ids, config_file, Action.RELEASE, partial(_release, given=given), as_json=as_json)


@click.command("discard", short_help="Never send held replies.")
@_ids
@where.options
@_reason
@_yes
@_dry
@_json
@config_option
def discard(
    ids: tuple[str, ...],
    asked: Asked,
    reason: str,
    config_file: str,
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Never send held replies. The octets stay until their retention ends."""
    if _is_bulk(ids, asked):
        return bulk.act(asked, config_file, bulk.Order(Action.DISCARD, reason, (), yes, dry_run, as_json))
    given = Given.of(reason, ())
    return _each(ids, config_file, Action.DISCARD, partial(_discard, given=given), as_json=as_json)


@click.command("ask", short_help="Ask a reviewer to release a held reply.")
@click.argument("hold_id", metavar="ID")
@_reason
@_json
@config_option
def ask(hold_id: str, reason: str, config_file: str, *, as_json: bool) -> int:
    """Ask a reviewer to release a held reply: those of people:, else who is told of escalations."""
    given = Given.of(reason, ())
    return _each((hold_id,), config_file, Action.ASK, partial(_ask, given=given), as_json=as_json)


def _is_bulk(ids: Sequence[str], asked: Asked) -> bool:
    if ids and asked.words:
        raise Problem("name holds by their ids, or by what they are (--where): not both")
    if not ids and not asked.words:
        raise Problem("which holds? name their ids, or what they are: --where 'policy=… older=2h'")
    return not ids


def _each(
    ids: Sequence[str], config_file: str, action: Action, acting: Callable[[Desk, Hold], str], *, as_json: bool
) -> int:
    """Do the same to each."""
    failed = 0
    with desk(config_file, action) as at:
        for typed in ids:
            try:
                hold = at.store.find(typed)
                at.must(action, hold)
                if hold.state is not HoldState.HELD:
                    raise HoldGone(hold)
                so = acting(at, hold)
                hold = at.store.find(hold.id)
            except (StoreError, Problem) as error:
                click.echo(f"saate: {error.message if isinstance(error, Problem) else error}", err=True)
                failed += 1
                continue
            if as_json:
                json_line(for_scripts(hold))
            else:
                show(Text.assemble((hold.id, "bold"), " ", word(hold.state.value), ": ", cell(so)))
    return 2 if failed else 0


def _release(at: Desk, hold: Hold, given: Given) -> str:
    given = given.ask(hold, each=True)
    given.check(hold, at)
    reasons = given.reasons(hold)
    at.store.release(hold.id, at.who, reasons, datetime.now(UTC), expected=hold.octets_digest)
    return f"the courier sends it to {whom(hold)}"


def _discard(at: Desk, hold: Hold, given: Given) -> str:
    reason = given.ask(hold, each=False).reason
    at.store.discard(hold.id, at.who, reason, datetime.now(UTC), expected=hold.octets_digest)
    return f"it is never sent to {whom(hold)}"


def _ask(at: Desk, hold: Hold, given: Given) -> str:
    """Tell all who may decide; the first letter goes with the log entry."""
    reason, now = given.ask(hold, each=False).reason, datetime.now(UTC)
    letters = _writer(at).for_request(hold, at.who, reason, now)
    if not letters:
        raise Problem(
            f"{hold.id}: there is nobody to ask; have an admin name a reviewer in people:, or set notices.fallback"
        )
    at.store.ask(hold.id, at.who, reason, letters[0], now)
    for letter in letters[1:]:
        asyncio.run(at.store.tell(letter, now))
    return f"asked {', '.join(address for letter in letters for address in letter.envelope.addresses)} to release it"


def _writer(at: Desk) -> NoticeWriter:
    config = at.config
    policies = load_policies(config.policies, at.base)
    return NoticeWriter(config, hostname(config), texts(policies), partial(token, at.store.secret(config.store)))
