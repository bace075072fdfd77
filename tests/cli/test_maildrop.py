"""The demo's next hop: what it answered 250 lies in the Maildir, octet for octet."""

import smtplib
import socket
from pathlib import Path

from gateway.cli.maildrop import Maildrop

OCTETS = b"Subject: dots\r\n\r\n.one\r\n..two\r\n\xe4\r\n"


def test_mails_are_filed_with_every_octet(tmp_path: Path) -> None:
    with Maildrop(tmp_path) as drop:
        for _ in range(2):
            with smtplib.SMTP("127.0.0.1", drop.port) as client:
                client.sendmail("a@example.com", ["b@example.org"], OCTETS)
                client.sendmail("a@example.com", ["b@example.org"], b"Subject: next\r\n\r\n")
        assert drop.mails() == [OCTETS, b"Subject: next\r\n\r\n"] * 2


def test_what_was_cut_off_is_not_filed(tmp_path: Path) -> None:
    with Maildrop(tmp_path) as drop:
        with socket.create_connection(("127.0.0.1", drop.port)) as link:
            link.recv(100)
            for line in (b"EHLO x\r\n", b"MAIL FROM:<>\r\n", b"RCPT TO:<a@example.org>\r\n", b"DATA\r\n"):
                link.sendall(line)
                link.recv(1000)
            link.sendall(b"Subject: half\r\n\r\nhal")
        with smtplib.SMTP("127.0.0.1", drop.port) as client:
            client.sendmail("a@example.com", ["b@example.org"], OCTETS)
        assert drop.mails() == [OCTETS]
