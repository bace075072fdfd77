"""The process's own log: one thing, one line, no secret."""

import logging
import sys

import pytest

from gateway.app.lines import Lines


def line(message: str, *values: object, error: BaseException | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("saate.relay", logging.WARNING, "file", 1, message, values, told)
    return Lines().format(record)


def test_a_line_says_when_how_bad_who_and_what() -> None:
    said = line("id=%s refused", "abcd")
    at, level, process, text = said.split(" ", 3)
    assert (at[10], at[-1], level, text) == ("T", "Z", "warning", "relay: id=abcd refused")
    assert process.endswith("]")


@pytest.mark.parametrize("end", ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0", "\x1b"])
def test_no_text_begins_a_line_of_its_own(end: str) -> None:
    """Nor moves a terminal's cursor."""
    said = line("helo=%s", f"a{end}2026-11-02T08:00:00.000Z info forged")
    assert end not in said
    assert len(said.splitlines()) == 1


def test_an_exception_is_its_type_and_place() -> None:
    try:
        int("salasana Kesäyö-4417")
    except ValueError:
        said = line("trouble", error=sys.exception())
    assert "trouble: ValueError at test_lines.py:" in said
    assert "4417" not in said
