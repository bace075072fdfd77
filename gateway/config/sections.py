"""The sections of the configuration: every key, its default and its meaning.

Rules of this file: frozen values only. docs/configuration.md and deploy/saate.yaml name every key; tests/test_docs.py
holds them to it.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from gateway.config.values import (
    Address,
    Country,
    Hours,
    Mailbox,
    MailboxOrEmpty,
    Seconds,
    Section,
    Size,
    TimeZone,
    Weekday,
    Words,
    WorkingTime,
    one_or_many,
)

_LOCAL_PART = 20
"""Octets before the plus sign: with a token of 43 the local-part keeps within 64 (RFC 5321 §4.5.3.1.1)."""


class Annotate(Section):
    """What annotated mail shows."""

    policies: bool = False
    """Name the policies in X-Saate; customers can read header fields."""


class Role(StrEnum):
    """What a person may do with held replies; each may do what stands above."""

    AGENT = "agent"
    """See and mend her own, discard them, release what policies leave to the agent."""
    REVIEWER = "reviewer"
    """Release, mend and discard what others wrote."""
    ADMIN = "admin"
    """Erase, rotate keys."""


class Person(Section):
    """Somebody who acts on held replies."""

    mailbox: Mailbox
    role: Role = Role.AGENT
    logins: Words = ()
    """Names by which this machine or SMTP AUTH knows her."""


class Notices(Section):
    """How hold notices leave."""

    to: Literal["agent", "team", "ticket"] = "agent"
    """Who is told of a hold: the agent, one mailbox for all, or the ticket by an internal note."""
    team: MailboxOrEmpty = ""
    helpdesk: Literal["", "zammad", "znuny", "freescout"] = ""
    """Whose header fields say that a note of a ticket is internal; znuny is OTRS too."""
    ticket_address: MailboxOrEmpty = ""
    """The mailbox that the helpdesk fetches, for notes."""
    next_hop: Address | Literal[""] = ""
    """The server that takes notices, where it is not the next hop of all mail."""
    commands: MailboxOrEmpty = ""
    """The mailbox, in a domain that is routed to us, which takes answers to notices as commands; "" is none."""
    sender: MailboxOrEmpty = ""
    """The mailbox in the notices' From field; default `saate@` and our hostname."""
    reverse_path: MailboxOrEmpty = ""
    """"" is the null reverse-path; some providers refuse it and want a mailbox."""
    fallback: MailboxOrEmpty = ""
    """Who hears of what cannot be told to an agent; default postmaster of the first of `senders`."""
    digest_after: int = Field(default=5, gt=0)
    """So many holds of one sender within `digest_window` get a notice each; the rest become one digest."""
    digest_window: Seconds = 3600

    @field_validator("commands")
    @classmethod
    def _leaves_room_for_a_token(cls, value: str) -> str:
        local = value.rpartition("@")[0]
        if len(local.encode()) > _LOCAL_PART or "+" in local:
            msg = f"{local!r} is put before a plus sign and a token; write at most {_LOCAL_PART} characters without a +"
            raise ValueError(msg)
        return value


class Calendar(Section):
    """When people work: the clock of held replies stands still else."""

    time_zone: TimeZone = "UTC"
    """As in the IANA database: `Europe/Helsinki`."""
    country: Country = ""
    """ISO 3166-1, whose public holidays are free: `FI`; "" knows none."""
    subdivision: str = ""
    """Of that country, where its holidays differ: `BY` in Germany."""
    weekdays: Annotated[tuple[Weekday, ...], BeforeValidator(one_or_many), Field(min_length=1)] = (
        *("mon", "tue", "wed", "thu", "fri"),
    )
    hours: Hours = "08:00-16:00"
    free: tuple[dt.date, ...] = ()
    """Further days on which nobody works."""


class Clock(Section):
    """What happens to a held reply on which nobody acts. Times are working time."""

    remind: WorkingTime = "1 h"
    escalate: WorkingTime = "4 h"
    give_back: WorkingTime = "3 d"
    """The reply goes back to the agent."""
    escalate_to: MailboxOrEmpty = ""
    """Who is told when the agent does not act; default the reviewers of `people`, else the fallback."""


class Retention(Section):
    """How long what is over is kept."""

    delivered: Seconds = 30 * 86400
    """The octets of a delivered reply."""
    bounced: Seconds = 90 * 86400
    discarded: Seconds = 30 * 86400
    returned: Seconds = 90 * 86400
    records: Seconds = 365 * 86400
    """What stands beside the octets (envelope, subject, findings), in every state that is an end."""


class Pool(Section):
    """Sessions to the next hop, over all workers."""

    max_sessions: int = Field(default=20, gt=0)
    idle: Seconds = 2
    """An unused session is closed after so long."""
    reuse: Seconds = 300
    """A session is not used again once it is so old."""
    holds: int = Field(default=5, gt=0)
    """After so many holds on one session it is closed with QUIT rather than kept with RSET."""
    wait: Seconds = 5
    """So long MAIL waits for a free session before it is answered 451 4.3.2."""


class Timeouts(Section):
    """How long we wait (RFC 5321 §4.5.3.2)."""

    connect: Seconds = 30
    reply: Seconds = 300
    dot: Seconds = 600
    """For the answer to the end of the data: giving up before the next hop does makes duplicates (RFC 1047)."""
    client: Seconds = 300
    """For a client's next command, or its next block of data."""
    data: Seconds = 3600
    """For all the data of one mail, however slowly it drips."""


class Limits(Section):
    """What we take at most."""

    size: Size = 50 << 20
    recipients: int = Field(default=1000, ge=100)
    received_fields: int = Field(default=50, gt=0)
    own_received_fields: int = Field(default=3, gt=0)
    errors: int = Field(default=20, gt=0)
    """Refused commands in one session before it is closed."""
    sessions: int = Field(default=500, gt=0)
    """Client sessions over all workers."""
    spool_above: Size = 1 << 20
    """Larger mails are spooled to an unlinked file."""


class InspectionSettings(Section):
    """Reading and judging what is large or odd, in processes that can be killed."""

    deadline: Seconds = 2
    processes: int = Field(default=2, gt=0)
    memory: Size = 1 << 30
    """Address space of one inspection process."""
    queue: int = Field(default=64, gt=0)
    """Mails that may wait for an inspection process, per worker, before 451 4.3.2."""


class Courier(Section):
    """How notices and released mail are tried again."""

    first_retry: Seconds = 60
    max_retry: Seconds = 4 * 3600
    give_up: Seconds = 5 * 86400
    factor: float = Field(default=2, ge=1)
    """Each pause is so many times the one before."""
    max_sessions: int = Field(default=4, gt=0)
    per_destination: int = Field(default=2, gt=0)
    """Mails for one domain at once."""
