"""Letters about one hold: it is held, it waits still, it needs a decision, it comes back, it could not be delivered.

Rules of this file: pure. What is wrong stands before what can be done about it, and both before why it matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.hold import HoldState, Progress
from gateway.letter import Block, Commands, Heading, Item, Letter, Paragraph, Quote, Steps
from gateway.notice.page import Page, choices, closing, deadline, facts, findings, reasons_why, told_instead
from gateway.notice.texts import Deadlines
from gateway.phrases.model import Opening

_ADDRESSES = 50


def waiting(page: Page, opening: Opening, deadlines: Deadlines) -> Letter:
    """A reply waits: told at once, as a reminder, or to reviewers."""
    return _letter(
        page,
        opening,
        (
            Paragraph(page.facing(opening.lead).format(since=_since(page))),
            deadline(page, deadlines),
            *told_instead(page),
            facts(page),
            *findings(page),
            *choices(page),
            *reasons_why(page),
        ),
    )


def request(page: Page, who: str, reason: str, deadlines: Deadlines) -> Letter:
    """Somebody asks for a release, with her reason."""
    opening = page.say.request
    return _letter(
        page,
        opening,
        (
            Paragraph(page.facing(opening.lead).format(who=who)),
            Quote(reason),
            deadline(page, deadlines),
            facts(page),
            *findings(page),
            *choices(page),
            *reasons_why(page),
        ),
    )


def returned(page: Page, at: datetime) -> Letter:
    """Nobody acted: the reply is the agent's again. Its octets stay with us until their time is over."""
    say, opening = page.say, page.say.returned
    kept = page.house.workdays.local(at + timedelta(seconds=page.house.config.retention.returned))
    return _letter(
        page,
        opening,
        (
            Paragraph(page.facing(opening.lead)),
            Paragraph(page.facing(say.returned_mend)),
            *told_instead(page),
            facts(page, with_ticket=True),
            *findings(page, with_fixes=False),
            Heading(say.original),
            Paragraph(say.returned_kept.format(date=say.times.day(kept))),
            Commands(((f"saate holds show {page.hold.id} --octets", say.show),)),
        ),
    )


def bounce(page: Page, progress: Progress) -> Letter:
    """A released reply could not be delivered to somebody."""
    say, hold = page.say, page.hold
    heading = page.facing(say.bounce_heading)
    refusals = progress.refused
    partly = len(progress.taken) + len(refusals) == len(hold.envelope.recipients) and progress.taken
    items = (Item(one.recipient.address, facts=((say.said, str(one.status)[:500]),)) for one in refusals[:_ADDRESSES])
    more = (Paragraph(say.and_more(len(refusals) - _ADDRESSES)),) if len(refusals) > _ADDRESSES else ()
    blocks: tuple[Block, ...] = (
        *told_instead(page),
        facts(page),
        Paragraph(say.bounce_lead(len(refusals))),
        *items,
        *more,
        *((Paragraph(say.bounce_partly),) if partly else ()),
        Heading(say.next),
        Steps((say.bounce_mend, say.bounce_kept)),
        Paragraph(say.commands, soft=True),
        Commands(((f"saate holds show {hold.id}", say.show),)),
        closing(page.house, say, page.whom.to),
    )
    return Letter(say.language, heading, heading, blocks)


def answer(page: Page | None, lines: Sequence[str], empty: Letter) -> Letter:
    """What became of an order that came by mail; `empty` has the words where no hold is known.

    Of a reply that is still held it tells what is found and what can be answered now: another try needs no search.
    """
    blocks: tuple[Block, ...] = tuple(Paragraph(line) for line in lines)
    about: tuple[Block, ...] = ()
    if page:
        is_held = page.hold.state is HoldState.HELD
        about = (facts(page), *findings(page), *choices(page)) if is_held else (facts(page),)
    return Letter(empty.language, empty.subject, empty.heading, (*blocks, *about, *empty.blocks))


def _letter(page: Page, opening: Opening, blocks: tuple[Block, ...]) -> Letter:
    subject = page.facing(opening.subject).format(title=page.title)
    end = closing(page.house, page.say, page.whom.to, can_answer=page.can_answer)
    return Letter(page.say.language, subject, page.facing(opening.heading), (*blocks, end))


def _since(page: Page) -> str:
    return page.say.times.on(page.house.workdays.local(page.hold.held_at))
