"""What the doctor looks at around held replies: who may act, whether they are told, whether time moves on.

Rules of this file: as examinations.py: it changes nothing; one result for each thing, and the mend for each trouble.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from gateway import policyfiles
from gateway.cli.output import count, local_time
from gateway.cli.patient import NOTE, OK, TROUBLE, Patient, Result
from gateway.config import Config, Role
from gateway.entry import EntryType
from gateway.hold import HoldState
from gateway.store import Store
from gateway.ticket import NOTE_FIELDS
from gateway.verdict import Disposition, PolicyStatus, ReleaseBy
from gateway.workdays import CalendarError, Workdays
from gateway.yamltext import YamlError

OVERDUE = timedelta(hours=1)
"""The courier looks every few seconds; after a jump of the clock it rests for a quarter of an hour."""
LATELY = timedelta(days=1)
SKEW = timedelta(seconds=5)
_SHOWN = 3


# --- what the configuration says


def calendar(patient: Patient) -> Iterator[Result]:
    """Whether the days off are known, and when the next working hour is."""
    ours = patient.config.calendar
    workdays = Workdays(ours)
    try:
        workdays.check()
    except CalendarError as error:
        yield Result(TROUBLE, "calendar", str(error), "correct calendar.country or calendar.subdivision")
        return
    free = f"public holidays of {ours.country}" if ours.country else "no public holidays"
    yield Result(OK, "calendar", f"{', '.join(ours.weekdays)} {ours.hours}, {ours.time_zone}, {free}")


def people(patient: Patient) -> Iterator[Result]:
    """Whether somebody may release what a policy leaves to reviewers."""
    config = patient.config
    if not config.people:
        yield Result(OK, "people", "nobody is named: whoever may use the store is an admin")
        return
    roles = Counter(person.role.value for person in config.people)
    yield Result(OK, "people", ", ".join(count(number, role) for role, number in sorted(roles.items())))
    no_login = [person.mailbox for person in config.people if not person.logins]
    if len(no_login) == len(config.people):
        text = "nobody has a login, so nobody may use `saate holds` here"
        yield Result(TROUBLE, "people", text, "name at least your own: logins: [root]")
    if roles[Role.REVIEWER.value] or roles[Role.ADMIN.value]:
        return
    try:
        policies = policyfiles.load(config.policies, patient.base).policies
    except YamlError:
        return  # said by the examination of the policies
    strict = [
        policy.id
        for policy in policies
        if policy.release_by is ReleaseBy.REVIEWER
        and policy.disposition is Disposition.HOLD
        and policy.status is PolicyStatus.ENFORCED
    ]
    if strict:
        text = f"there is no reviewer, and what {', '.join(strict)} holds needs one"
        yield Result(TROUBLE, "people", text, "name one: {mailbox: …, role: reviewer, logins: […]}")


# --- what the store says


def notes(store: Store, config: Config) -> Iterator[Result]:
    """Whether notes to tickets were seen to arrive as internal."""
    notices = config.notices
    if notices.to != "ticket":
        return
    if notices.helpdesk not in NOTE_FIELDS or not notices.ticket_address:
        text = "notices.to: ticket needs notices.helpdesk and notices.ticket_address; agents are told instead"
        mend = f"set both; helpdesks that can be told: {', '.join(NOTE_FIELDS)}"
        yield Result(TROUBLE, "ticket notes", text, mend)
    elif store.is_proven(notices.helpdesk, notices.ticket_address):
        yield Result(OK, "ticket notes", f"notes to {notices.ticket_address} arrive as internal in {notices.helpdesk}")
    else:
        text = f"nobody has seen yet that notes to {notices.ticket_address} arrive as internal; agents are told instead"
        yield Result(NOTE, "ticket notes", text, "saate doctor --send-test, then start the gateway anew")


def notices(store: Store) -> Iterator[Result]:
    """Whether notices were refused."""
    rows = store.happened(EntryType.NOTICED, datetime.now(UTC) - LATELY)
    refused = [row for row in rows if row.entry["facts"].get("outcome") == "given-up"]
    if not refused:
        yield Result(OK, "notices", f"{count(len(rows), 'notice')} left within the last day, none was refused")
        return
    named = "; ".join(f"{row.mail_id[:8]}: {row.about.get('answer', '')}"[:120] for row in refused[-_SHOWN:])
    text = f"{count(len(refused), 'notice was', 'notices were')} refused within the last day: {named}"
    yield Result(TROUBLE, "notices", text, "mend the mailbox, or set notices.reverse_path or notices.next_hop")


def held(store: Store) -> Iterator[Result]:
    """What waits, and whether the clock of what waits stands still."""
    waiting, bounced = store.count((HoldState.HELD,)), store.count((HoldState.BOUNCED,))
    first = next(store.holds((HoldState.HELD,), 1), None)
    since = f", the oldest since {local_time(first.held_at)}" if first else ""
    yield Result(OK, "holds", f"{count(waiting, 'reply is', 'replies are')} held{since}")
    late = asyncio.run(store.clock_due(datetime.now(UTC) - OVERDUE, 1))
    if late and late[0].clock_at:
        text = f"{late[0].id[:8]} was to be told of at {local_time(late[0].clock_at)}, and nobody did"
        yield Result(TROUBLE, "holds", text, "no courier runs: systemctl start saate, and look at its log")
    if bounced:
        text = f"{count(bounced, 'released reply', 'released replies')} could not be delivered"
        yield Result(NOTE, "holds", text, "saate holds list --state bounced")


def keys(store: Store) -> Iterator[Result]:
    """What an older key still seals."""
    for one in store.list_keys():
        if one.seals or not one.needed:
            continue
        text = f"{count(one.needed, 'mail or letter needs', 'mails and letters need')} the older key {one.id} still"
        if one.is_there:
            yield Result(NOTE, "key", text, "the courier of the running gateway seals them anew by and by")
        else:
            yield Result(TROUBLE, "key", f"{text}, and it is not in the key file", "put it back from a backup")


def clock(store: Store) -> Iterator[Result]:
    """Whether the clock stands behind the log."""
    now = datetime.now(UTC)
    last = store.tail(1)
    if last and datetime.fromisoformat(last[0].at) > now + SKEW:
        text = f"it is {now:%Y-%m-%d %H:%M:%S} UTC here, before the newest log entry of {last[0].at}"
        yield Result(TROUBLE, "clock", text, "set the clock; run a time service such as systemd-timesyncd")
    else:
        yield Result(OK, "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")
