"""Header fields: unfolding, encoded words, parameters, mailboxes, and the few facts that a header alone tells.

Rules of this file: pure; octets or text in, values out; never raises; linear in size. Fields are decoded for reading
only, nothing here is ever written back.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote_to_bytes

from gateway.mail import Octets
from gateway.reading.charset import decode, shown
from gateway.reading.model import Mailbox
from gateway.verdict import ReplyFacts

Field = tuple[str, bytes]
"""A header field: its name as written, its value as it came, folds and all."""

MAX_HEAD = 1 << 20
"""No more of one header section is looked at: 1 MB."""
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,75})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,75}\?[bBqQ]\?)")


def split_head(octets: Octets, start: int, end: int, *, lenient: bool = False) -> tuple[list[Field], int, bool]:
    """Take a header section apart (RFC 5322 §2.2).

    Returns the fields in order, where the body begins, and whether a line that is no field stands among them. Such a
    line ends the section for the standard parser; some clients skip it (`lenient`), so `structure` reads on both ways.
    """
    stop = _blank_line(octets, start, end)
    fields: list[tuple[str, list[bytes]]] = []
    at, odd = start, False
    for line in bytes(octets[start : min(stop, start + MAX_HEAD)]).split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
        else:
            name_octets, colon, value = line.partition(b":")
            name = name_octets.rstrip(b" \t").decode("latin-1")
            if colon and _is_name(name):
                fields.append((name, [value]))
            elif line.strip() and (fields or line[:5] not in (b"From ", b">From")):
                odd = True
                if not lenient:
                    return _joined_lines(fields), at, True
        at += len(line) + 1
    return _joined_lines(fields), _after_blank(octets, stop, end), odd


def _joined_lines(fields: Iterable[tuple[str, list[bytes]]]) -> list[Field]:
    return [(name, lines[0] if len(lines) == 1 else b"\n".join(lines)) for name, lines in fields]


def _blank_line(octets: Octets, start: int, end: int) -> int:
    """Where the empty line that ends a header section begins (`end` when there is none)."""
    if octets[start : start + 1] == b"\n" or octets[start : start + 2] == b"\r\n":
        return start
    crlf = octets.find(b"\n\r\n", start, end)
    lf = octets.find(b"\n\n", start, end if crlf < 0 else crlf)
    found = lf if lf >= 0 else crlf
    return found + 1 if found >= 0 else end


def _after_blank(octets: Octets, at: int, end: int) -> int:
    if octets[at : at + 2] == b"\r\n":
        at += 2
    elif octets[at : at + 1] == b"\n":
        at += 1
    return min(at, end)


def _is_name(name: str) -> bool:
    return bool(name) and " " not in name and "\t" not in name and name.isprintable()


def decoded(value: bytes) -> str:
    """A field value as a reader sees it: unfolded, encoded words decoded (RFC 2047), trimmed."""
    if b"\n" in value:
        value = value.replace(b"\r\n", b"\n").replace(b"\n", b"")
    text = value.decode("ascii") if value.isascii() else decode(value, "")[0]
    if "=?" in text:
        text = decode_words(text)
    return shown(text).strip()


def decode_words(text: str) -> str:
    """Decode encoded words, neighbours of one charset as one: a letter may be split between them."""
    text = _BETWEEN_WORDS.sub(r"\1", text)
    out: list[str] = []
    pending, charset, at = b"", "", 0
    for word in _ENCODED_WORD.finditer(text):
        octets = _word_octets(word[2], word[3])
        name = word[1].partition("*")[0].lower()  # RFC 2231 §5: a language may follow the charset
        if pending and (word.start() > at or name != charset):
            out.append(decode(pending, charset)[0])
            pending = b""
        if word.start() > at:
            out.append(text[at : word.start()])
        pending, charset, at = pending + octets, name, word.end()
    if pending:
        out.append(decode(pending, charset)[0])
    out.append(text[at:])
    return "".join(out)


def _word_octets(encoding: str, encoded: str) -> bytes:
    octets = encoded.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    clean = re.sub(rb"[^A-Za-z0-9+/]+", b"", octets)
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,100})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;]*))", re.DOTALL)
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,3})?(\*?)")
_COMMENT = re.compile(r"\([^()]*\)")


def parameters(value: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A structured field such as Content-Type: its value in lower case, its parameters in order (names in lower case).

    Continuations and charsets of RFC 2231 are undone; a name that comes twice stays twice, for the reader to mistrust.
    """
    text = value.replace(b"\r\n", b"").replace(b"\n", b"").decode("utf-8", "replace")
    main, semicolon, rest = text.partition(";")
    if "(" in main:
        main = _COMMENT.sub("", main)
    main = main.strip().strip('"').lower()
    if not semicolon:
        return main, ()
    found = []
    for match in _PARAMETER.finditer(";" + rest):
        quoted = match[2]
        plain = match[3].strip() if quoted is None else quoted.replace("\\", "") if "\\" in quoted else quoted
        found.append((match[1].lower(), plain))
    if any("*" in name for name, _ in found):
        found = _join_continued(found)
    return main, tuple(found)


