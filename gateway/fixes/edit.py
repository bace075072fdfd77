"""The agent's own edit: the fresh text of a reply to a person's editor, and what she made of it back into the octets.

Rules of this file: pure; never raises. Every alternative gets the same words or none does. Lines that say already what
they should say keep their octets; so do quote, signature and the markup around.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from gateway.checks.mask import Mask
from gateway.fixes.diff import changes_of, reply_of, shown_of
from gateway.fixes.leaves import Leaf, leaves, refusal, write
from gateway.fixes.mending import vouched
from gateway.fixes.model import EDIT, CannotMend, Mended, Reason, Unmendable
from gateway.fixes.page import PageSource
from gateway.fixes.plain import PlainSource
from gateway.fixes.secrets import secrets_of
from gateway.fixes.texts import written_in
from gateway.fixes.transfer import Edit
from gateway.mail import Octets
from gateway.policy import PolicySet
from gateway.reading.charset import lines_of, shown
from gateway.reading.message import read
from gateway.reading.model import FRESH, AgentReply, Role, Text
from gateway.reading.reply import agent_reply

SEAM = "> [...]"
"""The line that stands for the quoted lines between two stretches of answers."""
_BLANKS = re.compile(r"[\s>]+")


class _Stretch(NamedTuple):
    """Shown lines from the first to the last fresh one, with no quoted line between."""

    first: int
    last: int


def fresh_text(octets: Octets, policies: PolicySet) -> str:
    """What there is to edit: the agent's lines, of the plain text where there is one. "" where nothing is."""
    reply = agent_reply(read(octets), policies.resources)
    return "\n".join(_joined(_written(bytes(octets), reply)))


def replace_fresh(octets: Octets, new_text: str, policies: PolicySet) -> Mended:
    """Put an edited text in place of the fresh lines, in every alternative. The same text gives the same octets."""
    old = bytes(octets)
    reply = reply_of(old, policies)
    stretches = _written(old, reply)
    wanted = _stretches_of(new_text)
    if _joined(wanted) == _joined(_stretches_of("\n".join(_joined(stretches)))):
        return Mended(old)
    if reason := refusal(reply) or _misfit(stretches, wanted):
        return Mended(old, unmendable=(Unmendable(EDIT, "", reason),))
    new, removed = old, list[str]()
    for text in reversed(written_in(reply)):
        try:
            new, gone = _edited(new, text, wanted)
        except CannotMend as refused:
            return Mended(old, unmendable=(Unmendable(EDIT, text.part, refused.reason),))
        removed += gone
    after = reply_of(new, policies)
    for text in written_in(reply):
        if text.html and not _says(text, after, wanted):
            return Mended(old, unmendable=(Unmendable(EDIT, text.part, Reason.MARKUP),))
    mask = Mask((*secrets_of(reply, policies), *secrets_of(after, policies)))
    changes = changes_of(EDIT, shown_of(reply, mask), shown_of(after, mask))
    return vouched(old, Mended(new, changes, removed=tuple(removed)))


def _misfit(stretches: Sequence[object], wanted: Sequence[Sequence[str]]) -> Reason | None:
    if not stretches:
        return Reason.NO_TEXT
    if not any(line.strip() for lines in wanted for line in lines):
        return Reason.EMPTY
    return Reason.STRETCHES if len(stretches) != len(wanted) else None


def _written(octets: bytes, reply: AgentReply) -> list[list[str]]:
    """The lines of each stretch of the text that is edited."""
    texts = [text for text in written_in(reply) if text.fresh]
    if not texts:
        return []
    main = next((text for text in texts if not text.html), texts[0])
    if main.html:
        return [_shown_lines(main, one) for one in _stretches(main)]
    try:
        source = PlainSource(_leaf(octets, main))
    except CannotMend:
        return []
    return [[row.text for row in source.rows(*one)] for one in _stretches(main)]


def _leaf(octets: bytes, text: Text) -> Leaf:
    found, refused = leaves(octets, read(octets))
    for leaf in found:
        if leaf.section == text.part and not leaf.attachment:
            return leaf
    raise CannotMend(refused.get(text.part, Reason.AMBIGUOUS))


def _stretches(text: Text) -> list[_Stretch]:
    found: list[_Stretch] = []
    divided = True
    for line in text.lines:
        if line.role in (Role.QUOTED, Role.ATTRIBUTION):
            divided = True
        elif line.role in FRESH:
            found = (
                [*found, _Stretch(line.line, line.line)]
                if divided
                else [*found[:-1], found[-1]._replace(last=line.line)]
            )
            divided = False
    return found


