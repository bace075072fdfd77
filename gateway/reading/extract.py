"""What extracting the text of a file yields, and how much of it at most.

Rules of this file: values only. The limits bound time: an inspection process has two seconds for a whole mail. What
lies beyond a limit is not read, and that is no finding: bombs are told by `containers`.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.reading.rows import Row

MAX_TEXT = 1 << 20
"""No more characters of one attachment are extracted: 1 M."""
MAX_INFLATED = 6 << 20
"""No more octets come out of one compressed file."""
MAX_MEMBERS = 500


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file."""

    rows: tuple[Row, ...] = ()
    encrypted: bool = False
    partial: bool = False
    """A limit was reached, or the file is broken: there may be more in it."""
