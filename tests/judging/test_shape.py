"""Prints of machines, and what only looks like one.

`prints/` holds prints of many trades and writing in capitals that is none, each below a line with its name.
"""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.reading.model import Role, Text
from gateway.verdict import Where
from judging import found, judged, lines, look, mail, reply

ITINERARY = """\
1  AY1331 Y 10MAY HELLHR HK2  0755 0910
2  AY1332 Y 17MAY LHRHEL HK2  1200 1755
3  HTL HK1 LON IN10MAY OUT17MAY
SPECIAL RQST QUIET ROOM HIGH FLOOR - NOT GTD"""
REGISTER = """\
TILAUS 440912   ASIAKAS 20114
RIVI TUOTE       NIMIKE            MÄÄRÄ
001  114-0080    KULMARAUTA 90X90     40"""
EDIFACT = """\
UNB+UNOC:3+003712345678:30+250311:0915+118822'
UNH+1+DESADV:D:96A:UN:EAN005'
BGM+351+GX990112+9'"""
TELEX = """\
VSL ETB HANKO 15/1400 LT WX PERMITTING
AGENT INFORMED PILOT BKD
BUNKERS 40 MT MGO EX TRUCK"""
TIMBER = """\
TAV.LAJI\tKPL\tM3\tHINTA
MÄT\t212\t88,4\t78,00
KUT\t140\t51,2\t74,50
VÄH.TUKKIRAAKKI\t9\t4,1\t0,00"""
PRINTS = [
    ("en", ITINERARY),
    ("fi", REGISTER),
    ("sv", "ORDERNR  DATUM   STATUS\n40118    250311  LEVERERAD\n40122    250318  RESTNOTERAD"),
    ("en", EDIFACT),
    ("en", TELEX),
    ("de", "KUNDE: 10442 WOLFF\nSTATUS: OFFEN\nBETRAG: 240,00 EUR"),
    ("fi", TIMBER),
]
ANGER = """\
THIS IS AN OUTRAGE AND I WANT MY MONEY BACK.
I HAVE WAITED FOR 3 WEEKS AND NOBODY CALLS.
CALL ME AT ONCE, IT IS URGENT."""
LEGAL = """\
TO THE MAXIMUM EXTENT PERMITTED BY LAW THE SOFTWARE IS PROVIDED AS IS.
IN NO EVENT SHALL WE BE LIABLE.
THIS DOES NOT AFFECT YOUR RIGHTS."""
GREEK = "\N{GREEK CAPITAL LETTER SIGMA}\N{GREEK CAPITAL LETTER ALPHA}\N{GREEK CAPITAL LETTER SIGMA} 12"
WRITING = [
    ("en", ANGER),
    ("fi", "MATTI MEIKÄLÄINEN\nMANNERHEIMINTIE 12 A 3\n00100 HELSINKI"),
    ("en", "PARAGON PARTS\nUNIT 7 KESTREL PARK\nBIRMINGHAM B12 0XY"),
    ("en", LEGAL),
    ("en", "AB-1203\nAB-1204\nAB-1205"),
    ("fi", "TÄRKEÄÄ\n\nMuista ottaa mukaan henkilötodistus ja VR:n lippu."),
    ("de", "Die Rechnung Nr. 4711 vom 3. März liegt der Sendung 00340 bei."),
    ("el", f"{GREEK}\n{GREEK[::-1]}\n{GREEK}"),
    ("ja", "東京 12 大阪 34\n名古屋 56 福岡 78\n札幌 90 仙台 12"),
    ("en", "MATTI MEIKÄLÄINEN\nSALES MANAGER\nTEL +358 40 555 0123\nWWW.EXAMPLE.COM"),
]
LONG = ["A1 " * 100_000, "A  " * 100_000, "'+" * 150_000, "A" * 300_000 + " 1 2", "1/" * 150_000]


@pytest.mark.parametrize(("language", "text"), PRINTS)
def test_a_print_is_found_at_its_first_line(language: str, text: str) -> None:
    (sight,) = look(
        "uppercase-dump", reply(f"Hello,\n\nhere is what the system says:\n\n{text}\n\nBest regards", language)
    )
    assert sight.where == Where("1", 5, 1)
    assert sight.excerpt == text.split("\n", maxsplit=1)[0]
    assert [fix.name for fix in sight.fixes] == ["dump-list"]


