"""The salutation that a reply should have had: in its language and register, to the customer by name.

Rules of this file: pure. The register is read off the words of address in the reply, else in what the customer wrote
last; where nothing tells, it is the familiar one. Preview and fix both take their words from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gateway.checks.check import language_for, phrase
from gateway.lexicon import Resources
from gateway.reading.model import AgentReply, Line

_WORD = re.compile(r"[^\W\d_]+")
_LINES = 200
"""No more lines are looked at for words of address."""
_LEAST_ENDING = 7
"""Letters of a word whose ending tells a register."""
_MAX_NAME = 60


def salutation(reply: AgentReply, resources: Resources) -> str:
    """One line, with the customer's name where it is known."""
    language = language_for(reply, resources)
    formal = is_formal(reply, resources)
    name = " ".join((reply.customer.full if formal else reply.customer.first).split())
    if not name or len(name) > _MAX_NAME:
        return phrase(resources, language, "fixes.greeting_nameless")
    return phrase(resources, language, "fixes.greeting_formal" if formal else "fixes.greeting").replace("{name}", name)


def is_formal(reply: AgentReply, resources: Resources) -> bool:
    """Whether the agent addresses the customer formally; where she does not address them, whether they do her."""
    language = language_for(reply, resources)
    spoken: list[Sequence[Line]] = [reply.fresh, *(turn.lines for turn in reply.turns[:1])]
    for lines in spoken:
        formal, familiar = (
            _count(lines, _of(resources, language, f"fixes.address_{kind}")) for kind in ("formal", "familiar")
        )
        if formal != familiar:
            return formal > familiar
    return False


def _of(resources: Resources, language: str, name: str) -> tuple[str, ...]:
    return next((one.words(name) for one in resources.lexicons if one.language == language), ())


def _count(lines: Iterable[Line], entries: Sequence[str]) -> int:
    """How often lines have any of the words.

    A word with a capital counts in that form and inside a sentence only (`Sie` is *they* at its beginning); an asterisk
    stands for the beginning of a word.
    """
    exact = {entry for entry in entries if entry != entry.lower()}
    small = {entry for entry in entries if entry == entry.lower() and not entry.startswith("*")}
    endings = tuple(entry[1:] for entry in entries if entry.startswith("*"))
    found = 0
    for line in list(lines)[:_LINES]:
        for word in _WORD.finditer(line.text[:1000]):
            text = word[0]
            if text in exact:
                found += _is_inside(line.text, word.start())
            else:
                low = text.lower()
                found += low in small or (len(low) >= _LEAST_ENDING and bool(endings) and low.endswith(endings))
    return found


def _is_inside(text: str, at: int) -> bool:
    """Whether a sentence goes on before this place. A line may begin in the middle of one, but that is not known."""
    before = text[:at].rstrip(" \"'(")
    return bool(before) and before[-1] not in ".!?:"
