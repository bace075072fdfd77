"""Plain text as rows: quote marks, format=flowed."""

from __future__ import annotations

import pytest

from gateway.reading.rows import plain_rows


def test_rows_know_where_they_stand_and_blank_lines_are_left_out() -> None:
    rows = plain_rows("Hei\r\n\r\n  sisennys\t\r\n\u00a0\r\nloppu")
    assert [(row.text, row.line, row.column) for row in rows] == [("Hei", 1, 1), ("sisennys", 3, 3), ("loppu", 5, 1)]


@pytest.mark.parametrize(
    ("line", "text", "depth", "column"),
    [
        ("> a", "a", 1, 3),
        (">a", "a", 1, 2),
        ("> > a", "a", 2, 5),
        (">>> a", "a", 3, 5),
        (" > a", "a", 1, 4),
        ("a > b", "a > b", 0, 1),
    ],
)
def test_quote_marks_are_counted_and_taken_off(line: str, text: str, depth: int, column: int) -> None:
    (row,) = plain_rows(line)
    assert (row.text, row.depth, row.column) == (text, depth, column)


def test_flowed_lines_are_joined() -> None:
    """RFC 3676 §4.1."""
    rows = plain_rows("Tämä jatkuu \nseuraavalla \nrivillä.\nUusi", flowed=True)
    assert [(row.text, row.line) for row in rows] == [("Tämä jatkuu seuraavalla rivillä.", 1), ("Uusi", 4)]


def test_delsp_takes_the_space_out() -> None:
    assert [row.text for row in plain_rows("sala \nsana", flowed=True, delsp=True)] == ["salasana"]


def test_a_change_of_quote_level_ends_a_flowed_paragraph() -> None:
    rows = plain_rows("> kysymys \n> jatkuu\nvastaus \n>> vanhempi", flowed=True)
    assert [(row.text, row.depth) for row in rows] == [("kysymys jatkuu", 1), ("vastaus", 0), ("vanhempi", 2)]


def test_space_stuffing_is_undone_and_the_signature_delimiter_does_not_flow() -> None:
    """RFC 3676 §4.3 and §4.4."""
    rows = plain_rows(" From tänään \n alkaen\n-- \nAino", flowed=True)
    assert [row.text for row in rows] == ["From tänään alkaen", "--", "Aino"]


@pytest.mark.parametrize("text", [">" * 1_000_000, "> " * 500_000, "x" * 1_000_000, "a \n" * 300_000, "\r" * 1_000_000])
@pytest.mark.parametrize("flowed", [False, True])
def test_a_megabyte_of_anything_is_read_in_linear_time(text: str, flowed: bool) -> None:  # noqa: FBT001  # a parameter
    assert isinstance(plain_rows(text, flowed=flowed), list)
