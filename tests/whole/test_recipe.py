"""deploy/postfix/ as it stands there, with the ports of this run: two servers, and one Postfix on both sides."""

import email.policy
import smtplib
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from answering import answer, told
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


def held() -> bytes:
    """A reply that says nothing but that there is a file: the agent may release it."""
    message = EmailMessage(email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = "aino@example.com", "liisa@example.org", "confirmation"
    message.set_content("Dear Liisa,\n\nplease see the attachment.\n\nKind regards\nAino\n")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="confirmation.pdf")
    return message.as_bytes()


def test_two_servers(home: Path) -> None:
    hop = Postfix(home, "hop", settings=(RECIPE / "next-hop.cf").read_text())
    with hop, Serving(home / "gateway", hop.port) as gateway:
        settings = (RECIPE / "support-server.cf").read_text().replace(":2525", f":{gateway.port}")
        with Postfix(home, "support", relayhost=gateway.port, settings=settings) as support:
            send(support.port, "two")
            assert hop.wait_for(b"Subject: two").count(b"(Saate)") == 1


def test_an_answer_to_a_notice_is_routed_to_us_and_releases_the_reply(home: Path) -> None:
    hop = Postfix(home, "hop", settings=(RECIPE / "next-hop.cf").read_text() + (RECIPE / "answers.cf").read_text())
    gateway = Serving(home / "gateway", hop.port, notices={"commands": "saate@saate.example.com"})
    main = hop.home / "conf" / "main.cf"
    main.write_text(main.read_text().replace(":2525", f":{gateway.port}"))
    with hop, gateway:
        with smtplib.SMTP("127.0.0.1", gateway.port) as client:
            client.sendmail("aino@example.com", ["liisa@example.org"], held())
        notice = told(hop.wait_for(b"Reply-To: saate+"))
        with smtplib.SMTP("127.0.0.1", hop.port) as client:
            octets = answer(("release she knows what it is",), notice, sender="aino@example.com")
            client.sendmail("aino@example.com", [notice.answer_to], octets)
        assert b'filename="confirmation.pdf"' in hop.wait_for(b"\nX-Saate: released; id=")
        letter = hop.wait_for(b"The reply is released as it is")
    assert b"To: aino@example.com" in letter


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
