"""`saate check`: judge mails from files, as enforced and in scope, without a server or store.

Rules of this file: the inspection is the gateway's own, deadline included; the keys of the JSON are fixed.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import click
from rich.text import Text

from gateway import policyfiles
from gateway.cli import explain
from gateway.cli.mails import FiledMail, mails, sources
from gateway.cli.mending import show_fixes
from gateway.cli.output import cell, count, indented, json_line, place, show, table, word
from gateway.cli.settings import base, config_option, load_if_there
from gateway.inspector import judge_by, local_inspector
from gateway.mail import Client, Envelope, Mail, Recipient, mail_id
from gateway.policy import PolicySet
from gateway.reading.headers import quick_facts
from gateway.verdict import Disposition, Finding, Inspection, PolicyStatus


@click.command("check", short_help="Judge mails from files.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each mail.")
@click.option("--explain", "explained", is_flag=True, help="Show how each mail was taken apart.")
@click.option("--preview-fixes", is_flag=True, help="Show what each fix would change.")
@click.option("--all", "show_all", is_flag=True, help="List the mails that pass, too.")
@config_option
def command(
    paths: tuple[str, ...], config_file: str, *, as_json: bool, explained: bool, preview_fixes: bool, show_all: bool
) -> int:
    """Judge mails: files (.eml), mailboxes (mbox, Maildir), folders, globs, or - for standard input.

    Every policy is judged as enforced and every mail as in scope. Exit 0: all pass; 1: something was found;
    2: could not run.
    """
    config = load_if_there(config_file)
    policies = policyfiles.load(config.policies, base(config_file))
    found = sources(paths)
    verdicts: Counter[Disposition] = Counter()
    with local_inspector(judge_by(policies, config.agent_header), config.inspection) as inspector:
        for filed in (mail for source in found for mail in mails(source)):
            inspection = inspector.inspect(as_mail(filed))
            disposition = inspection.verdict.disposition
            verdicts[disposition] += 1
            if as_json:
                json_line(_for_scripts(filed, inspection))
                continue
            if explained:
                explain.show_reply(filed, policies)
            if show_all or explained or inspection.verdict.findings:
                _show(filed, inspection)
            if preview_fixes:
                show_fixes(filed, inspection.verdict.findings, policies)
    if not as_json:
        show(_summary(verdicts, policies))
    return int(any(disposition is not Disposition.PASS for disposition in verdicts))


def as_mail(filed: FiledMail) -> Mail:
    """Without an envelope, From is the reverse-path and To, Cc and Bcc the recipients."""
    facts = quick_facts(filed.octets)
    envelope = Envelope(
        reverse_path=facts.header_from[0] if facts.header_from else "",
        recipients=tuple(Recipient(address) for address in dict.fromkeys(facts.header_recipients)),
    )
    return Mail(mail_id(secrets.token_bytes(10)), envelope, filed.octets, Client(""), datetime.now(UTC))


def _for_scripts(filed: FiledMail, inspection: Inspection) -> dict[str, object]:
    return {
        "file": filed.file,
        "number": filed.number,
        "message_id": inspection.facts.message_id,
        "verdict": inspection.verdict.disposition.word,
        "language": inspection.facts.language,
        "findings": [
            {
                "policy": finding.policy,
                "check": finding.check,
                "status": finding.status.value,
                "disposition": finding.disposition.word,
                "part": finding.where.part,
                "line": finding.where.line,
                "column": finding.where.column,
                "excerpt": finding.excerpt,
                "fixes": [fix.name for fix in finding.fixes],
            }
            for finding in inspection.verdict.findings
        ],
    }


def _show(filed: FiledMail, inspection: Inspection) -> None:
    name = filed.file if filed.number == 1 else f"{filed.file} mail {filed.number}"
    verdict = word(inspection.verdict.disposition.word)
    verdict.pad_right(10 - len(verdict))
    show(verdict + cell(name, "bold"))
    rows = [_row(finding) for finding in inspection.verdict.findings]
    if rows:
        show(indented(table("", "", "", rows=rows), 10))


def _row(finding: Finding) -> tuple[Text, Text, Text]:
    trial = " (trial)" if finding.status is PolicyStatus.TRIAL else ""
    style = "cyan" if trial else {"hold": "red"}.get(finding.disposition.word, "yellow")
    return Text(finding.policy + trial, style=style), Text(place(finding.where), style="dim"), cell(finding.excerpt)


def _summary(verdicts: Counter[Disposition], policies: PolicySet) -> Text:
    words = {Disposition.PASS: "pass", Disposition.ANNOTATE: "would be annotated", Disposition.HOLD: "would be held"}
    parts = list(_joined(f"{verdicts[kind]:,} {text}" for kind, text in words.items() if verdicts[kind]))
    judged = f"{count(verdicts.total(), 'mail')} judged by {count(len(policies.policies), 'policy', 'policies')}"
    return Text(f"{judged}: {''.join(parts)}" if parts else f"{judged}: there was none")


def _joined(texts: Iterator[str]) -> Iterator[str]:
    for at, text in enumerate(texts):
        yield f", {text}" if at else text
