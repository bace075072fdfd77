"""What a notice is made from: policies' words, the times of a hold, and who reads.

Rules of this file: frozen values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PolicyText:
    """What a policy says to people: language → words."""

    title: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    advice: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What the clock does to a held reply, in UTC, if nobody acts."""

    remind_at: datetime
    escalate_at: datetime
    give_back_at: datetime


class Reader(StrEnum):
    """Who reads a letter of ours."""

    AGENT = "agent"
    TEAM = "team"
    TICKET = "ticket"
    """Everybody who may see the ticket's internal notes."""
    FALLBACK = "fallback"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Addressee:
    """A mailbox, and who reads it."""

    to: str
    reader: Reader
