"""`saate holds`: see, release or discard held replies.

Rules of this file: what is done to a hold has a person's name and reason, which the store logs in the same transaction;
the keys of the JSON are fixed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, pairwise, takewhile
from typing import Any

import click
from rich.text import Text

from gateway.cli.output import age, cell, count, indented, json_line, local_time, place, plain, show, table, word
from gateway.cli.settings import Problem, config_option
from gateway.cli.stores import opened, operator
from gateway.entry import timestamp
from gateway.hold import Actor, Hold, HoldState
from gateway.store import Store, StoreError
from gateway.verdict import Finding, PolicyStatus, ReleaseBy

SHORT_ID = 8
SHOWN = 100
_STATES = [state.value for state in HoldState]


@click.group("holds", short_help="See, release or discard held replies.")
def command() -> None:
    """See held replies, release or discard them. Any unique beginning of an id, 4 characters or more, will do."""


@command.command("list", short_help="List held replies.")
@click.option("--all", "everything", is_flag=True, help="In every state.")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="In this state; may be repeated.")
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many, 0 for all. [table: {SHOWN}, JSON: 0]")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each hold.")
@config_option
def list_holds(
    config_file: str, states: tuple[str, ...], limit: int | None, *, everything: bool, as_json: bool
) -> None:
    """List held replies, the longest held first; others with --all or --state."""
    wanted = tuple(HoldState(state) for state in states) or (HoldState.HELD,)
    with opened(config_file) as store:
        found = store.holds(() if everything else wanted)
        if as_json:
            for hold in islice(found, limit or None):
                json_line(for_scripts(hold))
            return
        most = SHOWN if limit is None else limit
        first = list(islice(found, most or None))
        more = next(found, None) is not None
    if not first:
        show("Nothing is held." if not states and not everything else "There is none.")
        return
    width = _telling_apart([hold.id for hold in first])
    now = datetime.now(UTC)
    rows = [_row(hold, width, now) for hold in first]
    columns = ("id", "state", "for", "from", "to", "found")
    show(table(*columns, rows=rows, right=("for",), crop=("from", "to"), whole=("id", "state", "for", "found")))
    if more:
        show(Text(f"These are the {most} held longest; --limit 0 lists all.", style="dim"))


def _telling_apart(ids: Sequence[str]) -> int:
    """So many characters tell these ids apart, and no fewer than 8."""
    alike = (takewhile(lambda two: two[0] == two[1], zip(*pair, strict=True)) for pair in pairwise(sorted(ids)))
    return max([SHORT_ID, *(len(list(same)) + 1 for same in alike)])


def _row(hold: Hold, width: int, now: datetime) -> tuple[Text, ...]:
    to = hold.envelope.addresses
    others = f" +{len(to) - 1}" if len(to) > 1 else ""
    return (
        Text(hold.id[:width], style="bold"),
        word(hold.state.value),
        Text(age(hold.held_at, now)),
        cell(hold.agent or hold.header_from or hold.envelope.reverse_path or "<>"),
        cell((to[0] if to else "") + others),
        Text("\n".join(hold.policies)),
    )


def for_scripts(hold: Hold) -> dict[str, Any]:
    """The fixed keys of a hold."""
    return {
        "id": hold.id,
        "state": hold.state.value,
        "message_id": hold.message_id,
        "reverse_path": hold.envelope.reverse_path,
        "recipients": list(hold.envelope.addresses),
        "policies": list(hold.policies),
        "held_at": timestamp(hold.held_at),
    }


@command.command("show", short_help="Show one held reply.")
@click.argument("hold_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--octets", "raw", is_flag=True, help="The mail itself, as it came, into a file or a pipe.")
@config_option
def show_hold(hold_id: str, config_file: str, *, as_json: bool, raw: bool) -> None:
    """Show who wrote to whom, what was found and where, and what became of it. Found secrets stay masked."""
    with opened(config_file) as store:
        hold = store.find(hold_id)
        if raw:
            _write_octets(store.opened(hold.id))
            return
    if as_json:
        json_line(_all_for_scripts(hold))
        return
    show(Text.assemble((hold.id, "bold"), "  ", word(hold.state.value)))
    show(indented(table("", "", rows=[(Text(name, style="dim"), cell(value)) for name, value in _facts(hold)])))
    show("", indented(table("found", "where", "what was seen", rows=[_finding(one) for one in hold.findings])))
    if hold.state is HoldState.HELD:
        show(
            "", indented(Text(f"saate holds release {hold.id[:SHORT_ID]}    or    saate holds discard …", style="dim"))
        )


def _write_octets(octets: bytes) -> None:
    """The one place where the mail is shown unmasked: to somebody who asked for it and may read store and key."""
    if sys.stdout.isatty():
        raise Problem("the mail may hold the very secret it was held for; send it to a file: --octets > reply.eml")
    click.echo(octets, nl=False)


def _facts(hold: Hold) -> Iterator[tuple[str, str]]:
    yield "held", local_time(hold.held_at)
    yield "agent", hold.agent or "nobody was found"
    yield "from", f"{hold.header_from} (reverse-path {hold.envelope.reverse_path or '<>'})"
    yield "to", ", ".join(hold.envelope.addresses)
    yield "subject", hold.subject
    yield "message-id", hold.message_id
    yield "size", f"{hold.size:,} octets"
    yield "language", hold.language or "-"
    yield "release by", "the agent" if hold.release_by is ReleaseBy.AGENT else "a reviewer"
    if hold.acted_by:
        when = local_time(hold.acted_at) if hold.acted_at else ""
        yield hold.state.value, f"by {hold.acted_by}, {when}: {hold.reason}"


def _finding(finding: Finding) -> tuple[Text, Text, Text]:
    trial = " (trial)" if finding.status is PolicyStatus.TRIAL else ""
    return Text(finding.policy + trial), Text(place(finding.where), style="dim"), cell(finding.excerpt)


def _all_for_scripts(hold: Hold) -> dict[str, Any]:
    return for_scripts(hold) | {
        "agent": hold.agent,
        "header_from": hold.header_from,
        "subject": hold.subject,
        "size": hold.size,
        "language": hold.language,
        "automatic": hold.automatic,
        "release_by": hold.release_by.value,
        "mended": hold.mended,
        "acted_by": hold.acted_by,
        "acted_at": timestamp(hold.acted_at) if hold.acted_at else "",
        "reason": hold.reason,
        "findings": [
            {
                "policy": one.policy,
                "status": one.status.value,
                "disposition": one.disposition.word,
                "part": one.where.part,
                "line": one.where.line,
                "column": one.where.column,
                "excerpt": one.excerpt,
                "fixes": [fix.name for fix in one.fixes],
            }
            for one in hold.findings
        ],
    }


_ids = click.argument("ids", metavar="ID...", nargs=-1, required=True)
_reason = click.option("--reason", default="", help="Why; asked for on a terminal. It is logged with your name.")
_json = click.option("--json", "as_json", is_flag=True, help="One line of JSON for each hold.")


@command.command("release", short_help="Send held replies to their recipients.")
@_ids
@_reason
@_json
@config_option
def release(ids: tuple[str, ...], reason: str, config_file: str, *, as_json: bool) -> int:
    """Send held replies to their recipients as they are; the courier of the running gateway carries them."""
    return _act(ids, reason, config_file, lambda store: store.release, "the courier sends it to", as_json=as_json)


@command.command("discard", short_help="Never send held replies.")
@_ids
@_reason
@_json
@config_option
def discard(ids: tuple[str, ...], reason: str, config_file: str, *, as_json: bool) -> int:
    """Never send held replies. The octets stay until their retention ends."""
    return _act(ids, reason, config_file, lambda store: store.discard, "it is never sent to", as_json=as_json)


_Acting = Callable[[str, Actor, str, datetime], Hold]


def _act(
    ids: Sequence[str], reason: str, config_file: str, acting: Callable[[Store], _Acting], so: str, *, as_json: bool
) -> int:
    """Do the same to each; what cannot be done is said for each, and the others are done all the same."""
    failed = 0
    with opened(config_file) as store:
        reason = reason.strip() or _asked()
        for typed in ids:
            try:
                hold = acting(store)(typed, Actor(operator()), reason, datetime.now(UTC))
            except StoreError as error:
                click.echo(f"saate: {error}", err=True)
                failed += 1
                continue
            if as_json:
                json_line(for_scripts(hold))
            else:
                to = hold.envelope.addresses
                whom = plain(to[0]) if len(to) == 1 else count(len(to), "recipient")
                show(Text.assemble((hold.id, "bold"), " ", word(hold.state.value), f": {so} {whom}"))
    return 2 if failed else 0


def _asked() -> str:
    if not sys.stdin.isatty():
        raise Problem("a reason is needed; say it with --reason")
    reason = str(click.prompt("Why", default="", show_default=False)).strip()
    if not reason:
        raise Problem("a reason is needed; nothing was done")
    return reason
