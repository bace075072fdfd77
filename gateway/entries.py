"""The log entries of one mail, and the digests by which it is known again.

Rules of this file: pure; values in, an `Entry` out. Facts hold no address, no text of the mail and no excerpt: those
stand in the personal part, which can be erased. docs/policy-log.md names every key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gateway.entry import Entry, EntryType, canonical
from gateway.mail import Envelope, Mail, domain_of
from gateway.scope import Ruling
from gateway.status import Status
from gateway.verdict import Finding, Inspection


def judged(mail: Mail, inspection: Inspection, ruling: Ruling, policy_set: str) -> Entry:
    """What was decided of a mail, before anything is done."""
    verdict, facts = inspection.verdict, inspection.facts
    return Entry(
        EntryType.JUDGED,
        mail.received_at,
        mail.id,
        facts={
            "verdict": verdict.disposition.word,
            "disposition": ruling.disposition.word,
            "scope": ruling.scope,
            "mode": ruling.mode,
            "findings": [_finding(finding) for finding in verdict.findings],
            "clean": list(verdict.clean),
            "policy_set": policy_set,
            "size": mail.size,
            "language": facts.language,
            "automatic": facts.automatic,
            "bulk": facts.bulk,
            "defects": list(facts.defects),
            "sender_domain": domain_of(mail.envelope.reverse_path),
            "recipient_domains": sorted(_domains(mail.envelope.addresses)),
            "recipients": len(mail.envelope.recipients),
            "protocol": mail.client.protocol,
            "read_us": inspection.timings.read,
            "judge_us": inspection.timings.judge,
        },
        personal={
            "client": mail.client.address,
            "helo": mail.client.helo,
            "user": mail.client.user,
            "reverse_path": mail.envelope.reverse_path,
            "recipients": list(mail.envelope.addresses),
            "message_id": facts.message_id,
            "subject": facts.subject,
            "header_from": list(facts.header_from),
            "excerpts": [finding.excerpt for finding in verdict.findings],
        },
    )


def disposed(mail: Mail, at: datetime, ruling: Ruling, answer: Status, outcome: str) -> Entry:
    """What became of a mail.

    `outcome`: `passed`, `held`, `refused` (the next hop's 5xx), `deferred` (4xx, or our own trouble) or
    `already-sent` (the same octets and envelope had their 2xx, which the client never heard).
    """
    facts = {
        "outcome": outcome,
        "disposition": ruling.disposition.word,
        "code": answer.code,
        "enhanced": answer.enhanced,
        "took_us": round((at - mail.received_at).total_seconds() * 1_000_000),
    }
    return Entry(EntryType.DISPOSED, at, mail.id, facts=facts, personal={"answer": answer.text})


def outcome_of(answer: Status) -> str:
    """Name what the next hop's answer to the end of the data came to."""
    if answer.is_success:
        return "passed"
    return "refused" if answer.is_permanent else "deferred"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "policy": finding.policy,
        "check": finding.check,
        "status": finding.status.value,
        "disposition": finding.disposition.word,
        "part": finding.where.part,
        "line": finding.where.line,
        "column": finding.where.column,
        "fixes": [fix.name for fix in finding.fixes],
    }


def _domains(addresses: Iterable[str]) -> set[str]:
    return {domain_of(address) for address in addresses}


def whole_digest(mail: Mail) -> str:
    """SHA-256 over octets and the whole envelope, hexadecimal: the same means the client sends a mail again."""
    envelope = mail.envelope
    value = {
        "octets": mail.digest,
        "from": [envelope.reverse_path, *envelope.parameters],
        "to": [[recipient.address, *recipient.parameters] for recipient in envelope.recipients],
    }
    return hashlib.sha256(b"saate whole 1\n" + canonical(value)).hexdigest()


def same_digest(digest: str, envelope: Envelope) -> str:
    """SHA-256 over octets and reverse-path, hexadecimal: servers split one mail at 50 recipients."""
    value = {"octets": digest, "from": envelope.reverse_path}
    return hashlib.sha256(b"saate same 1\n" + canonical(value)).hexdigest()
