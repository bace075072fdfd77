"""`saate policies`: list, test and explain the policies.

Rules of this file: a case is judged with its policy enforced, whatever its status says, and by the gateway's own
inspection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.text import Text

from gateway import policyfiles
from gateway.cli.check import as_mail
from gateway.cli.mails import FiledMail, crlf
from gateway.cli.output import STYLES, cell, count, indented, json_line, place, plain, show, table, word
from gateway.cli.settings import Problem, base, config_option, load_if_there
from gateway.inspector import judge_by, local_inspector
from gateway.policy import AppliesTo, Policy, PolicySet
from gateway.verdict import Finding, PolicyStatus, ReleaseBy

FINDS, OK, TODO = policyfiles.CASE_KINDS
_directories = click.argument("directories", nargs=-1, metavar="[DIR]...")


@click.group("policies", short_help="List, test and explain the policies.")
def command() -> None:
    """List, test and explain the policies: those of the configuration, or builtin and the DIRs given."""


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where policies are read from."""

    names: tuple[str, ...]
    start: Path

    @staticmethod
    def of(config_file: str, directories: Sequence[str]) -> _Sources:
        if directories:
            return _Sources((policyfiles.BUILTIN, *directories), Path())
        return _Sources(load_if_there(config_file).policies, base(config_file))

    def load(self) -> PolicySet:
        return policyfiles.load(self.names, self.start)

    def cases(self) -> list[_Case]:
        return [_Case(*case) for case in policyfiles.cases(self.names, self.start)]


