"""Attachments without a word: all that was worth saying lies in the file.

Rules of this file: pure. What counts is what is left when greeting, sign-off, signature, disclaimer and markers are
taken away (reading names them); `pointing.py` tells whether that says anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from gateway.checks.check import Params
from gateway.checks.cover import COVER_NOTE, cover_note, unfilled
from gateway.checks.pointing import says
from gateway.lexicon import Resources
from gateway.reading.model import AgentReply, Attachment, Role, Text
from gateway.verdict import Fix, Seen, Where

_FORWARD = re.compile(r"\s*(?:fwd?|vl|vb|wg|tr|rv|pd|doorst|videresend\w*|vidarebef\w*)\s*:", re.IGNORECASE)


class AttachmentOnly(Params):
    """What the check takes as words of one's own."""

    min_words: int = Field(default=3, ge=1)
    """Fewer words of matter than this are no message."""
    ignore_types: tuple[str, ...] = (
        "text/calendar",
        "application/ics",
        "text/vcard",
        "text/x-vcard",
        "application/pgp-signature",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    )
    """Media types that are no enclosure."""


def attachment_only(reply: AgentReply, params: AttachmentOnly, resources: Resources) -> Iterator[Seen]:
    """One sight per mail, at its first attachment."""
    enclosed = enclosed_in(reply, params)
    if not enclosed or reply.encrypted or reply.calendar or _is_forward(reply):
        return
    known = [one.name for one in enclosed if one.name]
    people = reply.customer.forms | reply.agent.forms
    blank = unfilled(reply, COVER_NOTE, resources)
    if not blank and any(
        says("".join(_broken(text)), params.min_words, resources, known, people) for text in reply.texts
    ):
        return
    names = ", ".join(one.name or one.type for one in enclosed)
    yield Seen(Where(enclosed[0].part), names, (Fix("cover-note", cover_note(reply, enclosed, resources)),))


def enclosed_in(reply: AgentReply, params: AttachmentOnly) -> tuple[Attachment, ...]:
    """The attachments that a reader is meant to open."""
    return tuple(one for one in reply.attachments if not one.inline and one.type not in params.ignore_types)


def _is_forward(reply: AgentReply) -> bool:
    """What is passed on with its own text came with words, though not the agent's."""
    attached = tuple(one.part + "." for one in reply.attachments if one.part)
    own = [text for text in reply.texts if not text.part.startswith(attached)]
    return _FORWARD.match(reply.subject.text) is not None and any(text.quoted for text in own)


def _broken(text: Text) -> Iterator[str]:
    """Body lines with their line feeds; where reading left out a blank line, with one more."""
    last = 0
    for line in text.lines:
        if line.role is Role.BODY and line.depth == 0:
            yield ("\n\n" if line.line - last > 1 else "\n") + line.text
            last = line.line
