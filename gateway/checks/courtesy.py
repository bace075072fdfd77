"""Checks of the form of a letter: does it greet.

Rules of this file: pure. What a greeting is, reading knows; whether machine mail is exempt, its header says, not this.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.checks.check import Params, at
from gateway.checks.salutation import salutation
from gateway.checks.shape import UppercaseDump, prints
from gateway.lexicon import Resources
from gateway.reading.model import AgentReply, Line, Role
from gateway.verdict import Fix, Seen


def missing_greeting(reply: AgentReply, _params: Params, resources: Resources) -> Iterator[Seen]:
    """The first line of the matter, when no salutation stands before it.

    A mail without any words of the agent's is not a matter without a greeting: a bare attachment or forward is other
    policies' business.
    """
    if reply.greeting or reply.encrypted or reply.calendar:
        return
    matter = (line for line in reply.fresh if line.role is Role.BODY and _speaks(line))
    line = next(matter, None) or _first_of_print(reply, resources)
    if line:
        yield Seen(at(line), line.text, (Fix("greeting", salutation(reply, resources)),))


def _speaks(line: Line) -> bool:
    return any(character.isalpha() for character in line.text)


def _first_of_print(reply: AgentReply, resources: Resources) -> Line | None:
    """A print in capitals may look like a signature; it is the matter all the same."""
    for text in reply.texts:
        for run in prints(text.lines, UppercaseDump().min_lines, resources):
            return run.first
    return None
