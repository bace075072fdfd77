"""Working time: when a span of it that begins now is over.

Rules of this file: pure; moments come in and go out in UTC. Outside working hours the clock stands still. A working day
is as long as the hours of a day; a day on which clocks are changed is no exception worth a rule.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import holidays

from gateway.config import Calendar

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(m|min|h|d)")
_FAR = 3660
"""Days ahead to look: a calendar without working days has no end."""


class CalendarError(ValueError):
    """A country or subdivision that nobody knows the holidays of."""


@dataclass(frozen=True)
class Workdays:
    """One calendar at work."""

    calendar: Calendar

    def check(self) -> None:
        """Raise CalendarError for a country or a part of it that is not known."""
        _ = self._free

    def after(self, moment: dt.datetime, span: str) -> dt.datetime:
        """When so much working time has passed since a moment: `30 m`, `4 h`, `3 d`."""
        return self.after_time(moment, self._length(span))

    def after_time(self, moment: dt.datetime, left: dt.timedelta) -> dt.datetime:
        """The same for a span that is counted already."""
        for opens, closes in self._shifts(moment):
            begins = max(opens, moment)
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        return moment + dt.timedelta(days=_FAR)

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """How much working time lies between two moments."""
        passed = dt.timedelta(0)
        for opens, closes in self._shifts(start):
            if opens >= end:
                break
            passed += min(closes, end) - max(opens, start)
        return passed

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A moment as the clocks of the calendar's place show it."""
        return moment.astimezone(self._zone)

    def _shifts(self, moment: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The working hours that end behind a moment, in order, in UTC."""
        first = self.local(moment).date()
        for ahead in range(_FAR):
            day = first + dt.timedelta(days=ahead)
            if not self._is_working(day):
                continue
            opens, closes = (self._at(day, minutes) for minutes in self._hours)
            if closes > moment:
                yield opens, closes

    def _is_working(self, day: dt.date) -> bool:
        return (
            _DAYS[day.weekday()] in self.calendar.weekdays and day not in self.calendar.free and day not in self._free
        )

    def _at(self, day: dt.date, minutes: int) -> dt.datetime:
        midnight = dt.datetime.combine(day, dt.time(), tzinfo=self._zone)
        return (midnight + dt.timedelta(minutes=minutes)).astimezone(dt.UTC)

    def _length(self, span: str) -> dt.timedelta:
        found = _SPAN.fullmatch(span)
        if not found:
            msg = f"{span!r} is no working time"
            raise ValueError(msg)
        opens, closes = self._hours
        minutes = {"m": 1, "min": 1, "h": 60, "d": closes - opens}[found[2]]
        return dt.timedelta(minutes=float(found[1]) * minutes)

    @cached_property
    def _hours(self) -> tuple[int, int]:
        """Minutes after midnight at which work begins and ends."""
        opens, closes = (clock.split(":") for clock in self.calendar.hours.split("-"))
        return int(opens[0]) * 60 + int(opens[1]), int(closes[0]) * 60 + int(closes[1])

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.calendar.time_zone)

    @cached_property
    def _free(self) -> holidays.HolidayBase | frozenset[dt.date]:
        if not self.calendar.country:
            return frozenset()
        try:
            return holidays.country_holidays(self.calendar.country, subdiv=self.calendar.subdivision or None)
        except NotImplementedError as error:
            place = "-".join(filter(None, (self.calendar.country, self.calendar.subdivision)))
            msg = f"no holidays are known of {place}: {str(error).splitlines()[0]}"
            raise CalendarError(msg) from None
