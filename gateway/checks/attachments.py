"""Attachments without a word: all that was worth saying lies in the file.

Rules of this file: pure. What counts is what is left when greeting, sign-off, signature, disclaimer and markers are
taken away (reading names them), and pointers to the attachment with them (`attachment.*` in the lexicons).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from gateway.checks.check import Params, phrase
from gateway.checks.words import WordSet, words_of
from gateway.lexicon import Resources, compiled_once
from gateway.reading.model import AgentReply, Attachment, Role, Text
from gateway.verdict import Fix, Seen, Where

_FORWARD = re.compile(r"\s*(?:fwd?|vl|vb|wg|tr|rv|pd|doorst|videresend\w*|vidarebef\w*)\s*:", re.IGNORECASE)
_WRAP = re.compile(r"(?<=[^\n.!?:])\n(?=[^\W\d_])")
"""A line's end inside a sentence."""
_SENTENCE_END = re.compile(r"[.!?]+(?:\s+|$)|\n+|[;,]|\s[-–]\s")
_FILE_NAME = re.compile(r"(?<!\S)\S{1,200}\.[a-zA-Z0-9]{2,4}(?!\w)")
_NAMES_IN_A_NOTE = 3
_NO_SPACES = "\N{THAI CHARACTER KO KAI}"
"""From here on in Unicode most scripts set no spaces between words."""


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


@dataclass(frozen=True, slots=True)
class _Words:
    pointers: WordSet
    things: WordSet
    fillers: WordSet


@compiled_once
def _words(resources: Resources) -> _Words:
    return _Words(
        pointers=WordSet(resources.words("attachment.pointers")),
        things=WordSet(resources.words("attachment.things")),
        fillers=WordSet(
            (*resources.words("attachment.fillers"), *resources.words("attachment.stock"), *resources.words("common"))
        ),
    )


def attachment_only(reply: AgentReply, params: AttachmentOnly, resources: Resources) -> Iterator[Seen]:
    """One sight per mail, at its first attachment."""
    enclosed = [one for one in reply.attachments if not one.inline and one.type not in params.ignore_types]
    if not enclosed or reply.encrypted or reply.calendar or _is_forward(reply):
        return
    words = _words(resources)
    known = [one.name for one in enclosed if one.name]
    if any(_matter(text, known, words) >= params.min_words for text in reply.texts):
        return
    names = ", ".join(one.name or one.type for one in enclosed)
    yield Seen(Where(enclosed[0].part), names, (Fix("cover-note", _cover_note(reply, enclosed, resources)),))


def _is_forward(reply: AgentReply) -> bool:
    """What is passed on with its own text came with words, though not the agent's."""
    attached = tuple(one.part + "." for one in reply.attachments if one.part)
    own = [text for text in reply.texts if not text.part.startswith(attached)]
    return _FORWARD.match(reply.subject.text) is not None and any(text.quoted for text in own)


def _matter(text: Text, names: Sequence[str], words: _Words) -> int:
    """Count the words of matter in what the agent wrote; the files' names are none."""
    body = "".join(_broken(text))
    for name in names:
        body = body.replace(name, " ")
    body = _WRAP.sub(" ", _FILE_NAME.sub(" ", body))
    return sum(_own_words(words_of(sentence), words) for sentence in _SENTENCE_END.split(body))


def _broken(text: Text) -> Iterator[str]:
    """Body lines with their line feeds; where reading left out a blank line, with one more."""
    last = 0
    for line in text.lines:
        if line.role is Role.BODY and line.depth == 0:
            yield ("\n\n" if line.line - last > 1 else "\n") + line.text
            last = line.line


def _own_words(spoken: Sequence[str], words: _Words) -> int:
    """Count the words that are neither pointer, nor the name of what is enclosed, nor filling.

    A sentence that points to nothing is a message as it stands, once it says one thing of its own.
    """
    own = [w for w in spoken if w not in words.pointers and w not in words.things and w not in words.fillers]
    points = any(word in words.pointers for word in spoken)
    return sum(map(_weight, own if points or not own else spoken))


def _weight(word: str) -> int:
    """Scripts that set no spaces write a sentence as one run: two characters stand for a word."""
    return 1 if max(word) < _NO_SPACES else max(1, len(word) // 2)


def _cover_note(reply: AgentReply, enclosed: Sequence[Attachment], resources: Resources) -> str:
    names = [one.name for one in enclosed if one.name][:_NAMES_IN_A_NOTE]
    return phrase(resources, reply.language, "fixes.cover_note").replace("{names}", ", ".join(names)) if names else ""
