"""`saate demo`: the whole way of mails in ten seconds, on the embedded default and in a folder of its own.

Rules of this file: everything is real but the people: the gateway is `saate serve`, mail goes through SMTP on loopback,
and what is shown was read from the policy log, the store and the next hop's Maildir. Everything is stopped at the end.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import click
from rich.text import Text

from gateway import policyfiles
from gateway.cli.check import as_mail
from gateway.cli.maildrop import Maildrop
from gateway.cli.mails import FiledMail, crlf
from gateway.cli.output import cell, count, indented, plain, show, table, word
from gateway.cli.settings import Problem
from gateway.cli.stores import operator
from gateway.hold import Actor, Hold, HoldState
from gateway.mail import Envelope, domain_of
from gateway.store import LogRow, Store

PATIENCE = 20.0
"""Seconds for anything to happen before the demo gives up."""
_LOOK = 0.05
_REASON = "Looked at, and fine as it is"
TOLD = "uppercase-dump"
"""The notice that is shown tells an agent, not the fallback, and if it can, of this policy."""

_GOOD_REPLY = """\
From: Aino Neuvonen <aino@example.com>
To: Liisa Asiakas <liisa@example.org>
Subject: Re: A quiet room
Message-ID: <good-reply@example.com>
Date: Mon, 02 Nov 2026 10:00:00 +0200
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear Liisa,

thank you for asking. Your room faces the courtyard, so it is quiet, and the reception knows that you arrive
after ten in the evening. You need not do anything more.

Have a good journey!

