"""Values that are gone already: the words that the fix `blank-password` puts in their place are no value and no label.

Rules of this file: pure. To the check such words look like a mask of the same length, so that nothing behind them is
taken for the value that they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from gateway.checks.secrets.pages import Hit, Page
from gateway.lexicon import Resources, compiled_once

_SHOWN = re.compile(r"[^\n]")


@compiled_once
def _blanks(resources: Resources) -> re.Pattern[str]:
    """The words in every language, broken over lines too; in an address they are joined by hyphens."""
    said = [
        r"[\s-]+".join(map(re.escape, words.split()))
        for words in resources.words("fixes.blank_password")
        if words.strip()
    ]
    return re.compile("|".join(said) or r"(?!)", re.IGNORECASE)


def masked(pages: Iterable[Page], resources: Resources) -> Iterator[Page]:
    """The same pages, with asterisks where a value has been blanked out."""
    blanks = _blanks(resources)
    for page in pages:
        if blanks.search(page.text):
            yield replace(page, text=blanks.sub(lambda found: _SHOWN.sub("*", found[0]), page.text), read={})
        else:
            yield page


def is_gone(hit: Hit, resources: Resources) -> bool:
    """Whether a hit is no value but what a blanked one left: the asterisks, or the username beside them.

    A username stands there with nothing else on the line, or in a cell of its own.
    """
    if not hit.value.strip("*.,;:!?)"):
        return True
    page = hit.page
    at = page.line_at(hit.start)
    if not _blanks(resources).search(page.lines[at].text):
        return False
    line = page.text[page.starts[at] : page.line_end(hit.start)]
    cells = [cell.strip() for cell in line.split("\t")]
    alone = not any(map(str.isalnum, line.replace(hit.value, "", 1)))
    return alone or (hit.value in cells and any(cell and not cell.strip("*") for cell in cells))
