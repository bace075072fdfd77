"""deploy/postfix/ as it stands there, with the ports of this run: two servers, and one Postfix on both sides."""

import smtplib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from postfix import Postfix, free_port
from serving import Serving

RECIPE = Path(__file__).parent.parent.parent / "deploy" / "postfix"
REPLY = (
    "From: Aino Neuvonen <aino@example.com>\r\nTo: liisa@example.org\r\nSubject: {}\r\n\r\n"
    "Dear Liisa,\r\n\r\nyour room is confirmed and quiet.\r\n\r\nKind regards\r\nAino\r\n"
)


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="saate-recipe-") as folder:  # Postfix must reach it: not below root's own
        yield Path(folder)


def send(port: int, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("aino@example.com", ["liisa@example.org"], REPLY.format(subject).encode())


def test_two_servers(home: Path) -> None:
    hop = Postfix(home, "hop", settings=(RECIPE / "next-hop.cf").read_text())
    with hop, Serving(home / "gateway", hop.port) as gateway:
        settings = (RECIPE / "support-server.cf").read_text().replace(":2525", f":{gateway.port}")
        with Postfix(home, "support", relayhost=gateway.port, settings=settings) as support:
            send(support.port, "two")
            assert hop.wait_for(b"Subject: two").count(b"(Saate)") == 1


def test_one_postfix_on_both_sides(home: Path) -> None:
    one = Postfix(home, "one")
    back = free_port()
    gateway = Serving(home / "gateway", back)
    entries = (RECIPE / "one-postfix.master.cf").read_text()
    for fixed, port in ((":25  ", f":{one.port}  "), (":2526", f":{back}"), (":2525", f":{gateway.port}")):
        assert fixed in entries
        entries = entries.replace(fixed, port)
    master = one.home / "conf" / "master.cf"
    kept = [line for line in master.read_text().split("\n") if not line.startswith(f"127.0.0.1:{one.port} ")]
    master.write_text("\n".join(kept) + "\n" + entries)
    with one, gateway:
        send(one.port, "one")
        assert one.wait_for(b"Subject: one").count(b"(Saate)") == 1
