"""From a mail to the flat view of a reply: what is fresh, who wrote to whom, in which language.

Rules of this file: pure; never raises; every text of the mail is read, alternatives too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gateway.lexicon import Resources
from gateway.reading.attribution import Introduction
from gateway.reading.closing import is_name_like, name_signed
from gateway.reading.fresh import pieces_of
from gateway.reading.greeting import Names
from gateway.reading.html import html_rows
from gateway.reading.language import language_of
from gateway.reading.message import Body, Message
from gateway.reading.model import AgentReply, Line, Mailbox, Person, Role, Text, Turn
from gateway.reading.names import first_person, names_of, person_of_mailbox, with_forms_in
from gateway.reading.pieces import Piece
from gateway.reading.quoting import thread_of
from gateway.reading.rows import Row, plain_rows
from gateway.reading.words import Words, words_of

_FINNISH = "fi"
_MAX_LOOKED_UP = 400
"""Lines of a text in which forms of a name are looked for."""


class _Read(NamedTuple):
    """One body, read."""

    body: Body
    rows: Sequence[Row]
    pieces: Sequence[Piece]
    """One for each line of the text; none for what is not the agent's."""
    text: Text


def agent_reply(message: Message, resources: Resources) -> AgentReply:
    """Read a message as a reply."""
    words = words_of(resources)
    agent = first_person([person_of_mailbox(box, words) for box in message.from_[:1]])
    customer = first_person([person_of_mailbox(box, words) for box in message.to[:1]])
    names = Names(customer.forms | (names_of((*message.to, *message.cc), words) - agent.forms), agent.forms)
    read: list[_Read] = []
    for body in message.bodies:
        read.append(_read(body, words, names, read[-1] if read else None))
    texts = tuple(one.text for one in read)
    best = _best(read)
    turns = _turns(best) if best else ()
    sign_off = _first_with(texts, Role.SIGN_OFF)
    if not customer.first and turns:
        customer = first_person([_author(turns[0], words), _signed([line.text for line in turns[0].lines], words)])
    if not agent.first:
        agent = _signed([line.text for line in sign_off], words)
    fresh = best.text.fresh if best else ()
    language = _language(_first_part(fresh), words) or _language(fresh, words)
    customer_language = _language(turns[0].lines if turns else (), words)
    if _FINNISH in (language, customer_language):
        shown = [line.text for text in texts for line in text.lines[:_MAX_LOOKED_UP]]
        customer = with_forms_in(customer, shown, resources.word_forms)
        agent = with_forms_in(agent, shown, resources.word_forms)
    return AgentReply(
        subject=Line(message.subject, "header:Subject", 1),
        message_id=message.message_id,
        from_=message.from_,
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        reply_to=message.reply_to,
        fields=message.fields,
        texts=texts,
        greeting=_first_with(texts, Role.GREETING),
        sign_off=sign_off,
        signature=_first_with(texts, Role.SIGNATURE),
        turns=turns,
        customer=customer,
        agent=agent,
        language=language,
        customer_language=customer_language,
        attachments=message.attachments,
        automatic=message.automatic,
        bulk=message.bulk,
        calendar=message.calendar,
        encrypted=message.encrypted,
        signed=message.signed,
        defects=message.defects,
    )


def _read(body: Body, words: Words, names: Names, alike: _Read | None) -> _Read:
    """Read one body; what was understood of the one before it holds for this one too where all rows are alike."""
    rows: Sequence[Row]
    rows = html_rows(body.text) if body.html else plain_rows(body.text, flowed=body.flowed, delsp=body.delsp)
    if body.attached or body.outside:
        role = Role.QUOTED if body.attached else Role.MARKER
        lines = tuple(Line(r.text, body.part, r.line, r.column, role, max(1, r.depth), r.preformatted) for r in rows)
        return _Read(body, rows, (), Text(body.part, body.html, lines, body.group))
    if alike is not None and _are_alike(rows, alike.rows):
        pieces = _repeated(rows, alike.pieces)
    else:
        pieces = pieces_of(rows, thread_of(rows, words, names), words, names)
    lines = tuple(
        Line(p.row.text, body.part, p.row.line, p.row.column, p.role or Role.BODY, p.row.depth, p.row.preformatted)
        for p in pieces
    )
    return _Read(body, rows, pieces, Text(body.part, body.html, lines, body.group))