def _join_continued(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    plain: list[tuple[str, str]] = []
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in found:
        match = _CONTINUED.fullmatch(name)
        if match is None:
            plain.append((name, value))
        else:
            extended = bool(match[3]) or match[2] is None
            pieces.setdefault(match[1], {}).setdefault(int(match[2] or 0), (value, extended))
    for name, numbered in pieces.items():
        plain.append((name, _joined([numbered[number] for number in sorted(numbered)])))
    return plain


def _joined(pieces: Sequence[tuple[str, bool]]) -> str:
    """RFC 2231 §4.1: only the first piece names the charset, `charset'language'text`."""
    charset, octets = "", b""
    for at, (value, extended) in enumerate(pieces):
        rest = value
        if extended and at == 0 and value.count("'") >= 2:
            charset, _, rest = value.split("'", 2)
        octets += unquote_to_bytes(rest) if extended else rest.encode("utf-8", "replace")
    return decode(octets, charset or "utf-8")[0]


_ADDRESS_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[(),;:]|[^"<>(),;:]+|>', re.DOTALL)


def mailboxes(value: bytes) -> tuple[Mailbox, ...]:
    """Every mailbox of an address field (RFC 5322 §3.4), groups opened, comments left out."""
    text = value[:MAX_HEAD].replace(b"\r\n", b"").replace(b"\n", b"")
    return tuple(_mailboxes(text.decode("utf-8", "replace")))


def _mailboxes(text: str) -> Iterator[Mailbox]:
    name: list[str] = []
    angle, comment, closes = "", 0, text.count(")")
    for word in (match[0] for match in _ADDRESS_TOKEN.finditer(text)):
        if word == ")":
            comment, closes = max(0, comment - 1), closes - 1
        elif word == "(" and closes:
            comment += 1
        elif comment and closes:
            continue  # a comment that is never closed must not swallow the mailboxes after it
        elif word in (",", ";"):
            yield from _mailbox("".join(name), angle)
            name, angle, comment = [], "", 0
        elif word == ":":
            name = []
        elif word[0] == "<":
            angle = word.strip("<>").strip()
        else:
            name.append(word)
    yield from _mailbox("".join(name), angle)


def _mailbox(name: str, angle: str) -> Iterator[Mailbox]:
    name = name.strip()
    if not angle:
        if "@" in name and " " not in name:
            yield Mailbox("", name)
        return
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if "=?" in name:
        name = decode_words(name)
    yield Mailbox(shown(name).strip().strip("'\""), angle)


Named = Mapping[str, Sequence[bytes]]
"""The values of each field, in order, by its name in lower case."""


def by_name(fields: Iterable[Field]) -> dict[str, list[bytes]]:
    """Sort fields by name."""
    found: dict[str, list[bytes]] = {}
    for name, value in fields:
        found.setdefault(name.lower(), []).append(value)
    return found


def is_automatic(named: Named) -> bool:
    """Auto-Submitted (RFC 3834 §5) other than `no`."""
    return any(parameters(value)[0] not in ("no", "") for value in named.get("auto-submitted", ()))


def is_bulk(named: Named) -> bool:
    """List-Unsubscribe (RFC 2369), or Precedence bulk."""
    return "list-unsubscribe" in named or any(v.strip().lower() == b"bulk" for v in named.get("precedence", ()))


def message_id(named: Named) -> str:
    """The first Message-ID without angle brackets, or ""."""
    for value in named.get("message-id", ()):
        text = decoded(value)
        return text.partition("<")[2].partition(">")[0].strip() if "<" in text else text
    return ""


def quick_facts(octets: Octets) -> ReplyFacts:
    """What the header alone tells, for a mail that could not be inspected."""
    fields, _, _ = split_head(octets, 0, min(len(octets), MAX_HEAD))
    named = by_name(fields)
    senders = [box for value in named.get("from", ()) for box in mailboxes(value)]
    recipients = [box for name in ("to", "cc", "bcc") for value in named.get(name, ()) for box in mailboxes(value)]
    subject = next((decoded(value) for value in named.get("subject", ())), "")
    types = [parameters(value)[0] for value in named.get("content-type", ())]
    return ReplyFacts(
        message_id=message_id(named),
        subject=subject,
        header_from=tuple(box.address for box in senders),
        header_recipients=tuple(box.address for box in recipients),
        from_name=senders[0].name if senders else "",
        automatic=is_automatic(named) or any(t in ("multipart/report", "text/calendar") for t in types),
        bulk=is_bulk(named),
    )
