"""Finding holds: by the beginning of an id, by what they are, in pages.

Rules of this file: it changes nothing. The columns for finding narrow the question down in the database; a list with
several items is looked at once more here, since a `*` in SQL would reach from one item into the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select
from sqlalchemy.sql import Select

from gateway.entry import timestamp
from gateway.hold import Filter, Hold, HoldState
from gateway.mail import is_id_prefix
from gateway.store import codec
from gateway.store.errors import AmbiguousId, NoSuchHold
from gateway.store.schema import holds

_CANDIDATES = 10
_IDS = 500
"""Ids in one question: below the number of variables of either database."""
_LOOK = 5000
"""Rows looked at in one go where the database alone cannot tell."""


def find(connection: Connection, typed: str) -> Hold:
    """Find a hold by the beginning of its id. Raises NoSuchHold or AmbiguousId."""
    return codec.hold(row(connection, typed))


def row(connection: Connection, typed: str) -> Row[Any]:
    """Find the row of a hold by the beginning of its id. Raises NoSuchHold or AmbiguousId."""
    start = typed.strip().lower()
    if not is_id_prefix(start):
        raise NoSuchHold(typed)
    # "~" sorts behind every character of an id.
    found = connection.execute(_BY_PREFIX, {"start": start, "end": start + "~"}).all()
    if not found:
        raise NoSuchHold(typed)
    if len(found) > 1:
        raise AmbiguousId(typed, tuple(codec.hold(one) for one in found))
    return found[0]


_BY_PREFIX = (  # made once: of many that are acted on, making a statement anew is half the cost
    select(holds)
    .where(holds.c.id >= bindparam("start"), holds.c.id < bindparam("end"))
    .order_by(holds.c.id)
    .limit(_CANDIDATES)
)


def page(connection: Connection, wanted: Filter, limit: int, after: Hold | None) -> list[Hold]:
    """The holds that fit, the longest held first, those behind `after`; at most `limit`."""
    asked = _Asked.of(wanted)
    behind = (timestamp(after.held_at), after.id) if after else ("", "")
    ids: list[str] = []
    while True:
        size = _LOOK if asked.again else limit
        rows = connection.execute(asked.query(behind).limit(size)).all()
        ids += [one.id for one in rows if asked.fits(one)]
        if len(ids) >= limit or len(rows) < size:
            return by_ids(connection, ids[:limit])
        behind = (rows[-1].held_at, rows[-1].id)


def by_ids(connection: Connection, ids: Sequence[str]) -> list[Hold]:
    """These holds, in this order; those that are gone are left out."""
    found: dict[str, Hold] = {}
    for start in range(0, len(ids), _IDS):
        query = select(holds).where(holds.c.id.in_(ids[start : start + _IDS]))
        found |= {one.id: codec.hold(one) for one in connection.execute(query)}
    return [found[one] for one in ids if one in found]


def count(connection: Connection, wanted: Filter) -> int:
    """How many holds fit."""
    asked = _Asked.of(wanted)
    if not asked.again:
        return connection.execute(select(func.count()).select_from(holds).where(*asked.where)).scalar_one()
    rows = connection.execute(select(holds.c.policies, holds.c.recipients).where(*asked.where))
    return sum(asked.fits(one) for one in rows)


def of_digest(connection: Connection, digest: int) -> list[Hold]:
    """The holds that a digest tells of, the longest held first."""
    query = select(holds).where(holds.c.digest == digest, holds.c.digest != 0).order_by(holds.c.held_at, holds.c.id)
    return [codec.hold(one) for one in connection.execute(query)]


def of_person(connection: Connection, address: str) -> list[Hold]:
    """The holds in which a mailbox stands: envelope, From or agent; the longest held first."""
    who = codec.word(address)
    listed = holds.c.recipients.contains(codec.words([address]), autoescape=True)
    named = or_(holds.c.agent == who, holds.c.author == who, holds.c.sender == who, listed)
    query = select(holds.c.id).where(named).order_by(holds.c.held_at, holds.c.id)
    return by_ids(connection, list(connection.execute(query).scalars()))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter as the database is asked, and what is looked at again afterwards."""

    where: tuple[ColumnElement[bool], ...]
    again: dict[str, re.Pattern[str]]
    """By column: what one item of the list must look like."""

    @classmethod
    def of(cls, wanted: Filter) -> _Asked:
        where = [*_when(wanted.states, wanted.after, wanted.before)]
        if wanted.agent:
            where.append(_like(holds.c.agent, wanted.agent))
        if wanted.sender:
            where.append(or_(_like(holds.c.author, wanted.sender), _like(holds.c.sender, wanted.sender)))
        if wanted.ticket:
            where.append(_like(holds.c.ticket, wanted.ticket))
        again = {}
        for column, glob in ((holds.c.policies, wanted.policy), (holds.c.recipients, wanted.recipient)):
            if glob:
                where.append(_item_like(column, glob))
                if re.search(r"[*?]", glob.strip("*")):
                    again[column.name] = _pattern(glob)
        return cls(tuple(where), again)

    def query(self, behind: tuple[str, str]) -> Select[Any]:
        """Id and time of what fits behind a place, in order, with what `fits` wants to see."""
        seen = [holds.c[name] for name in self.again]
        where = (*self.where, _behind(*behind)) if behind[1] else self.where
        return select(holds.c.held_at, holds.c.id, *seen).where(*where).order_by(holds.c.held_at, holds.c.id)

    def fits(self, found: Any) -> bool:  # noqa: ANN401 - a row of some columns
        return all(
            any(pattern.fullmatch(item) for item in getattr(found, name).split("\n")[1:-1])
            for name, pattern in self.again.items()
        )


def _when(states: Sequence[HoldState], after: datetime | None, before: datetime | None) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if len(states) == 1:
        where.append(holds.c.state == states[0].value)
    elif states:
        where.append(holds.c.state.in_([state.value for state in states]))
    if after:
        where.append(holds.c.held_at > timestamp(after))
    if before:
        where.append(holds.c.held_at < timestamp(before))
    return where


def _behind(held_at: str, hold_id: str) -> ColumnElement[bool]:
    same_time = and_(holds.c.held_at == held_at, holds.c.id > hold_id)
    return and_(holds.c.held_at >= held_at, or_(holds.c.held_at > held_at, same_time))


def _like(column: ColumnElement[str], glob: str) -> ColumnElement[bool]:
    """A text that fits a glob as a whole."""
    word = codec.word(glob)
    return column.like(_sql(word), escape="\\") if re.search(r"[*?]", word) else column == word


def _item_like(column: ColumnElement[str], glob: str) -> ColumnElement[bool]:
    """A list of which an item may fit a glob: surely, where the glob has `*` at its ends only."""
    word = codec.word(glob)
    start = "%" if word.startswith("*") else "%\n"
    end = "%" if word.endswith("*") else "\n%"
    return column.like(start + _sql(word.strip("*")) + end, escape="\\")


def _sql(word: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    return escaped.replace("*", "%").replace("?", "_")


def _pattern(glob: str) -> re.Pattern[str]:
    parts = (".*" if one == "*" else "." if one == "?" else re.escape(one) for one in codec.word(glob))
    return re.compile("".join(parts), re.DOTALL)
