"""`saate holds show`: one held reply, what was found, what the clock will do, and what who asks may do.

Rules of this file: it changes nothing; found secrets stay masked but in the octets, for somebody who may see them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from rich.text import Text

from gateway import rights
from gateway.cli.holds.words import SHORT_ID, finding_for_scripts, findings_table, for_scripts
from gateway.cli.output import cell, indented, json_line, local_time, show, table, word
from gateway.cli.settings import Problem, config_option
from gateway.cli.stores import Desk, desk
from gateway.entry import EntryType, timestamp
from gateway.hold import Hold, HoldState, Stage
from gateway.rights import Action
from gateway.store import LogRow
from gateway.verdict import OnTimeout, ReleaseBy
from gateway.workdays import Workdays

_ACTIONS = (Action.OPEN, Action.FIX, Action.ASK, Action.RELEASE, Action.DISCARD)


@click.command("show", short_help="Show one held reply.")
@click.argument("hold_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--octets", "raw", is_flag=True, help="The mail itself, into a file or a pipe.")
@config_option
def show_hold(hold_id: str, config_file: str, *, as_json: bool, raw: bool) -> None:
    """Show who wrote to whom, what was found and where, and what became of it. Found secrets stay masked."""
    with desk(config_file, Action.SHOW) as at:
        hold = at.store.find(hold_id)
        at.must(Action.SHOW, hold)
        if raw:
            at.must(Action.OPEN, hold)
            _write_octets(at.store.opened(hold.id))
        elif as_json:
            json_line(_all_for_scripts(hold, at))
        else:
            fixes = [row for row in at.store.story(hold.id) if row.type == EntryType.FIXED] if hold.mended else []
            _show(hold, at, fixes)


def _write_octets(octets: bytes) -> None:
    """The one place where the mail is shown unmasked: to somebody who asked for it and may."""
    if sys.stdout.isatty():
        raise Problem("the mail may hold the very secret it was held for; send it to a file: --octets > reply.eml")
    click.echo(octets, nl=False)


def _show(hold: Hold, at: Desk, fixes: list[LogRow]) -> None:
    show(Text.assemble((hold.id, "bold"), "  ", word(hold.state.value)))
    facts = [*_facts(hold), *_mends(hold, fixes), *_clock(hold, at), *_rights(hold, at)]
    show(indented(table("", "", rows=[(Text(name, style="dim"), cell(value)) for name, value in facts], whole=("",))))
    if hold.findings:
        show("", indented(findings_table(hold)))
    else:
        show("", indented(Text("nothing is found in it any more" if hold.mended else "nothing was found in it")))
    if hints := list(_hints(hold, at)):
        show("", *(indented(Text(hint, style="dim", overflow="fold")) for hint in hints))


def _facts(hold: Hold) -> Iterator[tuple[str, str]]:
    yield "held", local_time(hold.held_at)
    yield "agent", hold.agent or ("a machine sent it" if hold.automatic else "nobody was found")
    yield "from", f"{hold.header_from} (reverse-path {hold.envelope.reverse_path or '<>'})"
    yield "to", ", ".join(hold.envelope.addresses)
    yield "subject", hold.subject
    if hold.ticket:
        yield "ticket", hold.ticket
    yield "message-id", hold.message_id
    yield "size", f"{hold.size:,} octets" + (", erased since" if hold.erased else "")
    yield "language", hold.language or "-"
    yield "release by", "the agent" if hold.release_by is ReleaseBy.AGENT else "a reviewer"
    if hold.acted_by:
        when = local_time(hold.acted_at) if hold.acted_at else ""
        yield hold.state.value, f"by {hold.acted_by}, {when}: {hold.reason}".removesuffix(": ")


def _mends(hold: Hold, fixes: list[LogRow]) -> Iterator[tuple[str, str]]:
    for row in fixes:
        made = ", ".join(map(str, row.entry["facts"].get("fixes", ())))
        yield "mended", f"by {row.entry['actor']}, {local_time(datetime.fromisoformat(row.at))}: {made}"
    if hold.mended:
        yield "digest", hold.octets_digest
        yield "as it came", hold.original_digest


def _clock(hold: Hold, at: Desk) -> Iterator[tuple[str, str]]:
    """What nobody's acting leads to, in the time zone of the calendar."""
    if hold.state is not HoldState.HELD:
        return
    done = {Stage.WAITING: "", Stage.REMINDED: "reminded; ", Stage.ESCALATED: "reminded and escalated; "}[hold.stage]
    if hold.clock_at is None:
        yield "clock", f"{done}nothing more happens by itself"
        return
    match hold.stage:
        case Stage.WAITING:
            following = "the agent is reminded"
        case Stage.REMINDED:
            following = "reviewers are told"
        case Stage.ESCALATED if hold.on_timeout is OnTimeout.RELEASE:
            following = "it is sent, as its policies say (on_timeout: release)"
        case Stage.ESCALATED:
            following = "it goes back to the agent"
    when = Workdays(at.config.calendar).local(hold.clock_at)
    yield "clock", f"{done}{following} on {when:%a %Y-%m-%d %H:%M %Z}"


