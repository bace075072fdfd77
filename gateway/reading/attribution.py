"""Reading the line that introduces a quote: who wrote, and when.

Rules of this file: pure; bounded patterns; never raises.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ADDRESS = re.compile(r"[<(\[\"']*(?:mailto:)?[^\s<>()\[\]\"']{1,100}@[^\s<>()\[\]\"']{1,200}")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d\d(?!\d)")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_NUMBERS = re.compile(r"\d+")
_CLOCK = frozenset(
    "AM PM A.M P.M UTC GMT EET EEST CET CEST MEZ MESZ UHR EST EDT PST PDT WET WEST BST".split()  # noqa: SIM905  # shorter
)
_BEFORE_NAME = frozenset({"kontakt", "użytkownik", "przez", "von", "quoting", "zitat", "lainaus", "citerar"})
"""Words that some programs put before the name."""


class Introduction(NamedTuple):
    """Who wrote a turn of the thread, and when, as written there; "" where unknown."""

    author: str
    date: str


def is_timed(text: str) -> bool:
    """Tell whether a time of day stands in the line."""
    return _TIME.search(text) is not None


def is_dated(text: str) -> bool:
    """Tell whether a date and a time stand in the line."""
    return _TIME.search(text) is not None and len(_NUMBERS.findall(text[:400])) >= 4


def is_dayed(text: str) -> bool:
    """Tell whether a day of a year may stand in the line."""
    return _YEAR.search(text) is not None and len(_NUMBERS.findall(text[:400])) > 1


def is_moment(text: str) -> bool:
    """Tell whether the line is a moment and nothing else: `2.11.2026 klo 10.15`, `Nov 2, 2026, 10:15 GMT+2`."""
    if not 8 <= len(text) <= 50 or _TIME.search(text) is None or len(_NUMBERS.findall(text)) < 3:
        return False
    words = text.replace(",", " ").split()
    named = [word for word in words if word[0].isalpha()]
    return (
        len(words) <= 9
        and len(named) <= 5
        and all(len(word) <= 14 and word[-1] != ":" for word in named)
        and len(named) < len(words)
    )


def author_and_date(text: str, verbs: frozenset[str]) -> Introduction:
    """Take an attribution line apart, in whatever order it is written."""
    words = text.replace("*", "").strip().rstrip(":").split()
    verb = next((at for at, word in enumerate(words) if word.strip(",.:;").lower() in verbs), len(words))
    digits = [at for at, word in enumerate(words) if any(c.isdigit() for c in word) and "@" not in word]
    if digits and digits[0] > verb:
        author, date = words[:verb], words[verb + 1 :]
        if date[0] == "przez":  # `Wiadomość napisana przez Ewa Lis <ewa@example.org> w dniu …`
            ends = next((at for at, word in enumerate(date) if at and word[0].islower()), len(date))
            author, date = date[:ends], date[ends:]
    else:
        last = digits[-1] + 1 if digits else 0
        while last < len(words) and words[last].strip(",.()").upper() in _CLOCK:
            last += 1
        author = [word for at, word in enumerate(words[last:], last) if at != verb]
        date = words[:last]
    return Introduction(name_of(" ".join(_bare(author))), " ".join(date).strip(" ,-"))


def _bare(author: list[str]) -> list[str]:
    """The name without the small words around it: `Kontakt Mari Tamm`, `Marie Roux a écrit`."""
    while len(author) > 1 and author[0].lower() in _BEFORE_NAME:
        author = author[1:]
    while len(author) > 1 and author[-1].isalpha() and author[-1].islower() and not author[0].islower():
        author = author[:-1]
    return author


def name_of(text: str) -> str:
    """The name before an address; the address where there is no name."""
    text = text.replace("*", "").strip(" ,;:")
    found = _ADDRESS.search(text)
    if found is None:
        return text.strip(" \"'<>-")
    name = text[: found.start()].strip(" ,\"'<>([-")
    return name or found[0].strip("<>()[]\"' ").removeprefix("mailto:")
