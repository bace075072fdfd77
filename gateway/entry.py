"""A log entry before it is chained: what happened, to which mail, by whom.

Rules of this file: frozen values only; no I/O. The octets of an entry are final when they are made: they are stored and
hashed as they are and never re-serialised. docs/policy-log.md describes the form for a stranger who verifies it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

FACTS_DOMAIN = b"saate personal part 1\n"
"""Domain separation of the hash over a salt and a personal part."""


class EntryType(StrEnum):
    """The closed set of what the policy log records."""

    JUDGED = "judged"
    """A mail was read and judged; durable before the next hop sees the end of its data."""
    DISPOSED = "disposed"
    """What became of it: the next hop's answer, or the hold."""
    NOTICED = "noticed"
    """A hold notice was delivered, or given up."""
    REMINDED = "reminded"
    """Nobody had acted: the agent was told again."""
    ESCALATED = "escalated"
    """Nobody had acted: somebody else was told."""
    ASKED = "asked"
    """An agent asked a reviewer to release."""
    FIXED = "fixed"
    """A held mail was mended: the old and the new hash."""
    DENIED = "denied"
    """Somebody tried what she may not do."""
    RETURNED = "returned"
    """Nobody had acted: the reply went back to the agent."""
    ERASED = "erased"
    """Octets or records were taken away, by retention or for a person."""
    KEY_ROTATED = "key-rotated"
    RELEASED = "released"
    DISCARDED = "discarded"
    DELIVERED = "delivered"
    """A released mail was taken by the next hop."""
    BOUNCED = "bounced"
    """A released mail was refused by the next hop, or given up."""
    POLICIES_LOADED = "policies-loaded"
    STARTED = "started"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `facts` may be kept for ever; `personal` can be erased and leaves its hash."""

    type: EntryType
    at: datetime
    """UTC, aware; written with microseconds."""
    mail_id: str = ""
    actor: str = "saate"
    """Who did it: `saate`, or the operator's name."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """JSON values: domains, sizes, language, findings without excerpts, the policies that found nothing, timings."""
    personal: Mapping[str, Any] = field(default_factory=dict)
    """JSON values: addresses, subject, Message-ID, excerpts."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Mapping[str, Any]) -> bytes:
    """Canonical JSON: UTF-8, keys sorted, no white space, no NaN."""
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds: `2026-11-02T08:00:00.000000Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def personal_hash(salt: bytes, personal: bytes) -> str:
    """SHA-256 over the domain, 32 random octets and the personal part, hexadecimal."""
    return hashlib.sha256(FACTS_DOMAIN + salt + personal).hexdigest()
