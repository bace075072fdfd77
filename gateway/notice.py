"""Our notices: a reply is held, many are held, a released one could not be delivered.

Rules of this file: pure; time is passed in. A notice is a thread of its own: no In-Reply-To, no References, no ticket
number or word of the customer in its subject, no Message-ID but its own. Excerpts and the subject come masked and stay
so. The words stand in phrases/, one file per language; what a policy means stands in its YAML and comes here as
`PolicyText`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.agent import fallback, notice_recipient
from gateway.config import Config
from gateway.hold import Hold, Outgoing, OutgoingKind, Progress
from gateway.letter import Block, Commands, Facts, Heading, Item, Letter, Paragraph, Postmark, Steps, to_octets
from gateway.mail import Envelope, Recipient
from gateway.phrases import Phrases, phrases_for
from gateway.phrases.model import Facing
from gateway.verdict import Disposition, Finding, PolicyStatus, ReleaseBy, ReplyFacts, Where

PLACES = 5
"""So many places of one policy are shown; the rest are counted."""
DIGEST_ITEMS = 50
_RECIPIENTS = 3
_TEXT_PARTS = frozenset({"", "1", "1.1"})
"""Where the text of a mail stands unless it is an odd one: no number is shown for these."""
_TICKET = re.compile(r"#(?=\d)")


@dataclass(frozen=True, slots=True)
class PolicyText:
    """What a policy says to people: language → words."""

    title: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    advice: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoticeWriter:
    """Writes notices in the name of one gateway."""

    config: Config
    hostname: str
    texts: Mapping[str, PolicyText] = field(default_factory=dict)
    """Policy id → its words."""

    def for_hold(self, hold: Hold, facts: ReplyFacts, at: datetime) -> Outgoing | None:
        """Tell of a hold; None where nobody may be told."""
        return self._held(hold, notice_recipient(hold.agent, facts, hold.envelope, self.config), at)

    def for_digest(self, digest: Outgoing, holds: Sequence[Hold], at: datetime) -> Outgoing:
        """Write a waiting digest's letter; `holds` are those that have no notice of their own and are still held."""
        to = digest.envelope.addresses[0]
        letter = self._digest_letter(holds, to)
        return replace(self._outgoing(OutgoingKind.DIGEST, digest.mail_id, to, letter, at), id=digest.id)

    def for_bounce(self, hold: Hold, progress: Progress, at: datetime) -> Outgoing | None:
        """Tell to whom a released mail could not be delivered; None where nobody may be told."""
        to = notice_recipient(hold.agent, _facts(hold), hold.envelope, self.config)
        if not to:
            return None
        return self._outgoing(OutgoingKind.BOUNCE, hold.id, to, self._bounce_letter(hold, progress, to), at)

    def instead(self, refused: Outgoing, holds: Sequence[Hold], at: datetime) -> Outgoing | None:
        """Tell the fallback what a mailbox refused; None where that was the fallback, or where it may not be told.

        `holds` are those that the notice tells of. A digest gets its letter when it is sent.
        """
        whom = {fallback(_facts(hold), hold.envelope, self.config) for hold in holds}
        to = next(iter(whom), "") if len(whom) == 1 else ""
        if not to or to.casefold() in {address.casefold() for address in refused.envelope.addresses}:
            return None
        if refused.kind is OutgoingKind.NOTICE:
            return self._held(holds[0], to, at)
        return replace(refused, envelope=self._envelope(to), created_at=at, due_at=at)

    def _held(self, hold: Hold, to: str, at: datetime) -> Outgoing | None:
        if not to:
            return None
        return self._outgoing(OutgoingKind.NOTICE, hold.id, to, self._hold_letter(hold, to), at)

    def _outgoing(self, kind: OutgoingKind, mail_id: str, to: str, letter: Letter, at: datetime) -> Outgoing:
        message_id = f"{kind.value}.{mail_id}.{int(at.timestamp())}@{self.hostname}"
        octets = to_octets(letter, Postmark(self._sender, to, at, message_id))
        return Outgoing(kind, mail_id, self._envelope(to), octets, created_at=at, due_at=at)

    @property
    def _sender(self) -> str:
        return self.config.notices.sender or f"saate@{self.hostname}"

    def _envelope(self, to: str) -> Envelope:
        reverse_path = self.config.notices.reverse_path
        parameters = () if (to + self._sender + reverse_path).isascii() else ("SMTPUTF8",)  # RFC 6531 §3.4
        return Envelope(reverse_path, parameters, (Recipient(to),))

    # --- a hold

    def _hold_letter(self, hold: Hold, to: str) -> Letter:
        say = phrases_for(hold.language)
        enforced = [finding for finding in hold.findings if finding.status is PolicyStatus.ENFORCED]
        holding = [finding for finding in enforced if finding.disposition is Disposition.HOLD]
        beside = [finding for finding in enforced if finding.disposition is Disposition.ANNOTATE]
        title = self._title(say, holding[0].policy) if holding else ""
        return Letter(
            say.language,
            _facing(say.held_subject, hold, to).format(title=title),
            _facing(say.held_heading, hold, to),
            (
                Paragraph(_facing(say.held_lead, hold, to)),
                *_told_instead(say, hold, to),
                _facts_of(say, hold, to),
                Heading(say.found),
                *self._items(say, holding),
                *((Heading(say.also_found), Paragraph(say.also_found_note, soft=True)) if beside else ()),
                *self._items(say, beside),
                *_what_next(say, hold, to),
                *self._closing(say, to),
            ),
        )

    def _items(self, say: Phrases, findings: Iterable[Finding]) -> Iterable[Item]:
        """One item a policy, in the order of findings."""
        by_policy: dict[str, list[Finding]] = {}
        for finding in findings:
            by_policy.setdefault(finding.policy, []).append(finding)
        for policy, found in by_policy.items():
            places = tuple(dict.fromkeys((_where(say, one.where), _parted(one.excerpt)) for one in found))
            shown = tuple(place for place in places[:PLACES] if any(place))
            text = self.texts.get(policy, PolicyText())
            rows = ((say.why, _in(text.why, say)), (say.mend, _in(text.advice, say)))
            more = say.more_places(len(places) - PLACES) if len(places) > PLACES else ""
            yield Item(self._title(say, policy), shown, tuple(row for row in rows if row[1]), more=more)

    def _title(self, say: Phrases, policy: str) -> str:
        return _in(self.texts.get(policy, PolicyText()).title, say) or policy

    # --- a digest

    def _digest_letter(self, holds: Sequence[Hold], to: str) -> Letter:
        say = phrases_for(Counter(hold.language for hold in holds).most_common(1)[0][0] if holds else "")
        items = (
            Item(
                _subject(say, hold),
                facts=(
                    (say.recipient, _recipients(say, hold)),
                    (say.found_short, "; ".join(self._title(say, policy) for policy in _holding(hold))),
                    (say.hold, hold.id),
                ),
            )
            for hold in holds[:DIGEST_ITEMS]
        )
        more = (Paragraph(say.more_holds(len(holds) - DIGEST_ITEMS)),) if len(holds) > DIGEST_ITEMS else ()
        commands = (("saate holds list", say.list_holds), *_commands(say, "ID"))
        blocks: tuple[Block, ...] = (
            Paragraph(say.digest_lead),
            Paragraph(say.digest_cause),
            Heading(say.waiting),
            *items,
            *more,
            Heading(say.next),
            Steps((say.digest_mend, say.nothing_happens)),
            Paragraph(say.commands, soft=True),
            Commands(commands),
            *self._closing(say, to),
        )
        return Letter(say.language, say.digest_subject(len(holds)), say.digest_heading(len(holds)), blocks)

    # --- a bounce

    def _bounce_letter(self, hold: Hold, progress: Progress, to: str) -> Letter:
        say = phrases_for(hold.language)
        heading = _facing(say.bounce_heading, hold, to)
        refusals = progress.refused
        partly = len(progress.taken) + len(refusals) == len(hold.envelope.recipients) and progress.taken
        items = (Item(one.recipient.address, ((say.said, str(one.status)[:500]),)) for one in refusals[:DIGEST_ITEMS])
        more = (Paragraph(say.and_more(len(refusals) - DIGEST_ITEMS)),) if len(refusals) > DIGEST_ITEMS else ()
        blocks: tuple[Block, ...] = (
            *_told_instead(say, hold, to),
            _facts_of(say, hold, to),
            Paragraph(say.bounce_lead(len(refusals))),
            *items,
            *more,
            *((Paragraph(say.bounce_partly),) if partly else ()),
            Heading(say.next),
            Steps((say.bounce_mend, say.bounce_kept)),
            Paragraph(say.commands, soft=True),
            Commands(((f"saate holds show {hold.id}", say.show),)),
            *self._closing(say, to),
        )
        return Letter(say.language, heading, heading, blocks)

    def _closing(self, say: Phrases, to: str) -> tuple[Block, ...]:
        who = self.config.fallback
        questions = f" {say.questions.format(fallback=who)}" if who and who.casefold() != to.casefold() else ""
        return (Paragraph(f"{say.about.format(hostname=self.hostname)} {say.no_answer}{questions}", soft=True),)


