"""Policies at work: what each check saw becomes findings, and the findings a verdict.

Rules of this file: pure; no clock (it is passed in), file, socket or logger. A found secret ends here: `judge` masks it
in every text that goes on. A check that raises is a finding of its own, which names the check and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import re2

from gateway.checks import CHECKS
from gateway.checks.check import Check, Params
from gateway.checks.mask import Mask, excerpt
from gateway.lexicon import Resources
from gateway.mail import Envelope, Octets
from gateway.reading.message import read
from gateway.reading.model import AgentReply, Attachment, Line, Text
from gateway.reading.reply import agent_reply
from gateway.verdict import (
    Disposition,
    Finding,
    Fix,
    Inspection,
    OnTimeout,
    PolicyStatus,
    ReleaseBy,
    ReplyFacts,
    Seen,
    Timings,
    Verdict,
    Where,
)

COULD_NOT_INSPECT = "could-not-inspect"
PLAINTEXT_PASSWORD = "plaintext-password"  # noqa: S105  # the name of a check, no password
FINDINGS_OF_A_CHECK = 100
"""More places than that help nobody; the secrets of all of them are masked all the same."""
_FACT_LINES = 20
_FACT_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """Which mail a policy looks at; all that is given must match."""

    recipients: tuple[str, ...] = ()
    """Globs in lower case; any recipient may match any of them."""
    senders: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    auto_submitted: bool | None = None
    header: tuple[tuple[str, Any], ...] = ()
    """Field name and compiled RE2 pattern; any value of that name may match."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as YAML says it."""

    id: str
    title: str
    why: str
    check: str
    disposition: Disposition
    advice: Mapping[str, str]
    """Language → what the agent may do."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Language → title, for notices."""
    whys: Mapping[str, str] = field(default_factory=dict)
    status: PolicyStatus = PolicyStatus.ENFORCED
    params: Params = field(default_factory=Params)
    applies_to: AppliesTo = field(default_factory=AppliesTo)
    release_by: ReleaseBy = ReleaseBy.AGENT
    on_timeout: OnTimeout = OnTimeout.RETURN
    false_positives: tuple[str, ...] = ()
    file: str = ""
    """Where it was read from, for people."""


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies in force and the word lists they are judged with."""

    policies: tuple[Policy, ...] = ()
    resources: Resources = field(default_factory=Resources)
    digest: str = ""

    def __getitem__(self, policy_id: str) -> Policy:
        """The policy of that id. Raises KeyError."""
        for policy in self.policies:
            if policy.id == policy_id:
                return policy
        raise KeyError(policy_id)


def header_pattern(pattern: str) -> Any:  # noqa: ANN401  # RE2 has no types
    """Compile a pattern of `applies_to.header`. Raises ValueError with what RE2 does not take."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        raise ValueError(
            f"RE2 does not take the pattern: {reason.decode() if isinstance(reason, bytes) else reason}"
        ) from None


def _no_clock() -> int:
    return 0


