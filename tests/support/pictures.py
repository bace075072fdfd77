"""Every kind of notice in every language, and how it looks in a browser.

Run it to see them: `.venv/bin/python tests/support/pictures.py FOLDER [--kind held] [--language fi]` writes one PNG for
each kind, language and width. It needs Debian's chromium.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from gateway.app.setup import texts  # noqa: E402 - run as a script, the package stands beside us
from gateway.config import Calendar, Config, Notices, Person, Role  # noqa: E402
from gateway.hold import Actor, Answered, Hold, Outgoing, OutgoingKind, Progress  # noqa: E402
from gateway.mail import Envelope, Recipient  # noqa: E402
from gateway.notice import NoticeWriter  # noqa: E402
from gateway.policyfiles import load  # noqa: E402
from gateway.status import Status  # noqa: E402
from gateway.verdict import (  # noqa: E402
    Disposition,
    Finding,
    Fix,
    PolicyStatus,
    ReleaseBy,
    ReplyFacts,
    Where,
)

WIDTHS = {"phone": 390, "desktop": 1000}
AT = datetime(2026, 10, 29, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
TOKEN = "mfrggzdfmztwq2lk-abcdefghijklmnopqrstuvwxyz"
_PEOPLE = (
    Person(mailbox="maija@example.com"),
    Person(mailbox="risto@example.com", role=Role.REVIEWER),
)
CONFIG = Config(
    senders=("example.com",),
    calendar=Calendar(time_zone="Europe/Helsinki", country="FI"),
    people=_PEOPLE,
)
ORDERS = CONFIG.model_copy(update={"notices": Notices(commands="saate@saate.example.com")})
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Re: [Ticket#2026102910000017] I cannot get into the booking system",
        "first": "I have set a new password for you.",
        "line": "Your new password is ••••••, please change it.",
        "removed": "[password removed]",
        "greeting": "Hello Matti,",
        "reason": "The password is the one of the guest network, it hangs on our wall.",
        "done": "The reply was released.",
        "dump": "In short:\n- what: [[fill in or delete the line]]\n- when: [[fill in or delete the line]]",
    },
    "fi": {
        "subject": "Re: [Ticket#2026102910000017] En pääse varausjärjestelmään",
        "first": "Vaihdoin salasanasi.",
        "line": "Uusi salasanasi on ••••••, vaihda se heti.",
        "removed": "[salasana poistettu]",
        "greeting": "Hei Matti,",
        "reason": "Salasana on vierasverkon, se on seinällä kaikkien nähtävissä.",
        "done": "Vastaus päästettiin eteenpäin.",
        "dump": "Tiedot lyhyesti:\n- mitä: [[täytä tai poista rivi]]\n- milloin: [[täytä tai poista rivi]]",
    },
    "sv": {
        "subject": "Re: [Ticket#2026102910000017] Jag kommer inte in i bokningssystemet",
        "first": "Jag har bytt ditt lösenord.",
        "line": "Ditt nya lösenord är ••••••, byt det genast.",
        "removed": "[lösenordet borttaget]",
        "greeting": "Hej Matti!",
        "reason": "Lösenordet gäller gästnätet, det sitter på väggen.",
        "done": "Svaret släpptes.",
        "dump": "Kort sagt:\n- vad: [[fyll i eller ta bort raden]]\n- när: [[fyll i eller ta bort raden]]",
    },
}


def a_hold(language: str) -> Hold:
    """A reply with a password, and without a greeting."""
    say = WORDS[language]
    password = Finding(
        *("plaintext-password", "plaintext-password", PolicyStatus.ENFORCED, Disposition.HOLD),
        *(Where("1", 3, 20), say["line"], (Fix("blank-password", say["removed"]),)),
    )
    greeting = Finding(
        *("missing-greeting", "missing-greeting", PolicyStatus.ENFORCED, Disposition.ANNOTATE),
        *(Where("1", 1, 1), say["first"], (Fix("greeting", say["greeting"]),)),
    )
    return Hold(
        id="mfrggzdfmztwq2lk",
        held_at=AT,
        envelope=Envelope("support@example.com", recipients=(Recipient("matti.meikalainen@customer.example"),)),
        client="192.0.2.7",
        size=4711,
        message_id="original@example.com",
        subject=say["subject"],
        header_from="support@example.com",
        agent="maija@example.com",
        language=language,
        automatic=False,
        findings=(password, greeting),
        release_by=ReleaseBy.REVIEWER,
        octets_digest="0" * 64,
        same="1" * 64,
        whole="2" * 64,
        ticket="[Ticket#2026102910000017]",
    )


def _busy(language: str) -> Hold:
    """One with many findings."""
    hold = a_hold(language)
    dump = Finding(
        *("uppercase-dump", "uppercase-dump", PolicyStatus.ENFORCED, Disposition.HOLD),
        *(
            Where("1", 9, 1),
            "BKG 4711 2026-11-02 HEL-TKU CFM PAX 2 STS OK",
            (Fix("dump-list", WORDS[language]["dump"]),),
        ),
    )
    again = tuple(replace(hold.findings[0], where=Where("2", line, 1)) for line in range(4, 9))
    return replace(hold, findings=(*hold.findings, *again, dump), release_by=ReleaseBy.AGENT)


def _samples(writer: NoticeWriter, orders: NoticeWriter, language: str) -> Mapping[str, Callable[[], Outgoing | None]]:
    hold = a_hold(language)
    machine = replace(hold, automatic=True, agent="")
    progress = Progress(
        refused=(Answered(hold.envelope.recipients[0], Status(550, ("5.1.1 User unknown in local recipient table",))),)
    )
    digest = Outgoing(OutgoingKind.DIGEST, hold.id, Envelope("", recipients=(Recipient("maija@example.com"),)))
    asking = Actor("maija", "maija@example.com", Role.AGENT)
    reason = WORDS[language]["reason"]
    return {
        "held": lambda: writer.for_hold(hold, ReplyFacts(), AT),
        "orders": lambda: orders.for_hold(hold, ReplyFacts(), AT, TOKEN),
        "busy": lambda: orders.for_hold(_busy(language), ReplyFacts(), AT, TOKEN),
        "fallback": lambda: writer.for_hold(replace(hold, agent=""), ReplyFacts(), AT),
        "reminder": lambda: orders.for_reminder(hold, AT.replace(hour=13), TOKEN),
        "escalation": lambda: writer.for_escalation(hold, AT.replace(day=30, hour=9))[0],
        "request": lambda: writer.for_request(hold, asking, reason, AT)[0],
        "return": lambda: writer.for_return(hold, LATER),
        "digest": lambda: writer.for_digest(digest, [hold, _busy(language)], AT),
        "machine": lambda: writer.for_digest(digest, [machine, machine], AT),
        "bounce": lambda: writer.for_bounce(hold, progress, LATER),
        "answer": lambda: writer.answer("maija@example.com", hold, (WORDS[language]["done"],), AT),
    }


def letters(language: str) -> Mapping[str, str]:
    """The HTML of each kind of notice."""
    words = texts(load(["builtin"], Path.cwd()))
    writer, orders = (NoticeWriter(config, "gw.example.com", words) for config in (CONFIG, ORDERS))
    found = {}
    for kind, write in _samples(writer, orders, language).items():
        outgoing = write()
        assert outgoing is not None, kind
        part = email.message_from_bytes(outgoing.octets, policy=email.policy.default).get_body(("html",))
        assert part is not None
        found[kind] = str(part.get_content())
    return found


# --- the browser


class Browser:
    """Chromium without a window."""

    def __init__(self) -> None:
        command = shutil.which("chromium") or shutil.which("chromium-browser")
        if not command:
            msg = "chromium is missing; install it with: sudo apt-get install chromium"
            raise FileNotFoundError(msg)
        self._command = command

    def _run(self, page: str, *options: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "page.html")
            file.write_text(page, encoding="utf-8")
            fixed = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage")
            done = subprocess.run(
                (self._command, *fixed, f"--user-data-dir={folder}/profile", *options, file.as_uri()),
                capture_output=True,
                timeout=60,
                check=True,
            )
        return done.stdout.decode()

    def measure(self, letter: str, width: int) -> tuple[int, int]:
        """How wide and how high a letter is in a window of a width: wider than that wants scrolling sideways."""
        script = (
            "<script>const f=document.querySelector('iframe');f.onload=()=>{const d=f.contentDocument.documentElement;"
            "document.title=`${Math.max(d.scrollWidth,f.contentDocument.body.scrollWidth)}x${d.scrollHeight}`}</script>"
        )
        dumped = self._run(_framed(letter, width, 400) + script, "--dump-dom", "--virtual-time-budget=2000")
        found = re.search(r"<title>(\d+)x(\d+)</title>", dumped)
        assert found, "the browser did not measure the page"
        return int(found[1]), int(found[2])

    def picture(self, letter: str, width: int, file: Path) -> None:
        """Write a PNG of the whole letter."""
        _, height = self.measure(letter, width)
        size = f"--window-size={width},{height}"
        self._run(_framed(letter, width, height), f"--screenshot={file}", size)


def _framed(letter: str, width: int, height: int) -> str:
    """A letter in a frame of that width, since no window is as narrow as a telephone."""
    return (
        '<!DOCTYPE html><meta charset="utf-8"><title></title><body style="margin:0">'
        f'<iframe style="border:0;width:{width}px;height:{height}px;display:block" srcdoc="{html.escape(letter)}">'
        "</iframe>"
    )


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", default="")
    parser.add_argument("--language", default="")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    for language in [chosen.language] if chosen.language else WORDS:
        for kind, letter in letters(language).items():
            if chosen.kind in ("", kind):
                for name, width in WIDTHS.items():
                    browser.picture(letter, width, chosen.folder / f"{kind}-{language}-{name}.png")


if __name__ == "__main__":
    main()