def _facts(hold: Hold) -> ReplyFacts:
    """What a hold still knows of its mail, for the question who may be told."""
    return ReplyFacts(automatic=hold.automatic)


def _facing(facing: Facing, hold: Hold, to: str) -> str:
    if hold.automatic:
        return facing.automatic
    return facing.agent if _is_agent(hold, to) else facing.other


def _is_agent(hold: Hold, to: str) -> bool:
    return bool(hold.agent) and hold.agent.casefold() == to.casefold()


def _told_instead(say: Phrases, hold: Hold, to: str) -> tuple[Paragraph, ...]:
    if hold.automatic:
        return (Paragraph(say.told_of_machine),)
    return () if _is_agent(hold, to) else (Paragraph(say.told_instead),)


def _facts_of(say: Phrases, hold: Hold, to: str) -> Facts:
    sender = () if _is_agent(hold, to) else ((say.sender, hold.header_from or hold.envelope.reverse_path or "<>"),)
    return Facts(
        (
            (say.subject, _subject(say, hold)),
            *sender,
            (say.recipient, _recipients(say, hold)),
            (say.hold, hold.id),
        )
    )


def _subject(say: Phrases, hold: Hold) -> str:
    return _parted(hold.subject[:200]) or say.no_subject


def _parted(text: str) -> str:
    """Part `#` from a ticket's number with a zero-width space.

    A helpdesk that looks for its ticket numbers in bodies does not take the notice for mail of that ticket.
    """
    return _TICKET.sub("#\u200b", text)


