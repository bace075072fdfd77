"""`saate holds fix`: mend a held reply, look at the change, judge it again, keep it, and perhaps send it.

Rules of this file: nothing is kept that was not judged as the gateway judges; nothing is sent in which something still
holds. A found value is shown nowhere but in the person's own editor.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import click
from rich.text import Text

from gateway import policyfiles
from gateway.cli.holds.editor import edited
from gateway.cli.holds.words import SHORT_ID, finding_for_scripts, findings_table, for_scripts, whom
from gateway.cli.mending import not_mended, show_change
from gateway.cli.output import cell, indented, json_line, show
from gateway.cli.settings import Problem, config_option
from gateway.cli.stores import Desk, desk
from gateway.fixes import FIXES, Mended, fresh_text, mend, preview, replace_fresh
from gateway.hold import Hold, HoldState
from gateway.hold import Mended as Judged
from gateway.inspector import judge_by, local_inspector
from gateway.mail import Client, Mail, mail_id
from gateway.policy import COULD_NOT_INSPECT, PolicySet
from gateway.rights import Action
from gateway.store import HoldGone


@dataclass(frozen=True, slots=True)
class _Remade:
    """A reply before and after."""

    hold: Hold
    """As it is in the store."""
    old: bytes
    made: Mended
    judged: Judged
    policies: PolicySet

    @property
    def after(self) -> Hold:
        """As it would be."""
        judged = self.judged
        return replace(self.hold, findings=judged.findings, release_by=judged.release_by, overrides=(), mended=True)

    @property
    def new_digest(self) -> str:
        return sha256(self.made.octets).hexdigest()


@click.command("fix", short_help="Mend a held reply.")
@click.argument("hold_id", metavar="ID")
@click.option("--apply", "names", default="", metavar="FIX,…", help=f"Fixes by name: {', '.join(FIXES)}.")
@click.option("--edit", is_flag=True, help="Open the text in $VISUAL or $EDITOR.")
@click.option("--preview", "only_preview", is_flag=True, help="Show what it comes to; keep nothing.")
@click.option("--release", is_flag=True, help="Send it at once when nothing holds it any more.")
@click.option("--reason", default="", help="Of that release; else it says which fixes were made.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@config_option
def fix(
    hold_id: str,
    names: str,
    config_file: str,
    reason: str,
    *,
    edit: bool,
    only_preview: bool,
    release: bool,
    as_json: bool,
) -> int:
    """Mend a held reply by the fixes that its findings name, or by hand, and judge it again.

    Exit 0: nothing holds it any more; 1: something still does.
    """
    chosen = _chosen(names, edit=edit)
    with desk(config_file, Action.FIX) as at:
        remade = _remade(at, _found(at, hold_id, edit=edit), chosen, edit=edit)
        hold, is_open = remade.after, bool(remade.after.open)
        if not as_json:
            _show(remade)
        if not only_preview:
            now = datetime.now(UTC)
            hold = at.store.mend(hold.id, remade.judged, at.who, now, expected=remade.hold.octets_digest)
            if not as_json:
                show(Text.assemble((hold.id, "bold"), " mended: ", ", ".join(remade.judged.fixes)))
            if not is_open and (release or _wants_release(at, hold, as_json=as_json)):
                hold = _release(at, hold, reason.strip() or f"mended: {', '.join(remade.judged.fixes)}")
                if not as_json:
                    show(Text.assemble((hold.id, "bold"), " released: the courier sends it to ", cell(whom(hold))))
        if as_json:
            json_line(_for_scripts(remade, hold, only_preview=only_preview))
        elif is_open and not only_preview:
            show(Text("It is still held." if not release else "Not released: it is still held.", style="yellow"))
        elif only_preview:
            show(Text("Nothing was changed.", style="dim"))
    return int(is_open)


def _chosen(names: str, *, edit: bool) -> tuple[str, ...]:
    chosen = tuple(filter(None, (one.strip() for one in names.split(","))))
    unknown = [one for one in chosen if one not in FIXES]
    if unknown:
        raise Problem(f"--apply: there is no fix {', '.join(map(repr, unknown))}; there are {', '.join(FIXES)}")
    if not chosen and not edit:
        raise Problem(f"which fix? say --apply {', '.join(FIXES)} (some of them, with commas), or --edit")
    return chosen


def _found(at: Desk, typed: str, *, edit: bool) -> Hold:
    hold = at.store.find(typed)
    at.must(Action.FIX, hold)
    if edit:
        at.must(Action.OPEN, hold)
    if hold.state is not HoldState.HELD:
        raise HoldGone(hold)
    if any(finding.check == COULD_NOT_INSPECT for finding in hold.findings):
        raise Problem(f"{hold.id} could not be inspected, so it cannot be mended here: mend it in the helpdesk")
    return hold


def _remade(at: Desk, hold: Hold, chosen: Sequence[str], *, edit: bool) -> _Remade:
    """Mend the octets, then judge them with the policies in force. Raises Problem where nothing changed."""
    policies = policyfiles.load(at.config.policies, at.base)
    octets = at.store.opened(hold.id)
    made = mend(octets, chosen, policies)
    if edit:
        made = _edited(made, policies)
    if made.octets == octets:
        why = "; ".join(dict.fromkeys(not_mended(one) for one in made.unmendable))
        raise Problem(f"{hold.id}: {why or 'there is nothing to change'}; nothing was done")
    return _Remade(hold, octets, made, _judged(at, hold, made, policies), policies)


def _edited(made: Mended, policies: PolicySet) -> Mended:
    """What a person makes of the words, on top of the fixes: what these left to fill is filled now."""
    fresh = fresh_text(made.octets, policies)
    if not fresh.strip():
        raise Problem("there is no text of the agent's in it to edit; nothing was done")
    again = replace_fresh(made.octets, edited(fresh), policies)
    changes = made.changes if again.octets == made.octets else (*made.changes, *again.changes)
    removed = tuple(dict.fromkeys((*made.removed, *again.removed)))
    return Mended(again.octets, changes, (*made.unmendable, *again.unmendable), removed)


def _judged(at: Desk, hold: Hold, made: Mended, policies: PolicySet) -> Judged:
    """Judge as the gateway does, limits included, in a process that can be ended."""
    mail = Mail(mail_id(secrets.token_bytes(10)), hold.envelope, made.octets, Client(hold.client), datetime.now(UTC))
    with local_inspector(judge_by(policies, at.config.agent_header), at.config.inspection) as inspector:
        inspection = inspector.inspect(mail)
    verdict = inspection.verdict
    return Judged(
        octets=made.octets,
        fixes=tuple(dict.fromkeys(change.fix for change in made.changes)),
        findings=verdict.findings,
        subject=inspection.facts.subject,
        release_by=verdict.release_by,
        on_timeout=verdict.on_timeout,
        removed=made.removed,
    )


def _wants_release(at: Desk, hold: Hold, *, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty() or not at.may(Action.RELEASE, hold):
        return False
    return click.confirm("Nothing holds it any more. Send it now?", default=False)


def _release(at: Desk, hold: Hold, reason: str) -> Hold:
    at.must(Action.RELEASE, hold)
    return at.store.release(hold.id, at.who, reason, datetime.now(UTC), expected=hold.octets_digest)


def _show(remade: _Remade) -> None:
    made, after = remade.made, remade.after
    show_change(remade.old, made, remade.policies, by=2)
    left = dict.fromkeys(change.fix for change in made.changes if change.to_fill)
    still = {fix.name for finding in after.findings for fix in finding.fixes}
    if to_fill := [name for name in left if name in still]:
        how = f"fill what stands in [[…]]: saate holds fix {after.id[:SHORT_ID]} --edit"
        show("", indented(Text(f"{', '.join(to_fill)}: {how}", style="yellow")))
    show("")
    if after.findings:
        holding = len(after.open)
        said = f"judged again, still found ({holding} of them hold{'s' if holding == 1 else ''} it):"
        show(indented(Text(said if holding else "judged again, nothing holds it; noted beside:", style="bold")))
        show(indented(findings_table(after)), "")
    else:
        show(indented(Text("judged again: nothing is found any more", style="green")), "")


def _for_scripts(remade: _Remade, hold: Hold, *, only_preview: bool) -> dict[str, Any]:
    made = remade.made
    return for_scripts(hold) | {
        "preview": only_preview,
        "fixes": list(remade.judged.fixes),
        "removed": list(made.removed),
        "not_mended": [{"fix": one.fix, "part": one.part, "reason": one.reason.value} for one in made.unmendable],
        "to_fill": list(dict.fromkeys(change.fix for change in made.changes if change.to_fill)),
        "diff": list(preview(remade.old, made.octets, remade.policies)),
        "old_digest": remade.hold.octets_digest,
        "new_digest": remade.new_digest,
        "holding": [number for number, _ in remade.after.holding],
        "findings": [finding_for_scripts(number, one) for number, one in enumerate(remade.judged.findings, 1)],
    }
