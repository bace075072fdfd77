"""What inspecting means: is a mail harmless by shape, what is it, and what is said when it could not be inspected.

Beside it stand the other things that are done with octets of unknown kind: an answer to a notice is heard, a held mail
is mended.

Rules of this file: no I/O but a clock for the timings. It ties the pure rooms to one policy set; who runs it, and
where, is the business of its neighbours.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway import fixes, orders, policy
from gateway.hold import Mended
from gateway.lexicon import Resources
from gateway.mail import Envelope, Octets
from gateway.orders import Heard, Remade, Unmade
from gateway.policy import PolicySet
from gateway.reading.headers import quick_facts
from gateway.reading.structure import scan
from gateway.verdict import Inspection

INLINE_OCTETS = 64 * 1024
"""A larger mail is not even scanned on the event loop."""


_WARM_UP = b"""From: Aino Neuvonen <aspa@support.example>\r
To: Liisa Asiakas <liisa@customer.example>\r
Subject: Re: order 1\r
Content-Type: multipart/mixed; boundary=mixed\r
\r
--mixed\r
Content-Type: multipart/alternative; boundary=alternative\r
\r
--alternative\r
\r
Hello Liisa,\r
\r
your user name is liisa; the password is the one that you chose. Please see the attachment.\r
\r
Best regards\r
Aino Neuvonen\r
\r
Liisa Asiakas wrote:\r
> Hello, where is my order?\r
--alternative\r
Content-Type: text/html\r
\r
<p>Hello Liisa,</p><p>your order is on its way.</p><table><tr><td>a</td></tr></table>\r
--alternative--\r
--mixed\r
Content-Type: text/plain; name=order.txt\r
Content-Disposition: attachment; filename=order.txt\r
\r
ORDER 1\r
--mixed--\r
"""


class Reason(StrEnum):
    """Why a mail could not be inspected: never the text of an exception, which may quote the mail."""

    DEADLINE = "reading it took longer than the deadline"
    MEMORY = "reading it took more memory than the limit"
    CRASH = "reading it made the reader crash"


Answer = Inspection | Heard | Remade
"""What comes back of an inspection process that was not ended by a mail."""


def _hear(octets: Octets) -> Heard:
    return orders.hear(octets, Resources())


def _mend_nothing(octets: Octets, _: Envelope, fixes: Sequence[str]) -> Remade:
    """Where a judge has no fixes, none fits."""
    return orders.unmended(octets, fixes)


@dataclass(frozen=True, slots=True)
class Judge:
    """Inspection, and what else is done with octets, as functions over one policy set."""

    harmless: Callable[[Octets], bool]
    """Whether reading costs little, whatever the mail says."""
    inspect: Callable[[Octets, Envelope], Inspection]
    """Read and judge; may take long, eat memory or raise."""
    give_up: Callable[[Octets, Envelope, Reason], Inspection]
    """The finding `could-not-inspect`, with what the header tells cheaply. Does not raise."""
    hear: Callable[[Octets], Heard] = _hear
    """Read an answer to a notice; as `inspect`."""
    mend: Callable[[Octets, Envelope, Sequence[str]], Remade] = _mend_nothing
    """Make fixes by name, and judge what comes of it; as `inspect`."""


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

    with contextlib.suppress(Exception):  # what fails here fails with every mail, and is said there
        inspect(_WARM_UP, Envelope("aspa@support.example"))  # word lists are compiled once, before anybody forks

    def hear(octets: Octets) -> Heard:
        return orders.hear(octets, policies.resources)

    def mend(octets: Octets, envelope: Envelope, names: Sequence[str]) -> Remade:
        return _remade(octets, fixes.mend(octets, names, policies), lambda new: inspect(new, envelope))

    return Judge(is_harmless, inspect, give_up, hear, mend)


def _remade(old: Octets, made: fixes.Mended, inspect: Callable[[bytes], Inspection]) -> Remade:
    """What came of a fix, judged again unless nothing did."""
    unmade = tuple(Unmade(one.fix, one.reason.name.lower()) for one in made.unmendable)
    to_fill = tuple(dict.fromkeys(change.fix for change in made.changes if change.to_fill))
    if made.octets == old:
        return Remade(orders.unmended(old, ()).mended, unmade)
    inspection = inspect(made.octets)
    verdict, names = inspection.verdict, dict.fromkeys(change.fix for change in made.changes)
    mended = Mended(
        octets=made.octets,
        fixes=tuple(names),
        findings=verdict.findings,
        subject=inspection.facts.subject,
        release_by=verdict.release_by,
        on_timeout=verdict.on_timeout,
        removed=made.removed,
    )
    return Remade(mended, unmade, to_fill)
