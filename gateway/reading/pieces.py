"""Pieces: rows on the way to becoming lines, cut in two where two things share a row.

Rules of this file: values that the reading of one text changes while it goes; nothing of them leaves the room.
"""

from __future__ import annotations

from gateway.reading.attribution import Introduction
from gateway.reading.model import Role
from gateway.reading.rows import Row


class Piece:
    """A row, or a part of one, and its role; None is not known yet."""

    __slots__ = ("introduction", "role", "row", "source")

    def __init__(self, row: Row, role: Role | None, introduction: Introduction | None, source: Row) -> None:
        self.row = row
        self.role = role
        self.introduction = introduction
        """Of the turn that begins here."""
        self.source = source
        """The whole row that this is, or is a part of."""


def cut(pieces: list[Piece], at: int, end: int, roles: tuple[Role | None, Role | None]) -> None:
    """Cut the piece at `at` before its character `end`; each half gets its role. Nothing but stops left: no cut."""
    piece = pieces[at]
    row = piece.row
    piece.role = roles[0]
    rest = row.text[end:]
    if any(c.isalnum() for c in rest):
        column = row.column + end + len(rest) - len(rest.lstrip())
        piece.row = row._replace(text=row.text[:end].rstrip())
        pieces.insert(at + 1, Piece(row._replace(text=rest.strip(), column=column), roles[1], None, piece.source))
