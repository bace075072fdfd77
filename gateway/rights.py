"""Who may do what to a held reply.

Rules of this file: pure. An answer is "" or the reason why not, with what to do instead. Where `people:` names nobody,
whoever may use the store is an admin; where it names somebody, who is not among them may do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from gateway.config import Config, Role
from gateway.hold import Actor, Hold
from gateway.verdict import ReleaseBy


class Action(StrEnum):
    """What somebody wants to do."""

    SHOW = "show"
    OPEN = "open"
    """See the octets, secrets and all."""
    FIX = "fix"
    ASK = "ask"
    RELEASE = "release"
    DISCARD = "discard"
    ERASE = "erase"
    ROTATE = "rotate"


_OF_ADMINS = frozenset({Action.ERASE, Action.ROTATE})


def actor(login: str, config: Config) -> Actor | None:
    """Who a login or a mailbox is; None for somebody whom `people:` does not name."""
    if not config.people:
        return Actor(login)
    for person in config.people:
        if login in person.logins or login.casefold() == person.mailbox.casefold():
            return Actor(login, person.mailbox, person.role)
    return None


def refusal(who: Actor, action: Action, hold: Hold | None = None) -> str:
    """Why somebody may not do this; "" when she may."""
    if who.role is Role.ADMIN:
        return ""
    if action in _OF_ADMINS or hold is None:
        return f"{action} is for admins; ask one, or have people: name you as one"
    own = bool(hold.agent) and who.mailbox.casefold() == hold.agent.casefold()
    if who.role is Role.AGENT and not own:
        return f"{hold.id} is not your reply but {hold.agent or 'nobody’s'}; a reviewer can act on it"
    if action is Action.RELEASE and hold.release_by is ReleaseBy.REVIEWER and (own or who.role is Role.AGENT):
        other = "another reviewer" if who.role is Role.REVIEWER else "a reviewer"
        return f"{hold.id} needs {other} to be released; ask with: saate holds ask {hold.id}"
    return ""


def unreasoned(hold: Hold, reasons: Mapping[int, str]) -> tuple[int, ...]:
    """The numbers of the findings that hold a mail and that no reason lets go."""
    return tuple(number for number, _ in hold.open if not reasons.get(number, "").strip())
