"""Working time: spans are counted in working hours, over nights, weekends, holidays and changes of the clock."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import Calendar
from gateway.workdays import CalendarError, Workdays

HELSINKI = Workdays(Calendar(time_zone="Europe/Helsinki", country="FI"))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("moment", "span", "end"),
    [
        ("2026-11-02T09:00+02:00", "1 h", "2026-11-02T10:00+02:00"),
        ("2026-11-02T15:30+02:00", "1 h", "2026-11-03T08:30+02:00"),
        ("2026-11-02T03:00+02:00", "1 h", "2026-11-02T09:00+02:00"),
        ("2026-11-02T15:00+02:00", "1 h", "2026-11-02T16:00+02:00"),
        ("2026-11-06T15:30+02:00", "30 m", "2026-11-06T16:00+02:00"),
        ("2026-11-06T15:30+02:00", "4 h", "2026-11-09T11:30+02:00"),  # over a weekend
        ("2026-11-02T10:00+02:00", "3 d", "2026-11-05T10:00+02:00"),
        ("2026-12-04T14:00+02:00", "1 d", "2026-12-07T14:00+02:00"),  # the 6th is free anyway: a Sunday
        ("2026-12-23T14:00+02:00", "1 d", "2026-12-28T14:00+02:00"),  # 24th (by custom), 25th, 26th and 27th
        ("2026-03-27T15:00+02:00", "2 h", "2026-03-30T09:00+03:00"),  # clocks go forward on the 29th
    ],
)
def test_a_span_counts_in_working_hours_alone(moment: str, span: str, end: str) -> None:
    assert HELSINKI.after(at(moment), span) == at(end)


def test_days_that_the_house_has_free_are_free() -> None:
    bridge = Workdays(Calendar(free=(dt.date(2026, 11, 3),)))
    assert bridge.after(at("2026-11-02T15:00+00:00"), "2 h") == at("2026-11-04T09:00+00:00")


def test_parts_of_a_country_have_their_own_holidays() -> None:
    moment = at("2026-11-01T12:00+00:00")  # All Saints is a Sunday; the 6th of January is free in Bavaria alone
    berlin, bavaria = (Workdays(Calendar(country="DE", subdivision=part)) for part in ("BE", "BY"))
    epiphany = at("2027-01-05T15:00+00:00")
    assert berlin.after(epiphany, "2 h") == at("2027-01-06T09:00+00:00")
    assert bavaria.after(epiphany, "2 h") == at("2027-01-07T09:00+00:00")
    assert berlin.after(moment, "1 h") == bavaria.after(moment, "1 h")


@pytest.mark.parametrize("calendar", [Calendar(country="XX"), Calendar(country="DE", subdivision="ZZ")])
def test_an_unknown_country_or_part_is_named(calendar: Calendar) -> None:
    with pytest.raises(CalendarError, match=f"no holidays are known of {calendar.country}"):
        Workdays(calendar).check()


MOMENTS = st.floats(0, 700).map(lambda days: at("2026-01-01T00:00+00:00") + dt.timedelta(days=round(days, 4)))


@given(MOMENTS, st.integers(1, 200))
def test_what_lies_between_a_moment_and_the_end_of_a_span_is_the_span(moment: dt.datetime, hours: int) -> None:
    end = HELSINKI.after(moment, f"{hours} h")
    assert HELSINKI.between(moment, end) == dt.timedelta(hours=hours)
    assert end > moment
    assert dt.time(8) <= HELSINKI.local(end).time() <= dt.time(16)


def test_a_calendar_on_which_nobody_ever_works_ends_far_away() -> None:
    never = Workdays(Calendar(weekdays=("mon",), free=tuple(_mondays())))
    moment = at("2026-11-02T10:00+00:00")
    assert never.after(moment, "1 h") > moment + dt.timedelta(days=3000)


def _mondays() -> list[dt.date]:
    return [dt.date(2026, 11, 2) + dt.timedelta(weeks=week) for week in range(530)]