@dataclass(frozen=True, slots=True)
class _Case:
    """A mail beside a policy that says what the policy must make of it."""

    policy: str
    kind: str
    name: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a policy made of a case."""

    case: _Case
    findings: tuple[Finding, ...]

    @property
    def is_right(self) -> bool:
        """`finds` must be found and `ok` must not; a `todo` is known to be wrong, and right once it is found."""
        return bool(self.findings) is not (self.case.kind == OK)


@command.command("list", short_help="List the policies in force.")
@_directories
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each policy.")
@config_option
def list_policies(directories: tuple[str, ...], config_file: str, *, as_json: bool) -> None:
    """List the policies: what each looks for, and what happens then."""
    policies = _Sources.of(config_file, directories).load()
    if as_json:
        for policy in policies.policies:
            json_line(_for_scripts(policy))
        return
    columns = ("id", "disposition", "status", "title")
    show(table(*columns, rows=[_row(policy) for policy in policies.policies], whole=columns[:3]))
    show("", Text(f"set {policies.digest[:16]}; `saate policies explain ID` tells more of one", style="dim"))


def _row(policy: Policy) -> tuple[Text, ...]:
    return Text(policy.id, style="bold"), word(policy.disposition.word), word(policy.status.value), cell(policy.title)


def _for_scripts(policy: Policy) -> dict[str, object]:
    return {
        "id": policy.id,
        "title": policy.title,
        "status": policy.status.value,
        "check": policy.check,
        "disposition": policy.disposition.word,
        "release_by": policy.release_by.value,
        "file": policy.file,
    }


@command.command("explain", short_help="Explain one policy.")
@click.argument("policy_id", metavar="ID")
@_directories
@config_option
def explain(policy_id: str, directories: tuple[str, ...], config_file: str) -> None:
    """Explain one policy: what it looks for and why, what happens then, what an agent may do, where it errs."""
    sources = _Sources.of(config_file, directories)
    policy = _find(sources.load(), policy_id)
    kinds = Counter(case.kind for case in sources.cases() if case.policy == policy.id)
    show(Text.assemble((policy.id, "bold"), "  ", policy.title), "", indented(cell(policy.why)), "")
    rows = [(Text(name, style="dim"), cell(value)) for name, value in _facts(policy)]
    rows.append((Text("cases", style="dim"), Text(_told(kinds))))
    show(indented(table("", "", rows=rows)))
    show("", indented(Text("what an agent may do", style="dim")))
    show(indented(table("", "", rows=[(Text(language), cell(text)) for language, text in policy.advice.items()]), 4))
    if policy.false_positives:
        show("", indented(Text("known to err on", style="dim")))
        show(indented(table("", "", rows=[(Text("-"), cell(text)) for text in policy.false_positives]), 4))


def _find(policies: PolicySet, policy_id: str) -> Policy:
    try:
        return policies[policy_id]
    except KeyError as error:
        ids = ", ".join(policy.id for policy in policies.policies)
        msg = f"there is no policy {policy_id!r}; there are {ids}"
        raise Problem(msg) from error


def _facts(policy: Policy) -> Iterator[tuple[str, str]]:
    yield "status", policy.status.value
    yield "disposition", policy.disposition.word
    if policy.disposition.word == "hold":
        yield "release by", "the agent" if policy.release_by is ReleaseBy.AGENT else "a reviewer"
    yield "check", policy.check
    given = {
        name: value for name, value in policy.params.model_dump().items() if name in policy.params.model_fields_set
    }
    yield "params", ", ".join(f"{name}: {value}" for name, value in given.items()) or "the check's own"
    yield "applies to", ", ".join(_applies_to(policy.applies_to)) or "every mail that this kind of check looks at"
    yield "file", policy.file


def _applies_to(applies_to: AppliesTo) -> Iterator[str]:
    for name in ("recipients", "senders", "language"):
        if values := getattr(applies_to, name):
            yield f"{name} {' '.join(values)}"
    if applies_to.auto_submitted is not None:
        yield "automatic mail" if applies_to.auto_submitted else "mail that is not automatic"
    for name, pattern in applies_to.header:
        yield f"header {name}: {pattern.pattern}"


def _told(kinds: Counter[str]) -> str:
    return f"{kinds[FINDS]} that it finds, {kinds[OK]} that it leaves alone, {kinds[TODO]} still to do"


@command.command("test", short_help="Run the cases of the policies.")
@_directories
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each case.")
@config_option
def test(directories: tuple[str, ...], config_file: str, *, as_json: bool) -> int:
    """Run the cases of the policies. Exit 0: all are as their names say; 1: one is not; 2: could not run."""
    sources = _Sources.of(config_file, directories)
    policies, cases = sources.load(), sources.cases()
    outcomes = list(_judged(policies, cases))
    wrong = [one for one in outcomes if not one.is_right and one.case.kind != TODO]
    if as_json:
        for outcome in outcomes:
            json_line(_outcome_for_scripts(outcome))
    else:
        _show_outcomes(policies, outcomes, wrong)
    return 1 if wrong else 0


def _judged(policies: PolicySet, cases: Iterable[_Case]) -> Iterator[_Outcome]:
    enforced = tuple(replace(policy, status=PolicyStatus.ENFORCED) for policy in policies.policies)
    with local_inspector(judge_by(replace(policies, policies=enforced))) as inspector:
        for case in cases:
            inspection = inspector.inspect(as_mail(FiledMail(case.name, 1, crlf(case.octets))))
            findings = tuple(one for one in inspection.verdict.findings if one.policy == case.policy)
            yield _Outcome(case, findings)


def _outcome_for_scripts(outcome: _Outcome) -> dict[str, object]:
    return {
        "policy": outcome.case.policy,
        "kind": outcome.case.kind,
        "file": outcome.case.name,
        "found": bool(outcome.findings),
        "right": outcome.is_right,
    }


def _show_outcomes(policies: PolicySet, outcomes: Sequence[_Outcome], wrong: Sequence[_Outcome]) -> None:
    total = Counter((one.case.policy, one.case.kind) for one in outcomes)
    right = Counter((one.case.policy, one.case.kind) for one in outcomes if one.is_right)
    kinds = policyfiles.CASE_KINDS
    show(table("policy", *kinds, rows=[_shares(policy.id, right, total) for policy in policies.policies], right=kinds))
    show("")
    for policy in policies.policies:
        if not total[policy.id, FINDS] or not total[policy.id, OK]:
            show(_line("note", policy.id, "wants a finds- and an ok- case; see docs/policies.md"))
    for one in outcomes:
        if one.case.kind == TODO and one.findings:
            show(_line("note", f"{one.case.policy}/{one.case.name}", "is found now; call it finds-"))
    for one in wrong:
        show(_line("wrong", f"{one.case.policy}/{one.case.name}", _why(one)))
    summary = f"{len(wrong)} wrong" if wrong else "all as their names say"
    show(Text(f"{count(len(outcomes), 'case')}: {summary}", style="red" if wrong else "green"))


def _line(kind: str, name: str, text: str) -> Text:
    return Text.assemble((f"{kind:8}", STYLES[kind]), name, ": ", plain(text))


_Counted = Mapping[tuple[str, str], int]


def _shares(policy_id: str, right: _Counted, total: _Counted) -> tuple[Text, ...]:
    shares = (_share(right[policy_id, kind], total[policy_id, kind], kind) for kind in policyfiles.CASE_KINDS)
    return Text(policy_id, style="bold"), *shares


def _share(right: int, total: int, kind: str) -> Text:
    if not total:
        return Text("-", style="dim")
    if right == total:
        return Text(f"{total}", style="green")
    return Text(f"{right} of {total}", style="cyan" if kind == TODO else "red")


def _why(outcome: _Outcome) -> str:
    if not outcome.findings:
        return "nothing was found"
    first = outcome.findings[0]
    return f"found in {place(first.where)}: {first.excerpt}"


@command.command("schema", short_help="Print the JSON Schema of a policy file.")
def schema() -> None:
    """Print the JSON Schema of a policy file, for an editor that completes and checks YAML."""
    json_line(policyfiles.schema())
