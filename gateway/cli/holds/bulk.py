"""`saate holds release|discard --where …`: the same to all that fit, after a look at what that is.

Rules of this file: what is going to happen is shown first, and asked on a terminal or said by --yes. Each hold is asked
about for itself: whether she may, and whether its findings have their reasons.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from gateway.cli.holds.list import seen
from gateway.cli.holds.reasons import Given
from gateway.cli.holds.where import Asked
from gateway.cli.holds.words import holds_table
from gateway.cli.output import cell, count, indented, json_line, show, table
from gateway.cli.settings import Problem
from gateway.cli.stores import Desk, desk
from gateway.hold import Hold, HoldState
from gateway.rights import Action
from gateway.store import Outcome, Reasons

FIRST = 10
"""Holds that the dry run shows."""
LISTED = 20
"""Failures that are shown."""
_MOST = 8
"""Policies and agents that are counted by name."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to all that fit."""

    action: Action
    reason: str
    overrides: tuple[str, ...]
    yes: bool
    dry_run: bool
    as_json: bool


@dataclass(slots=True)
class _Plan:
    """What is going to happen."""

    batches: dict[tuple[tuple[int, str], ...] | str, list[str]] = field(default_factory=dict)
    """Reasons → the ids that they are for."""
    first: list[Hold] = field(default_factory=list)
    policies: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    unreasoned: int = 0
    """Held by findings for which there is no reason."""

    @property
    def total(self) -> int:
        return sum(map(len, self.batches.values()))

    def add(self, hold: Hold, reasons: Reasons) -> None:
        key = reasons if isinstance(reasons, str) else tuple(sorted(reasons.items()))
        self.batches.setdefault(key, []).append(hold.id)
        self.policies.update(hold.policies)
        self.agents[hold.agent or "nobody"] += 1
        if len(self.first) < FIRST:
            self.first.append(hold)


def act(asked: Asked, config_file: str, order: Order) -> int:
    """Show, ask, do, and say what became of it. 2 when some could not be done."""
    given = _given(order)
    with desk(config_file, order.action) as at:
        plan = _plan(asked, at, order, given)
        if order.dry_run and order.as_json:
            json_line(_for_scripts(plan))
        elif not order.as_json:
            _show(plan, order)
        if order.dry_run or not plan.total:
            return 0
        if not order.yes and not _agreed(plan, order):
            show("Nothing was done.")
            return 0
        if not given:  # asked now that she has seen what it is for
            given = given.ask(plan.first[0], each=False)
            plan.batches = {given.reason: [one for ids in plan.batches.values() for one in ids]}
        return _tell(_done(at, plan, order), order)


def _given(order: Order) -> Given:
    if order.dry_run and not order.reason.strip() and not order.overrides:
        return Given()
    if any(one.partition("=")[0].strip().isdecimal() for one in order.overrides):
        raise Problem("--override: the numbers of findings differ from hold to hold; name the policy: POLICY=REASON")
    if order.as_json and not order.yes and not order.dry_run:
        raise Problem("--json asks nothing: say --yes to do it, or --dry-run to only look")
    return Given.of(order.reason, order.overrides)


def _plan(asked: Asked, at: Desk, order: Order, given: Given) -> _Plan:
    wanted = asked.filter(datetime.now(UTC), at)
    if wanted.states != (HoldState.HELD,):
        raise Problem(f"{asked.places['state']}: only what is held can be {_past(order.action)}; leave state out")
    plan = _Plan()
    for hold in seen(at, wanted):
        if not at.may(order.action, hold):
            plan.refused += 1
        elif order.action is Action.RELEASE and _lacks(given, hold):
            plan.unreasoned += 1
        else:
            plan.add(hold, given.reasons(hold))
    return plan


def _lacks(given: Given, hold: Hold) -> bool:
    return bool(given.missing(hold)) if given else len(hold.open) > 1


def _show(plan: _Plan, order: Order) -> None:
    if plan.first:
        said = f"{count(plan.total, 'reply', 'replies')} would be {_past(order.action)}"
        show(Text(said, style="bold"), "")
        rows = [(Text(f"{number:,}"), cell(name)) for name, number in plan.policies.most_common(_MOST)]
        show(indented(table("", "found", rows=rows, right=("",))), "")
        rows = [(Text(f"{number:,}"), cell(name)) for name, number in plan.agents.most_common(_MOST)]
        if len(plan.agents) > _MOST:
            rows.append((Text(""), Text(f"and {len(plan.agents) - _MOST:,} more", style="dim")))
        show(indented(table("", "agent", rows=rows, right=("",))), "")
        show(indented(holds_table(plan.first, datetime.now(UTC))))
        if plan.total > len(plan.first):
            show(indented(Text(f"… and {plan.total - len(plan.first):,} more", style="dim")))
        show("")
    else:
        show("There is none to act on.")
    if plan.refused:
        show(Text(f"{count(plan.refused, 'reply', 'replies')} left out: you may not, see `holds show`", style="yellow"))
    if plan.unreasoned:
        said = "left out: each finding needs its reason, --override POLICY=REASON"
        show(Text(f"{count(plan.unreasoned, 'reply', 'replies')} {said}", style="yellow"))


def _agreed(plan: _Plan, order: Order) -> bool:
    if not sys.stdin.isatty():
        raise Problem("nothing was done; say --yes to do it to all of these")
    verb = order.action.value.capitalize()
    return click.confirm(f"{verb} {'it' if plan.total == 1 else f'these {plan.total:,}'}?", default=False)


def _done(at: Desk, plan: _Plan, order: Order) -> list[Outcome]:
    """Do it, with a bar where somebody looks at standard error."""
    outcomes: list[Outcome] = []
    now = datetime.now(UTC)
    terminal = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
        task = bar.add_task(order.action.value.capitalize(), total=plan.total)
        for key, ids in plan.batches.items():
            done = len(outcomes)

            def hear(number: int, done: int = done) -> None:
                bar.update(task, completed=done + number)

            if order.action is Action.RELEASE:
                reasons: Reasons = key if isinstance(key, str) else dict(key)
                outcomes += at.store.release_many(ids, at.who, reasons, now, progress=hear)
            else:
                reason = key if isinstance(key, str) else ""
                outcomes += at.store.discard_many(ids, at.who, reason, now, progress=hear)
    return outcomes


def _tell(outcomes: list[Outcome], order: Order) -> int:
    failed = [one for one in outcomes if one.error]
    if order.as_json:
        for one in outcomes:
            json_line({"id": one.id, "state": one.hold.state.value if one.hold else "", "error": str(one.error or "")})
    for one in failed[:LISTED]:
        click.echo(f"saate: {one.error}", err=True)
    if len(failed) > LISTED:
        click.echo(f"saate: and {len(failed) - LISTED:,} more that could not be {_past(order.action)}", err=True)
    if not order.as_json:
        said = f"{count(len(outcomes) - len(failed), 'reply', 'replies')} {_past(order.action)}"
        show(Text(said + (f", {len(failed):,} not" if failed else ""), style="red" if failed else "green"))
    return 2 if failed else 0


def _for_scripts(plan: _Plan) -> dict[str, object]:
    return {
        "holds": plan.total,
        "policies": dict(plan.policies),
        "agents": dict(plan.agents),
        "first": [hold.id for hold in plan.first],
        "refused": plan.refused,
        "unreasoned": plan.unreasoned,
    }


def _past(action: Action) -> str:
    return {Action.RELEASE: "released"}.get(action, "discarded")