def _rights(hold: Hold, at: Desk) -> Iterator[tuple[str, str]]:
    may = _may(hold, at)
    yield "you", f"{at.who.name}, {at.who.role.value}: may {', '.join(may) or 'look'}"
    why = rights.refusal(at.who, Action.RELEASE, hold)
    if why and hold.state is HoldState.HELD:
        yield "", f"not release: {why}"


def _may(hold: Hold, at: Desk) -> list[str]:
    """What is there to be done and she may do."""
    there = _ACTIONS if hold.state is HoldState.HELD else (Action.OPEN,)
    return [action.value for action in there if at.may(action, hold)]


def _hints(hold: Hold, at: Desk) -> Iterator[str]:
    """What she can type next."""
    if hold.state is not HoldState.HELD:
        return
    short = hold.id[:SHORT_ID]
    fixes = dict.fromkeys(fix.name for finding in hold.findings for fix in finding.fixes)
    if fixes and at.may(Action.FIX, hold):
        yield f"saate holds fix {short} --apply {','.join(fixes)} --preview"
    if at.may(Action.RELEASE, hold):
        numbers = [number for number, _ in hold.open]
        reasons = " ".join(f'--override {number}="…"' for number in numbers) if len(numbers) > 1 else '--reason "…"'
        yield f"saate holds release {short} {reasons}"
    elif at.may(Action.ASK, hold):
        yield f'saate holds ask {short} --reason "…"'
    if at.may(Action.DISCARD, hold):
        yield f'saate holds discard {short} --reason "…"'


def _all_for_scripts(hold: Hold, at: Desk) -> dict[str, Any]:
    return for_scripts(hold) | {
        "agent": hold.agent,
        "header_from": hold.header_from,
        "subject": hold.subject,
        "ticket": hold.ticket,
        "size": hold.size,
        "language": hold.language,
        "automatic": hold.automatic,
        "release_by": hold.release_by.value,
        "on_timeout": hold.on_timeout.value,
        "stage": hold.stage.value,
        "clock_at": timestamp(hold.clock_at) if hold.clock_at else "",
        "mended": hold.mended,
        "digest": hold.octets_digest,
        "original_digest": hold.original_digest or hold.octets_digest,
        "erased": hold.erased,
        "acted_by": hold.acted_by,
        "acted_at": timestamp(hold.acted_at) if hold.acted_at else "",
        "reason": hold.reason,
        "findings": [finding_for_scripts(number, one) for number, one in enumerate(hold.findings, 1)],
        "overrides": [
            {"finding": one.finding, "policy": one.policy, "by": one.by, "reason": one.reason} for one in hold.overrides
        ],
        "you": {
            "name": at.who.name,
            "role": at.who.role.value,
            "may": ["show", *_may(hold, at)],
        },
    }
