"""What a mail shows before and after, line by line, for a person to compare.

Rules of this file: pure; every line is masked before it leaves. What is compared is what a reader sees, not octets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff

from gateway.checks.mask import Mask
from gateway.fixes.model import Change
from gateway.fixes.secrets import secrets_of
from gateway.policy import PolicySet
from gateway.reading.message import read
from gateway.reading.model import AgentReply, Line
from gateway.reading.reply import agent_reply

CONTEXT = 2
"""Lines around a change."""

Shown = Mapping[str, tuple[str, ...]]
"""The shown lines of each part, quote marks put back."""


def reply_of(octets: bytes, policies: PolicySet) -> AgentReply:
    """Read a mail."""
    return agent_reply(read(octets), policies.resources)


def shown_of(reply: AgentReply, mask: Mask) -> Shown:
    """Every text that a reader gets to see, masked, by part."""
    found: dict[str, tuple[str, ...]] = {"header:Subject": (mask(reply.subject.text),)}
    for text in reply.texts:
        found[text.part] = found.get(text.part, ()) + tuple(_written(text.lines, mask))
    for attachment in reply.attachments:
        if attachment.lines:
            found[attachment.part] = tuple(_written(attachment.lines, mask))
    return found


def _written(lines: Iterable[Line], mask: Mask) -> Iterator[str]:
    """Shown lines; where one was cut in two, its pieces are joined again, and a gap is an empty line."""
    last = 0
    row: list[str] = []
    for line in lines:
        if row and line.line != last:
            yield mask(" ".join(row))
            row = []
        if last and line.line - last > 1:
            yield ""
        row.append(line.text if row else "> " * line.depth + line.text)
        last = line.line
    if row:
        yield mask(" ".join(row))


def changes_of(fix: str, before: Shown, after: Shown, *, to_fill: bool = False) -> tuple[Change, ...]:
    """One change for each part that shows something else now; the lines that are alike at both ends are left out."""
    out = []
    for part in dict.fromkeys((*before, *after)):
        old, new = before.get(part, ()), after.get(part, ())
        if old == new:
            continue
        shorter = min(len(old), len(new))
        first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
        last = next((at for at in range(shorter - first) if old[-1 - at] != new[-1 - at]), shorter - first)
        out.append(Change(part, fix, old[first : len(old) - last], new[first : len(new) - last], to_fill))
    return tuple(out)


def preview(old: bytes, new: bytes, policies: PolicySet) -> tuple[str, ...]:
    """A unified diff of what two mails show, masked of every value that is found in either."""
    one, other = reply_of(old, policies), reply_of(new, policies)
    mask = Mask((*secrets_of(one, policies), *secrets_of(other, policies)))
    before, after = shown_of(one, mask), shown_of(other, mask)
    lines: list[str] = []
    for part in dict.fromkeys((*before, *after)):
        name = part.removeprefix("header:") if part.startswith("header:") else f"part {part}"
        lines += unified_diff(
            before.get(part, ()), after.get(part, ()), name, f"{name}, mended", n=CONTEXT, lineterm=""
        )
    return tuple(lines)
