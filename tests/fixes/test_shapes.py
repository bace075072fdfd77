"""Replies as the programs of today write them: a mend changes its lines, and every other octet stays as it was."""

from __future__ import annotations

import email
import email.policy
import html
import re
from email.message import EmailMessage

import pytest

from gateway.fixes import Mended, mend
from gateway.reading.message import read
from gateway.reading.parts import Part
from gateway.verdict import Disposition
from judging import builtin, enforced, found, judged
from mending import is_sound, leaves
from shapes import SHAPES, written
from shaping import Words

SECRET = "Kuu77-Tamo"
BLANKS = r"\[(salasana poistettu|password removed|lösenordet borttaget|Passwort entfernt)\]"
VOUCHES = re.compile(r"DKIM-Signature$|^ARC-")
every_shape = pytest.mark.parametrize("shape", SHAPES)


def texts(octets: bytes) -> list[tuple[str, str]]:
    """Type and text of each part of text, as Python's library reads it."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    found = (
        part for part in message.walk() if isinstance(part, EmailMessage) and part.get_content_maintype() == "text"
    )
    return [(part.get_content_type(), str(part.get_content())) for part in found]


def plainly(text: str) -> str:
    """Without tags and references, so that a value can be looked for."""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def lines_of(octets: bytes, part: Part) -> list[bytes]:
    """The lines of a part as they stand there; in quoted-printable one with its soft breaks."""
    body = octets[part.body : part.end]
    if part.mime.encoding == "quoted-printable":
        return re.split(rb"(?<!=)\r\n", body)
    return body.split(b"\r\n")


def pairs(old: bytes, new: bytes) -> list[tuple[Part, Part]]:
    return list(zip(leaves(read(old)), leaves(read(new)), strict=True))


def inside(old: bytes, mended: Mended) -> list[tuple[Part, Part]]:
    return [(part, same) for part, same in pairs(old, mended.octets) if part.parent]


def surely(old: bytes, *fixes: str) -> Mended:
    """Mend; all that is asked for is done, and all around the touched parts is as it was."""
    mended = mend(old, fixes, enforced())
    assert mended.unmendable == ()
    assert not mended.to_fill
    assert is_sound(old, mended)
    assert set(mended.removed) == {name for name in email.message_from_bytes(old) if VOUCHES.search(name)}
    assert all(old[part.head : part.body] == mended.octets[same.head : same.body] for part, same in inside(old, mended))
    return mended


@every_shape
def test_blanking_changes_the_lines_with_the_value_and_nothing_else(shape: str) -> None:
    old = written(shape, Words(SECRET))
    assert "plaintext-password" in found(judged(old))
    new = surely(old, "blank-password").octets
    for (_, before), (_, after) in zip(texts(old), texts(new), strict=True):
        assert re.sub(BLANKS, SECRET, after) == before
        assert SECRET not in plainly(after)
    for part, same in pairs(old, new):
        if part.mime.encoding == "base64" and old[part.body : part.end] != new[same.body : same.end]:
            was, now = old[part.body : part.end].split(b"\r\n"), new[same.body : same.end].split(b"\r\n")
            assert {len(line) for line in now[:-2]} <= {len(was[0])}
            assert now[0] == was[0]
            continue
        for line, then in zip(lines_of(old, part), lines_of(new, same), strict=True):
            assert line == then or SECRET.encode() in line.replace(b"=\r\n", b"").replace(b"=2D", b"-")
    inspection = judged(new, builtin())
    assert (found(inspection), inspection.verdict.disposition) == (set(), Disposition.PASS)


@pytest.mark.parametrize("shape", [one for one in SHAPES if one != "invitation"])  # a meeting needs no salutation
def test_greeting_adds_its_lines_and_nothing_else(shape: str) -> None:
    old = written(shape, Words(greeted=False))
    assert "missing-greeting" in found(judged(old))
    new = surely(old, "greeting").octets
    touched = 0
    for (_, before), (_, after) in zip(texts(old), texts(new), strict=True):
        ahead = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
        assert after.endswith(before[ahead:])
        touched += len(after) > len(before)
        assert ("Liisa" in after[ahead : len(after) - len(before[ahead:])]) is (len(after) > len(before))
    assert touched == len([1 for kind, text in texts(old) if "Aino Neuvonen" in plainly(text)])
    for part, same in pairs(old, new):
        if part.mime.encoding != "base64":
            lines = lines_of(new, same)
            gone = [line for line in lines_of(old, part) if line not in lines]
            assert len(gone) <= 1  # the line that the salutation stands in, where a page is one line
    inspection = judged(new, builtin())
    assert (found(inspection), inspection.verdict.disposition) == (set(), Disposition.PASS)


@every_shape
def test_both_at_once_come_to_what_each_comes_to(shape: str) -> None:
    old = written(shape, Words(SECRET, greeted=False))
    both = surely(old, "greeting", "blank-password")
    one_by_one = surely(surely(old, "blank-password").octets, "greeting")
    assert both.octets == one_by_one.octets
    assert judged(both.octets, builtin()).verdict.disposition is Disposition.PASS
    for name in ("Message-ID", "In-Reply-To", "References", "Date", "Subject", "From", "To"):
        was, now = (email.message_from_bytes(one)[name] for one in (old, both.octets))
        assert was == now


def test_there_are_twenty_and_more_in_which_nothing_is_found_before() -> None:
    assert len(SHAPES) >= 20
    assert {shape: found(judged(written(shape, Words()))) for shape in SHAPES} == {shape: set() for shape in SHAPES}