@pytest.mark.parametrize(("language", "text"), WRITING)
def test_loud_or_formal_writing_is_no_print(language: str, text: str) -> None:
    assert not look("uppercase-dump", reply(f"Hello,\n\n{text}\n\nBest regards", language))


def test_the_customer_s_own_capitals_are_the_customer_s() -> None:
    quoted = Text("1", html=False, lines=lines(ITINERARY, role=Role.QUOTED))
    assert not look("uppercase-dump", reply("", texts=(quoted,)))


def test_lines_with_something_else_between_them_are_no_print() -> None:
    apart = ITINERARY.replace("\n", "\nand then there is\nin plain words\n")
    assert not look("uppercase-dump", reply(apart))


def test_alternatives_count_once_and_two_prints_twice() -> None:
    plain = Text("1.1", html=False, lines=lines(ITINERARY, "1.1"), group="1")
    html = Text("1.2", html=True, lines=lines(ITINERARY, "1.2"), group="1")
    assert len(look("uppercase-dump", reply("", texts=(plain, html)))) == 1
    assert len(look("uppercase-dump", reply(f"{ITINERARY}\nand back\nagain the same\n{ITINERARY}"))) == 2


def test_a_print_that_was_taken_for_a_signature_is_found() -> None:
    last = Text("1", html=False, lines=lines(ITINERARY, role=Role.SIGNATURE))
    assert look("uppercase-dump", reply("", texts=(last,)))


def test_how_many_lines_make_a_print_is_the_house_s_to_say() -> None:
    assert not look("uppercase-dump", reply(ITINERARY), {"min_lines": 5})
    assert look("uppercase-dump", reply("\n".join(ITINERARY.split("\n")[:2])), {"min_lines": 2})


@pytest.mark.parametrize("line", LONG, ids=[line[:3] for line in LONG])
def test_a_very_long_line_is_looked_at_in_part(line: str) -> None:
    look("uppercase-dump", reply("\n".join([line] * 4)))


def blocks(name: str) -> list[tuple[str, str]]:
    """The texts of a file of `prints/`, each with its name."""
    whole = (Path(__file__).parent / "prints" / f"{name}.txt").read_text(encoding="utf-8")
    named = [block.partition("\n") for block in whole.split("=== ")[1:]]
    return [(label, text.rstrip("\n")) for label, _, text in named]


def as_html(body: str) -> bytes:
    return mail(body).replace(b"text/plain", b"text/html")


def preformatted(text: str) -> bytes:
    return as_html(f"<pre>{html.escape(text)}</pre>")


def monospaced(text: str) -> bytes:
    rows = (html.escape(row).replace("  ", "&nbsp; ") or "<br>" for row in text.split("\n"))
    return as_html("".join(f'<div style="font-family: Courier New">{row}</div>' for row in rows))


def in_cells(text: str) -> bytes:
    rows = (re.split(" {2,}", html.escape(row.strip())) for row in text.split("\n"))
    joined = ("</td><td>".join(cells) for cells in rows)
    return as_html("<table>" + "".join(f"<tr><td>{cells}</td></tr>" for cells in joined) + "</table>")


def tabbed(text: str) -> bytes:
    return mail(re.sub(r"(?<=\S) {2,}", "\t", text))


SHAPES = [mail, preformatted, monospaced, in_cells, tabbed]
LETTERS = [
    "{}",
    "Hei Maija,\n\ntässä järjestelmän tieto teille.\n\n{}\n\nTerveisin\nAnna",
    "Hello Maija,\n\nthis is what the system says:\n\n{}",
    "{}\n\nTack och hej\nAnna",
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("label", "text"), blocks("finds"))
def test_a_print_is_found_wherever_it_stands(label: str, text: str, shape: Callable[[str], bytes]) -> None:
    for letter in LETTERS:
        assert "uppercase-dump" in found(judged(shape(letter.format(text)))), (label, letter)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("label", "text"), blocks("ok"))
def test_what_a_person_wrote_in_capitals_is_no_print(label: str, text: str, shape: Callable[[str], bytes]) -> None:
    for letter in LETTERS:
        assert "uppercase-dump" not in found(judged(shape(letter.format(text)))), (label, letter)
