"""The places in a notice that want words.

Rules of this file: frozen values only. A name in braces is put in by `notice.py`; every language may put it where its
grammar wants it. Who reads is either the agent herself ("your reply") or somebody who is told in her stead.
"""

from __future__ import annotations

from dataclasses import dataclass


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
class Phrases:
    """Everything that we say in one language."""

    language: str
    """ISO 639-1."""

    held_subject: Facing
    """`{title}` is the title of the policy that held."""
    held_heading: Facing
    held_lead: Facing
    told_instead: str
    """Why somebody else than the agent reads this."""
    told_of_machine: str

    subject: str
    sender: str
    recipient: str
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

    next: str
    mend_and_resend: Facing
    release_by_agent: str
    release_by_reviewer: str
    nothing_happens: str
    commands: str
    show: str
    release: str
    discard: str

    digest_subject: Count
    digest_heading: Count
    digest_lead: str
    digest_cause: str
    waiting: str
    digest_mend: str
    more_holds: Count
    list_holds: str

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
