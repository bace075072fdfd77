"""`saate check --explain`: how one mail was taken apart, line by line. docs/reading.md goes through an example.

Rules of this file: it shows what reading made and decides nothing; the values that checks call secret are masked here
too, since such a view is soon pasted into a bug report.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text as Shown

from gateway.checks import CHECKS
from gateway.checks.mask import Mask
from gateway.cli.mails import FiledMail
from gateway.cli.output import cell, count, indented, show, table
from gateway.policy import PolicySet
from gateway.reading.message import read
from gateway.reading.model import AgentReply, Line, Mailbox, Person, Role, Text
from gateway.reading.reply import agent_reply

_STYLES = {
    Role.BODY: "",
    Role.GREETING: "green",
    Role.SIGN_OFF: "green",
    Role.SIGNATURE: "dim",
    Role.DISCLAIMER: "dim",
    Role.MARKER: "dim",
    Role.ATTRIBUTION: "cyan",
    Role.QUOTED: "dim cyan",
}
UNKNOWN = "-"


def show_reply(filed: FiledMail, policies: PolicySet) -> None:
    """Print the flat view of one mail: its facts, then each text with the role of every line."""
    reply = agent_reply(read(filed.octets), policies.resources)
    mask = Mask(_secrets(reply, policies))
    show("", cell(f"{filed.file} mail {filed.number}", "bold"))
    show(indented(table("", "", rows=[(Shown(name, style="dim"), cell(mask(value))) for name, value in _facts(reply)])))
    for text in reply.texts:
        kind = "HTML, as shown" if text.html else "plain text"
        other = "" if text.group in {"", text.part} else f", an alternative of {text.group}"
        show("", indented(Shown(f"part {text.part}: {kind}{other}", style="bold")))
        show(indented(table("line", "role", "text", rows=_rows(text, mask), right=("line",))))
    for attachment in reply.attachments:
        rows = _rows(Text(attachment.part, html=False, lines=attachment.lines), mask)
        show("", indented(cell(f"part {attachment.part}: {attachment.name or 'no name'}", "bold")))
        show(
            indented(table("line", "role", "text", rows=rows, right=("line",)))
            if rows
            else indented("no text taken out")
        )
    show("")


def _secrets(reply: AgentReply, policies: PolicySet) -> Iterator[str]:
    for policy in policies.policies:
        for seen in CHECKS[policy.check].run(reply, policy.params, policies.resources):
            yield from seen.secrets


def _facts(reply: AgentReply) -> Iterator[tuple[str, str]]:
    yield "subject", reply.subject.text
    yield "from", _mailboxes(reply.from_)
    yield "to", _mailboxes((*reply.to, *reply.cc, *reply.bcc))
    yield "language", f"{reply.language or UNKNOWN}; the customer's: {reply.customer_language or UNKNOWN}"
    yield "customer", _person(reply.customer)
    yield "agent", _person(reply.agent)
    yield (
        "thread below",
        "; ".join(f"{turn.author or UNKNOWN}, {turn.date or UNKNOWN}" for turn in reply.turns) or UNKNOWN,
    )
    yield "attachments", "; ".join(f"{one.name or UNKNOWN} ({one.type})" for one in reply.attachments) or UNKNOWN
    yield "kind", ", ".join(_kinds(reply)) or "a person's reply"
    yield "defects", ", ".join(reply.defects) or UNKNOWN


def _kinds(reply: AgentReply) -> Iterator[str]:
    named = {"automatic": reply.automatic, "bulk": reply.bulk, "calendar": reply.calendar}
    yield from (name for name, is_so in named.items() if is_so)
    if reply.encrypted:
        yield f"encrypted ({reply.encrypted})"
    if reply.signed:
        yield f"signed ({reply.signed})"


def _mailboxes(mailboxes: tuple[Mailbox, ...]) -> str:
    return ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in mailboxes) or UNKNOWN


def _person(person: Person) -> str:
    forms = f" (and {count(len(person.forms), 'form')} of it)" if person.forms else ""
    return f"{person.full}{forms}" if person.full else UNKNOWN


def _rows(text: Text, mask: Mask) -> list[tuple[Shown, Shown, Shown]]:
    return [_row(line, mask) for line in text.lines]


def _row(line: Line, mask: Mask) -> tuple[Shown, Shown, Shown]:
    style = _STYLES[line.role]
    quoted = "> " * line.depth
    return (
        Shown(str(line.line), style="dim"),
        Shown(line.role.value, style=style),
        cell(quoted + mask(line.text), style),
    )
