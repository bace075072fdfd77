"""One letter about many holds.

Rules of this file: pure. It tells of each hold what it is, why it waits and until when; the rest is in `holds show`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from gateway.hold import Hold
from gateway.letter import Block, Commands, Heading, Item, Letter, Paragraph, Steps
from gateway.notice.page import House, closing, recipients, subject, title
from gateway.notice.texts import Deadlines
from gateway.phrases import Phrases, phrases_for

ITEMS = 50


def digest(house: House, holds: Sequence[Hold], to: str, deadlines: Callable[[Hold], Deadlines]) -> Letter:
    """What waits, in the language of most of it."""
    say = phrases_for(Counter(hold.language for hold in holds).most_common(1)[0][0] if holds else "")
    automatic = bool(holds) and all(hold.automatic for hold in holds)
    items = (_item(house, say, hold, deadlines(hold)) for hold in holds[:ITEMS])
    more = (Paragraph(say.more_holds(len(holds) - ITEMS)),) if len(holds) > ITEMS else ()
    reason = f'"<{say.reason}>"'
    commands = (
        ("saate holds list", say.list_holds),
        (f"saate holds show {say.hold.upper()}", say.show),
        (f"saate holds release {say.hold.upper()} --reason {reason}", say.release),
        (f"saate holds discard {say.hold.upper()} --reason {reason}", say.discard),
    )
    blocks: tuple[Block, ...] = (
        Paragraph(say.digest_automatic_lead if automatic else say.digest_lead),
        *(() if automatic else (Paragraph(say.digest_cause),)),
        Heading(say.waiting),
        *items,
        *more,
        Heading(say.next),
        Steps((say.mend_and_resend.automatic if automatic else say.digest_mend,)),
        Paragraph(say.commands, soft=True),
        Commands(commands),
        closing(house, say, to),
    )
    subjects, headings = (
        (say.digest_automatic_subject, say.digest_automatic_heading)
        if automatic
        else (say.digest_subject, say.digest_heading)
    )
    return Letter(say.language, subjects(len(holds)), headings(len(holds)), blocks)


def _item(house: House, say: Phrases, hold: Hold, deadlines: Deadlines) -> Item:
    policies = dict.fromkeys(finding.policy for _, finding in hold.holding)
    return Item(
        subject(say, hold),
        facts=(
            (say.recipient, recipients(say, hold)),
            (say.found_short, "; ".join(title(house, say, policy) for policy in policies)),
            (say.until, say.times.on(house.workdays.local(deadlines.give_back_at))),
            (say.hold, hold.id),
        ),
    )
