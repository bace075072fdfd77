"""Which holds are meant: options, or one text such as `policy=missing-* older=2h from=*@example.com`.

Rules of this file: both are read by the same parser; what is wrong is said with its place and with what there is.
"""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from gateway.cli.settings import Problem
from gateway.cli.stores import Desk
from gateway.hold import Filter, HoldState

KEYS: Mapping[str, str] = {
    "policy": "A policy found something.",
    "from": "Its From, or the reverse-path.",
    "agent": "The mailbox of who wrote it.",
    "to": "A recipient.",
    "ticket": "The ticket, as the subject names it.",
    "older": "Held for longer: 30min, 2h, 3d, 1w.",
    "newer": "Held for less long.",
    "state": "In this state; several with commas.",
}
_STATES = ", ".join(state.value for state in HoldState)
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*(m|min|h|d|w)")
_UNITS = {"m": 1, "min": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, key by key."""

    words: Mapping[str, str]
    """Key → value."""
    places: Mapping[str, str]
    """Key → where it was said, for who must mend it."""

    def filter(self, now: datetime, desk: Desk, states: tuple[HoldState, ...] = (HoldState.HELD,)) -> Filter:
        """The filter; an agent's reaches her own replies only. Raises Problem."""
        words = self.words
        agent = words.get("agent", "")
        if desk.own and agent and agent.casefold() != desk.own.casefold():
            raise Problem(f"{self.places['agent']}: you see your own replies only, those of {desk.own}")
        return Filter(
            states=self._states() if "state" in words else states,
            policy=words.get("policy", ""),
            sender=words.get("from", ""),
            agent=desk.own or agent,
            recipient=words.get("to", ""),
            ticket=words.get("ticket", ""),
            before=self._moment("older", now),
            after=self._moment("newer", now),
        )

    def _states(self) -> tuple[HoldState, ...]:
        states = []
        for one in self.words["state"].split(","):
            try:
                states.append(HoldState(one.strip().lower()))
            except ValueError:
                raise Problem(f"{self.places['state']}: {one!r} is no state; there are {_STATES}") from None
        return tuple(states)

    def _moment(self, key: str, now: datetime) -> datetime | None:
        if key not in self.words:
            return None
        found = _SPAN.fullmatch(self.words[key].strip())
        if not found:
            raise Problem(f"{self.places[key]}: {self.words[key]!r} is no time; write it as 30min, 2h, 3d or 1w")
        try:
            return now - timedelta(minutes=float(found[1]) * _UNITS[found[2]])
        except OverflowError:
            raise Problem(f"{self.places[key]}: {self.words[key]!r} is longer ago than any clock") from None


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--where` and an option for each key; it gets them as one `asked`."""

    @functools.wraps(command)
    def collected(**given: Any) -> Any:  # noqa: ANN401 - what click passes
        said = {key: value for key in KEYS if (value := given.pop(f"where_{key}", None))}
        if isinstance(states := said.get("state"), tuple):
            said["state"] = ",".join(states)
        return command(asked=read(said, given.pop("where", "")), **given)

    for key, text in reversed(list(KEYS.items())):
        kind = "TIME" if key in {"older", "newer"} else "GLOB"
        if key == "state":
            states = click.Choice([one.value for one in HoldState])
            one = click.option("--state", "where_state", multiple=True, type=states, help="In this state; repeatable.")
        else:
            one = click.option(f"--{key}", f"where_{key}", metavar=kind, help=text)
        collected = one(collected)
    text = 'The same in one text: "policy=missing-* older=2h from=*@example.com".'
    return click.option("--where", default="", metavar="TEXT", help=text)(collected)


def read(said: Mapping[str, str], where: str) -> Asked:
    """Read options and a `--where` text together. Raises Problem."""
    words, places = dict(said), {key: f"--{key}" for key in said}
    for number, (key, value, typed) in enumerate(_typed(where), 1):
        place = f"--where, word {number} ({typed})"
        if key not in KEYS:
            raise Problem(f"{place}: there is no key {key!r}; there are {', '.join(KEYS)}")
        if not value:
            raise Problem(f"{place}: says nothing; write {key}=VALUE")
        if key in words:
            raise Problem(f"{place}: {key} is said already, by {places[key]}")
        words[key], places[key] = value, place
    return Asked(words, places)


def _typed(where: str) -> list[tuple[str, str, str]]:
    try:
        typed = shlex.split(where)
    except ValueError:
        raise Problem("--where: a quotation mark has no end; close it") from None
    found = []
    for number, one in enumerate(typed, 1):
        key, sign, value = one.partition("=")
        if not sign:
            raise Problem(f"--where, word {number} ({one}): is no key=value; the keys are {', '.join(KEYS)}")
        found.append((key.strip().lower(), value, one))
    return found
