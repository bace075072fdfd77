"""What the verbs of `saate holds` share: how a hold and a finding are written, for people and for scripts.

Rules of this file: it writes and asks nothing else of anybody. The keys of the JSON are fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise, takewhile
from typing import Any

from rich.table import Table
from rich.text import Text

from gateway.cli.output import age, cell, count, place, plain, table, word
from gateway.entry import timestamp
from gateway.hold import Hold
from gateway.verdict import Disposition, Finding, PolicyStatus

SHORT_ID = 8


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


def finding_for_scripts(number: int, finding: Finding) -> dict[str, Any]:
    """The fixed keys of a finding."""
    return {
        "number": number,
        "policy": finding.policy,
        "status": finding.status.value,
        "disposition": finding.disposition.word,
        "part": finding.where.part,
        "line": finding.where.line,
        "column": finding.where.column,
        "excerpt": finding.excerpt,
        "fixes": [fix.name for fix in finding.fixes],
    }


def telling_apart(ids: Sequence[str]) -> int:
    """So many characters tell these ids apart, and no fewer than 8."""
    alike = (takewhile(lambda two: two[0] == two[1], zip(*pair, strict=True)) for pair in pairwise(sorted(ids)))
    return max([SHORT_ID, *(len(list(same)) + 1 for same in alike)])


def holds_table(found: Sequence[Hold], now: datetime) -> Table:
    """Holds, a line each."""
    width = telling_apart([hold.id for hold in found])
    columns = ("id", "state", "for", "from", "to", "found")
    rows = [_row(hold, width, now) for hold in found]
    return table(*columns, rows=rows, right=("for",), crop=("from", "to"), whole=("id", "state", "for", "found"))


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


def findings_table(hold: Hold) -> Table:
    """The findings with their numbers, which `--override` takes; those that hold are red."""
    let_go = {one.finding: one for one in hold.overrides}
    rows = []
    for number, one in enumerate(hold.findings, 1):
        seen = cell(one.excerpt)
        if one.fixes:
            fixes = ", ".join(f"{fix.name} ({fix.preview})" if fix.preview else fix.name for fix in one.fixes)
            seen.append("\n").append(plain(f"fix: {fixes}"), style="green")
        if number in let_go:
            seen.append("\n").append(plain(f"let go by {let_go[number].by}: {let_go[number].reason}"), style="dim")
        rows.append((Text(str(number), style="bold"), _policy(one), Text(place(one.where), style="dim"), seen))
    return table("", "found", "where", "what was seen", rows=rows, right=("",), whole=("", "found"))


def _policy(finding: Finding) -> Text:
    if finding.status is PolicyStatus.TRIAL:
        return Text(f"{finding.policy}\n(trial)", style="cyan")
    if finding.disposition is Disposition.HOLD:
        return Text(finding.policy, style="red")
    return Text(f"{finding.policy}\n(noted only)", style="yellow")


def whom(hold: Hold) -> str:
    """The one recipient, or how many there are."""
    to = hold.envelope.addresses
    return plain(to[0]) if len(to) == 1 else count(len(to), "recipient")