def _are_alike(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    """The plain and the HTML alternative often say the same, row by row."""
    return len(rows) == len(others) and all(
        one.text == other.text and one.depth == other.depth and one.hint is other.hint
        for one, other in zip(rows, others, strict=True)
    )


def _repeated(rows: Sequence[Row], pieces: Sequence[Piece]) -> list[Piece]:
    """The same pieces, standing where these rows stand."""
    out = []
    at = -1
    last: Row | None = None
    for piece in pieces:
        if last is None or piece.source is not last:
            at += 1
            last = piece.source
        row = rows[at]
        if piece.row is not piece.source:
            shift = piece.row.column - piece.source.column
            row = row._replace(text=piece.row.text, column=row.column + shift)
        out.append(Piece(row, piece.role, piece.introduction, rows[at]))
    return out


def _best(read: Sequence[_Read]) -> _Read | None:
    """The text to take names, turns and language from: the one with the most fresh lines, plain before HTML."""
    shown = [one for one in read if not one.body.attached and not one.body.outside]
    return max(shown, key=lambda one: (bool(one.text.fresh), not one.body.html), default=None)


def _first_with(texts: Sequence[Text], role: Role) -> tuple[Line, ...]:
    for text in texts:
        found = tuple(line for line in text.lines if line.role is role)
        if found:
            return found
    return ()


def _turns(read: _Read) -> tuple[Turn, ...]:
    """The thread below: one turn per introduction; a quote without one is a turn of nobody known.

    What is quoted deeper or less deep without a new introduction goes on with what was said at that level.
    """
    said: list[tuple[Introduction, list[Line]]] = []
    levels: dict[int, list[Line]] = {}
    begun: list[Line] | None = None
    lines: list[Line] = []
    depth = -1  # of the quoted line before
    for piece, line in zip(read.pieces, read.text.lines, strict=True):
        if piece.introduction:
            if begun is not None:  # that one quotes before it says anything of its own
                levels = _below(levels, line.depth, begun)
            begun = []
            said.append((piece.introduction, begun))
        if line.role is not Role.QUOTED:
            continue
        if begun is not None:
            levels, begun, depth = _below(levels, line.depth, begun), None, -1
        if line.depth != depth:
            depth = line.depth
            level = max((level for level in levels if level <= depth), default=-1)
            if level < 0:
                said.append((Introduction("", ""), []))
                level, levels = depth, _below(levels, depth, said[-1][1])
            lines = levels[level]
        lines.append(line)
    return tuple(Turn(*by, tuple(all_)) for by, all_ in said if all_)


def _below(levels: dict[int, list[Line]], level: int, lines: list[Line]) -> dict[int, list[Line]]:
    """The turns that may go on when one begins at a quote level: those less deep, and it."""
    return {other: those for other, those in levels.items() if other < level} | {level: lines}


def _author(turn: Turn, words: Words) -> Person:
    if "@" in turn.author:
        return person_of_mailbox(Mailbox("", turn.author), words)
    return person_of_mailbox(Mailbox(turn.author, ""), words)


def _signed(lines: Sequence[str], words: Words) -> Person:
    """Who signed a mail, by its sign-off; a name alone on its last line will do."""
    name = name_signed(lines, words) or (lines[-1] if lines and is_name_like(lines[-1]) else "")
    return person_of_mailbox(Mailbox(name, ""), words) if name else Person()


def _first_part(lines: Sequence[Line]) -> Sequence[Line]:
    """What stands before the second salutation: public services say the same in several languages below each other."""
    spoken = False
    for at, line in enumerate(lines):
        if line.role is Role.GREETING and spoken:
            return lines[:at]
        spoken = spoken or line.role is Role.BODY
    return lines


def _language(lines: Sequence[Line], words: Words) -> str:
    return language_of((line.text for line in lines), words)
