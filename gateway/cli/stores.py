"""The store as a command uses it, and who the operator is and may do.

Rules of this file: a store is opened for the time of one command, and always closed. What somebody may not do is said
in one line and logged; rights.py knows the reasons.
"""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway import rights
from gateway.cli.settings import Problem, base, load
from gateway.config import Config, Role
from gateway.hold import Actor, Hold, HoldState
from gateway.rights import Action
from gateway.store import HoldGone, Store


class Refused(Problem):
    """Somebody may not do this."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An open store, and who stands before it."""

    config: Config
    base: Path
    """Where relative paths of the configuration begin."""
    store: Store
    who: Actor

    @property
    def own(self) -> str:
        """The mailbox whose replies alone an agent sees; "" for whoever sees all."""
        return self.who.mailbox if self.who.role is Role.AGENT else ""

    def may(self, action: Action, hold: Hold) -> bool:
        """Whether she may, without a word in the log: for lists."""
        return not rights.refusal(self.who, action, hold)

    def must(self, action: Action, hold: Hold | None = None) -> None:
        """Raise Refused, and log it, where she may not; HoldGone where it is too late to ask."""
        if not (why := rights.refusal(self.who, action, hold)):
            return
        if hold and hold.state is not HoldState.HELD and self.may(Action.SHOW, hold) and action in _MOVES:
            raise HoldGone(hold)
        self.store.deny(hold.id if hold else "", self.who, action.value, why, datetime.now(UTC))
        raise Refused(f"{why}; nothing was done")


_MOVES = frozenset({Action.FIX, Action.ASK, Action.RELEASE, Action.DISCARD})


@contextlib.contextmanager
def opened(config_file: str) -> Iterator[Store]:
    """The store of a configuration. Raises StoreError where there is none."""
    with _store_of(load(config_file)) as store:
        yield store


@contextlib.contextmanager
def desk(config_file: str, action: Action) -> Iterator[Desk]:
    """The store, for somebody whom `people:` knows. Raises Refused for everybody else, and logs what they tried."""
    config = load(config_file)
    with _store_of(config) as store:
        login = operator()
        who = rights.actor(login, config)
        if who is None:
            why = f"people: names nobody with the login {login}; have an admin put it into logins: of your entry there"
            store.deny("", Actor(login, "", Role.AGENT), action.value, why, datetime.now(UTC))
            raise Refused(why)
        yield Desk(config, base(config_file), store, who)


@contextlib.contextmanager
def _store_of(config: Config) -> Iterator[Store]:
    store = Store(config.store, config.key_file, node=config.hostname)
    try:
        yield store
    finally:
        store.close()


def operator() -> str:
    """Who types: behind sudo the person who called it, else the user of this process, whatever the environment says."""
    if os.getuid() == 0 and os.environ.get("SUDO_USER"):
        return os.environ["SUDO_USER"]
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
