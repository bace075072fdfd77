"""Two checks about ourselves: what is encrypted, and what could not be read.

Rules of this file: pure. Encryption is a fact, not a failure; an attachment beyond the limits is a failure of ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.checks.check import Params
from gateway.lexicon import Resources
from gateway.reading.model import AgentReply
from gateway.verdict import Seen, Where

_NAMES = {"smime": "S/MIME", "pgp": "OpenPGP"}
_LIMITS = {
    "long-text": "one of its texts is longer than is read",
    "too-many-parts": "it has more parts than are read",
    "nested-too-deep": "its parts are nested deeper than is read",
}
"""Defects that mean: there is more, and nobody looked at it. Of a long attachment the beginning does."""


def encrypted(reply: AgentReply, _params: Params, _resources: Resources) -> Iterator[Seen]:
    """S/MIME and OpenPGP bodies, encrypted PDF and zip attachments."""
    if reply.encrypted:
        yield Seen(Where(""), f"the body is encrypted ({_NAMES.get(reply.encrypted, reply.encrypted)})")
    for attachment in reply.attachments:
        if attachment.encrypted:
            yield Seen(Where(attachment.part), f"the attachment {attachment.name or attachment.type} is encrypted")


def could_not_inspect(reply: AgentReply, _params: Params, _resources: Resources) -> Iterator[Seen]:
    """What lies beyond the limits, in the mail or in an attachment. Crash and deadline are told by `policy`."""
    for defect in reply.defects:
        if defect in _LIMITS:
            yield Seen(Where(""), _LIMITS[defect])
    for attachment in reply.attachments:
        if attachment.unreadable:
            name = attachment.name or attachment.type
            yield Seen(Where(attachment.part), f"the attachment {name} could not be read: {attachment.unreadable}")
