"""What a FakeHop can be told to answer. Text is a reply, each of its lines ended by CRLF; bytes go out as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

_REPLY = re.compile(rb"(?:\d{3}-[^\r\n\0]*\r\n)*(\d{3})(?: [^\r\n\0]*)?\r\n")


@dataclass(frozen=True)
class Usual:
    """What a well-behaved server says here."""


@dataclass(frozen=True)
class Hang:
    """Say nothing more, and read nothing more, but keep the connection."""


@dataclass(frozen=True)
class Hangup:
    """Close the connection, after saying something or nothing."""

    after: str | bytes = b""
    reset: bool = False
    """With RST rather than FIN."""


@dataclass(frozen=True)
class Twice:
    """Say one thing, and then another that nobody asked for: at once, or seconds later."""

    first: str | bytes
    second: str | bytes = ""
    """The first again, when empty."""
    gap: float = 0.0


@dataclass(frozen=True)
class Late:
    """Answer after so many seconds."""

    answer: str | bytes
    seconds: float = 0.1


@dataclass(frozen=True)
class Pieces:
    """Answer in pieces of so many octets."""

    answer: str | bytes
    octets: int = 1


@dataclass(frozen=True)
class Endless:
    """Say this again and again until the other side has had enough."""

    octets: bytes = b"250-and another thing\r\n"


Answer = str | bytes | Usual | Hang | Hangup | Twice | Late | Pieces | Endless
USUAL = Usual()


def wire(answer: str | bytes) -> bytes:
    """The octets that are sent for it."""
    if isinstance(answer, bytes) or not answer:
        return answer if isinstance(answer, bytes) else b""
    return "".join(f"{line}\r\n" for line in answer.split("\n")).encode("utf-8", "surrogateescape")


def code_of(answer: Answer) -> int:
    """The code of the first whole reply in it; 0 where there is none."""
    match answer:
        case str() | bytes():
            found = _REPLY.match(wire(answer))
            return int(found[1]) if found else 0
        case Twice():
            return code_of(answer.first)
        case Hangup():
            return code_of(answer.after)
        case Late() | Pieces():
            return code_of(answer.answer)
    return 0
