"""Reasons to let findings go, as they are typed: one, or one for each finding by its number or its policy.

Rules of this file: a reason for one finding is never one for another. Asked for on a terminal only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import click

from gateway import policyfiles, rights
from gateway.cli.output import plain
from gateway.cli.settings import Problem
from gateway.cli.stores import Desk
from gateway.hold import Hold
from gateway.store import Reasons

NEEDED = "a reason is needed; say it with --reason"


@dataclass(slots=True)
class Given:
    """What somebody gave as reasons."""

    reason: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    """Number or policy → reason."""

    @classmethod
    def of(cls, reason: str, overrides: Sequence[str]) -> Given:
        """Read `--reason` and `--override`; raises Problem."""
        made = cls(reason.strip())
        for typed in overrides:
            what, sign, why = (part.strip() for part in typed.partition("="))
            if not (what and sign and why):
                raise Problem(f'--override {typed!r}: write a finding’s number and its reason: --override 2="…"')
            if what in made.overrides:
                raise Problem(f"--override: {what} has a reason already; say it once")
            made.overrides[what] = why
        if made.reason and made.overrides:
            raise Problem("say --reason, or --override for each finding: not both")
        if not made and not sys.stdin.isatty():
            raise Problem(NEEDED)
        return made

    def __bool__(self) -> bool:
        return bool(self.reason or self.overrides)

    def reasons(self, hold: Hold) -> Reasons:
        """As the store takes them for one hold."""
        if not self.overrides:
            return self.reason
        found = {int(what): why for what, why in self.overrides.items() if what.isdecimal()}
        return found | {n: self.overrides[one.policy] for n, one in hold.open if one.policy in self.overrides}

    def missing(self, hold: Hold) -> tuple[int, ...]:
        """The findings that have no reason yet."""
        reasons = self.reasons(hold)
        if isinstance(reasons, str):
            numbers = [number for number, _ in hold.open]
            reasons = {numbers[0]: reasons} if len(numbers) == 1 else {}
        return rights.unreasoned(hold, reasons)

    def ask(self, hold: Hold, *, each: bool) -> Given:
        """Ask for what was not given, finding by finding where several hold; what is said once holds for the rest."""
        if self:
            return self
        if each and len(hold.open) > 1:
            found = {str(n): _asked(f"{n} {one.policy}: {plain(one.excerpt)}\nWhy") for n, one in hold.open}
            return Given(overrides=found)
        self.reason = _asked("Why")
        return self

    def check(self, hold: Hold, at: Desk) -> None:
        """Raise Problem with the findings that have no reason, by number and title."""
        if numbers := self.missing(hold):
            titles = _titles(at)
            named = ", ".join(
                f"{number} “{titles.get(policy := hold.findings[number - 1].policy, policy)}”" for number in numbers
            )
            how = " ".join(f'--override {number}="…"' for number, _ in hold.open)
            raise Problem(f"{hold.id} needs a reason for each finding: {named}; say {how}; nothing was done")
        unknown = [one for one in self.overrides if not self._fits(one, hold)]
        if unknown:
            there = ", ".join(f"{number} {one.policy}" for number, one in enumerate(hold.findings, 1))
            raise Problem(f"--override: {hold.id} has no finding {', '.join(unknown)}; it has {there or 'none'}")

    @staticmethod
    def _fits(what: str, hold: Hold) -> bool:
        if what.isdecimal():
            return 0 < int(what) <= len(hold.findings)
        return what in hold.policies


def _asked(question: str) -> str:
    reason = re.sub(r"\s+", " ", str(click.prompt(question, default="", show_default=False, err=True))).strip()
    if not reason:
        raise Problem("a reason is needed; nothing was done")
    return reason


def _titles(at: Desk) -> dict[str, str]:
    return {one.id: one.title for one in policyfiles.load(at.config.policies, at.base).policies}
