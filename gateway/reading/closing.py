"""The end of what the agent wrote: closing phrase, name, signature, disclaimer.

Rules of this file: pure; looks at one stretch of fresh rows from its end; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from gateway.reading.greeting import Names
from gateway.reading.model import Role
from gateway.reading.rows import Hint, Row
from gateway.reading.words import Words, tokens

_SIGNATURE_ROWS = 16
DELIMITERS = frozenset({"--", "---", "\u2014", "\u2013"})
_NAME_MARKS = "-\u2013/~ *"
"""What people put before the name that they sign with."""
_PHONE = re.compile(r"\+?\(?\d[\d ()./-]{5,18}\d")
_LINK = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,100}\.\w{2,}", re.IGNORECASE)


class Piece(Protocol):
    """What `fresh.Piece` is, as far as this file goes."""

    row: Row
    role: Role | None


def close(run: Sequence[Piece], words: Words, names: Names) -> None:
    """Give roles to the end of one stretch of fresh rows, and to disclaimers and mobile lines anywhere in it."""
    _by_hint(run, words)
    _delimited(run, words)
    _disclaimers(run, words)
    tail = [piece for piece in run if piece.role is None][-_SIGNATURE_ROWS:]
    if not tail:
        return
    at = _closing_at(tail, words)
    if at < 0:
        at = _name_at(tail, names)
    if at < 0:
        return
    _sign(tail[at:], words)


def _by_hint(run: Sequence[Piece], words: Words) -> None:
    """A signature that the markup names; a closing phrase at its top is the sign-off all the same."""
    for piece in run:
        if piece.row.hint is Hint.SIGNATURE:
            piece.role = Role.SIGN_OFF if is_closing(piece.row.text, words) else Role.SIGNATURE


def _delimited(run: Sequence[Piece], words: Words) -> None:
    """`-- ` alone on a line (RFC 3676 §4.3): what follows is the signature."""
    for at, piece in enumerate(run):
        if piece.role is None and piece.row.text in DELIMITERS and len(run) - at <= 2 * _SIGNATURE_ROWS:
            for after in run[at:]:
                after.role = after.role or (Role.DISCLAIMER if _disclaims(after.row.text, words) else Role.SIGNATURE)
            return


def _disclaims(text: str, words: Words) -> bool:
    return len(text) > 25 and words.disclaimers.search(text)


def _disclaimers(run: Sequence[Piece], words: Words) -> None:
    inside, last = False, 0
    for piece in run:
        if piece.role is not None:
            continue
        if inside and piece.row.line > last + 1:
            inside = False
        if inside or _disclaims(piece.row.text, words):
            piece.role, inside, last = Role.DISCLAIMER, True, piece.row.line
        elif words.mobile.open(piece.row.text) and words.mobile.length(tokens(piece.row.text, 60)):
            piece.role = Role.SIGNATURE


def is_closing(text: str, words: Words) -> bool:
    """`Ystävällisin terveisin`, alone or with a name after it."""
    if len(text) > 100 or not words.closings.open(text):
        return False
    line = tokens(text)
    size = words.closings.length(line)
    if not size:
        return False
    rest = line[size:]
    return not rest or (len(rest) <= 6 and text[rest[0].start].isupper())


def _closing_at(tail: Sequence[Piece], words: Words) -> int:
    found = -1
    for at in range(len(tail) - 1, -1, -1):
        if is_closing(tail[at].row.text, words):
            found = at
        elif found >= 0:
            break
    return found


def _name_at(tail: Sequence[Piece], names: Names) -> int:
    """A name alone near the end: the agent's, or whatever is written like one on the last row."""
    for at in range(len(tail) - 1, max(-1, len(tail) - 8), -1):
        text = tail[at].row.text.lstrip(_NAME_MARKS)
        line = tokens(text)
        if 0 < len(line) <= 4 and line[0].word in names.agent and is_name_like(text):
            return at
    last = tail[-1].row.text
    if len(tail) > 1 and is_name_like(last.lstrip(_NAME_MARKS)) and last[-1] not in ".!?:,":
        return len(tail) - 1
    return -1


def is_name_like(text: str) -> bool:
    """One to four words with capitals and nothing else."""
    bare = text.strip(_NAME_MARKS + ",.")
    parts = bare.split()
    return (
        0 < len(parts) <= 4
        and len(bare) <= 40
        and all(p[0].isupper() and p.replace("-", "").replace(".", "").replace("'", "").isalpha() for p in parts)
    )


def _sign(tail: Sequence[Piece], words: Words) -> None:
    named = False
    closings = True
    for piece in tail:
        text = piece.row.text
        if closings and is_closing(text, words):
            piece.role = Role.SIGN_OFF
            named = named or _has_name_after(text, words)
            continue
        closings = False
        if is_postscript(text):
            piece.role = Role.BODY
        elif not named and is_name_like(text.lstrip(_NAME_MARKS)):
            piece.role = Role.SIGN_OFF
            named = True
        else:
            piece.role = Role.SIGNATURE


def _has_name_after(text: str, words: Words) -> bool:
    line = tokens(text)
    return words.closings.length(line) < len(line)


def is_postscript(text: str) -> bool:
    """Tell whether a row begins a postscript: `PS.`, `P.S.`."""
    return text[:6].replace(".", "").replace(" ", "").upper().startswith("PS") and text[2:3] in (".", ":", " ", "S")


def is_contact(text: str) -> bool:
    """A phone number, an address of the web or of mail."""
    return _LINK.search(text) is not None or _PHONE.search(text) is not None
