"""`saate log`: read and verify the policy log.

Rules of this file: it reads and changes nothing; docs/policy-log.md names every key of an entry.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from rich.text import Text

from gateway.cli.output import cell, count, json_line, show, table, word
from gateway.cli.settings import config_option
from gateway.cli.stores import opened
from gateway.store import LogRow, VerifyResult

_WHOLE = ("seq", "at", "type", "mail")
PAUSE = 1.0
"""Seconds between two looks of `tail --follow`."""


@click.group("log", short_help="Read and verify the policy log.")
def command() -> None:
    """Read and verify the policy log."""


@command.command("tail", short_help="Show the newest entries.")
@click.option("-n", "--lines", type=click.IntRange(min=0), default=20, show_default=True, help="So many entries.")
@click.option("-f", "--follow", is_flag=True, help="Go on with new ones until interrupted.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each entry.")
@config_option
def tail(config_file: str, lines: int, *, follow: bool, as_json: bool) -> None:
    """Show the newest entries, the oldest of them first."""
    with opened(config_file) as store:
        rows = store.tail(lines)
        _show(rows, as_json=as_json, head=True)
        seq = rows[-1].seq if rows else 0
        while follow:
            time.sleep(PAUSE)
            rows = list(store.log_rows(seq))
            _show(rows, as_json=as_json, head=False)
            seq = rows[-1].seq if rows else seq


def _show(rows: list[LogRow], *, as_json: bool, head: bool) -> None:
    if as_json:
        for row in rows:
            json_line(for_scripts(row))
    elif rows:
        names = ("seq", "at", "type", "mail", "by", "what") if head else ("",) * 6
        show(table(*names, rows=[_cells(row) for row in rows], right=("seq",), whole=_WHOLE))
    elif head:
        show("The policy log is empty.")


def for_scripts(row: LogRow) -> dict[str, Any]:
    """An entry as it stands in the log, its place and hash, and its personal part (`about`) unless it was erased."""
    return {"seq": row.seq, "hash": row.hash.hex(), **row.entry, "about": row.about}


def _cells(row: LogRow) -> tuple[Text, ...]:
    entry = row.entry
    return (
        Text(str(row.seq), style="dim"),
        Text(f"{datetime.fromisoformat(row.at).astimezone():%Y-%m-%d %H:%M:%S}"),
        Text(row.type, style="bold"),
        Text(row.mail_id[:8]),
        cell(str(entry.get("actor", ""))),
        _what(entry["facts"], row.about),
    )


def _what(facts: dict[str, Any], about: dict[str, Any]) -> Text:
    """The gist of an entry, from the facts that its type has."""
    return Text("  ").join(part for part in _gist(facts, about) if part)


def _gist(facts: dict[str, Any], about: dict[str, Any]) -> Iterator[Text]:
    match facts:
        case {"verdict": str(verdict), "findings": list(findings)}:
            yield word(verdict)
            if (done := str(facts.get("disposition", verdict))) != verdict:
                yield Text(f"({'trial' if facts.get('mode') == 'trial' else facts.get('scope')}: {done})")
            yield Text(", ".join(dict.fromkeys(map(_named, findings))))
        case {"policies": dict(policies), "policy_set": str(digest)}:
            yield Text(f"{count(len(policies), 'policy', 'policies')}, set {digest[:16]}")
        case {"version": str(version), "mode": str(mode)}:
            yield Text(f"saate {version}, {mode}")
        case {"code": int(code)}:
            yield word(str(facts.get("outcome", "")))
            yield Text(str(code))
        case {"outcome": str(outcome)}:
            yield word(outcome)
        case _ if "reason" in about:
            yield cell(str(about["reason"]))
        case _:
            yield cell(json.dumps(facts, ensure_ascii=False) if facts else "", "dim")


def _named(finding: dict[str, Any]) -> str:
    return f"{finding['policy']} (trial)" if finding.get("status") == "trial" else str(finding["policy"])


@command.command("verify", short_help="Verify the hash chain.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@config_option
def verify(config_file: str, *, as_json: bool) -> int:
    """Walk the whole log: every entry as it was written, none missing. Exit 0: whole; 1: it was changed."""
    with opened(config_file) as store:
        result = store.verify()
    if as_json:
        json_line(_result_for_scripts(result))
    else:
        _show_result(result)
    return 0 if result.is_whole else 1


def _result_for_scripts(result: VerifyResult) -> dict[str, Any]:
    bad = {"seq": result.bad.seq, "why": result.bad.why} if result.bad else None
    return {
        "whole": result.is_whole,
        "entries": result.entries,
        "head": result.head,
        "erased": result.erased,
        "bad": bad,
        "undisposed": [{"mail_id": one.mail_id, "seq": one.seq, "at": one.at} for one in result.undisposed],
    }


def _show_result(result: VerifyResult) -> None:
    if result.bad:
        show(Text.assemble(("changed", "bold red"), f" at entry {result.bad.seq}: {result.bad.why}"))
        show(f"The {count(result.entries, 'entry', 'entries')} before it are as they were written.")
    else:
        entries = count(result.entries, "entry", "entries")
        show(Text.assemble(("whole", "bold green"), f": {entries}, each as it was written"))
    show(Text(f"head {result.head}", style="dim"))
    if result.erased:
        show(f"{count(result.erased, 'entry', 'entries')} had the personal part erased, as the log allows.")
    for one in result.undisposed:
        show(f"{one.mail_id} was judged (entry {one.seq}) and has no end yet: under way, or cut off by a crash.")
