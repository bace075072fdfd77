"""Statements of the hot path: written in Core, compiled once, and given to the driver as they are.

Rules of this file: it knows no table. Every mail runs through these statements; what Core does around one execution
costs more than the database does. So values are numbers, texts and octets only, rows come back as plain tuples, and an
error is the driver's own (`Database` knows those too).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import ClauseElement


def execute(connection: Connection, text: str, values: tuple[object, ...] | dict[str, object] = ()) -> Sequence[Any]:
    """Run one statement in the transaction of `connection`; the rows that it gives."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else ()
    finally:
        cursor.close()


class Hot:
    """One statement whose parameters are all named with `bindparam`."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, list[str] | None]] = {}

    def __call__(self, connection: Connection, **values: object) -> Sequence[Any]:
        dialect = connection.dialect
        text, names = self._compiled.get(dialect.name) or self._compile(dialect)
        if names is None:
            return execute(connection, text, values)
        return execute(connection, text, tuple([values[name] for name in names]))

    def _compile(self, dialect: Dialect) -> tuple[str, list[str] | None]:
        compiled = self._statement.compile(dialect=dialect)
        names = getattr(compiled, "positiontup", None)
        self._compiled[dialect.name] = made = (str(compiled), list(names) if names is not None else None)
        return made
