"""What inspecting means: is a mail harmless by shape, what is it, and what is said when it could not be inspected.

Rules of this file: no I/O but a clock for the timings. It ties the pure rooms to one policy set; who runs it, and
where, is the business of its neighbours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway import policy
from gateway.mail import Envelope, Octets
from gateway.policy import PolicySet
from gateway.reading.headers import quick_facts
from gateway.reading.structure import scan
from gateway.verdict import Inspection

INLINE_OCTETS = 64 * 1024
"""A larger mail is not even scanned on the event loop."""


class Reason(StrEnum):
    """Why a mail could not be inspected: never the text of an exception, which may quote the mail."""

    DEADLINE = "reading it took longer than the deadline"
    MEMORY = "reading it took more memory than the limit"
    CRASH = "reading it made the reader crash"


@dataclass(frozen=True, slots=True)
class Judge:
    """Inspection as three functions over one policy set."""

    harmless: Callable[[Octets], bool]
    """Whether reading costs little, whatever the mail says."""
    inspect: Callable[[Octets, Envelope], Inspection]
    """Read and judge; may take long, eat memory or raise."""
    give_up: Callable[[Octets, Envelope, Reason], Inspection]
    """The finding `could-not-inspect`, with what the header tells cheaply. Does not raise."""


def is_harmless(octets: Octets) -> bool:
    """Tell by size, then by structure."""
    return len(octets) <= INLINE_OCTETS and scan(octets).harmless


def judge_by(policies: PolicySet, agent_header: str = "") -> Judge:
    """Tie reading and judging to a policy set."""

    def inspect(octets: Octets, envelope: Envelope) -> Inspection:
        return policy.inspect(octets, envelope, policies, agent_header, clock=time.perf_counter_ns)

    def give_up(octets: Octets, envelope: Envelope, reason: Reason) -> Inspection:
        facts = quick_facts(octets)
        automatic = facts.automatic or not envelope.reverse_path
        return policy.could_not_inspect(policies, replace(facts, automatic=automatic), reason)

    return Judge(is_harmless, inspect, give_up)
