"""SMTP's answers, and the one table of those that we say ourselves.

Rules of this file: frozen values only; no I/O. Wording lives here and nowhere else, so that a code, its enhanced code
(RFC 3463) and its text end up alike on the wire and in the log. Trouble of our own is always 4xx.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |$)")


@dataclass(frozen=True, slots=True)
class Status:
    """An SMTP reply (RFC 5321 §4.2): a code and its lines of text, without codes and line ends.

    What a next hop said is kept as it was: octets beyond UTF-8 as surrogate escapes, an enhanced code as part of the
    text.
    """

    code: int
    lines: tuple[str, ...]

    @property
    def is_success(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_transient(self) -> bool:
        return 400 <= self.code < 500

    @property
    def is_permanent(self) -> bool:
        return 500 <= self.code < 600

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463) that opens the text, or ""."""
        found = _ENHANCED.match(self.lines[0]) if self.lines else None
        return found[1] if found else ""

    @property
    def text(self) -> str:
        """All lines as one, for a log or a person."""
        return " ".join(self.lines)

    def wire(self) -> bytes:
        """The octets that a client gets, with the final CRLF."""
        texts = self.lines or ("",)
        last = len(texts) - 1
        return b"".join(
            b"%d%s%s\r\n" % (self.code, b" " if at == last else b"-", text.encode("utf-8", "surrogateescape"))
            for at, text in enumerate(texts)
        )

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


def _say(code: int, enhanced: str, text: str) -> Status:
    return Status(code, (f"{enhanced} {text}",))


OK = _say(250, "2.0.0", "Ok")
BYE = _say(221, "2.0.0", "Bye")
START_DATA = Status(354, ("End data with <CR><LF>.<CR><LF>",))
VRFY = _say(252, "2.5.0", "Cannot verify, but will take mail for it")
HELP = _say(214, "2.0.0", "See RFC 5321; the operator's guide is docs/ of Saate")

INTERNAL = _say(451, "4.3.0", "Trouble on our side, please try again")
LOG_AWAY = _say(451, "4.3.0", "The policy log cannot be written now, please try again")
STORE_AWAY = _say(451, "4.3.0", "The hold store cannot be written now, please try again")
SPOOL_AWAY = _say(451, "4.3.1", "No room to take the mail now, please try again")
UNDER_WAY = _say(451, "4.3.0", "This mail is already on its way and not answered yet, please try again")
INSPECTION_BUSY = _say(451, "4.3.2", "Too many mails are being inspected, please try again")
NEXT_HOP_BUSY = _say(451, "4.3.2", "All sessions to the next hop are in use, please try again")
NEXT_HOP_AWAY = _say(451, "4.4.1", "The next hop does not answer, please try again")
NEXT_HOP_LOST = _say(451, "4.4.2", "The connection to the next hop was lost, please try again")
NEXT_HOP_SLOW = _say(451, "4.4.2", "The next hop took too long, please try again")
NEXT_HOP_UNCLEAR = _say(451, "4.5.0", "The next hop's answer was not understood, please try again")
NEXT_HOP_CHANGED = _say(451, "4.5.0", "The next hop changed its answer, please try again")
NOT_READY = _say(421, "4.3.2", "The next hop has not been reached yet, please try again")
OVERLOAD = _say(421, "4.3.2", "Too many sessions, please try again")
TIMEOUT = _say(421, "4.4.2", "Timeout, closing the session")
SHUTDOWN = _say(421, "4.3.2", "Going down, please try again")

BAD_LINE_END = _say(550, "5.5.2", "A bare <CR> or <LF> is not mail (RFC 5321 section 2.3.8)")
NUL_OCTET = _say(550, "5.5.2", "A NUL octet is not mail (RFC 5321 section 4.1.1.4)")
TOO_BIG = _say(552, "5.3.4", "The mail is larger than we may take")
TOO_MANY_RECIPIENTS = _say(452, "4.5.3", "Too many recipients")
RELAY_DENIED = _say(550, "5.7.1", "Relaying is not allowed for this client")
LOOP = _say(554, "5.4.6", "This mail goes round in a loop")
NO_RECIPIENTS = _say(554, "5.5.1", "No valid recipients")
NEED_EHLO = _say(503, "5.5.1", "Say EHLO first")
NEED_MAIL = _say(503, "5.5.1", "Say MAIL first")
NEED_RCPT = _say(503, "5.5.1", "Say RCPT first")
NESTED_MAIL = _say(503, "5.5.1", "A mail is already under way; RSET ends it")
BAD_SEQUENCE = _say(503, "5.5.1", "Bad sequence of commands")
BAD_COMMAND = _say(500, "5.5.2", "Command not recognised")
LINE_TOO_LONG = _say(500, "5.5.2", "Command line too long")
BAD_COMMAND_LINE_END = _say(500, "5.5.2", "A command ends in <CR><LF>")
TOO_MANY_ERRORS = _say(421, "4.7.0", "Too many errors, closing the session")
NOT_IMPLEMENTED = _say(502, "5.5.1", "Command not implemented")
NOT_SMTP = _say(421, "4.7.0", "This is not SMTP")
BAD_HELO = _say(501, "5.5.2", "The name in EHLO or HELO is no domain and no address literal")
BAD_REVERSE_PATH = _say(501, "5.1.7", "The reverse-path is no mailbox")
BAD_FORWARD_PATH = _say(501, "5.1.3", "The forward-path is no mailbox")
BAD_PARAMETER_SYNTAX = _say(501, "5.5.4", "Syntax error in parameters")
UNKNOWN_PARAMETER = _say(555, "5.5.4", "A parameter is not one that EHLO offered")
NEEDS_SMTPUTF8 = _say(553, "5.6.7", "An address beyond ASCII needs SMTPUTF8")
LOST_8BITMIME = _say(554, "5.6.3", "The next hop no longer takes 8-bit mail, which this is")
LOST_SMTPUTF8 = _say(554, "5.6.7", "The next hop no longer takes addresses beyond ASCII, which this mail needs")
ORDERS_HERE = _say(250, "2.1.5", "Ok, an answer to a notice")
ORDER_TAKEN = _say(250, "2.0.0", "Ok, what comes of it is told by mail")
ORDER_ALONE = _say(452, "4.5.3", "An answer to a notice goes alone, please send the rest apart")
NO_ORDER = _say(550, "5.7.1", "No answer that we can take; answer a notice itself, from the mailbox it came to")


def held(mail_id: str) -> Status:
    """The answer to a mail that is durable in the hold store."""
    return _say(250, "2.0.0", f"Held for review as {mail_id}")
