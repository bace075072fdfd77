"""A support server (Postfix) hands its replies to Saate, which hands them to the next hop (Postfix again)."""

from __future__ import annotations

import contextlib
import json
import smtplib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from commands import saate
from postfix import Postfix
from serving import Serving

HEAD = (
    "From: Aino Neuvonen <aino@example.com>\r\nTo: Liisa Asiakas <liisa@example.org>\r\nSubject: {subject}\r\n"
    "Message-ID: <{subject}@example.com>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0200\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
)
END = "\r\n\r\nYstävällisin terveisin\r\nAino\r\n"
GOOD = "Hei Liisa!\r\n\r\nKiitos viestistäsi. Varauksesi on vahvistettu ja huone on hiljainen." + END
NO_GREETING = "Varauksesi on nyt vahvistettu ja huone on hiljainen, kuten toivoit." + END
SECRET = "Kesäyö-7741"
PASSWORD = f"Hei Liisa!\r\n\r\nTunnuksesi on liisa ja salasanasi on {SECRET}. Kirjaudu sillä palveluun." + END


@dataclass
class Road:
    """Both servers and what stands between them."""

    support: Postfix
    gateway: Serving
    hop: Postfix

    def reply(self, subject: str, text: str) -> bytes:
        """An agent's reply goes out through the support server; its octets."""
        octets = (HEAD.format(subject=subject) + text).encode()
        with smtplib.SMTP("127.0.0.1", self.support.port) as client:
            client.sendmail("aino@example.com", ["liisa@example.org"], octets, mail_options=["BODY=8BITMIME"])
        return octets


@pytest.fixture(scope="module")
def road() -> Iterator[Road]:
    with (
        tempfile.TemporaryDirectory(prefix="saate-road-") as folder,  # Postfix must reach it: not below root's own
        contextlib.nullcontext(Path(folder)) as home,
        Postfix(home, "hop") as hop,
        Serving(home / "gateway", hop.port) as gateway,
        Postfix(home, "support", relayhost=gateway.port) as support,
    ):
        yield Road(support, gateway, hop)


def body_of(octets: bytes) -> bytes:
    """What stands below the header, line ends as a Maildir has them."""
    return octets.replace(b"\r\n", b"\n").partition(b"\n\n")[2]


def test_a_good_reply_passes_as_it_was(road: Road) -> None:
    octets = road.reply("good", GOOD)
    arrived = road.hop.wait_for(b"Subject: good")
    assert body_of(arrived) == body_of(octets)
    assert b"X-Saate" not in arrived
    assert arrived.count(b"(Saate)") == 1


def test_a_reply_without_a_greeting_is_annotated(road: Road) -> None:
    octets = road.reply("plain", NO_GREETING)
    arrived = road.hop.wait_for(b"Subject: plain")
    assert b"\nX-Saate: annotate; id=" in arrived
    assert body_of(arrived) == body_of(octets)


def test_a_password_is_held_told_of_and_released(road: Road) -> None:
    octets = road.reply("secret", PASSWORD)
    notice = road.hop.wait_for(b"Auto-Submitted: auto-generated")
    assert b"Delivered-To: aino@example.com" in notice
    assert SECRET.encode() not in notice
    listed = saate("holds", "list", "--json", "--config", road.gateway.file).json
    assert [(one["state"], one["policies"], one["message_id"]) for one in listed] == [
        ("held", ["plaintext-password"], "secret@example.com")
    ]
    assert not any(b"Subject: secret" in mail and b"Delivered-To: liisa" in mail for mail in road.hop.mails())
    hold = listed[0]["id"]
    done = saate("holds", "release", hold[:6], "--reason", "she asked for it by phone", "--config", road.gateway.file)
    assert done.code == 0, done.err
    arrived = road.hop.wait_for(b"X-Saate: released; id=" + hold.encode())
    assert body_of(arrived) == body_of(octets)
    verified = saate("log", "verify", "--config", road.gateway.file)
    assert verified.code == 0, verified.out + verified.err
    assert SECRET not in road.gateway.log() + road.support.log()


def test_a_hold_outlives_the_power(road: Road, tmp_path: Path) -> None:
    gateway = Serving(tmp_path / "gateway", road.hop.port).start()
    octets = (HEAD.format(subject="outlives") + PASSWORD).encode()
    try:
        with smtplib.SMTP("127.0.0.1", gateway.port) as client:
            client.ehlo()
            client.mail("aino@example.com", ["BODY=8BITMIME"])
            client.rcpt("liisa@example.org")
            code, text = client.data(octets)
            gateway.kill()
        assert (code, text.startswith(b"2.0.0 Held for review as ")) == (250, True)
        gateway.start()
        hold = text.decode().split()[-1]
        shown = saate("holds", "show", hold, "--json", "--config", gateway.file)
        assert json.loads(shown.out)["state"] == "held"
        assert saate("holds", "release", hold, "--reason", "checked", "--config", gateway.file).code == 0
        assert body_of(road.hop.wait_for(b"X-Saate: released; id=" + hold.encode())) == body_of(octets)
        assert saate("log", "verify", "--config", gateway.file).code == 0
    finally:
        gateway.stop()
