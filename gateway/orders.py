"""Orders by mail: the address that a notice is answered to, what a person wrote there, and what she may do.

    saate+ID-MAC@saate.example.com    the answer's address; `notices.commands` is saate@saate.example.com
    release <reason>                  its first line; also discard, fix NAMES, ask <reason>, help
    release 1=<reason> 2=<reason>     where several findings hold; also a line for each: `1: reason`

Rules of this file: pure. The address is the right to order, and only for whom the notice went to: the MAC covers the
hold, the mailbox and the octets that the notice spoke of. Whatever is not clearly an order is none: what a customer
gets must never hang on a guess.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.config import Config, Role
from gateway.hold import Actor, Hold, Mended
from gateway.lexicon import Resources
from gateway.mail import ID_LENGTH, Octets, is_id_prefix
from gateway.phrases.orders import ALL, FILLERS, NEGATIONS, PARTICLES, PLACEHOLDERS, Verb, verb_of
from gateway.reading.message import read
from gateway.reading.model import FRESH, AgentReply, Text
from gateway.reading.model import Role as LineRole
from gateway.reading.reply import agent_reply
from gateway.rights import actor
from gateway.verdict import OnTimeout, ReleaseBy

LARGEST = 256 << 10
"""Octets of an answer at most: it is a line and a quoted notice."""
REASON = 1000
"""Characters of a reason at most."""
_LINES = 60
_LINE = 1100
_SAID = 80
_DOMAIN = b"saate order 1\n"
_MAC_OCTETS = 16
_TOKEN = re.compile(rf"([a-z2-7]{{{ID_LENGTH}}})-([a-z2-7]{{26}})")


# --- the address


@dataclass(frozen=True, slots=True)
class Token:
    """What stands behind the plus sign."""

    hold_id: str
    mac: str

    def fits(self, secret: bytes, mailbox: str, digest: str) -> bool:
        """Whether it was made for this mailbox and these octets."""
        return hmac.compare_digest(self.mac, _mac(secret, self.hold_id, mailbox, digest))


def token(secret: bytes, hold: Hold, mailbox: str) -> str:
    """Make the token for the letter about a hold that goes to a mailbox."""
    return f"{hold.id}-{_mac(secret, hold.id, mailbox, hold.octets_digest)}"


def _mac(secret: bytes, hold_id: str, mailbox: str, digest: str) -> str:
    words = f"{hold_id}\n{mailbox.lower()}\n{digest}".encode("utf-8", "surrogatepass")
    made = hmac.digest(secret, _DOMAIN + words, "sha256")[:_MAC_OCTETS]
    return base64.b32encode(made).decode("ascii").rstrip("=").lower()


def read_token(text: str) -> Token | None:
    """Read a token, in letters of any size: mail servers and people change them."""
    found = _TOKEN.fullmatch(text.lower())
    return Token(found[1], found[2]) if found and is_id_prefix(found[1]) else None


def recipient_of(address: str, config: Config) -> str | None:
    """What stands behind the plus sign of an address that is ours, "" for the bare mailbox; None for any other."""
    own_local, _, own_domain = config.notices.commands.rpartition("@")
    local, _, domain = address.rpartition("@")
    if not own_local or domain.rstrip(".").casefold() != own_domain.rstrip(".").casefold():
        return None
    begins = local[: len(own_local)].casefold() == own_local.casefold()
    rest = local[len(own_local) :]
    return rest[1:] if begins and (not rest or rest.startswith("+")) else None


def ordering_actor(mailbox: str, hold: Hold, config: Config) -> Actor | None:
    """Who the holder of a token is, never more than `people:` says; None for somebody who may do nothing.

    Where `people:` names nobody, the agent is an agent, and whom the configuration names to decide is a reviewer.
    """
    if config.people:
        return actor(mailbox, config)
    small = mailbox.casefold()
    if hold.agent and small == hold.agent.casefold():
        return Actor(mailbox, mailbox, Role.AGENT)
    deciders = {config.notices.team, config.clock.escalate_to, config.fallback} - {""}
    return Actor(mailbox, mailbox, Role.REVIEWER) if small in {one.casefold() for one in deciders} else None


# --- what was written


@dataclass(frozen=True, slots=True)
class Heard:
    """What reading an answer yields."""

    authors: tuple[str, ...] = ()
    """Every mailbox of every From field."""
    automatic: bool = False
    """A machine wrote it, or a list sent it on: it is no order, and is never answered."""
    lines: tuple[str, ...] = ()
    """What the person wrote, from the order on, without greeting, closing, signature and quote."""


@dataclass(frozen=True, slots=True)
class Unmade:
    """A fix that was not made."""

    fix: str
    why: str
    """The name of the reason, small: `nothing`, `signed`."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A held mail after fixes, judged again."""

    mended: Mended
    unmade: tuple[Unmade, ...] = ()
    to_fill: tuple[str, ...] = ()
    """Fixes that leave a blank for a person to fill."""


