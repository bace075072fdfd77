"""Who is told of a held reply.

Rules of this file: pure. Nobody is told who is an outside recipient of the reply, whatever the configuration says. Of a
mail that a machine sent, the fallback alone hears.
"""

from __future__ import annotations

from gateway.agent import fallback, is_outside_recipient, may_be_told
from gateway.config import Config, Role
from gateway.hold import Hold
from gateway.notice.texts import Addressee, Reader
from gateway.ticket import NOTE_FIELDS
from gateway.verdict import ReplyFacts


def told_of(hold: Hold, facts: ReplyFacts, config: Config) -> Addressee | None:
    """Who gets the notice of a hold, and what follows it; None where nobody may be told."""
    notices = config.notices
    if hold.automatic or facts.automatic:
        return _fallback(hold, facts, config)
    if notices.to == "ticket" and _takes_notes(hold, config) and _named(notices.ticket_address, hold, facts, config):
        return Addressee(notices.ticket_address, Reader.TICKET)
    if notices.to == "team" and _named(notices.team, hold, facts, config):
        return Addressee(notices.team, Reader.TEAM)
    if hold.agent and may_be_told(hold.agent, facts, hold.envelope, config):
        return Addressee(hold.agent, Reader.AGENT)
    return _fallback(hold, facts, config)


def deciders(hold: Hold, facts: ReplyFacts, config: Config, asking: str = "") -> tuple[Addressee, ...]:
    """Who is asked for a decision: `clock.escalate_to`, else reviewers, else admins, else the fallback.

    Not who asks, nor whose reply it is: she cannot be her own reviewer.
    """
    if _named(config.clock.escalate_to, hold, facts, config):
        return (Addressee(config.clock.escalate_to, Reader.REVIEWER),)
    not_these = {asking.casefold(), hold.agent.casefold()}
    for role in (Role.REVIEWER, Role.ADMIN):
        found = tuple(
            Addressee(person.mailbox, Reader.REVIEWER)
            for person in config.people
            if person.role is role
            and person.mailbox.casefold() not in not_these
            and _named(person.mailbox, hold, facts, config)
        )
        if found:
            return found
    last = _fallback(hold, facts, config)
    return (Addressee(last.to, Reader.REVIEWER),) if last else ()


def _fallback(hold: Hold, facts: ReplyFacts, config: Config) -> Addressee | None:
    to = fallback(facts, hold.envelope, config)
    return Addressee(to, Reader.FALLBACK) if to else None


def _takes_notes(hold: Hold, config: Config) -> bool:
    """Whether the ticket is known, and its helpdesk can be told that a mail is an internal note."""
    return bool(hold.ticket) and config.notices.helpdesk in NOTE_FIELDS


def _named(who: str, hold: Hold, facts: ReplyFacts, config: Config) -> bool:
    """Whether a mailbox that the mail admin named may be told: anywhere but with the customer."""
    return bool(who) and not is_outside_recipient(who, facts, hold.envelope, config.senders)
