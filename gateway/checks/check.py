"""The form of a check: code that says what it saw, and no more.

Rules of this file: pure; values only. A check is one function in one file of this package and one line in the table
CHECKS. It reads the reply and the word lists and yields `Seen`; what that means is a policy's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from gateway.lexicon import Resources
from gateway.reading.language import language_of
from gateway.reading.model import AgentReply, Line
from gateway.reading.words import words_of
from gateway.verdict import Seen, Where


class Params(BaseModel):
    """What a policy may say to a check. A check without parameters uses this as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Run = Callable[[AgentReply, Any, Resources], Iterable[Seen]]
"""(reply, an instance of the check's `params`, resources) → what was seen. An excerpt is the whole line: `policy.judge`
masks it first and shortens it then."""


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of the table CHECKS."""

    name: str
    run: Run
    params: type[Params] = Params
    courtesy: bool = True
    """Automatic and bulk mail is exempt."""


def at(line: Line, column: int = 0) -> Where:
    """The place of a line, or of the character `column` (from 0) in its text."""
    return Where(line.part, line.line, line.column + column)


def language_for(reply: AgentReply, resources: Resources) -> str:
    """The language to speak in a reply: its own, else the customer's, else that of all its lines and its subject."""
    known = reply.language or reply.customer_language
    return known or language_of((line.text for line in _every_line(reply)), words_of(resources))


def _every_line(reply: AgentReply) -> Iterator[Line]:
    for text in reply.texts:
        yield from text.lines
    yield reply.subject


def phrase(resources: Resources, language: str, name: str) -> str:
    """The first entry of a list in the reply's language, in English where that language has none."""
    for wanted in (language, "en"):
        for lexicon in resources.lexicons:
            if lexicon.language == wanted and lexicon.words(name):
                return lexicon.words(name)[0]
    return ""