Kind regards
Aino Neuvonen
Travel agency Example, tel. 010 123 4567
"""


@dataclass(frozen=True, slots=True)
class _Sample:
    """A mail to send."""

    name: str
    envelope: Envelope
    octets: bytes


@click.command("demo", short_help="Show the whole way in ten seconds.")
@click.option("--dir", "folder", metavar="DIR", default="", help="Where it all goes. [a new folder under .demo]")
def command(folder: str) -> int:
    """Start a gateway, send it good and bad replies, and show what becomes of them."""
    place = _place(folder)
    samples = list(_samples())
    with Maildrop(place / "next-hop") as drop, _gateway(place, drop.port, samples) as port:
        show(f"Saate listens on 127.0.0.1:{port}; the next hop behind it files mail into a Maildir.", "")
        store = Store(_url(place))
        try:
            whole = _story(samples, port, drop, store)
        finally:
            store.close()
    _tell_where(place)
    return 0 if whole else 1


def _story(samples: list[_Sample], port: int, drop: Maildrop, store: Store) -> bool:
    show(table("mail", "disposition", "policies", rows=_sent(samples, port, store), crop=("mail",)))
    held = list(store.holds((HoldState.HELD,)))
    _show_notice(min(held, key=lambda hold: (hold.automatic, TOLD not in hold.policies)), drop)
    _release(held[-1], drop, store)
    return _verify(store)


# --- before


def _place(folder: str) -> Path:
    place = Path(folder) if folder else Path(".demo") / time.strftime("%Y-%m-%d_%H-%M-%S")
    if place.exists() and any(place.iterdir()):
        msg = f"{place}: is not empty; name another folder with --dir"
        raise Problem(msg)
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    return place


def _url(place: Path) -> str:
    return f"sqlite:///{place.absolute()}/saate.db"


def _samples() -> Iterator[_Sample]:
    """A good reply, then the first case of each kind of each policy."""
    yield _sample("a good reply", _GOOD_REPLY.encode())
    seen: set[tuple[str, str]] = set()
    for policy, kind, name, octets in policyfiles.cases([policyfiles.BUILTIN], Path()):
        if kind != "todo" and (policy, kind) not in seen:
            seen.add((policy, kind))
            yield _sample(f"{policy}/{name.removesuffix('.eml')}", octets)


def _sample(name: str, octets: bytes) -> _Sample:
    mail = as_mail(FiledMail(name, 1, crlf(octets)))
    return _Sample(name, mail.envelope, crlf(octets))


@contextlib.contextmanager
def _gateway(place: Path, next_hop: int, samples: list[_Sample]) -> Iterator[int]:
    """Run `saate serve` for as long as the block does."""
    port = _free_port()
    senders = sorted({domain_of(sample.envelope.reverse_path) for sample in samples} - {""})
    config = place / "saate.yaml"
    config.write_text(
        f"listen: 127.0.0.1:{port}\nnext_hop: 127.0.0.1:{next_hop}\nstore: {_url(place)}\n"
        f"senders: [{', '.join(senders)}]\nhostname: saate.example.com\n",
        encoding="utf-8",
    )
    log = place / "saate.log"
    with log.open("wb") as output:
        serving = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "gateway", "serve", "--config", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _until(lambda: _answers(port, serving, log), "the gateway does not answer", log)
        yield port
    finally:
        serving.send_signal(signal.SIGTERM)
        try:
            serving.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            serving.kill()
            serving.wait()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _answers(port: int, serving: subprocess.Popen[bytes], log: Path) -> bool:
    if serving.poll() is not None:
        msg = f"the gateway ended: {log.read_text(encoding='utf-8', errors='replace').strip().rpartition(chr(10))[2]}"
        raise Problem(msg)
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as smtp:
            return smtp.ehlo("client.example.com")[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _until(is_so: Callable[[], bool], otherwise: str, log: Path | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise Problem(otherwise + (f"; see {log}" if log else ""))
        time.sleep(_LOOK)


# --- the story


def _sent(samples: list[_Sample], port: int, store: Store) -> Iterator[tuple[Text, Text, Text]]:
    """Send one by one; what is said of each stands in the policy log."""
    seq = 0
    for sample in samples:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="helpdesk.example.com", timeout=PATIENCE) as smtp:
            smtp.sendmail(sample.envelope.reverse_path, sample.envelope.addresses, sample.octets)
        judged = [row for row in store.log_rows(seq) if row.type == "judged"]
        seq = judged[-1].seq
        yield cell(sample.name), *_verdict(judged[-1])


def _verdict(row: LogRow) -> tuple[Text, Text]:
    facts = row.entry["facts"]
    names = dict.fromkeys(f"{one['policy']}{' (trial)' * (one['status'] == 'trial')}" for one in facts["findings"])
    return word(facts["disposition"]), Text(", ".join(names))


def _show_notice(hold: Hold, drop: Maildrop) -> None:
    notices: list[EmailMessage] = []

    def came() -> bool:
        mails = (email.message_from_bytes(octets, policy=email.policy.default) for octets in drop.mails())
        ours = (mail for mail in mails if mail["Auto-Submitted"] == "auto-generated" and "saate@" in str(mail["From"]))
        notices[:] = [mail for mail in ours if hold.id in _text(mail)]
        return bool(notices)

    _until(came, "no notice came")
    show("", Text("One notice, as the agent sees it", style="bold"))
    head = [f"{name}: {notices[0][name]}" for name in ("From", "To", "Subject")]
    for line in [*head, "", *_text(notices[0]).rstrip().split("\n")]:
        show(Text.assemble(("  | ", "dim"), plain(line)))


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def _release(hold: Hold, drop: Maildrop, store: Store) -> None:
    show("", Text("One held reply, released", style="bold"))
    show(indented(Text(f'$ saate holds release {hold.id[:8]} --reason "{_REASON}"', style="dim")))
    store.release(hold.id, Actor(operator()), _REASON, datetime.now(UTC))
    mark = re.compile(rb"^X-Saate: released; id=" + hold.id.encode(), re.MULTILINE)
    _until(lambda: any(mark.search(octets) for octets in drop.mails()), "the released reply did not come")
    _until(lambda: store.find(hold.id).state is HoldState.DELIVERED, "the delivery was not recorded")
    show(indented(cell(f"{hold.id} is delivered to {', '.join(hold.envelope.addresses)}")))


def _verify(store: Store) -> bool:
    result = store.verify()
    show("", Text("The policy log", style="bold"))
    entries = count(result.entries, "entry", "entries")
    said = f"{entries}, each as it was written" if result.is_whole else f"was changed at entry {result.entries + 1}"
    show(indented(Text.assemble(word("whole" if result.is_whole else "wrong"), f": {said}")))
    return result.is_whole


def _tell_where(place: Path) -> None:
    show("", Text(f"It all lies in {place}", style="bold"))
    rows = [
        ("saate.yaml", "the configuration"),
        ("saate.db", "policy log and held replies, these sealed with saate.db.key"),
        ("next-hop", "the next hop's Maildir: passed and annotated mail, notices, the released reply"),
        ("saate.log", "what the gateway said of itself"),
    ]
    show(indented(table("", "", rows=[(Text(name), Text(text, style="dim")) for name, text in rows])))
    show(indented(Text(f"$ saate holds list --config {place}/saate.yaml", style="dim")))
