"""`make bench`: what the gateway costs. The same mails with it and without, in turn and in one run, as ratios.

smtp-source → smtp-sink is the way without; smtp-source → saate → smtp-sink the way with it: every policy on, every
verdict durable. Times on a shared machine drift from minute to minute; the ratios are what to compare. The result is
also written as JSON to .bench/result.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from postfix import free_port, wait_for_banner  # noqa: E402 - the path is set above
from serving import Serving  # noqa: E402

TOOLS = os.environ["PATH"] + ":/usr/sbin"
TEXT = """Hei Liisa!

Kiitos viestistäsi. Varauksesi on nyt vahvistettu, ja hotelli tietää, että saavut vasta myöhään illalla. Huone on
hiljainen, kuten toivoit, ja lasku tulee sähköpostiisi matkan jälkeen.

Mukavaa matkaa!

Ystävällisin terveisin
Aino Neuvonen
Matkatoimisto Esimerkki
"""
THREAD = "".join(f"> Hei, kysyisin vielä huoneesta: kuuluuko sinne kadun melu? ({number})\n" for number in range(24))


@dataclass(frozen=True)
class Load:
    """One kind of mail, and how much of it."""

    name: str
    octets: bytes
    sessions: int
    mails: int


def reply(attachment: int = 0) -> bytes:
    """A usual reply: text and HTML above a long thread; on demand with an attachment of so many octets."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Aino Neuvonen <aino@example.com>", "Liisa Asiakas <liisa@example.org>"
    mail["Subject"], mail["Message-ID"] = "Vastaus: hiljainen huone", "<bench@example.com>"
    mail["Date"] = "Mon, 02 Nov 2026 10:00:00 +0200"
    text = f"{TEXT}\n{THREAD}"
    mail.set_content(text)
    paragraphs = "".join(f"<p>{line.replace('>', '&gt;')}</p>\n" for line in text.split("\n"))
    mail.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")
    if attachment:
        mail.add_attachment(os.urandom(attachment), maintype="image", subtype="jpeg", filename="huone.jpg")
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))


@contextmanager
def sink() -> Iterator[int]:
    """A next hop that takes everything and keeps nothing."""
    port = free_port()
    tool = shutil.which("smtp-sink", path=TOOLS)
    assert tool, "smtp-sink is needed: apt-get install postfix"
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([tool, *user, f"127.0.0.1:{port}", "1000"])
    try:
        wait_for_banner(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def seconds_for(load: Load, port: int, folder: Path) -> float:
    """Send the whole load once with smtp-source."""
    file = folder / f"{load.name}.eml"
    file.write_bytes(load.octets.replace(b"\r\n", b"\n"))
    tool = shutil.which("smtp-source", path=TOOLS)
    assert tool, "smtp-source is needed: apt-get install postfix"
    sender = ("-f", "aino@example.com", "-t", "liisa@example.org", "-F", str(file))
    amount = ("-s", str(load.sessions), "-m", str(load.mails))
    start = time.perf_counter()
    subprocess.run([tool, "-d", *amount, *sender, f"127.0.0.1:{port}"], check=True)
    return time.perf_counter() - start


def latencies(octets: bytes, port: int, mails: int) -> list[float]:
    """Milliseconds from DATA to its answer, one mail after the other on one session."""
    found = []
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        for _ in range(mails):
            client.mail("aino@example.com")
            client.rcpt("liisa@example.org")
            start = time.perf_counter()
            code, text = client.data(octets)
            found.append((time.perf_counter() - start) * 1000)
            assert code == 250, text
    return found


def memory(root: int) -> float:
    """Proportional set size of a process and its children in MB."""
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        try:
            todo += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n")
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024


def measure(loads: list[Load], runs: int, folder: Path) -> dict[str, dict[str, float]]:
    """Rates of each load by way, in turn; then latency and memory."""
    with sink() as hop, Serving(folder / "gateway", hop) as gateway:
        ways = {"direct": hop, "saate": gateway.port}
        taken: dict[tuple[str, str], list[float]] = {(load.name, way): [] for load in loads for way in ways}
        for _ in range(runs):
            for load in loads:
                for way, port in ways.items():
                    taken[load.name, way].append(seconds_for(load, port, folder))
        result: dict[str, dict[str, float]] = {}
        for way, port in ways.items():
            rates = {f"{load.name}/s": load.mails / statistics.median(taken[load.name, way]) for load in loads}
            waits = sorted(latencies(loads[0].octets, port, 300))
            result[way] = rates | {"p50 ms": waits[150], "p99 ms": waits[297]}
        assert gateway.process is not None
        result["saate"]["memory MB"] = memory(gateway.process.pid)
    return result


def main() -> None:
    """Measure, print the table, write the JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--mails", type=int, default=3000)
    given = options.parse_args()
    loads = [
        Load("replies", reply(), sessions=20, mails=given.mails),
        Load("1 MB mails", reply(750_000), sessions=4, mails=max(20, given.mails // 50)),
    ]
    with tempfile.TemporaryDirectory(prefix="saate-bench-") as folder:
        result = measure(loads, given.runs, Path(folder))
    print(f"{'':14}{'direct':>12}{'saate':>12}{'ratio':>9}")
    for name in result["direct"]:
        direct, saate = result["direct"][name], result["saate"][name]
        print(f"{name:14}{direct:12.2f}{saate:12.2f}{saate / direct:9.3f}")
    print(f"{'memory MB':14}{'':12}{result['saate']['memory MB']:12.1f}")
    place = ROOT / ".bench" / "result.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps({"runs": given.runs, "mails": given.mails, **result}, indent=2) + "\n")
    print(f"\n{place.relative_to(ROOT)} has it as JSON")


if __name__ == "__main__":
    main()
