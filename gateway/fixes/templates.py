"""`greeting`, `cover-note`, `dump-list`: words of ours put into the agent's text.

Rules of this file: pure. Each fix finds its place as its check found the fault, and does nothing where there is none.
"""

from __future__ import annotations

from typing import TypeVar

from gateway.checks import CHECKS
from gateway.checks.attachments import AttachmentOnly, enclosed_in
from gateway.checks.check import Params, language_for, phrase
from gateway.checks.cover import DUMP_LIST as DUMP_WORDS
from gateway.checks.cover import cover_note
from gateway.checks.salutation import salutation
from gateway.checks.shape import UppercaseDump, prints
from gateway.fixes.model import COVER_NOTE, DUMP_LIST, GREETING, Reason, Unmendable
from gateway.fixes.step import Step
from gateway.fixes.texts import Source, written, written_in
from gateway.fixes.transfer import Edit
from gateway.policy import PolicySet
from gateway.reading.model import FRESH, AgentReply, Line, Role, Text
from gateway.verdict import PolicyStatus

Form = TypeVar("Form", bound=Params)
_THREAD = frozenset({Role.QUOTED, Role.ATTRIBUTION})


def greet(octets: bytes, reply: AgentReply, policies: PolicySet) -> Step:
    """Put a salutation on top of the fresh text, in every alternative that has none."""
    words = [salutation(reply, policies.resources)]
    texts = written_in(reply)
    if reply.greeting or not words[0]:
        return _nothing(octets, GREETING)
    if not texts:
        return Step(octets, (Unmendable(GREETING, "", Reason.NO_TEXT),))

    def write(text: Text, source: Source) -> list[Edit]:
        line = _begins(text, policies)
        return source.above(line.line, words) if line else []

    step = written(GREETING, octets, texts, write)
    return step if step.octets != octets or step.unmendable else _nothing(octets, GREETING)


def note(octets: bytes, reply: AgentReply, policies: PolicySet) -> Step:
    """Put a line that names the attachments below the salutation, or on top where there is none."""
    params = _params(policies, "attachment-only", AttachmentOnly)
    enclosed = enclosed_in(reply, params)
    texts = written_in(reply)
    if not enclosed:
        return _nothing(octets, COVER_NOTE)
    if not texts:
        return Step(octets, (Unmendable(COVER_NOTE, "", Reason.NO_TEXT),))
    words = [cover_note(reply, enclosed, policies.resources)]

    def write(text: Text, source: Source) -> list[Edit]:
        greeting = [line for line in text.lines if line.role is Role.GREETING and line.depth == 0]
        if greeting:
            return source.below(greeting[-1].line, words)
        markers = (line for line in text.lines if line.role is not Role.MARKER)
        first = next((line for line in text.fresh), None) or next(markers, None)
        if first:
            return source.above(first.line, words)
        return source.below(text.lines[-1].line, words) if text.lines else source.on_top(words)

    return written(COVER_NOTE, octets, texts, write)


def fold_dump(octets: bytes, reply: AgentReply, policies: PolicySet) -> Step:
    """Put a list to fill in place of each print."""
    least = _params(policies, "uppercase-dump", UppercaseDump).min_lines
    language = language_for(reply, policies.resources)
    words = phrase(policies.resources, language, DUMP_WORDS).split("\n")

    def write(text: Text, source: Source) -> list[Edit]:
        found = prints(text.lines, least, policies.resources)
        return [edit for run in found for edit in source.replace(run.first.line, run.last.line, words)]

    step = written(DUMP_LIST, octets, reply.texts, write)
    return step if step.octets != octets or step.unmendable else _nothing(octets, DUMP_LIST)


def _nothing(octets: bytes, fix: str) -> Step:
    return Step(octets, (Unmendable(fix, "", Reason.NOTHING),))


def _begins(text: Text, policies: PolicySet) -> Line | None:
    """The line that the salutation belongs above: the first of the matter, or of answers between quoted lines."""
    spoken = [line for line in text.lines if line.role in FRESH and any(map(str.isalpha, line.text))]
    run = next(prints(text.lines, UppercaseDump().min_lines, policies.resources), None)
    first = spoken[0] if spoken else run.first if run else None
    if first is None:
        return None
    above = [line for line in text.lines[: text.lines.index(first)] if line.role in _THREAD]
    below = [line for line in text.lines[text.lines.index(first) :] if line.role in _THREAD]
    return above[0] if above and below else first


def _params(policies: PolicySet, check: str, form: type[Form]) -> Form:
    """The parameters of the first policy of a check, else the check's own."""
    for policy in policies.policies:
        if policy.check == check and policy.status is not PolicyStatus.OFF and isinstance(policy.params, form):
            return policy.params
    assert CHECKS[check].params is form
    return form()
