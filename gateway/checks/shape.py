"""The shape of lines: prints of machines in capitals, pasted into a letter.

Rules of this file: pure. Shape decides, not case alone: columns, codes, joined dates and figures make a print;
sentences, however loud, do not. Scripts without case never match, since nothing in them is a capital.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from gateway.checks.check import Params, at, language_for, phrase
from gateway.checks.cover import DUMP_LIST, unfilled
from gateway.checks.machine import Kind, is_machine, is_segment, kind_of
from gateway.checks.words import WordSet
from gateway.lexicon import Resources, compiled_once
from gateway.reading.model import AgentReply, Line, Role
from gateway.verdict import Fix, Seen


class UppercaseDump(Params):
    """How much it takes."""

    min_lines: int = Field(default=3, ge=2)
    """Lines of capitals that belong together."""


_OWN = frozenset({Role.BODY, Role.SIGN_OFF, Role.SIGNATURE})
"""A print at the end of a reply may be taken for a signature."""
_MISTAKEN = frozenset({Role.MARKER, Role.GREETING, Role.DISCLAIMER})
"""What a row of a print may be taken for: a ticket's line, a name."""


@dataclass(slots=True)
class Print:
    """Lines that may be one print."""

    first: Line
    last: Line
    letters: int = 0
    """Capital letters in all of it."""
    capitals: int = 0
    machine: int = 0
    segments: int = 0
    """Lines that one machine writes to another."""
    blank: int = 0
    """Blank lines at its end so far."""
    other: int = 0
    """Lines of other writing at its end so far."""


_LETTERS_A_LINE = 6
"""On average; tables of quotations have fewer."""
_MACHINE_SHARE = 0.4
_MAX_BLANK = 2


@compiled_once
def _common(resources: Resources) -> WordSet:
    return WordSet(resources.words("common"))


def uppercase_dump(reply: AgentReply, params: UppercaseDump, resources: Resources) -> Iterator[Seen]:
    """One sight for each print, at its first line, and one for a list that a fix began and nobody filled.

    Quoted lines are the customer's business.
    """
    if blank := unfilled(reply, DUMP_LIST, resources):
        yield Seen(at(blank), blank.text)
    told: set[str] = set()
    for text in reply.texts:
        if text.group in told:
            continue
        for run in prints(text.lines, params.min_lines, resources):
            if text.group:
                told.add(text.group)
            preview = phrase(resources, language_for(reply, resources), DUMP_LIST)
            yield Seen(at(run.first), run.first.text, (Fix("dump-list", preview),))


def prints(lines: Sequence[Line], least: int, resources: Resources) -> Iterator[Print]:
    """The prints among lines. Nearly all mail has no two lines of capitals and ends at the first look."""
    if sum(line.text.isupper() for line in lines if line.depth == 0) < least - 1:
        return
    common = _common(resources)
    run: Print | None = None
    for line in lines:
        kind = _kind(line, common)
        if kind is Kind.CAPITALS:
            run = run or Print(line, line)
            run.capitals += 1
            run.letters += sum(character.isupper() for character in line.text)
            run.machine += is_machine(line.text, common)
            run.segments += is_segment(line.text)
            run.blank = run.other = 0
            run.last = line
        elif run:
            run.blank = run.blank + 1 if not line.text.strip() else 0
            run.other += kind is Kind.OTHER
            run.last = line if kind is Kind.NEUTRAL else run.last
            if kind is Kind.FOREIGN or run.other > 1 or run.blank > _MAX_BLANK:
                if _is_print(run, least):
                    yield run
                run = None
    if run and _is_print(run, least):
        yield run


def _kind(line: Line, common: WordSet) -> Kind:
    """A row that reading took for a ticket's line or a rule belongs to the print that it stands in."""
    if line.depth:
        return Kind.FOREIGN
    kind = kind_of(line.text)
    if line.role in _OWN or (line.role is Role.MARKER and kind is Kind.NEUTRAL):
        return kind
    mistaken = line.role in _MISTAKEN and kind is Kind.CAPITALS and is_machine(line.text, common)
    return kind if mistaken else Kind.FOREIGN


def _is_print(run: Print, least: int) -> bool:
    words = run.letters >= _LETTERS_A_LINE * run.capitals or run.segments >= least
    return words and run.capitals >= least and run.machine >= max(2, _MACHINE_SHARE * run.capitals)
