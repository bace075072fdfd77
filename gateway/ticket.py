"""Tickets of a helpdesk: how a subject names one, and how a mail becomes an internal note of one.

Rules of this file: pure. The reference is what stands in the subject, so that a helpdesk finds its ticket by it again;
nothing is looked up. What a helpdesk must be set to before it believes these header fields stands in docs/holds.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_CHARACTERS = 500
_WORDS = r"ticket|tiketti|palvelupyyntö|tapaus|ärende|ärendenummer|case|request|incident|vorgang|sak|pilet"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\[[^\[\]#]{0,40}#:?\s?[\w-]{0,20}\d[\w-]{0,30}\]",  # [Ticket#2026110210000017], [#12345], [example.com #7]
        rf"\[(?:{_WORDS})[\s:.-]{{0,3}}[\w-]{{0,10}}\d[\w-]{{0,30}}\]",  # [ticket:12345], [CASE-77]
        r"\(ref:[^()\s]{3,80}\)|\bref:_[^()\s]{3,80}:ref\b",  # (ref:_00Dx.5003y:ref)
        r"##[\w-]{0,20}\d[\w-]{0,30}##",  # ##RE-4711##
        rf"\b(?:{_WORDS})\s?(?:#|n:o|nro|nr|no|number|numero|nummer|:)?[.:]?\s?#?\d[\d-]{{2,30}}\b",  # Tiketti #4711
        r"(?<![\w#&])#\d{3,30}\b",  # #12345
    )
)

NOTE_FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "zammad": (
        ("X-Zammad-Article-Internal", "true"),
        ("X-Zammad-Send-Auto-Response", "false"),
    ),
    "znuny": (
        ("X-OTRS-FollowUp-IsVisibleForCustomer", "0"),
        ("X-OTRS-FollowUp-SenderType", "system"),
        ("X-OTRS-FollowUp-State-Keep", "1"),
        # Where the ticket takes no follow-up, the note becomes a ticket of its own or an article without these fields.
        ("X-OTRS-IsVisibleForCustomer", "0"),
        ("X-OTRS-SenderType", "system"),
        ("X-OTRS-Loop", "yes"),  # no automatic answer
    ),
}
"""Helpdesk → the header fields that make a mail to it an internal note.

FreeScout has none: of a mail it makes either a message of the customer or one to the customer.
"""


def ticket_reference(subject: str) -> str:
    """The reference of the ticket as a subject names it, `[Ticket#2026110210000017]`; "" where it names none."""
    text = subject[:_CHARACTERS]
    for form in _FORMS:
        if found := form.search(text):
            return found[0]
    return ""