def inspect(
    octets: Octets,
    envelope: Envelope,
    policies: PolicySet,
    agent_header: str = "",
    clock: Callable[[], int] = _no_clock,
) -> Inspection:
    """Read a mail and judge it. `clock` counts nanoseconds; without one no timings are taken."""
    began = clock()
    reply = agent_reply(read(octets), policies.resources)
    was_read = clock()
    facts = facts_of(reply, envelope, agent_header)
    verdict, facts = judge(reply, facts, envelope, policies)
    return Inspection(verdict, facts, Timings((was_read - began) // 1000, (clock() - was_read) // 1000))


def warm(policies: PolicySet) -> None:
    """Let every check compile what it compiles once, so that no mail waits for it; later forks inherit it."""
    lines = tuple(Line("PASSWORD 12 AB12", "1", number) for number in range(1, 4))
    sample = AgentReply(texts=(Text("1", html=False, lines=lines),), attachments=(Attachment("2", "a", "b/c", 1),))
    for policy in policies.policies:
        for _ in CHECKS[policy.check].run(sample, policy.params, policies.resources):
            pass


def facts_of(reply: AgentReply, envelope: Envelope, agent_header: str = "") -> ReplyFacts:
    """What the way needs to know of a reply. Secrets are not masked yet: `judge` does it."""
    lines = (*reply.sign_off, *reply.signature)[:_FACT_LINES]
    people = (*reply.to, *reply.cc, *reply.bcc)
    agent_field = next(iter(reply.field_values(agent_header)), "") if agent_header else ""
    return ReplyFacts(
        message_id=reply.message_id,
        subject=reply.subject.text,
        header_from=tuple(mailbox.address for mailbox in reply.from_ if mailbox.address),
        header_recipients=tuple(mailbox.address for mailbox in people if mailbox.address),
        from_name=reply.from_[0].name if reply.from_ else "",
        sign_off=tuple(line.text for line in lines),
        agent_field=agent_field,
        language=reply.language,
        automatic=reply.automatic or not envelope.reverse_path,
        bulk=reply.bulk,
        defects=reply.defects,
    )


def judge(reply: AgentReply, facts: ReplyFacts, envelope: Envelope, policies: PolicySet) -> tuple[Verdict, ReplyFacts]:
    """Run every policy that applies. Returns the verdict and the facts, both without any secret that was found."""
    applying = [policy for policy in policies.policies if _applies(policy, reply, facts, envelope)]
    seen, crashed = _look(applying, reply, policies.resources)
    mask = Mask(secret for one in seen.values() for sight in one for secret in sight.secrets)
    findings: list[Finding] = []
    clean: list[str] = []
    for policy in applying:
        sights = seen.get(policy.id, ())
        findings += [_finding(policy, sight, mask) for sight in sights[:FINDINGS_OF_A_CHECK]]
        if not sights and policy.check not in crashed:
            clean.append(policy.id)
    findings += [_own_finding(policies, f"the check {name} failed") for name in crashed]
    if crashed and any(policy.id == COULD_NOT_INSPECT for policy in applying):
        clean = [policy_id for policy_id in clean if policy_id != COULD_NOT_INSPECT]
    facts = replace(facts, subject="") if PLAINTEXT_PASSWORD in crashed else facts
    return _verdict(findings, clean, policies), _masked(facts, mask)


def could_not_inspect(policies: PolicySet, facts: ReplyFacts, reason: str) -> Inspection:
    """The inspection of a mail that could not be read or judged: one finding, by the policy of that name.

    `reason` is ours: a deadline, a limit, a crash; never an exception's text. What the header tells is searched for
    passwords, since nothing else was.
    """
    spoken = AgentReply(
        subject=Line(facts.subject, "header:Subject", 1),
        texts=tuple(Text("", html=False, lines=(Line(text, "", 1),)) for text in (facts.from_name, *facts.sign_off)),
    )
    sights: list[Seen] = []
    try:
        for policy in policies.policies:
            if policy.check == PLAINTEXT_PASSWORD and policy.status is not PolicyStatus.OFF:
                sights += CHECKS[policy.check].run(spoken, policy.params, policies.resources)
        masked = _masked(facts, Mask(secret for sight in sights for secret in sight.secrets))
    except Exception:  # noqa: BLE001  # whatever it is, its text may quote the mail
        masked = replace(facts, subject="", from_name="", agent_field="", sign_off=())
    return Inspection(_verdict([_own_finding(policies, reason)], [], policies), masked)


def _applies(policy: Policy, reply: AgentReply, facts: ReplyFacts, envelope: Envelope) -> bool:
    wanted = policy.applies_to
    if policy.status is PolicyStatus.OFF:
        return False
    if wanted.auto_submitted is None:
        if CHECKS[policy.check].courtesy and (facts.automatic or facts.bulk):
            return False
    elif wanted.auto_submitted != facts.automatic:
        return False
    if wanted.language and reply.language not in wanted.language:
        return False
    if wanted.recipients and not _globs(wanted.recipients, envelope.addresses or facts.header_recipients):
        return False
    if wanted.senders and not _globs(wanted.senders, facts.header_from or (envelope.reverse_path,)):
        return False
    return all(any(_shows(rx, value) for value in reply.field_values(name)) for name, rx in wanted.header)


def _globs(globs: Iterable[str], addresses: Sequence[str]) -> bool:
    return any(fnmatchcase(address.lower(), glob) for glob in globs for address in addresses)


def _look(
    applying: Iterable[Policy], reply: AgentReply, resources: Resources
) -> tuple[dict[str, tuple[Seen, ...]], tuple[str, ...]]:
    """What each policy's check saw, by policy id, and the names of the checks that raised."""
    seen: dict[str, tuple[Seen, ...]] = {}
    crashed: dict[str, None] = {}
    for policy in applying:
        check: Check = CHECKS[policy.check]
        try:
            seen[policy.id] = tuple(check.run(reply, policy.params, resources))
        except Exception:  # noqa: BLE001  # a check's bug is a finding, never a lost mail; its text may quote a secret
            crashed[policy.check] = None
    return seen, tuple(crashed)


def _finding(policy: Policy, sight: Seen, mask: Mask) -> Finding:
    return Finding(
        policy=policy.id,
        check=policy.check,
        status=policy.status,
        disposition=policy.disposition,
        where=sight.where,
        excerpt=excerpt(mask(sight.excerpt)),
        fixes=tuple(Fix(fix.name, mask(fix.preview)) for fix in sight.fixes),
    )


def _own_finding(policies: PolicySet, reason: str) -> Finding:
    """Never a silent pass: without a policy of that name it holds; one that is off still shows it."""
    status, disposition = PolicyStatus.ENFORCED, Disposition.HOLD
    for policy in policies.policies:
        if policy.id == COULD_NOT_INSPECT:
            off = policy.status is PolicyStatus.OFF
            status, disposition = PolicyStatus.TRIAL if off else policy.status, policy.disposition
    return Finding(COULD_NOT_INSPECT, COULD_NOT_INSPECT, status, disposition, Where(""), excerpt(reason))


def _verdict(findings: Iterable[Finding], clean: Iterable[str], policies: PolicySet) -> Verdict:
    """The maximum over the enforced findings, and the strictest release among those that hold."""
    findings = tuple(findings)
    enforced = [finding for finding in findings if finding.status is PolicyStatus.ENFORCED]
    holding = {finding.policy for finding in enforced if finding.disposition is Disposition.HOLD}
    says = [policy for policy in policies.policies if policy.id in holding]
    strict = any(policy.release_by is ReleaseBy.REVIEWER for policy in says)
    lets_go = len(says) == len(holding) > 0 and all(policy.on_timeout is OnTimeout.RELEASE for policy in says)
    return Verdict(
        disposition=max((finding.disposition for finding in enforced), default=Disposition.PASS),
        findings=findings,
        clean=tuple(clean),
        release_by=ReleaseBy.REVIEWER if strict else ReleaseBy.AGENT,
        on_timeout=OnTimeout.RELEASE if lets_go else OnTimeout.RETURN,
    )


def _masked(facts: ReplyFacts, mask: Mask) -> ReplyFacts:
    """Addresses and the Message-ID stay as they are: who is told of the mail, and which mail it is, depends on them."""
    return replace(
        facts,
        subject=_short(mask(facts.subject)),
        from_name=_short(mask(facts.from_name)),
        sign_off=tuple(_short(mask(line)) for line in facts.sign_off),
        agent_field=_short(mask(facts.agent_field)),
    )


def _short(text: str) -> str:
    return text[:_FACT_CHARACTERS]


def _shows(pattern: Any, value: str) -> bool:  # noqa: ANN401  # RE2 has no types
    """RE2 takes no lone surrogates; they stand for octets that are no UTF-8."""
    return pattern.search(value.encode("utf-8", "replace").decode()) is not None
