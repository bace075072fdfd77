"""Values into the JSON of a column and back.

Rules of this file: pure; ASCII only in the columns, so that a lone surrogate (an octet beyond UTF-8) or a NUL comes
back as it was on every database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from gateway.entry import timestamp
from gateway.hold import Hold, HoldState, Override, Stage
from gateway.mail import Envelope, Recipient
from gateway.status import Status
from gateway.verdict import Disposition, Finding, Fix, OnTimeout, PolicyStatus, ReleaseBy, Where

_OWN_COLUMNS = frozenset(
    {
        *("id", "state", "stage", "clock_at", "mended", "erased", "same", "whole"),
        *("acted_by", "acted_at", "reason", "overrides"),
    }
)
_RECORD = tuple(field.name for field in fields(Hold) if field.name not in _OWN_COLUMNS)
_UNSTORABLE = dict.fromkeys((0, *range(0xD800, 0xE000)), "\N{REPLACEMENT CHARACTER}")


def dumps(value: object) -> str:
    """JSON in ASCII without white space; our frozen values become objects."""
    return _ENCODER.encode(value)


def _fields(value: Any) -> dict[str, object]:  # noqa: ANN401 - what json does not know
    # `dataclasses.asdict` copies deeply, which is most of what holding a mail costs us.
    return {name: getattr(value, name) for name in value.__slots__}


_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_fields)


def moment(text: str) -> datetime:
    """Read what `timestamp` wrote."""
    return datetime.fromisoformat(text)


def envelope_text(envelope: Envelope) -> str:
    """Write an envelope with its parameters."""
    return dumps(envelope)


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
    """What of a hold has no column of its own."""
    value = {name: getattr(hold, name) for name in _RECORD}
    return dumps({**value, "held_at": timestamp(hold.held_at)})


def finding_columns(hold: Hold) -> dict[str, str]:
    """The columns by which a hold is found."""
    return {
        "agent": word(hold.agent),
        "author": word(hold.header_from),
        "sender": word(hold.envelope.reverse_path),
        "ticket": word(hold.ticket),
        "policies": words(hold.policies),
        "recipients": words(hold.envelope.addresses),
    }


def word(text: str) -> str:
    """A text as it is compared: in small letters, and storable."""
    return text.casefold().translate(_UNSTORABLE)


def words(texts: Iterable[str]) -> str:
    """A list as it is compared, a line feed around each item."""
    return "".join(["\n", *(word(text).replace("\n", " ") + "\n" for text in texts)])


def acted_text(hold: Hold) -> str:
    """Who moved a hold, when and why, and who let which finding go."""
    if not hold.acted_at:
        return ""
    value: dict[str, object] = {"by": hold.acted_by, "at": timestamp(hold.acted_at), "reason": hold.reason}
    if hold.overrides:
        value["overrides"] = list(hold.overrides)
    return dumps(value)


def hold(row: Any) -> Hold:  # noqa: ANN401 - a row of `holds`, whose columns SQLAlchemy does not type
    """Make a hold of its row."""
    value = json.loads(row.record)
    acted = json.loads(row.acted) if row.acted else {}
    value["held_at"] = moment(value["held_at"])
    value["envelope"] = _envelope(value["envelope"])
    value["findings"] = tuple(_finding(one) for one in value["findings"])
    value["release_by"] = ReleaseBy(value["release_by"])
    value["on_timeout"] = OnTimeout(value.get("on_timeout", OnTimeout.RETURN))
    return Hold(
        id=row.id,
        same=row.same,
        whole=row.whole,
        state=HoldState(row.state),
        stage=Stage(row.stage),
        clock_at=moment(row.clock_at) if row.clock_at else None,
        mended=" " in row.pieces,
        erased=bool(row.erased),
        acted_by=acted.get("by", ""),
        acted_at=moment(acted["at"]) if acted else None,
        reason=acted.get("reason", ""),
        overrides=tuple(Override(**one) for one in acted.get("overrides", ())),
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
