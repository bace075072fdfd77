"""Lines of twelve languages, as people write them: which greet, which close, which nobody wrote for this mail.

The lines stand in `lines/<language>.txt`, each after its mark: `+` greets, `-` does not, `~` closes, `m` is added by a
telephone, `d` by a house, `b` is matter although it looks like one of these.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.reading.model import Role
from mailmaking import plain, reply, roles, texts

LINES = Path(__file__).parent / "lines"
NOBODY = "tilaukset@asiakas.example"
MATTER = "Kerroimme asiasta eilen. We told you about it. Vi berättade om det."


def lines(mark: str) -> list[str]:
    """`fi: Moikka!` for every line that begins with the mark."""
    return [
        f"{path.stem}: {line[2:]}"
        for path in sorted(LINES.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if line[:2] == f"{mark} "
    ]


def written(line: str) -> str:
    return line.partition(": ")[2]


@pytest.mark.parametrize("line", lines("+"))
def test_a_line_that_greets_is_a_greeting(line: str) -> None:
    """Where the reader's name is not in the line, also when nobody knows it."""
    mail = f"{written(line)}\n\n{MATTER}\n"
    assert reply(plain(mail)).greeting, "with a known name"
    if "Liisa" not in line and "LIISA" not in line:
        assert reply(plain(mail, To=NOBODY)).greeting, "with no name known"


@pytest.mark.parametrize("line", lines("-"))
def test_a_line_of_the_matter_greets_nobody(line: str) -> None:
    mail = f"{written(line)}\n\n{MATTER}\n"
    assert texts(reply(plain(mail)).greeting) == []
    assert texts(reply(plain(mail, To=NOBODY)).greeting) == []


@pytest.mark.parametrize("line", lines("~"))
def test_a_line_that_closes_begins_the_sign_off(line: str) -> None:
    read = reply(plain(f"Hei!\n\n{MATTER}\n\n{written(line)}\n\nAino Neuvonen\nMatkatoimisto\n010 123 4567\n"))
    assert texts(read.sign_off)[:1] == [written(line)]
    assert "010 123 4567" in texts(read.signature)


@pytest.mark.parametrize("line", lines("~"))
def test_a_line_that_closes_is_no_matter_at_the_very_end(line: str) -> None:
    (text,) = reply(plain(f"Hei!\n\n{MATTER}\n\n{written(line)}\n")).texts
    assert roles(text)[-1] == ("so", written(line))


@pytest.mark.parametrize("line", lines("m"))
def test_what_a_telephone_adds_is_a_signature(line: str) -> None:
    (text,) = reply(plain(f"Hei!\n\n{MATTER}\n\n{written(line)}\n")).texts
    assert text.lines[-1].role is Role.SIGNATURE


@pytest.mark.parametrize("line", lines("d"))
def test_what_a_house_adds_is_a_disclaimer_or_signature(line: str) -> None:
    (text,) = reply(plain(f"Hei!\n\n{MATTER}\n\nTerveisin\nAino\n\n{written(line)}\n")).texts
    assert text.lines[-1].role in {Role.DISCLAIMER, Role.SIGNATURE}
    (text,) = reply(plain(f"Hei!\n\n{MATTER}\n\n{written(line)}\n")).texts
    assert text.lines[-1].role in {Role.DISCLAIMER, Role.SIGNATURE}, "without a sign-off above it"


@pytest.mark.parametrize("line", lines("b"))
def test_matter_that_looks_like_an_ending_stays_matter(line: str) -> None:
    (text,) = reply(plain(f"Hei!\n\n{MATTER}\n\n{written(line)}\n")).texts
    assert roles(text)[-1] == ("bo", written(line))
