"""`saate check --preview-fixes`: what each fix that a finding names would make of the mail.

Rules of this file: it shows and changes nothing; every line comes masked from `fixes`.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from gateway.cli.mails import FiledMail
from gateway.cli.output import cell, indented, show
from gateway.fixes import Mended, mend, preview
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
        _show(filed, mended, policies)


def _show(filed: FiledMail, mended: Mended, policies: PolicySet) -> None:
    for line in preview(filed.octets, mended.octets, policies):
        show(indented(cell(line, _STYLES.get(line[:1], "")), 10))
    for one in mended.unmendable:
        place = one.part.removeprefix("header:") if one.part.startswith("header:") else f"part {one.part}"
        show(indented(cell(f"not mended: {place if one.part else 'the mail'}: {one.reason.value}", "yellow"), 10))
    if mended.removed:
        names = ", ".join(mended.removed)
        show(indented(cell(f"removed, since no longer true: {names}", "dim"), 10))
