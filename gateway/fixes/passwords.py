"""`blank-password`: each value that the check finds gives way to words that say so, everywhere it stands.

Rules of this file: pure. The values are found again in the octets, and are in nothing that comes out. What is left
after some rounds is told by part, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.checks.check import language_for, phrase
from gateway.fixes.leaves import Leaf, leaves, splice, write
from gateway.fixes.model import BLANK_PASSWORD, CannotMend, Reason, Unmendable
from gateway.fixes.secrets import secrets_of, sights_of
from gateway.fixes.step import Step
from gateway.fixes.subject import blanked_fields
from gateway.fixes.transfer import ByteEdit, Edit, coding_of, edited
from gateway.fixes.views import Found, find, pattern_of, views
from gateway.policy import PolicySet
from gateway.reading.charset import decode
from gateway.reading.message import read
from gateway.reading.model import AgentReply
from gateway.reading.reply import agent_reply
from gateway.reading.structure import scan

ROUNDS = 4
"""Where a value is gone, the check may see the next one."""


def blank_passwords(octets: bytes, reply: AgentReply, policies: PolicySet) -> Step:
    """Take every value out of a mail."""
    words = phrase(policies.resources, language_for(reply, policies.resources), "fixes.blank_password")
    step = Step(octets)
    seen: set[str] = set()
    for _ in range(ROUNDS):
        secrets = secrets_of(agent_reply(read(step.octets), policies.resources), policies)
        # What a round has left inside a longer word is taken out of that in the next.
        pattern = pattern_of({*seen, *secrets}, whole=not seen.intersection(secrets))
        seen.update(secrets)
        if not secrets or pattern is None:
            break
        before, step = step.octets, step.then(_round(step.octets, pattern, words))
        if step.octets == before:
            break
    if not seen:
        return Step(octets, (Unmendable(BLANK_PASSWORD, "", Reason.NOTHING),))
    return step.then(Step(step.octets, _left(step.octets, policies)))


def _round(octets: bytes, pattern: re.Pattern[str], words: str) -> Step:
    message = read(octets)
    found, _ = leaves(octets, message)
    unmendable = [
        Unmendable(BLANK_PASSWORD, one.part, Reason.FILE_NAME)
        for one in message.attachments
        if pattern.search(one.name)
    ]
    removed: tuple[str, ...] = ()
    for leaf in reversed(found):  # from the end, so that the places before stay true
        changes = _edits(leaf, pattern, words)
        try:
            octets, gone = write(octets, leaf, changes) if changes else (octets, ())
            removed += gone
        except CannotMend as refusal:
            unmendable.append(Unmendable(BLANK_PASSWORD, leaf.section, refusal.reason))
    octets = _outside(octets, pattern, words)
    edits, stay = blanked_fields(octets, scan(octets).root, pattern, words)
    unmendable += [Unmendable(BLANK_PASSWORD, f"header:{name}", Reason.FIELD) for name in stay]
    return Step(splice(octets, edits), tuple(unmendable), removed)


def _outside(octets: bytes, pattern: re.Pattern[str], words: str) -> bytes:
    """Text before and after the parts, which some clients show."""
    loose = [(part, *extent) for part in scan(octets).root.walk() if not part.attached for extent in part.loose]
    edits = []
    for part, start, end in loose:
        raw = octets[start:end]
        text = decode(raw, "")[0]
        leaf = Leaf(part, part.section, html=False, text=text, raw=raw, coding=coding_of(raw, text, ""))
        if changes := _edits(leaf, pattern, words):
            new = edited(text, changes).encode(leaf.coding.codec, "replace")
            edits.append(ByteEdit(start, end, new))
    return splice(octets, edits)


def _edits(leaf: Leaf, pattern: re.Pattern[str], words: str) -> list[Edit]:
    """The edits of one text: the first place of each value gets the words, the others are emptied."""
    edits: dict[int, Edit] = {}
    for view in views(leaf):
        for found in find(view, pattern):
            for at, (start, end) in enumerate(_closed(leaf, found.places)):
                edits.setdefault(start, Edit(start, end, "" if at else _words(leaf, found, words)))
    in_order: list[Edit] = []
    for edit in sorted(edits.values()):
        if not in_order or edit.start >= in_order[-1].end:
            in_order.append(edit)
    return in_order


def _closed(leaf: Leaf, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places joined over what nobody sees between them; tags between them stay."""
    out: list[tuple[int, int]] = []
    for start, end in places:
        if out and "<" not in leaf.text[out[-1][1] : start]:
            out[-1] = out[-1][0], end
        else:
            out.append((start, end))
    return out


def _words(leaf: Leaf, found: Found, words: str) -> str:
    """The words as the place takes them: no space in an address, references for letters that the charset lacks."""
    if found.attribute or found.in_url:
        words = "-".join(words.split())
    return leaf.spelled(words)


def _left(octets: bytes, policies: PolicySet) -> tuple[Unmendable, ...]:
    """What is still there after all, by part."""
    message = read(octets)
    _, refused = leaves(octets, message)
    sights = sights_of(agent_reply(message, policies.resources), policies)
    return tuple(
        Unmendable(BLANK_PASSWORD, part, refused.get(part, Reason.REMAINS))
        for part in dict.fromkeys(sight.where.part for sight in sights)
    )
