"""What a fix changes, for a person: for `saate check --preview-fixes` and `saate holds fix`.

Rules of this file: it shows and changes nothing; every line comes masked from `fixes`.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from gateway.cli.mails import FiledMail
from gateway.cli.output import cell, indented, show
from gateway.fixes import Mended, Unmendable, mend, preview
from gateway.policy import PolicySet
from gateway.verdict import Finding

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show_fixes(filed: FiledMail, findings: Iterable[Finding], policies: PolicySet) -> None:
    """Print for each policy's findings what their fixes would change. A fix mends all that it is for at once."""
    named = dict.fromkeys((finding.policy, fix.name) for finding in findings for fix in finding.fixes)
    for policy, name in named:
        mended = mend(filed.octets, [name], policies)
        fill = "; to be filled in before it is sent" if mended.to_fill else ""
        show(indented(Text(f"{policy}: {name}{fill}", style="bold"), 10))
        show_change(filed.octets, mended, policies, by=10)


def show_change(old: bytes, mended: Mended, policies: PolicySet, *, by: int) -> None:
    """Print a masked diff, what could not be mended and why, and the fields that are gone."""
    for line in preview(old, mended.octets, policies):
        show(indented(cell(line, _STYLES.get(line[:1], "")), by))
    for one in mended.unmendable:
        show(indented(cell(not_mended(one), "yellow"), by))
    if mended.removed:
        names = ", ".join(mended.removed)
        show(indented(cell(f"removed, since no longer true: {names}", "dim"), by))


def not_mended(one: Unmendable) -> str:
    """What a fix could not do, and why."""
    place = one.part.removeprefix("header:") if one.part.startswith("header:") else f"part {one.part}"
    return f"not mended: {place if one.part else 'the mail'}: {one.reason.value}"
