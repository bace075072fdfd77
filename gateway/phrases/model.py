"""The places in a notice that want words.

Rules of this file: frozen values only. A name in braces is put in by `notice/`; every language may put it where its
grammar wants it. Who reads is either the agent herself ("your reply") or somebody who is told in her stead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Count:
    """A phrase that changes with its number; `{n}` is the number."""

    one: str
    many: str

    def __call__(self, number: int) -> str:
        return (self.one if number == 1 else self.many).format(n=number)


@dataclass(frozen=True, slots=True)
class Facing:
    """The same thing said to the agent, to somebody else, and of a mail that a machine sent."""

    agent: str
    other: str
    automatic: str


@dataclass(frozen=True, slots=True)
class Opening:
    """How a letter begins. `{title}` is what the policy that held says; `{since}`, `{by}`, `{who}` where they fit."""

    subject: Facing
    heading: Facing
    lead: Facing


@dataclass(frozen=True, slots=True)
class Times:
    """How a language tells a moment of somebody's clock."""

    days_on: tuple[str, ...]
    """Monday first, as in *it came on Monday*."""
    days_until: tuple[str, ...]
    """As in *until Monday*."""
    months: tuple[str, ...]
    """As in *3 November*."""
    moment: str
    """`{weekday}`, `{day}`, `{month}`, `{hour}`, `{minute}`."""
    date: str
    """`{day}`, `{month}`, `{year}`."""

    def on(self, moment: datetime) -> str:
        """When something happened."""
        return self._moment(self.days_on, moment)

    def until(self, moment: datetime) -> str:
        """When something ends."""
        return self._moment(self.days_until, moment)

    def day(self, moment: datetime) -> str:
        """A date with its year."""
        return self.date.format(day=moment.day, month=self.months[moment.month - 1], year=moment.year)

    def _moment(self, days: tuple[str, ...], moment: datetime) -> str:
        return self.moment.format(
            weekday=days[moment.weekday()],
            day=moment.day,
            month=self.months[moment.month - 1],
            hour=moment.hour,
            minute=f"{moment.minute:02}" + (" UTC" if moment.tzname() == "UTC" else ""),
        )


@dataclass(frozen=True, slots=True)
class Phrases:
    """Everything that we say in one language."""

    language: str
    """ISO 639-1."""
    times: Times

    held: Opening
    reminder: Opening
    """`{since}`: when it was held."""
    escalation: Opening
    """To reviewers; `{since}`."""
    request: Opening
    """To reviewers; `{who}` asks."""
    returned: Opening
    """`{by}`: until when somebody could have decided."""
    told_instead: str
    """Why somebody else than the agent reads this."""
    told_of_machine: str

    subject: str
    sender: str
    recipient: str
    agent: str
    """Who wrote the reply, as a label."""
    ticket: str
    hold: str
    and_more: Count
    """More recipients."""
    no_subject: str

    found: str
    found_short: str
    """As a label."""
    also_found: str
    also_found_note: str
    in_subject: str
    in_field: str
    """`{name}` is a header field."""
    in_line: str
    """`{line}` of the text."""
    in_line_of_part: str
    """`{line}`, `{part}`."""
    in_part: str
    more_places: Count
    why: str
    mend: str

    fixed: Mapping[str, str]
    """Name of a fix → what is suggested, above the text after it."""
    fixed_away: str
    """Instead of a text, where a fix only takes away."""
    fill_in: str
    """What stands in double brackets is for the agent to write."""

    decide: str
    """`{by}`: until when the agent can release her reply herself."""
    decide_reviewer: Facing
    """`{by}`: until when somebody else can."""
    decide_or_sent: Facing
    """`{by}`: when it goes out by itself."""

    next: str
    mend_and_resend: Facing
    release_may: str
    release_ask: str
    """A reviewer must; the agent can ask."""
    commands: str
    orders: str
    """Above the lines with which this mail can be answered."""
    reason: str
    """Stands where a reason is to be written, in a command."""
    fix: str
    fix_and_send: str
    """By an answer: what holds nothing more then goes out."""
    show: str
    release: str
    release_each: str
    """Where several findings want a reason each."""
    discard: str
    ask: str

    digest_subject: Count
    digest_heading: Count
    digest_lead: str
    digest_cause: str
    digest_automatic_subject: Count
    digest_automatic_heading: Count
    digest_automatic_lead: str
    waiting: str
    digest_mend: str
    until: str
    """As a label: until when somebody can decide."""
    more_holds: Count
    list_holds: str

    returned_mend: Facing
    original: str
    """The heading of what became of the octets."""
    returned_kept: str
    """`{date}`: until when the octets are there."""

    answer_heading: str
    """Above what became of a command that came by mail."""

    bounce_heading: Facing
    bounce_lead: Count
    """By the number of addresses."""
    bounce_partly: str
    """The other recipients have it."""
    said: str
    """Above what the next hop said."""
    bounce_mend: str
    bounce_kept: str

    report_failed: str
    """The subject of a delivery report."""
    report_relayed: str
    report_lead: str
    """`{subject}`, `{hold}`."""
    report_kept: str
    report_passed_on: str

    about: str
    """`{hostname}`."""
    no_answer: str
    questions: str
    """`{fallback}`."""
