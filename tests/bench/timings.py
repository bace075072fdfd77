"""`make timings`: what reading and judging one mail costs, small and large, median and 99th percentile.

Each mail is inspected in this process, as a worker or an inspection process would, on the clock of processor time:
other work on the machine is not counted. The small ones are the labelled corpus, every mail three times; the large
ones are made here, of one megabyte each.
"""

from __future__ import annotations

import base64
import io
import statistics
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway import policyfiles
from gateway.mail import Envelope, Recipient
from gateway.policy import inspect, warm

ROOT = Path(__file__).parent.parent.parent
MEGABYTE = 1 << 20
ENVELOPE = Envelope("aino@example.com", (), (Recipient("liisa@example.org"),))
WORDS = "Varauksesi on vahvistettu ja huone on hiljainen, kuten toivoit. Lasku tulee sähköpostiisi matkan jälkeen. "
LINES = "\n".join(WORDS for _ in range(MEGABYTE // len(WORDS.encode())))


def mail(text: str, html: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "aino@example.com", "liisa@example.org", "Varaus"
    made.set_content(text, cte="8bit")
    if html:
        made.add_alternative(html, subtype="html", cte="8bit")
    return made


def attached(content: bytes, kind: str, name: str) -> bytes:
    made = mail("Hei Liisa,\n\nvarauksesi on vahvistettu, ja matkaohjelma on mukana.\n\nTerveisin\nAino\n")
    made.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return made.as_bytes()


def docx() -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in LINES.split("\n"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="w"><w:body>{paragraphs}</w:body></w:document>')
    return packed.getvalue()


def pdf(pages: int = 20) -> bytes:
    """A PDF with text on every page and a picture's worth of ballast."""
    drawn = "BT /F1 11 Tf 50 780 Td 14 TL " + "".join(f"({WORDS[:90]}) Tj T* " for _ in range(50)) + "ET"
    content = zlib.compress(drawn.encode("latin-1", "replace"))
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(pages):
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {5 + 2 * page} 0 R {resources} >>".encode())
        objects.append(b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream" % (len(content), content))
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(written + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))


def loads() -> Iterator[tuple[str, list[bytes], int]]:
    """Name, mails, and how often each is inspected."""
    corpus = [path.read_bytes() for path in sorted((ROOT / "tests" / "corpus").glob("*/*.eml"))]
    size = statistics.median(map(len, corpus)) / 1024
    yield f"{len(corpus)} labelled mails, {size:.1f} KB", corpus, 3
    greeting = "Hei Liisa,\n\n"
    yield "1 MB of plain text", [mail(greeting + LINES).as_bytes()], 15
    rows = "".join(f"<p>{line}</p>" for line in LINES.split("\n"))
    yield "1 MB of HTML, and the same as text", [mail(greeting + LINES, f"<p>Hei Liisa,</p>{rows}").as_bytes()], 15
    quoted = "\n".join(f"> {line}" for line in LINES.split("\n"))
    thread = f"{greeting}varaus on vahvistettu.\n\nTerveisin\nAino\n\nLiisa kirjoitti 2.11.2026:\n{quoted}"
    yield "1 MB of quoted thread", [mail(thread).as_bytes()], 15
    labelled = "\n".join(f"Salasanasi on vaihdettu {number}. {WORDS}" for number in range(MEGABYTE // 140))
    yield "1 MB of talk about passwords", [mail(greeting + labelled).as_bytes()], 9
    yield "a picture of 1 MB", [attached(base64.b85decode("0" * 5) * (MEGABYTE // 4), "octet-stream", "k.bin")], 30
    yield "a Word file of 1 MB of text", [attached(docx(), "vnd.openxmlformats", "ohjelma.docx")], 15
    yield "a PDF of 20 pages", [attached(pdf(), "pdf", "ohjelma.pdf")], 9


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> int:
    policies = policyfiles.load(["builtin"], ROOT)
    warm(policies)
    table = Table("mail", "reading, median", "p99", "judging, median", "p99", "both, p99", title="milliseconds")
    for name, mails, rounds in loads():
        for octets in mails[:20]:
            inspect(octets, ENVELOPE, policies)
        done = [inspect(one, ENVELOPE, policies, clock=time.process_time_ns) for _ in range(rounds) for one in mails]
        read = [one.timings.read / 1000 for one in done]
        judged = [one.timings.judge / 1000 for one in done]
        both = [one.timings.read / 1000 + one.timings.judge / 1000 for one in done]
        figures = [
            *(statistics.median(read), percentile(read, 0.99), statistics.median(judged), percentile(judged, 0.99)),
            percentile(both, 0.99),
        ]
        table.add_row(name, *(f"{figure:,.2f}" if figure < 10 else f"{figure:,.0f}" for figure in figures))
    Console(width=140).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
