"""The values that the check finds in a mail, found again: nothing keeps them between judging and mending.

Rules of this file: pure; what comes out is never shown, only searched for and masked.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.checks import CHECKS
from gateway.policy import PLAINTEXT_PASSWORD, PolicySet
from gateway.reading.model import AgentReply
from gateway.verdict import PolicyStatus, Seen


def sights_of(reply: AgentReply, policies: PolicySet) -> Iterator[Seen]:
    """What every policy that looks for passwords sees; by the check's own parameters where there is none."""
    check = CHECKS[PLAINTEXT_PASSWORD]
    looking = [one for one in policies.policies if one.check == check.name and one.status is not PolicyStatus.OFF]
    for params in [one.params for one in looking] or [check.params()]:
        yield from check.run(reply, params, policies.resources)


def secrets_of(reply: AgentReply, policies: PolicySet) -> tuple[str, ...]:
    """Every form of every value, each once."""
    return tuple(dict.fromkeys(secret for sight in sights_of(reply, policies) for secret in sight.secrets))
