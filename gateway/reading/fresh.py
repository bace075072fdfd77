"""What the fresh rows are: greeting, body, sign-off, signature, disclaimer.

Rules of this file: pure; linear; never raises. A row may be cut in two where a greeting shares it with the matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.reading.closing import DELIMITERS, close, is_closing, is_contact, is_name_like
from gateway.reading.greeting import Names, greeting_end, may_greet
from gateway.reading.model import Mailbox, Role
from gateway.reading.names import person_of_mailbox
from gateway.reading.pieces import Piece, cut
from gateway.reading.quoting import Thread
from gateway.reading.rows import Hint, Row
from gateway.reading.words import Words, tokens

_FOOT_ROWS = 5
_FOOT_RULE = 10
_GREETING_ROWS = 10
_MAX_GREETING_ROWS = 2000
"""No mail of several languages is longer; a log that somebody pasted may be."""
_WRITERS = 8
"""So many of those who wrote below are looked at."""
_AFTER_CLOSING = 5
"""A closing has fewer fresh rows after it."""
_RULE = frozenset("-_=*#~\u2013\u2014\u2500\u2022\u00b7. ")


def pieces_of(rows: Sequence[Row], thread: Thread, words: Words, names: Names) -> list[Piece]:
    """Give every row its role."""
    begins = thread.introductions
    pieces = [
        Piece(row, role, begins.get(at), row) for at, (row, role) in enumerate(zip(rows, thread.roles, strict=True))
    ]
    for piece in pieces:
        if piece.role is None:
            piece.role = _by_shape(piece.row)
    _foot(pieces)
    _greet(pieces, words, _with_writers(names, thread, words))
    for run in _runs(pieces):
        if shared := close(run, words, names):
            piece, at = shared
            cut(pieces, pieces.index(piece), at, (Role.BODY, Role.SIGN_OFF))
    for piece in pieces:
        piece.role = piece.role or Role.BODY
    return pieces


def _by_shape(row: Row) -> Role | None:
    if row.hint is Hint.MARKER or row.hint is Hint.ALT:
        return Role.MARKER
    if row.text[0] in _RULE and len(row.text) > 2 and _RULE.issuperset(row.text):
        return Role.MARKER
    return None


def _foot(pieces: Sequence[Piece]) -> None:
    """A rule, and under it a few short rows with a link: what lists and senders put below every mail."""
    for at in range(len(pieces) - 1, max(-1, len(pieces) - _FOOT_ROWS - 2), -1):
        if pieces[at].role is Role.MARKER and len(pieces[at].row.text) >= _FOOT_RULE:
            foot = pieces[at + 1 :]
            if foot and all(p.role is None for p in foot) and any(is_contact(p.row.text) for p in foot):
                for piece in foot:
                    piece.role = Role.SIGNATURE
            return


def _greet(pieces: list[Piece], words: Words, names: Names) -> None:
    seen: list[Piece] = []
    matter = False
    for at, piece in enumerate(pieces):
        if piece.role is not None or piece.row.hint is Hint.SIGNATURE:
            continue
        if len(seen) >= _GREETING_ROWS or piece.row.text in DELIMITERS:
            break
        end = greeting_end(piece.row.text, words, names)
        if end and _introduces(pieces, at):
            piece.role = Role.ATTRIBUTION
            continue
        if end and seen and _closes_rather(pieces, at, words, names):
            break
        if end and _calls(pieces, at, words, names, seen, matter=matter) and (not matter or _is_whole(piece.row, end)):
            cut(pieces, at, end, (Role.GREETING, None))
            for earlier in seen:
                if not _is_prose(earlier.row.text, words):
                    earlier.role = Role.MARKER
            break
        seen.append(piece)
        if not matter and (is_ticket_line(piece.row.text, words) or words.notices.search(piece.row.text)):
            piece.role = Role.MARKER
        else:
            matter = matter or _is_prose(piece.row.text, words)
    _greet_again(pieces, words)


def _with_writers(names: Names, thread: Thread, words: Words) -> Names:
    """Who wrote below may be greeted too: on a list, To names nobody."""
    writers: set[str] = set()
    for author, _ in list(thread.introductions.values())[:_WRITERS]:
        person = person_of_mailbox(Mailbox("", author) if "@" in author else Mailbox(author, ""), words)
        writers.update(word.lower() for word in (person.first, person.last) if word)
    return names._replace(customer=names.customer | (writers - names.agent))


def _introduces(pieces: Sequence[Piece], at: int) -> bool:
    """`Liisa:` right above quoted rows says whose words they are."""
    follows = pieces[at + 1].role if at + 1 < len(pieces) else None
    return follows is Role.QUOTED and pieces[at].row.text.endswith(":")


def _calls(
    pieces: Sequence[Piece], at: int, words: Words, names: Names, seen: Sequence[Piece], *, matter: bool
) -> bool:
    """A name alone calls on top of the mail; further down it signs, or is matter when it is a stranger's."""
    text = pieces[at].row.text
    if may_greet(text, words):
        return True
    if text[-1].isalnum() and is_name_like(text):
        return not seen and any(piece.role is None for piece in pieces[at + 1 :])
    return not matter or not names.customer.isdisjoint(tokens(text).words)


def _closes_rather(pieces: Sequence[Piece], at: int, words: Words, names: Names) -> bool:
    """`Moikka`, `Hej hej` end a mail as well as they begin it: told by the reader's name, or by what comes after."""
    text = pieces[at].row.text
    if not is_closing(text, words) or not names.customer.isdisjoint(tokens(text).words):
        return False
    return sum(piece.role is None for piece in pieces[at + 1 :]) < _AFTER_CLOSING


def _greet_again(pieces: Sequence[Piece], words: Words) -> None:
    """Public services send several languages below each other, each part with its own salutation."""
    for piece in pieces[:_MAX_GREETING_ROWS]:
        if piece.role is None and len(piece.row.text) <= 60 and may_greet(piece.row.text, words):
            end = greeting_end(piece.row.text, words, Names())
            if end and _is_whole(piece.row, end) and not is_closing(piece.row.text, words):
                piece.role = Role.GREETING


def _is_whole(row: Row, end: int) -> bool:
    return not any(c.isalnum() for c in row.text[end:])


def _is_prose(text: str, words: Words) -> bool:
    """A sentence, not a heading or a name: what a reply would start straight with."""
    if len(text) > 60 or (text[-1] in ".!?," and text.count(" ") > 3):
        return True
    return sum(word in words.function_words for word in tokens(text).words) > 1


def is_ticket_line(text: str, words: Words) -> bool:
    """A line that a helpdesk wrote: `[#1234]`, `Ticket 1234: …`, `##- … -##`."""
    if len(text) > 120:
        return False
    if text.startswith(("[", "##")) and (text.endswith(("]", "##")) or "#" in text):
        return True
    has_digit = any(c.isdigit() for c in text)
    return has_digit and text.count(" ") < 10 and words.ticket_words.length(tokens(text)) > 0


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Stretches of fresh pieces, cut at what is not fresh and before each salutation."""
    runs: list[list[Piece]] = []
    current: list[Piece] = []
    for piece in pieces:
        if piece.role is None:
            current.append(piece)
        elif piece.role is not Role.MARKER and current:
            runs.append(current)
            current = []
    if current:
        runs.append(current)
    return runs
