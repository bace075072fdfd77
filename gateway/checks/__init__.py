"""The judging room's table of checks. A check is one function in one file, and one line here.

Rules of this room: pure; no await, clock, file, socket or global. A check says what it saw; policies say what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gateway.checks.attachments import AttachmentOnly, attachment_only
from gateway.checks.check import Check
from gateway.checks.courtesy import missing_greeting
from gateway.checks.ourselves import could_not_inspect, encrypted
from gateway.checks.secrets import PlaintextPassword, plaintext_password
from gateway.checks.shape import UppercaseDump, uppercase_dump

_TABLE = (
    Check("plaintext-password", plaintext_password, PlaintextPassword, courtesy=False),
    Check("attachment-only", attachment_only, AttachmentOnly),
    Check("uppercase-dump", uppercase_dump, UppercaseDump),
    Check("missing-greeting", missing_greeting),
    Check("encrypted", encrypted),
    Check("could-not-inspect", could_not_inspect, courtesy=False),
)

CHECKS: Mapping[str, Check] = MappingProxyType({check.name: check for check in _TABLE})
"""Every check by the name that policies use."""
