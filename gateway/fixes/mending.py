"""Mending: the chosen fixes, one after the other, each on the octets that the one before it made.

Rules of this file: pure; never raises. Every step is read again as a whole mail, so that no fix stands on places that
another has moved. What vouched for the old octets goes once anything has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from gateway.checks.mask import Mask
from gateway.fixes.diff import changes_of, reply_of, shown_of
from gateway.fixes.fields import signatures
from gateway.fixes.leaves import refusal, splice
from gateway.fixes.model import (
    BLANK_PASSWORD,
    COVER_NOTE,
    DUMP_LIST,
    FIXES,
    GREETING,
    Change,
    Mended,
    Reason,
    Unmendable,
)
from gateway.fixes.passwords import blank_passwords
from gateway.fixes.secrets import secrets_of
from gateway.fixes.step import Step
from gateway.fixes.templates import fold_dump, greet, note
from gateway.fixes.transfer import ByteEdit
from gateway.mail import Octets
from gateway.policy import PolicySet
from gateway.reading.model import AgentReply
from gateway.reading.structure import scan

Apply = Callable[[bytes, AgentReply, PolicySet], Step]

_APPLY: Mapping[str, Apply] = MappingProxyType(
    {
        BLANK_PASSWORD: blank_passwords,
        DUMP_LIST: fold_dump,
        COVER_NOTE: note,
        GREETING: greet,
    }
)
_TEMPLATES = frozenset({COVER_NOTE, DUMP_LIST})


def mend(octets: Octets, choices: Iterable[str], policies: PolicySet) -> Mended:
    """Apply fixes by name. The order is ours; a name that comes twice counts once."""
    chosen = tuple(dict.fromkeys(choices))
    unmendable = [Unmendable(name, "", Reason.UNKNOWN) for name in chosen if name not in _APPLY]
    now = bytes(octets)
    reply = reply_of(now, policies)
    mask = Mask(secrets_of(reply, policies))
    changes: list[Change] = []
    removed: list[str] = []
    for name in (name for name in FIXES if name in chosen and name in _APPLY):
        if reason := refusal(reply):
            unmendable.append(Unmendable(name, "", reason))
            continue
        step = _APPLY[name](now, reply, policies)
        unmendable += step.unmendable
        removed += step.removed
        after = reply_of(step.octets, policies)
        changes += changes_of(name, shown_of(reply, mask), shown_of(after, mask), to_fill=name in _TEMPLATES)
        now, reply = step.octets, after
    return vouched(octets, Mended(now, tuple(changes), tuple(unmendable), tuple(removed)))


def vouched(old: Octets, mended: Mended) -> Mended:
    """Take out the fields that vouched for the octets as they were, where these have changed, and say which."""
    octets = mended.octets
    gone = signatures(octets, scan(octets).root) if octets != old else []
    names = (octets[place.start : place.value - 1].decode("latin-1").strip() for place in gone)
    return replace(
        mended,
        octets=splice(octets, (ByteEdit(place.start, place.end, b"") for place in gone)),
        removed=tuple(dict.fromkeys((*mended.removed, *names))),
    )