def _recipients(say: Phrases, hold: Hold) -> str:
    addresses = hold.envelope.addresses
    more = len(addresses) - _RECIPIENTS
    shown = ", ".join(address[:100] for address in addresses[:_RECIPIENTS])
    return f"{shown} {say.and_more(more)}" if more > 0 else shown


def _holding(hold: Hold) -> Iterable[str]:
    return dict.fromkeys(
        finding.policy
        for finding in hold.findings
        if finding.status is PolicyStatus.ENFORCED and finding.disposition is Disposition.HOLD
    )


def _where(say: Phrases, where: Where) -> str:
    if where.part.casefold() == "header:subject":
        return say.in_subject
    if where.part.startswith("header:"):
        return say.in_field.format(name=where.part.removeprefix("header:"))
    if where.line and where.part in _TEXT_PARTS:
        return say.in_line.format(line=where.line)
    if where.line:
        return say.in_line_of_part.format(line=where.line, part=where.part)
    return say.in_part.format(part=where.part) if where.part else ""


def _what_next(say: Phrases, hold: Hold, to: str) -> tuple[Block, ...]:
    match hold.release_by:
        case ReleaseBy.AGENT:
            release = say.release_by_agent
        case ReleaseBy.REVIEWER:
            release = say.release_by_reviewer
    return (
        Heading(say.next),
        Steps((_facing(say.mend_and_resend, hold, to), release, say.nothing_happens)),
        Paragraph(say.commands, soft=True),
        Commands(_commands(say, hold.id)),
    )


def _commands(say: Phrases, hold_id: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"saate holds show {hold_id}", say.show),
        (f"saate holds release {hold_id}", say.release),
        (f"saate holds discard {hold_id}", say.discard),
    )


def _in(words: Mapping[str, str], say: Phrases) -> str:
    """Words in the notice's language, else in English, else in any."""
    return words.get(say.language) or words.get("en") or next(iter(words.values()), "")
