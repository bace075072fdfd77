"""The writer: which letter goes to whom, in which envelope.

Rules of this file: pure; time is passed in. Our letters say that they are automatic and have the null reverse-path
unless configured. A letter has no In-Reply-To, no References and no Message-ID but its own; only a note for a ticket
names the ticket in its subject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from gateway.agent import fallback
from gateway.config import Config
from gateway.hold import Actor, Hold, Outgoing, OutgoingKind, Progress, Stage
from gateway.letter import Letter, Postmark, clean, to_octets, to_text
from gateway.mail import Envelope, Recipient
from gateway.notice import letters
from gateway.notice.digest import digest
from gateway.notice.page import House, Page, closing
from gateway.notice.texts import Addressee, Deadlines, PolicyText, Reader
from gateway.notice.whom import deciders, told_of
from gateway.phrases import phrases_for
from gateway.ticket import NOTE_FIELDS
from gateway.verdict import ReplyFacts
from gateway.workdays import Workdays

_MANY = frozenset({OutgoingKind.ESCALATION, OutgoingKind.REQUEST, OutgoingKind.ANSWER})
"""Kinds of which one hold may have several letters in one second."""


def _no_token(_: Hold, __: str) -> str:
    return ""


@dataclass(frozen=True)
class NoticeWriter:
    """Writes notices in the name of one gateway."""

    config: Config
    hostname: str
    texts: Mapping[str, PolicyText] = field(default_factory=dict)
    """Policy id → its words."""
    token_for: Callable[[Hold, str], str] = _no_token
    """Makes what lets a mailbox answer a letter about a hold with an order; "" where it may not."""

    # --- what the clock will do

    def deadlines(self, hold: Hold) -> Deadlines:
        """What the clock does to a hold from now on, and when, if nobody acts and the gateway runs."""
        clock, after = self.config.clock, self._workdays.after
        remind, escalate, give_back = (
            after(hold.held_at, span) for span in (clock.remind, clock.escalate, clock.give_back)
        )
        if hold.clock_at is None:
            return Deadlines(remind, escalate, give_back)
        # Who comes late is late for what follows too: the clock keeps the working time between two steps.
        match hold.stage:
            case Stage.WAITING:
                remind, escalate, give_back = self._late(hold.clock_at, remind, escalate, give_back)
            case Stage.REMINDED:
                escalate, give_back = self._late(hold.clock_at, escalate, give_back)
            case Stage.ESCALATED:
                give_back = hold.clock_at
        return Deadlines(remind, escalate, give_back)

    # --- letters

    def for_hold(self, hold: Hold, facts: ReplyFacts, at: datetime, token: str = "") -> Outgoing | None:
        """Tell of a hold; None where nobody may be told."""
        return self._waiting(OutgoingKind.NOTICE, hold, told_of(hold, facts, self.config), at, token)

    def for_reminder(self, hold: Hold, at: datetime, token: str = "") -> Outgoing | None:
        """Tell again; None where nobody may be told, and of automatic mail, which its digest told of."""
        if hold.automatic:
            return None
        late = self._at_step(hold, at, Stage.REMINDED)
        return self._waiting(OutgoingKind.REMINDER, late, told_of(hold, _facts(hold), self.config), at, token)

    def for_escalation(self, hold: Hold, at: datetime) -> tuple[Outgoing, ...]:
        """Ask those who may decide; nobody of automatic mail, which its digest told of."""
        if hold.automatic:
            return ()
        late = self._at_step(hold, at, Stage.ESCALATED)
        asked = deciders(hold, _facts(hold), self.config)
        return _some(self._waiting(OutgoingKind.ESCALATION, late, one, at) for one in asked)

    def for_request(self, hold: Hold, who: Actor, reason: str, at: datetime) -> tuple[Outgoing, ...]:
        """Ask those who may decide, in somebody's name."""
        asked = deciders(hold, _facts(hold), self.config, asking=who.mailbox)
        name = who.mailbox or who.name
        return tuple(
            self._sent(OutgoingKind.REQUEST, page, letters.request(page, name, reason, self.deadlines(hold)), at)
            for page in (self._page(hold, one) for one in asked)
        )

    def for_return(self, hold: Hold, at: datetime) -> Outgoing | None:
        """Give a reply back on which nobody acted; None where nobody may be told."""
        whom = told_of(hold, _facts(hold), self.config)
        if not whom:
            return None
        page = self._page(hold, whom)
        return self._sent(OutgoingKind.RETURN, page, letters.returned(page, at), at)

    def for_bounce(self, hold: Hold, progress: Progress, at: datetime) -> Outgoing | None:
        """Tell to whom a released mail could not be delivered; None where nobody may be told."""
        whom = told_of(hold, _facts(hold), self.config)
        if not whom:
            return None
        page = self._page(hold, whom)
        return self._sent(OutgoingKind.BOUNCE, page, letters.bounce(page, progress), at)

    def for_digest(self, waiting: Outgoing, holds: Sequence[Hold], at: datetime) -> Outgoing:
        """Write a waiting digest's letter; `holds` are those that have no notice of their own and are still held."""
        to = waiting.envelope.addresses[0]
        letter = digest(self._house, holds, to, self.deadlines)
        return replace(self._outgoing(OutgoingKind.DIGEST, waiting.mail_id, to, letter, at), id=waiting.id)

    def answer(self, to: str, hold: Hold | None, lines: Sequence[str], at: datetime) -> Outgoing:
        """Tell somebody what became of an order that she sent by mail. Whom that may be is the caller's to know."""
        say = phrases_for(hold.language if hold else "")
        page = self._page(hold, Addressee(to, Reader.AGENT)) if hold else None
        end = closing(self._house, say, to, can_answer=page is not None and page.can_answer)
        letter = letters.answer(page, lines, Letter(say.language, say.answer_heading, say.answer_heading, (end,)))
        if page:
            return self._sent(OutgoingKind.ANSWER, page, letter, at)
        return self._outgoing(OutgoingKind.ANSWER, "", to, letter, at)

    def instead(self, refused: Outgoing, holds: Sequence[Hold], at: datetime) -> Outgoing | None:
        """Tell the fallback what a mailbox refused; None where that was the fallback, or where it may not be told.

        `holds` are those that the letter tells of. A digest gets its letter when it is sent.
        """
        whom = {fallback(_facts(hold), hold.envelope, self.config) for hold in holds}
        to = next(iter(whom), "") if len(whom) == 1 else ""
        if not to or to.casefold() in {address.casefold() for address in refused.envelope.addresses}:
            return None
        last = Addressee(to, Reader.FALLBACK)
        match refused.kind:
            case OutgoingKind.NOTICE | OutgoingKind.REMINDER:
                return self._waiting(refused.kind, holds[0], last, at)
            case OutgoingKind.RETURN:
                page = self._page(holds[0], last)
                return self._sent(refused.kind, page, letters.returned(page, at), at)
            case _:
                return replace(refused, envelope=self._envelope(to), created_at=at, due_at=at)

    # --- how

    @cached_property
    def _workdays(self) -> Workdays:
        return Workdays(self.config.calendar)

    @cached_property
    def _house(self) -> House:
        return House(self.config, self.hostname, self.texts, self._workdays)

    @property
    def _sender(self) -> str:
        return self.config.notices.sender or f"saate@{self.hostname}"

    def _late(self, first: datetime, *planned: datetime) -> tuple[datetime, ...]:
        """Steps whose first one is due at a moment: as planned, yet with the planned working time between them."""
        times = [first]
        for before, this in pairwise(planned):
            gap = self._workdays.between(before, this)
            times.append(max(this, self._workdays.after_time(times[-1], gap)))
        return tuple(times)

    def _at_step(self, hold: Hold, at: datetime, to: Stage) -> Hold:
        """A hold as it stands once the clock has made a step at this moment."""
        before = replace(hold, clock_at=at)
        deadlines = self.deadlines(before)
        due = deadlines.escalate_at if to is Stage.REMINDED else deadlines.give_back_at
        return replace(hold, stage=to, clock_at=due)

    def _page(self, hold: Hold, whom: Addressee, token: str = "") -> Page:
        takes_orders = bool(self.config.notices.commands) and whom.reader is not Reader.TICKET
        made = (token or self.token_for(hold, whom.to)) if takes_orders else ""
        return Page(self._house, phrases_for(hold.language), hold, whom, made)

    def _waiting(
        self, kind: OutgoingKind, hold: Hold, whom: Addressee | None, at: datetime, token: str = ""
    ) -> Outgoing | None:
        if not whom:
            return None
        page = self._page(hold, whom, token)
        say = page.say
        openings = {OutgoingKind.REMINDER: say.reminder, OutgoingKind.ESCALATION: say.escalation}
        letter = letters.waiting(page, openings.get(kind, say.held), self.deadlines(hold))
        return self._sent(kind, page, letter, at)

    def _sent(self, kind: OutgoingKind, page: Page, letter: Letter, at: datetime) -> Outgoing:
        """A letter about a hold in its envelope; a note for a ticket is addressed so that the helpdesk finds it."""
        whom = page.whom
        if whom.reader is not Reader.TICKET:
            reply_to = self._reply_to(page.token) if page.can_answer else ""
            return self._outgoing(kind, page.hold.id, whom.to, letter, at, reply_to=reply_to)
        noted = replace(letter, subject=f"{clean(page.hold.ticket)} {letter.subject}")
        fields = NOTE_FIELDS[self.config.notices.helpdesk]
        return self._outgoing(kind, page.hold.id, whom.to, noted, at, fields=fields)

    def _outgoing(
        self,
        kind: OutgoingKind,
        mail_id: str,
        to: str,
        letter: Letter,
        at: datetime,
        *,
        reply_to: str = "",
        fields: tuple[tuple[str, str], ...] = (),
    ) -> Outgoing:
        message_id = f"{_name(kind, mail_id, to, letter)}.{int(at.timestamp())}@{self.hostname}"
        octets = to_octets(letter, Postmark(self._sender, to, at, message_id, reply_to, fields))
        return Outgoing(kind, mail_id, self._envelope(to, reply_to), octets, created_at=at, due_at=at)

    def _reply_to(self, token: str) -> str:
        """The mailbox that takes orders, with the token behind a plus sign (RFC 5233)."""
        local, _, domain = self.config.notices.commands.rpartition("@")
        return f"{local}+{token}@{domain}"

    def _envelope(self, to: str, reply_to: str = "") -> Envelope:
        reverse_path = self.config.notices.reverse_path
        parameters = () if (to + reply_to + self._sender + reverse_path).isascii() else ("SMTPUTF8",)  # RFC 6531 §3.4
        return Envelope(reverse_path, parameters, (Recipient(to),))


def _name(kind: OutgoingKind, mail_id: str, to: str, letter: Letter) -> str:
    """The beginning of a Message-ID: of what is sent to several at once, no two are alike."""
    if kind not in _MANY:
        return f"{kind.value}.{mail_id}"
    told = hashlib.sha256(f"{to}\n{to_text(letter)}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return ".".join(filter(None, (kind.value, mail_id, told)))


def _facts(hold: Hold) -> ReplyFacts:
    """What a hold still knows of its mail, for the question who may be told."""
    return ReplyFacts(automatic=hold.automatic)


def _some(letters_: Iterable[Outgoing | None]) -> tuple[Outgoing, ...]:
    return tuple(one for one in letters_ if one)