def unmended(octets: Octets, fixes: Sequence[str]) -> Remade:
    """A mail that none of these fixes changed."""
    nothing = Mended(bytes(octets), (), (), "", ReleaseBy.AGENT, OnTimeout.RETURN)
    return Remade(nothing, tuple(Unmade(fix, "unknown") for fix in fixes))


_AUTOMATIC_FIELDS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "list-id", "x-loop")
_AUTOMATIC_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})


def hear(octets: Octets, resources: Resources) -> Heard:
    """Read an answer."""
    reply = agent_reply(read(octets), resources)
    return Heard(
        authors=tuple(box.address for box in reply.from_),
        automatic=_is_automatic(reply),
        lines=tuple(line[:_LINE] for line in _own_lines(reply))[:_LINES],
    )


def _is_automatic(reply: AgentReply) -> bool:
    precedence = {value.strip().casefold() for value in reply.field_values("precedence")}
    return (
        reply.automatic
        or reply.bulk
        or bool(precedence & _AUTOMATIC_PRECEDENCE)
        or any(reply.field_values(name) for name in _AUTOMATIC_FIELDS)
    )


def _own_lines(reply: AgentReply) -> list[str]:
    """The lines of the first text in which the person wrote anything, the plain one before the HTML."""
    for text in sorted(reply.texts, key=lambda one: one.html):
        if lines := _order_in(text):
            return lines
    return []


def _order_in(text: Text) -> list[str]:
    """From the first line that is no greeting to the closing or the quote.

    Reading takes `Help` for a name under a closing as soon as it does not know better: a line that begins with one of
    our words is no greeting and no signature.
    """
    lines: list[str] = []
    for line in text.lines:
        if line.role in (LineRole.QUOTED, LineRole.ATTRIBUTION):
            if lines:
                break
        elif line.role is LineRole.BODY or (not lines and line.role is not LineRole.MARKER and _begins(line.text)):
            lines.append(line.text)
        elif lines and line.role is not LineRole.GREETING:
            break
    return lines or [line.text for line in text.lines if line.role in FRESH][:1]


# --- what it orders


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants."""

    verb: Verb
    fixes: tuple[str, ...] = ()
    """By name; none is all that are suggested."""
    reason: str = ""
    reasons: Mapping[int, str] = field(default_factory=dict)
    """By the number of a finding."""


class Doubt(StrEnum):
    """Why a text is no order."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    """It begins with none of our words."""
    UNCLEAR = "unclear"
    """It may mean the contrary."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that is no order."""

    doubt: Doubt
    said: str = ""
    """Its beginning."""


_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]")
_MARKS = ">|*_~`\"'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2022\u00b7\u25cf-\u2013\u2014 "
"""What stands round a line that is bold, quoted or in a list."""
_PREFIX = re.compile(r"(?:(?:re|vs|sv|aw|fwd?)\s*:\s*|please,?\s+)+", re.IGNORECASE)
_FIRST = re.compile(r"[^\W\d_]+")
_SEPARATORS = " :=,.;!-\u2013\u2014*_"
_NUMBERS = r"\d{1,3}(?:\s*(?:,|&|\+|-|\u2013|and|ja|och)\s*\d{1,3}){0,20}"
_AT_LINE = re.compile(rf"\[?({_NUMBERS})\]?\s*(?:[:=](?!\d)|[.)](?=\s))")
_WITHIN = re.compile(rf"(?:(?<=\s)|^)({_NUMBERS})\s*=(?!\d)")
_RANGE = re.compile(r"(\d{1,3})\s*[-\u2013]\s*(\d{1,3})|(\d{1,3})")
_MOST = 100
"""Findings that one range can name."""
_QUOTES = frozenset("\"'\u201d\u00bb")
_BRACKETS = (("<", ">"), ("[", "]"), ('"', '"'), ("\u201c", "\u201d"), ("\u201d", "\u201d"), ("'", "'"))
_FIXES = {
    name: re.compile(rf"(?<![\w-]){name.replace('-', '[- ]')}(?![\w-])")
    for name in ("greeting", "blank-password", "cover-note", "dump-list")
}
"""Their names may be written with a space."""


