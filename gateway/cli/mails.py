"""Mails from files: .eml, mbox, Maildir, folders of them, globs, standard input.

Rules of this file: octets in the form that SMTP would bring (every line ends in CRLF), one mail in memory at a time.
What was named and cannot be a mail is a `Problem`; whatever else a file holds is read as a mail, as the gateway would
read it.
"""

from __future__ import annotations

import glob
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gateway.cli.settings import Problem

STDIN = "-"
_BARE_LF = re.compile(rb"(?<!\r)\n")
_SEPARATOR = re.compile(rb"From .*\d:\d\d")
"""The line above a mail in an mbox (RFC 4155): a sender and a date with a time."""
_QUOTED_FROM = re.compile(rb">+From ")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read mails from."""

    name: str
    """As it is shown: as given, or the member's path for a folder."""
    member: bool = False
    """Found in a folder rather than named."""


@dataclass(frozen=True, slots=True)
class FiledMail:
    """One mail of a file."""

    file: str
    number: int
    """From 1 in its file."""
    octets: bytes


def sources(paths: Iterable[str]) -> tuple[Source, ...]:
    """Find the files behind what a person named; raises Problem for a name with nothing behind it."""
    return tuple(source for path in paths for source in _behind(path))


def _behind(path: str) -> list[Source]:
    if path == STDIN or Path(path).is_file() or Path(path).is_fifo():
        return [Source(path)]
    if Path(path).is_dir():
        return _members(path)
    if Path(path).exists():
        msg = f"{path}: is neither a file nor a folder; name a mail, a mailbox or a folder of mails"
        raise Problem(msg)
    found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path's takes no absolute and no empty pattern
    if not found:
        msg = f"{path}: there is no such file; name a mail, a mailbox or a folder of mails"
        raise Problem(msg)
    return [source for one in found for source in _behind(one)]


def _members(folder: str) -> list[Source]:
    """Every file below a folder but hidden ones; of a Maildir, what lies in `cur` and `new`."""
    if is_maildir(Path(folder)):
        folders = [Path(folder), *(one for one in sorted(Path(folder).glob(".*")) if is_maildir(one))]
        files = [file for one in folders for part in ("cur", "new") for file in sorted((one / part).glob("[!.]*"))]
        return [Source(str(file), member=True) for file in files if file.is_file()]
    found: list[Source] = []
    for one in sorted(Path(folder).iterdir()):
        if one.name.startswith("."):
            continue
        if one.is_dir() and not one.is_symlink():
            found += _members(str(one))
        elif one.is_file():
            found.append(Source(str(one), member=True))
    return found


def is_maildir(path: Path) -> bool:
    """Whether a folder is a Maildir: `cur` and `new` in it."""
    return (path / "cur").is_dir() and (path / "new").is_dir()


def mails(source: Source) -> Iterator[FiledMail]:
    """Read the mails of one file, in order. Raises Problem for what is no mail, OSError for what cannot be read."""
    if source.name == STDIN:
        yield from _from(source, sys.stdin.buffer)
        return
    with Path(source.name).open("rb") as file:
        yield from _from(source, file)


def _from(source: Source, file: BinaryIO) -> Iterator[FiledMail]:
    first = file.readline()
    if _is_mbox(first):
        for number, lines in enumerate(_split(file), start=1):
            yield FiledMail(source.name, number, crlf(b"".join(lines)))
        return
    octets = first + file.read()
    is_mailbox = Path(source.name).suffix in {".mbox", ".mbx"}
    if not source.member:
        _must_be_a_mail(source.name, octets, is_mailbox=is_mailbox)
    if octets or not is_mailbox:
        yield FiledMail(source.name, 1, crlf(octets))


def _is_mbox(first: bytes) -> bool:
    return first.startswith(b"From ")


def _split(file: BinaryIO) -> Iterator[list[bytes]]:
    """The mails of an mbox, without the separator lines and the empty line before each; `>From ` is unquoted."""
    lines: list[bytes] = []
    for line in file:
        after_empty_line = not lines or not lines[-1].rstrip(b"\r\n")
        if after_empty_line and _SEPARATOR.match(line):
            yield lines[:-1]
            lines = []
        else:
            lines.append(line[1:] if _QUOTED_FROM.match(line) else line)
    yield lines


def crlf(octets: bytes) -> bytes:
    """With the line ends that SMTP would bring."""
    return _BARE_LF.sub(b"\r\n", octets)


def _must_be_a_mail(name: str, octets: bytes, *, is_mailbox: bool) -> None:
    """A mail without any header field is still a mail; an empty file, a program or a picture that was named is none."""
    said = ""
    if not octets.strip() and not is_mailbox:
        said = "is empty; name a mail, a mailbox or a folder of mails"
    elif octets and is_mailbox:
        said = "is no mailbox: it does not begin with a `From ` line"
    elif b"\0" in octets[:_HEAD] and not _FIELD.match(octets[:_HEAD].lstrip()):
        said = "is no mail: it begins with octets that no header has"
    if said:
        msg = f"{'standard input' if name == STDIN else name}: {said}"
        raise Problem(msg)
