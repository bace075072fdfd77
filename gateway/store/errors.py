"""What can go wrong in the store, each as one line with the mend.

Rules of this file: the text of an error never holds a value from a row, a parameter or a password of the URL: it may
end up in a journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gateway.entry import timestamp
from gateway.hold import Hold, HoldState

_MENDS = (
    ("database is locked", "is locked by another program; end that program (`fuser {name}` names it) and try again"),
    ("database or disk is full", "stands on a full disk; make room there"),
    ("disk I/O error", "cannot be read or written (disk I/O error); look at the disk and at the room left on it"),
    ("readonly", "may not be written; give the file and its folder to the user who runs saate"),
    ("read-only", "may not be written; use a server that takes writes"),
    ("unable to open database file", "cannot be opened; `saate serve` makes it, in a folder that must exist"),
    ("file is not a database", "is no SQLite database; set store: to another file"),
    ("no such column", "is of an older saate; `saate serve` brings it up to date"),
    ("column holds.", "is of an older saate; `saate serve` brings it up to date"),
    ("no such table", "is no store yet; `saate serve` makes it"),
    ('relation "', "is no store yet; `saate serve` makes it"),
    ('database "', "is not on that server; make it with `createdb`"),
    ("authentication failed", "does not let us in; look at user and password in store:"),
    ("Connection refused", "does not answer; start PostgreSQL there, or correct store:"),
    ("connection to server", "cannot be reached; look at host and port in store:"),
    ("connection failed", "cannot be reached; look at host and port in store:"),
    ("terminating connection", "cut us off; look at the log of PostgreSQL there"),
    ("lock timeout", "is locked by another gateway that does not go on; look at that gateway"),
)


class StoreError(Exception):
    """The store could not do it; `str()` is one line with the mend. Nothing was changed, and the next call may work."""


class Damaged(StoreError):  # noqa: N818 - it says what it is
    """Something in the database cannot be what was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the store {name} is damaged; put it back from a backup")


class NoSuchHold(StoreError):  # noqa: N818 - it says what it is
    """No hold has an id that begins like this."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"no hold begins with {typed!r}; `saate holds list --all` shows them")


class AmbiguousId(StoreError):  # noqa: N818 - it says what it is
    """Several holds have ids that begin like this."""

    def __init__(self, typed: str, candidates: tuple[Hold, ...]) -> None:
        ids = ", ".join(hold.id for hold in candidates)
        super().__init__(f"{typed!r} may be {ids}; type more of the one that you mean")
        self.candidates = candidates
        """Some of them, at most ten."""


class HoldGone(StoreError):  # noqa: N818 - it says what it is
    """Somebody was quicker, or it was done before."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold
        self.who = hold.acted_by
        self.when: datetime = hold.acted_at or hold.held_at
        self.state: HoldState = hold.state
        by = f" by {self.who}" if self.who else ""
        super().__init__(f"{hold.id} is {self.state} already{by}, at {timestamp(self.when)}; nothing was done")


class HoldChanged(StoreError):  # noqa: N818 - it says what it is
    """The octets are no longer those that somebody looked at: they were mended meanwhile."""

    def __init__(self, hold: Hold, who: str, when: datetime) -> None:
        self.hold = hold
        self.who = who
        self.when = when
        super().__init__(
            f"{hold.id} was mended by {who or 'somebody'} meanwhile, at {timestamp(when)}; nothing was done, look again"
        )


class Unreasoned(StoreError):  # noqa: N818 - it says what it is
    """A reason is needed for each finding that holds, or, where no finding is named, a reason at all."""

    def __init__(self, hold: Hold, numbers: tuple[int, ...] = ()) -> None:
        self.hold = hold
        self.numbers = numbers
        """Of the findings that have none."""
        named = ", ".join(f"{number} {hold.findings[number - 1].policy}" for number in numbers)
        asked = f"a reason for each of these findings: {named}" if numbers else "a reason"
        super().__init__(f"{hold.id} needs {asked}; nothing was done")


class UnknownFinding(StoreError):  # noqa: N818 - it says what it is
    """A reason was given for a finding that is not there."""

    def __init__(self, hold: Hold, numbers: Sequence[int]) -> None:
        named = ", ".join(map(str, numbers))
        super().__init__(f"{hold.id} has no finding {named}, only 1 to {len(hold.findings)}; nothing was done")


class NotOver(StoreError):  # noqa: N818 - it says what it is
    """Holds that somebody still has to decide about, or whose mail is still on its way, are not erased."""

    def __init__(self, holds: tuple[Hold, ...]) -> None:
        self.holds = holds
        named = ", ".join(f"{hold.id} ({hold.state})" for hold in holds[:_NAMED])
        more = f" and {len(holds) - _NAMED} more" if len(holds) > _NAMED else ""
        super().__init__(f"{named}{more}: discard what is held and wait for what is under way; nothing was erased")


_NAMED = 10


def explain(name: str, error: Exception) -> StoreError:
    """Say in one line what an error of SQLAlchemy or of a driver means for the store called `name`."""
    raised = error.orig if isinstance(error, DBAPIError) else error
    if raised is None or isinstance(raised, SQLAlchemyError):
        return StoreError(f"the store {name} failed: {type(error).__name__}")
    # The primary message only: PostgreSQL's DETAIL shows the failing row.
    diagnosis = getattr(raised, "diag", None)
    said = (getattr(diagnosis, "message_primary", None) or str(raised)).strip().partition("\n")[0]
    # A value that is no text is shown by SQLite's driver.
    if "malformed" in said or "Could not decode" in said:
        return Damaged(name)
    for sign, mend in _MENDS:
        if sign in said:
            return StoreError(f"the store {name} " + mend.format(name=name))
    return StoreError(f"the store {name} failed: {said}")
