"""Delivery status notifications (RFC 3464): what became of a released mail, told to its reverse-path.

Rules of this file: pure; time is passed in. Nobody is told who asked not to be (NOTIFY=NEVER, RFC 3461 §4.1), and never
the null reverse-path. Of the mail itself a few header fields go back, masked as the hold has them; its octets never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from gateway.hold import Answered, Hold, Outgoing, OutgoingKind, Progress
from gateway.letter import address, clean, encoded
from gateway.mail import NULL_REVERSE_PATH, Envelope, Recipient
from gateway.phrases import phrases_for

_AS_WRITTEN = SMTP.clone(refold_source="none")


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient in a report."""

    answered: Answered
    action: str
    """`failed`, or `relayed` to a server that reports nothing on its own (RFC 3464 §2.3.3)."""


def report(hold: Hold, progress: Progress, hostname: str, at: datetime) -> Outgoing | None:
    """The report on one attempt; None where nobody is to be told."""
    told = tuple(_told(progress))
    to = hold.envelope.reverse_path
    if not told or to == NULL_REVERSE_PATH:
        return None
    octets = _letter(hold, told, hostname, at).as_bytes()
    parameters = () if to.isascii() else ("SMTPUTF8",)
    envelope = Envelope(NULL_REVERSE_PATH, parameters, (Recipient(to, ("NOTIFY=NEVER",)),))
    return Outgoing(OutgoingKind.REPORT, hold.id, envelope, octets, created_at=at, due_at=at)


def _told(progress: Progress) -> Iterable[Told]:
    for one in progress.refused:
        asked = _notify(one.recipient)
        if "FAILURE" in asked or not asked:  # without NOTIFY, a failure is told (RFC 3461 §4.1)
            yield Told(one, "failed")
    if not progress.is_dsn_offered:
        yield from (Told(one, "relayed") for one in progress.taken if "SUCCESS" in _notify(one.recipient))


def _notify(recipient: Recipient) -> frozenset[str]:
    """What a recipient's NOTIFY asks for, in capitals; empty where nothing was said."""
    value = next((one[7:] for one in recipient.parameters if one.upper().startswith("NOTIFY=")), "")
    return frozenset(value.upper().split(",")) - {""}


def _letter(hold: Hold, told: Sequence[Told], hostname: str, at: datetime) -> EmailMessage:
    say = phrases_for(hold.language)
    failed = any(one.action == "failed" for one in told)
    letter = EmailMessage(policy=SMTP if hold.envelope.reverse_path.isascii() else SMTPUTF8)
    letter["From"] = f"Saate <saate@{hostname}>"
    letter["To"] = address("", hold.envelope.reverse_path)
    letter["Subject"] = say.report_failed if failed else say.report_relayed
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<report.{hold.id}.{int(at.timestamp())}@{hostname}>"
    letter["Auto-Submitted"] = "auto-replied"
    letter["MIME-Version"] = "1.0"
    letter["Content-Type"] = f'multipart/report; report-type=delivery-status; boundary="report-{hold.id}"'
    words = EmailMessage(policy=SMTP)
    words.set_content("\n".join(_words(hold, told)) + "\n", charset="utf-8")
    status = EmailMessage(policy=SMTP)
    status["Content-Type"] = "message/delivery-status"
    groups = "\n".join(_status(hold, told, hostname, at)).split("\n\n")
    status.set_payload([message_from_string(group + "\n", policy=_AS_WRITTEN) for group in groups])
    fields = EmailMessage(policy=SMTP)
    fields["Content-Type"] = "text/rfc822-headers"
    fields.set_payload("\r\n".join(_fields(hold)) + "\r\n")
    for part in (words, status, fields):
        letter.attach(part)
    return letter


def _words(hold: Hold, told: Sequence[Told]) -> Iterable[str]:
    say = phrases_for(hold.language)
    yield say.report_lead.format(subject=clean(hold.subject) or say.no_subject, hold=hold.id)
    for one in told:
        yield ""
        yield f"{clean(one.answered.recipient.address)}"
        yield f"    {clean(str(one.answered.status))}"
    yield ""
    yield say.report_kept if any(one.action == "failed" for one in told) else say.report_passed_on


def _status(hold: Hold, told: Sequence[Told], hostname: str, at: datetime) -> Iterable[str]:
    """The fields of message/delivery-status (RFC 3464 §2): of the mail, then of each recipient."""
    envid = next((one[6:] for one in hold.envelope.parameters if one.upper().startswith("ENVID=")), "")
    if envid:
        yield f"Original-Envelope-Id: {_ascii(_xtext(envid))}"
    yield f"Reporting-MTA: dns; {hostname}"
    yield f"Arrival-Date: {format_datetime(hold.held_at)}"
    for one in told:
        recipient, answer = one.answered.recipient, one.answered.status
        original = next((each[6:] for each in recipient.parameters if each.upper().startswith("ORCPT=")), "")
        yield ""
        if original:
            kind, _, address = original.partition(";")
            yield f"Original-Recipient: {_typed(_xtext(address)).replace('rfc822', clean(kind), 1)}"
        yield f"Final-Recipient: {_typed(recipient.address)}"
        yield f"Action: {one.action}"
        yield f"Status: {answer.enhanced or ('5.0.0' if one.action == 'failed' else '2.0.0')}"
        yield f"Diagnostic-Code: smtp; {_ascii(str(answer))[:800]}"
        yield f"Last-Attempt-Date: {format_datetime(at)}"


def _fields(hold: Hold) -> Iterable[str]:
    for name, value in (("From", hold.header_from), ("Subject", hold.subject), ("Message-ID", hold.message_id)):
        if value:
            yield f"{name}: {encoded(name, f'<{value}>' if name == 'Message-ID' else value)}"


def _typed(address: str) -> str:
    """An address with its type (RFC 3464 §2.3.2); beyond ASCII in the form for seven bits (RFC 6533 §3)."""
    plain = clean(address)
    if plain.isascii():
        return f"rfc822; {plain}"
    return "utf-8; " + "".join(one if one.isascii() and one != "\\" else f"\\x{{{ord(one):X}}}" for one in plain)


def _ascii(text: str) -> str:
    return clean(text).encode("ascii", "replace").decode()


def _xtext(value: str) -> str:
    """Undo xtext (RFC 3461 §4): `+2B` is a plus sign. What is none stays as it came; controls never come out."""
    pieces = value.split("+")
    done = [pieces[0]]
    for piece in pieces[1:]:
        code = piece[:2]
        try:
            done.append(chr(int(code, 16)) + piece[2:])
        except ValueError:
            done.append("+" + piece)
    return clean("".join(done))
