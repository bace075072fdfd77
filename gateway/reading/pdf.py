"""Text out of PDF files: the text layer, page by page.

Rules of this file: pure; never raises; bounded by pages, by what they weigh and by what comes out. pypdf is brought in
when the first PDF comes: it is read in an inspection process alone, and the others need not carry it.
"""

from __future__ import annotations

import io

from gateway.reading.extract import MAX_TEXT, Extracted
from gateway.reading.rows import Row, plain_rows

MAX_OCTETS = 16 << 20
"""A larger one is no letter: pypdf looks all through a broken file for its pieces."""
MAX_PAGES = 40
MAX_WEIGHT = 2 << 20
"""Octets of page content, unpacked."""


def read_pdf(content: bytes) -> Extracted:
    """The text layer of a PDF."""
    import pypdf  # noqa: PLC0415  # see the rules above

    if len(content) > MAX_OCTETS:
        return Extracted(partial=True)
    rows: list[Row] = []
    weight = 0
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return Extracted(encrypted=True)
        for number, page in enumerate(reader.pages):
            drawn = page.get_contents()
            weight += len(drawn.get_data()) if drawn is not None else 0
            if number >= MAX_PAGES or weight > MAX_WEIGHT or len(rows) > MAX_TEXT // 10:
                return Extracted(tuple(rows), partial=True)
            last = rows[-1].line if rows else 0
            rows += [row._replace(line=last + row.line) for row in plain_rows(page.extract_text()[:MAX_TEXT])]
    except Exception:  # noqa: BLE001  # a broken PDF raises anything at all, and its text may stand in the exception
        return Extracted(tuple(rows), partial=True)
    return Extracted(tuple(rows))
