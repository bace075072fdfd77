"""Values into the JSON of a column and back.

Rules of this file: pure; ASCII only in the columns, so that a lone surrogate (an octet beyond UTF-8) or a NUL comes
back as it was on every database.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gateway.entry import timestamp
from gateway.hold import Hold, HoldState
from gateway.mail import Envelope, Recipient
from gateway.status import Status
from gateway.verdict import Disposition, Finding, Fix, PolicyStatus, ReleaseBy, Where


def dumps(value: object) -> str:
    """JSON in ASCII without white space."""
    return json.dumps(value, separators=(",", ":"))


def moment(text: str) -> datetime:
    """Read what `timestamp` wrote."""
    return datetime.fromisoformat(text)


def envelope_text(envelope: Envelope) -> str:
    """Write an envelope with its parameters."""
    return dumps(asdict(envelope))


def envelope(text: str) -> Envelope:
    """Read what `envelope_text` wrote."""
    return _envelope(json.loads(text))


def status_text(status: Status | None) -> str:
    """A status, or "" for none yet."""
    return dumps([status.code, status.lines]) if status else ""


def status(text: str) -> Status | None:
    """Read what `status_text` wrote."""
    if not text:
        return None
    code, lines = json.loads(text)
    return Status(code, tuple(lines))


def hold_text(hold: Hold) -> str:
    """What never changes of a hold; its state and who moved it have columns of their own."""
    value = asdict(hold)
    value["held_at"] = timestamp(hold.held_at)
    for name in ("id", "state", "mended", "acted_by", "acted_at", "reason", "same", "whole"):
        del value[name]
    return dumps(value)


def acted_text(actor: str, at: datetime, reason: str) -> str:
    """Who moved a hold, when and why."""
    return dumps({"by": actor, "at": timestamp(at), "reason": reason})


def hold(row: Any) -> Hold:  # noqa: ANN401 - a row of `holds`, whose columns SQLAlchemy does not type
    """Make a hold of its row."""
    value = json.loads(row.record)
    acted = json.loads(row.acted) if row.acted else {}
    value["held_at"] = moment(value["held_at"])
    value["envelope"] = _envelope(value["envelope"])
    value["findings"] = tuple(_finding(one) for one in value["findings"])
    value["release_by"] = ReleaseBy(value["release_by"])
    return Hold(
        id=row.id,
        same=row.same,
        whole=row.whole,
        state=HoldState(row.state),
        mended=bool(row.mended),
        acted_by=acted.get("by", ""),
        acted_at=moment(acted["at"]) if acted else None,
        reason=acted.get("reason", ""),
        **value,
    )


def _envelope(value: dict[str, Any]) -> Envelope:
    recipients = tuple(Recipient(one["address"], tuple(one["parameters"])) for one in value["recipients"])
    return Envelope(value["reverse_path"], tuple(value["parameters"]), recipients)


def _finding(value: dict[str, Any]) -> Finding:
    return Finding(
        policy=value["policy"],
        check=value["check"],
        status=PolicyStatus(value["status"]),
        disposition=Disposition(value["disposition"]),
        where=Where(**value["where"]),
        excerpt=value["excerpt"],
        fixes=tuple(Fix(**fix) for fix in value["fixes"]),
    )
