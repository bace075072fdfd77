"""Replies by hand for the judging room, and what its checks and policies make of them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.utils import getaddresses, parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from gateway.checks import CHECKS
from gateway.mail import Envelope, Recipient
from gateway.policy import AppliesTo, PolicySet, inspect
from gateway.policyfiles import BUILTIN, load
from gateway.reading.model import AgentReply, Line, Mailbox, Role, Text
from gateway.verdict import Inspection, PolicyStatus, Seen

ENVELOPE = Envelope("anna@example.com", (), (Recipient("maija@example.org"),))


@cache
def builtin() -> PolicySet:
    return load([BUILTIN], Path())


@cache
def enforced() -> PolicySet:
    """The builtin policies as cases see them: all enforced."""
    policies = builtin()
    return replace(policies, policies=tuple(replace(p, status=PolicyStatus.ENFORCED) for p in policies.policies))


def lines(text: str, part: str = "1", role: Role = Role.BODY) -> tuple[Line, ...]:
    """Lines as reading makes them: blank ones are left out and leave a gap in the numbers."""
    numbered = enumerate(text.split("\n"), start=1)
    return tuple(Line(one, part, number, role=role) for number, one in numbered if one.strip())


def reply(text: str, language: str = "en", **more: Any) -> AgentReply:
    """A reply of one plain body, or of the `texts` given."""
    known: dict[str, Any] = {
        "texts": (Text("1", html=False, lines=lines(text)),),
        "language": language,
        "from_": (Mailbox("Anna Korhonen", "anna@example.com"),),
        "to": (Mailbox("Maija Virtanen", "maija@example.org"),),
    }
    return AgentReply(**(known | more))


def look(check: str, seen_in: AgentReply, params: Mapping[str, Any] | None = None) -> tuple[Seen, ...]:
    """What a check sees in a reply."""
    entry = CHECKS[check]
    return tuple(entry.run(seen_in, entry.params.model_validate(params or {}), builtin().resources))


def mail(text: str, subject: str = "Hello", *fields: str) -> bytes:
    head = (
        "From: Anna Korhonen <anna@example.com>",
        "To: Maija Virtanen <maija@example.org>",
        f"Subject: {subject}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        *fields,
    )
    return ("\r\n".join(head) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()


def judged(octets: bytes, policies: PolicySet | None = None, envelope: Envelope | None = None) -> Inspection:
    """Judge a mail, with the envelope that its header tells where none is given."""
    return inspect(octets, envelope or envelope_of(octets), policies or enforced())


def envelope_of(octets: bytes) -> Envelope:
    header = message_from_bytes(octets)
    recipients = [address for _, address in getaddresses(header.get_all("to", []) + header.get_all("cc", []))]
    return Envelope(parseaddr(header.get("from", ""))[1], (), tuple(map(Recipient, recipients)))


def only(policy_id: str, **changes: Any) -> PolicySet:
    """One builtin policy alone, changed."""
    policies = enforced()
    return replace(policies, policies=(replace(policies[policy_id], **changes),))


def applying(policy_id: str, **conditions: Any) -> PolicySet:
    return only(policy_id, applies_to=AppliesTo(**conditions))


def found(inspection: Inspection) -> set[str]:
    return {finding.policy for finding in inspection.verdict.findings}


def every_text(inspection: Inspection) -> Iterable[str]:
    """Every text of an inspection that people or logs get to see."""
    for finding in inspection.verdict.findings:
        yield finding.excerpt
        yield from (fix.preview for fix in finding.fixes)
    facts = inspection.facts
    yield from (facts.subject, facts.from_name, facts.agent_field, *facts.sign_off)
    yield repr(inspection)