def parse(lines: Sequence[str], language: str = "") -> Order | Unread:
    """Read the lines of an answer as an order; `language` is that of the notice."""
    tidy = [line for line in map(_tidy, lines) if line]
    if not tidy:
        return Unread(Doubt.EMPTY)
    first = _bare(tidy[0])
    word = _FIRST.match(first)
    verb = verb_of(word[0], language) if word else None
    if word is None or verb is None:
        return Unread(Doubt.UNKNOWN, tidy[0][:_SAID])
    rest = first[word.end() :].lstrip("*_'\"\u201d")
    next_word = _FIRST.match(rest.lstrip())
    if rest.lstrip().startswith("?") or (next_word and rest[:1] == " " and next_word[0].casefold() in NEGATIONS):
        return Unread(Doubt.UNCLEAR, tidy[0][:_SAID])
    if next_word and rest[:1] == " " and next_word[0].casefold() in PARTICLES:
        rest = rest.lstrip()[next_word.end() :]
    if verb is Verb.FIX:
        return Order(verb, fixes=_fixes(rest))
    reason, reasons = _reasons([rest, *tidy[1:]])
    return Order(verb, reason=reason, reasons=reasons)


def _begins(line: str) -> bool:
    """Whether a line begins with one of our words, in any language."""
    word = _FIRST.match(_bare(_tidy(line)))
    return word is not None and verb_of(word[0], "") is not None


def _tidy(line: str) -> str:
    return _SPACES.sub(" ", _UNSEEN.sub("", line)).strip()


def _bare(line: str) -> str:
    """A line without what a mail program puts before its first word."""
    return _PREFIX.sub("", line.lstrip(_MARKS), count=1).lstrip(_MARKS)


def _fixes(rest: str) -> tuple[str, ...]:
    """The names in a line; words that are none of them come as they are, so that somebody can be told."""
    small = rest.casefold().replace("_", "-")
    found: dict[str, None] = {}
    for name, pattern in _FIXES.items():
        if pattern.search(small):
            found[name] = None
            small = pattern.sub(" ", small)
    words = [word.strip(_MARKS) for word in re.split(r"[\s,;:.!&+<>()=*]+", small)]
    unknown = [word for word in words if word and word not in ALL | FILLERS]
    return () if any(word in ALL for word in words) and not unknown else (*found, *unknown)


def _reasons(lines: Sequence[str]) -> tuple[str, dict[int, str]]:
    """One reason for all, or one for each number that is given."""
    pieces: list[tuple[tuple[int, ...], list[str]]] = [((), [])]
    for line in lines:
        at, text = 0, line.strip(_SEPARATORS.replace("=", "").replace("-", "")) if line is lines[0] else line
        opened = _AT_LINE.match(text)
        marks = [*([opened] if opened else []), *_WITHIN.finditer(text, opened.end() if opened else 0)]
        for mark in marks:
            pieces[-1][1].append(text[at : mark.start()])
            pieces.append((_numbers(mark[1]), []))
            at = mark.end()
        pieces[-1][1].append(text[at:])
    reasons: dict[int, str] = {}
    for numbers, texts in pieces[1:]:
        reasons |= dict.fromkeys(numbers, _reason(texts))
    return _reason(pieces[0][1]), reasons


def _numbers(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for found in _RANGE.finditer(text):
        first, last = (int(found[1]), int(found[2])) if found[1] else (int(found[3]), int(found[3]))
        numbers += range(first, min(last, first + _MOST) + 1)
    return tuple(numbers)


def _reason(texts: Iterable[str]) -> str:
    """One line, without the brackets that a notice shows; "" where nothing but its placeholder stands in them."""
    text = _SPACES.sub(" ", " ".join(texts)).strip(" :=,;*_-\u2013\u2014")
    for opening, closing in _BRACKETS:
        if len(text) > 1 and text.startswith(opening) and text.endswith(closing):
            text = text[1:-1].strip()
    if text[-1:] in _QUOTES and text.count(text[-1]) == 1:
        text = text[:-1].rstrip()  # its counterpart stood before the order
    if text.strip(".!?<>\u2026 ").casefold() in PLACEHOLDERS or not re.search(r"\w", text):
        return ""
    return text if len(text) <= REASON else text[: REASON - 1] + "\u2026"
