"""The shape of lines: prints of machines in capitals, pasted into a letter.

Rules of this file: pure. Shape decides, not case alone: columns, codes, joined dates and figures make a print;
sentences, however loud, do not. Scripts without case never match, since nothing in them is a capital.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from pydantic import Field

from gateway.checks.check import Params, at, language_for, phrase
from gateway.checks.cover import DUMP_LIST, unfilled
from gateway.checks.words import WordSet, words_of
from gateway.lexicon import Resources, compiled_once
from gateway.reading.model import AgentReply, Line, Role
from gateway.verdict import Fix, Seen


class UppercaseDump(Params):
    """How much it takes."""

    min_lines: int = Field(default=3, ge=2)
    """Lines of capitals that belong together."""


_OWN = frozenset({Role.BODY, Role.SIGN_OFF, Role.SIGNATURE})
"""A print at the end of a reply may be taken for a signature."""


class _Kind(Enum):
    CAPITALS = auto()
    NEUTRAL = auto()
    """Blank, a rule, figures: belongs to what stands around it."""
    OTHER = auto()
    FOREIGN = auto()
    """Not the agent's words: quoted, a marker, a disclaimer."""


@dataclass(slots=True)
class Print:
    """Lines that may be one print."""

    first: Line
    last: Line
    letters: int = 0
    """Capital letters in all of it."""
    capitals: int = 0
    machine: int = 0
    blank: int = 0
    """Blank lines at its end so far."""
    other: int = 0
    """Lines of other writing at its end so far."""


_COLUMN_GAP = re.compile(r"[^\s.!?](?: {2,}|\t+)(?=\S)")
_CODE = re.compile(r"(?<![\w@.])(?=[/-]*[^\W\d_]*\d)(?=[\d/-]*[^\W\d_])[^\W_]+(?:[/-][^\W_]+)*(?![\w@])")
"""Letters and figures joined: AY1331, 10MAY, HK1, AB-1203."""
_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d[\d.,:/]*(?!\w)")
_SEGMENT = re.compile(r"^:\d\d[A-Z]?:\S|^[A-Z]{3}[+*:].*|.*[+*][^+*]*[+*].*'$")
"""Segments of EDIFACT and X12, fields of SWIFT."""
_LABELLED = re.compile(r"^\W{0,3}[^\W\d_][^\W_ ]*(?:[ ./-][^\W_]+){0,2}\s?(?:\.{2,}\s*:?|:|=)[\s.]*[^\W_]")
_SLASHES = re.compile(r"\S/\S.*\S/\S|//")
_HEX = re.compile(r"(?:\W*\b[0-9A-F]{2,8}\b){4,}\W*")
_ENCODED = re.compile(r"M.{60}$|\S{40,}$")
"""uuencode and its kin."""
_ITEM = re.compile(r"^[•●▪◦‣*✓-]\s")
"""A list for people."""
_NUMBERED_ITEM = re.compile(r"\d{1,2}[.)]\s")
_STREET = re.compile(r"^[^\W\d_][^\d]*\s\d{1,4}(?:\s?-\s?\d{1,4})?(?:\s?[A-Z]{1,3}\s?\d{0,3})?,?$")
_POSTAL = re.compile(
    r"^(?:P\.?\s?O\.?\s?BOX|PL|PB|BOX|POSTFACH|BP)\s\d+\b.{0,30}$"
    r"|^(?:[A-Z]{1,3}-)?(?:\d{4,5}|\d{3} \d{2})(?: [^\W\d_]+){1,3}$"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$|^(?:UNIT|SUITE|FLOOR|C/O|ATTN|APT)\b"
)
_CONTACT = re.compile(
    r"\S@\S|\bWWW\.|HTTPS?:|\+\d{2,3}[ (]"
    r"|\b(?:TEL|PUH|GSM|FAX|MOB|PHONE|TLF|TFN|Y-TUNNUS|VAT|ORG\.?\s?NR)\b[.:]?\s?[+\d(]"
)
"""What a signature in capitals holds."""
_LETTERS_FOR_ONE_SMALL = 10
_WITHOUT_SMALL = dict.fromkeys(range(ord("a"), ord("z") + 1))
"""For a quick look at the usual line."""
_LEAST_CAPITALS = 3
_PROSE_SHARE = 0.25
_LETTERS_A_LINE = 6
"""On average; tables of quotations have fewer."""
_MACHINE_SHARE = 0.4
_MAX_BLANK = 2
_LOOK = 300
"""Characters of a line at most."""


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
        kind = _kind(line.text) if line.role in _OWN and line.depth == 0 else _Kind.FOREIGN
        if kind is _Kind.CAPITALS:
            run = run or Print(line, line)
            run.capitals += 1
            run.letters += sum(character.isupper() for character in line.text)
            run.machine += _is_machine(line.text, common)
            run.blank = run.other = 0
            run.last = line
        elif run:
            run.blank = run.blank + 1 if not line.text.strip() else 0
            run.other += kind is _Kind.OTHER
            run.last = line if kind is _Kind.NEUTRAL else run.last
            if kind is _Kind.FOREIGN or run.other > 1 or run.blank > _MAX_BLANK:
                if _is_print(run, least):
                    yield run
                run = None
    if run and _is_print(run, least):
        yield run


def _is_print(run: Print, least: int) -> bool:
    words = run.letters >= _LETTERS_A_LINE * run.capitals
    return words and run.capitals >= least and run.machine >= max(2, _MACHINE_SHARE * run.capitals)


def _kind(text: str) -> _Kind:
    """Capitals: hardly a small letter, nor one of a script without case; encoded octets are no writing at all."""
    text = text[:_LOOK]
    if len(text) - len(text.translate(_WITHOUT_SMALL)) > len(text) // _LETTERS_FOR_ONE_SMALL:
        return _Kind.OTHER
    upper = sum(character.isupper() for character in text)
    letters = sum(character.isalpha() for character in text)
    marks = sum(not character.isalnum() and not character.isspace() for character in text)
    if upper < letters - letters // _LETTERS_FOR_ONE_SMALL:
        return _Kind.OTHER
    figures = sum(character.isdigit() for character in text)
    encoded = (marks * 2 > upper + figures or _ENCODED.match(text)) and not _SEGMENT.match(text)
    if upper < _LEAST_CAPITALS or encoded or _HEX.fullmatch(text):
        return _Kind.NEUTRAL
    return _Kind.CAPITALS


def _is_machine(text: str, common: WordSet) -> bool:
    """Tell a machine's line from a loud sentence, a heading or an address."""
    stripped = text.strip()[:_LOOK]
    if any(form.search(stripped) for form in (_ITEM, _STREET, _POSTAL, _CONTACT)):
        return False
    gaps = len(_COLUMN_GAP.findall(stripped))
    codes = len(_CODE.findall(stripped))
    numbers = len(_NUMBER.findall(stripped))
    if gaps >= 2 or codes >= 2 or _SEGMENT.match(stripped):
        return True
    if _NUMBERED_ITEM.match(stripped):
        return False
    tokens = len(stripped.split())
    spoken = words_of(stripped)
    said = sum(len(word) > 1 and word in common for word in spoken)
    if len(spoken) >= 3 and said >= _PROSE_SHARE * len(spoken):
        return False
    return (
        (gaps == 1 and numbers > 0)
        or (tokens > 1 and (numbers >= 2 or codes > 0))
        or (tokens > 2 and numbers > 0 and not said)
        or (_LABELLED.match(stripped) is not None and tokens <= 8)
        or _SLASHES.search(stripped) is not None
    )