def _shown_lines(text: Text, stretch: _Stretch) -> list[str]:
    """The shown lines of a stretch; an empty one where the page leaves a gap."""
    out: list[str] = []
    last = stretch.first
    for line in text.lines:
        if not stretch.first <= line.line <= stretch.last or line.role is Role.MARKER:
            continue
        if out and line.line == last:
            out[-1] += f" {line.text}"
        else:
            out += [""] * (line.line - last - 1) + [line.text]
        last = line.line
    return out


def _joined(stretches: Sequence[Sequence[str]]) -> list[str]:
    out: list[str] = []
    for at, lines in enumerate(stretches):
        out += [*(["", SEAM, ""] if at else []), *lines]
    return out


def _stretches_of(text: str) -> list[list[str]]:
    """What a person gave back, cut at the dividing lines; no blank lines at the ends of a stretch."""
    out: list[list[str]] = [[]]
    for line in lines_of(text):
        if line.strip() == SEAM:
            out.append([])
        else:
            out[-1].append(line.rstrip())
    return [_trimmed(lines) for lines in out]


def _trimmed(lines: Sequence[str]) -> list[str]:
    spoken = [at for at, line in enumerate(lines) if line.strip()]
    return list(lines[spoken[0] : spoken[-1] + 1]) if spoken else []


def _edited(octets: bytes, text: Text, wanted: Sequence[Sequence[str]]) -> tuple[bytes, tuple[str, ...]]:
    leaf = _leaf(octets, text)
    stretches = _stretches(text)
    if len(stretches) != len(wanted):
        raise CannotMend(Reason.STRETCHES)
    edits: list[Edit] = []
    if text.html:
        page = PageSource(leaf)
        for stretch, lines in zip(stretches, wanted, strict=True):
            edits += _in_page(page, text, stretch, lines)
    else:
        source = PlainSource(leaf)
        for stretch, lines in zip(stretches, wanted, strict=True):
            rows = source.rows(*stretch)
            # White space at the end of a line was not shown to be edited.
            kept = {row.text.rstrip(): row.text for row in rows}
            edits += source.rewrite(rows, [kept.get(line, line) for line in lines])
    return write(octets, leaf, edits) if edits else (octets, ())


def _in_page(page: PageSource, text: Text, stretch: _Stretch, lines: Sequence[str]) -> list[Edit]:
    """Replace the rows that differ, from the first to the last of them. Rows and lines may be wrapped differently."""
    within = (one for one in text.lines if stretch.first <= one.line <= stretch.last and one.role is not Role.MARKER)
    rows = [(number, "".join(one.text for one in same)) for number, same in groupby(within, key=lambda one: one.line)]
    said = [row[1] for row in rows]
    r, p = _alike(said, lines)
    back_r, back_p = _alike([one[::-1] for one in said[r:][::-1]], [one[::-1] for one in lines[p:][::-1]])
    middle = rows[r : len(rows) - back_r]
    words = _trimmed(lines[p : len(lines) - back_p])
    if middle:
        return page.replace(middle[0][0], middle[-1][0], words)
    if not words:
        return []
    return page.above(rows[r][0], words) if r < len(rows) else page.below(rows[-1][0], words)


def _alike(rows: Sequence[str], lines: Sequence[str]) -> tuple[int, int]:
    """How many rows and lines from the beginning say the same, white space aside."""
    one = list(accumulate((len(_bare(row)) for row in rows), initial=0))
    other = list(accumulate((len(_bare(line)) for line in lines), initial=0))
    ends = {end: at for at, end in enumerate(other)}
    left, right = "".join(map(_bare, rows)), "".join(map(_bare, lines))
    same = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return max((at, ends[end]) for at, end in enumerate(one) if end <= same and end in ends)


def _bare(text: str) -> str:
    return _BLANKS.sub("", shown(text))


def _says(before: Text, after: AgentReply, wanted: Sequence[Sequence[str]]) -> bool:
    """Whether the page shows the new words where the old ones stood, and all else as before."""
    new = next((text for text in after.texts if text.part == before.part), None)
    if new is None:
        return False
    stretches = _stretches(before)
    out: list[str] = []
    done = -1
    for line in before.lines:
        inside = next((at for at, one in enumerate(stretches) if one.first <= line.line <= one.last), -1)
        if inside > done:
            out += wanted[inside]
            done = inside
        elif inside < 0 and line.role is not Role.MARKER:
            out.append(line.text)
    spoken = (line.text for line in new.lines if line.role is not Role.MARKER)
    markers = [line.text for line in new.lines]
    expected = _bare("".join(out))
    return expected in (_bare("".join(spoken)), _bare("".join(markers)))
