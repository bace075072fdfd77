"""The words of templates that a fix puts in, and their blanks, which a person must fill.

Rules of this file: pure. A blank is `[[…]]` as a lexicon's template has it, word for word: brackets that somebody else
wrote are none. While one stands in a reply, the check that the template is for still finds the reply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.checks.check import language_for, phrase
from gateway.lexicon import Resources, compiled_once
from gateway.reading.model import FRESH, AgentReply, Attachment, Line

COVER_NOTE = "fixes.cover_note"
DUMP_LIST = "fixes.dump_list"
_BLANK = re.compile(r"\[\[.+?\]\]")
_NAMES = 10
"""So many files are named, the rest is counted among them by nobody."""


def cover_note(reply: AgentReply, enclosed: Sequence[Attachment], resources: Resources) -> str:
    """One line that names what is enclosed, and a blank for what the customer should know of it."""
    language = language_for(reply, resources)
    names = list(dict.fromkeys(_named(one, resources, language) for one in enclosed))[:_NAMES]
    *most, last = names
    joined = f"{', '.join(most)} {phrase(resources, language, 'fixes.joined')} {last}" if most else last
    return phrase(resources, language, COVER_NOTE).replace("{names}", joined)


def _named(one: Attachment, resources: Resources, language: str) -> str:
    """A file by its name; without one, by what it is."""
    name = " ".join(one.name.split())
    kind = "fixes.kind_picture" if one.type.startswith("image/") else "fixes.kind_file"
    return name or phrase(resources, language, kind)


@compiled_once
def _blanks(resources: Resources) -> dict[str, frozenset[str]]:
    return {
        name: frozenset(blank for words in resources.words(name) for blank in _BLANK.findall(words))
        for name in (COVER_NOTE, DUMP_LIST)
    }


def unfilled(reply: AgentReply, template: str, resources: Resources) -> Line | None:
    """The first line in which a blank of a template still stands, in whatever language."""
    for text in reply.texts:
        for line in text.lines:
            is_own = "[[" in line.text and line.role in FRESH and line.depth == 0
            if is_own and not _blanks(resources)[template].isdisjoint(_BLANK.findall(line.text)):
                return line
    return None
