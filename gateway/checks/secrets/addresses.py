"""Passwords in addresses: `?password=…` and `user:pass@host`.

Rules of this file: pure. A key must be the name of a password as a whole: `?passwordresettoken=` carries none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from gateway.checks.secrets.lexemes import Kind, Lexemes
from gateway.checks.secrets.pages import Hit, Page
from gateway.checks.secrets.values import Grade, grade, is_placeholder

_QUERY = re.compile(
    r"(?<=[?&;#])(?:[a-z]+[_.-])?([^\W\d_]{2,20})=(?:\n(?=[^\s&]{2,200}&))?([^\s&#<>\"']{2,200})", re.IGNORECASE
)
"""A key and its value; a line may break between them where the query clearly goes on."""
_KEYS = frozenset(
    {"pass", "passwd", "password", "pwd", "pw", "psw", "passwort", "passphrase", "userpass", "pword", "passcode"}
    | {"mdp", "motdepasse", "losen", "losenord", "kennwort", "wachtwoord", "contrasena", "haslo", "salas", "salasana"}
)
_USER_INFO = re.compile(r"(?<=://)([^\s/@:?#]{0,64}):([^\s/@]{1,100})@(?=[\w\[])")
_OPTION = re.compile(r"(?<!\S)(-u|--user)[ =][\"']?[\w.@-]{1,64}:([^\s\"'@]{2,100})")
"""curl and its kin."""
_TRAILING = ".,;:)>]»”"


def in_addresses(page: Page, lexemes: Lexemes) -> Iterator[Hit]:
    """Every address on a page that carries a password."""
    if "=" in page.text:
        for found in _QUERY.finditer(page.text):
            key = found[1].lower()
            if key in _KEYS or lexemes.kinds.get(key) in {Kind.SECRET, Kind.PIN, Kind.SHORT}:
                yield from _value(page, found, lexemes)
    if "://" in page.text:
        for found in _USER_INFO.finditer(page.text):
            yield from _value(page, found, lexemes)
    if "-u" in page.text:
        for found in _OPTION.finditer(page.text):
            yield from _value(page, found, lexemes)


def _value(page: Page, found: re.Match[str], lexemes: Lexemes) -> Iterator[Hit]:
    start = found.start(2)
    value = found[2].rstrip(_TRAILING)
    decoded = unquote_plus(value)
    if is_placeholder(decoded) or lexemes.is_label(decoded) or grade(decoded) is Grade.NOTHING:
        return
    yield Hit(page, start, start + len(value), (decoded,))
