"""What a person has proven of the world outside: that a note to a helpdesk's mailbox arrives as internal.

Rules of this file: it is kept for one helpdesk and one mailbox, and for no other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from gateway.entry import timestamp
from gateway.store.schema import facts


def note(connection: Connection, helpdesk: str, address: str, at: datetime, *, shown: bool) -> None:
    """Remember, or forget, that such notes arrive as internal."""
    connection.execute(delete(facts).where(facts.c.name == _name(helpdesk, address)))
    if shown:
        connection.execute(insert(facts).values(name=_name(helpdesk, address), value=timestamp(at)))


def is_proven(connection: Connection, helpdesk: str, address: str) -> bool:
    """Whether it was proven."""
    return connection.execute(select(facts.c.value).where(facts.c.name == _name(helpdesk, address))).first() is not None


def _name(helpdesk: str, address: str) -> str:
    return f"note {helpdesk} {address.lower()}"
