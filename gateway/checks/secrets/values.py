"""What a token could be: how much it looks like a password, and what it certainly is not.

Rules of this file: pure; one token at a time, no grammar. A placeholder, a mask (`****`), an address, a date, a
quantity or a file name is nothing, wherever it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise


class Grade(IntEnum):
    """How much a token looks like a password, by itself."""

    NOTHING = 0
    WORD = 1
    """Small letters alone: only its place can make it a value."""
    NAME = 2
    """A word with capitals, or words joined by hyphens."""
    DIGITS = 3
    """Four figures and more."""
    MIXED = 4
    """Letters with figures or symbols: Kesa2024, Sommar-23; so are Office365 and AB-1203."""
    STRONG = 5
    """Nothing that a person writes by chance: Xy7#pQ2!."""


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A run of characters without white space. Positions count in the page's text."""

    start: int
    """Where a value begins: wrapping quotes and brackets are left out."""
    end: int
    """Behind the last character that may belong to a value, `!` and `?` included."""
    after: int
    """Behind the token with its punctuation."""
    core: str
    """Without wrapping and without punctuation at its end."""
    grade: Grade
    tail: str
    """The punctuation behind the core."""

    @property
    def word(self) -> str:
        return self.core.lower()

    @property
    def ends_sentence(self) -> bool:
        """Not by the last full stop of `i.e.`."""
        return any(mark in ".!?" for mark in self.tail) and not (len(self.core) <= _SHORTENED and "." in self.core)

    @property
    def ends_clause(self) -> bool:
        return any(mark in ".!?,;)" for mark in self.tail)

    @property
    def seams(self) -> int:
        """How many hyphens or dots join words to this one: `blue-moon-rising`; 0 for what is no such thing."""
        if len(self.core) < _LEAST_JOINED or not _JOINED.fullmatch(self.core):
            return 0
        return sum(not character.isalpha() for character in self.core)

    @property
    def leads(self) -> bool:
        """Whether a colon, an equals sign or an arrow ends it."""
        return self.tail.endswith((":", "=")) or self.core in _ARROWS


OPENERS = "\"'“”„‟«»‹›‘’‚`´([{<*_~|"
CLOSERS = "\"'“”„‟«»‹›‘’`´)]}>*_~|"
_TAIL = CLOSERS + ".,;:!?…="
_ARROWS = frozenset({"->", "=>", "-->", "→", "–>", "=", ":"})
_JOINED = re.compile(r"[^\W\d_]{2,}(?:[-_.+][^\W\d_]+)*[-_.+][^\W\d_]{2,}")
_LEAST_JOINED = 8
_SHORTENED = 4
_MASKED = re.compile(r"[*•●∙·×xX._#?…-]{2,}|.*[*•●∙×]{3}.*|([^\W\d_])\1{3,}|[-–—_.*#…?]+")
_PLACEHOLDER = re.compile(
    r"<[^<>]*>?|\[[^\]]*\]?|\{+[^{}]*\}*"
    r"|%\([^)]*\)?[a-z]?|%[A-Za-z_]\w*%?|%\d?\$?[sd@]"
    r"|\$\{[^}]*\}?|\$[A-Za-z_][A-Za-z_.>\[\]-]*|\$\d{1,2}"
    r"|@@?[A-Za-z_]+@?@?|#[A-Za-z_]+#|__\w+__|:[a-z_]+|&[a-z]+;.*"
)
_ADDRESS = re.compile(
    r"(?:https?|ftps?|sftp|mailto|tel|file|ssh)://?.*|www\..*|[\w.+-]+@(?:[\w-]+(?:\.[\w-]+)+.*|\.*)"
    r"|(?:[\w-]+\.)+(?:com|org|net|fi|se|de|dk|no|ee|nl|fr|es|it|pl|eu|io|info|example|test|local|invalid|co|uk|us)"
    r"(?:[/:].*)?|[\w-]+(?:\.[\w-]+)*(?:/[\w.-]+){2,}/?",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"[\w()./\\-]+\.(?:pdf|docx?|xlsx?|pptx?|csv|txt|zip|png|jpe?g|gif|html?|eml|msg|php|aspx?|jsp|cgi|exe|so|py|conf"
    r"|ya?ml|json|xml)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})?|\d{4}[./-]\d{1,2}[./-]\d{1,2}(?:T[\d:.]+Z?)?"
    r"|\d{1,2}[.:]\d{2}(?:[.:]\d{2})?(?:am|pm)?|\d{1,2}(?:am|pm|st|nd|rd|th)",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"[-+~≥≤<>]?\d+(?:[.,]\d+)*(?:%|€|\$|£|kr|eur|sek|usd|[kmgt]i?b|[kmg]?hz|x|h|s|ms|min|pv|d|kpl|st|px|[mck]?m|k?g|v|w|\+)"
    r"|[-+~≥≤<>]?\d+[.,]\d+|\d{1,3}[-–]\d{1,3}|[-+~≥≤<>]?\d{1,3}|[€$£]\d+(?:[.,]\d+)*",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+\d[\d() -]{5,}|0\d{1,3}-\d{5,}|\(0\d+\)\d+|1?-?8\d\d-\d{3}-\d{4}|\d{3}-\d{4}")
_NUMBERED = re.compile(r"[^\W\d_]+[-_.]?\d+|[A-Z]{1,5}[-/]?\d+(?:[-/]\d+)*|\d+[^\W\d_]")
"""A word and a number: a weak password, or a product, a room, a reference."""
_CAMEL = re.compile(r"[^\W\d_]?[a-zà-ÿ]*(?:[A-ZÀ-Þ]+[a-zà-ÿ]+)+[A-ZÀ-Þ]*")
_SUFFIXED = re.compile(r"(.{3,}?)[:’'](?:ksi|na|nä|lla|llä|n|a|ä|ta|tä|in|ssa|ssä|sta|stä|een|ään|aan|s|en|et|ga|iks)")
_SOFT = "-–'’./,:()"
_WRAPS = {"<": ">", "[": "]", "{": "}", "(": ")"}


def token_at(text: str, start: int, end: int) -> Token:
    """Read `text[start:end]`, a run without white space, as a token."""
    raw = text[start:end]
    plain = raw.rstrip(_TAIL)
    if plain.isalpha():
        return Token(start, start + len(plain), end, plain, _grade_of_word(plain), raw[len(plain) :])
    if raw in _ARROWS or is_placeholder(raw):
        return Token(start, end, end, raw, Grade.NOTHING, raw[len(plain) :] if plain else "")
    opened = len(raw) - len(raw.lstrip(OPENERS))
    body = plain[opened:]
    tail = raw[opened + len(body) :]
    marks = len(tail) - len(tail.lstrip("!?"))
    start += opened
    core = body
    if ":" in body or "’" in body or "'" in body:
        suffixed = _SUFFIXED.fullmatch(body)
        core = suffixed[1] if suffixed else body
    return Token(start, start + len(core) + (marks if core is body else 0), end, core, grade(core), tail)


def is_placeholder(raw: str) -> bool:
    """Tell what stands for a value from a value: `<password>`, `%s`, `{{password}}`, `****`."""
    bare = raw.rstrip(".,;:!")
    if _MASKED.fullmatch(bare) or "${" in bare or "{{" in bare or "%(" in bare:
        return True
    if not _PLACEHOLDER.fullmatch(bare):
        return False
    closing = _WRAPS.get(bare[0])
    inner = bare[1:-1] if closing and bare.endswith(closing) else bare
    return inner is bare or grade(inner) < Grade.DIGITS or "_" in inner or "{" in inner or "%" in inner


def grade(core: str) -> Grade:
    """Judge a token by its shape alone."""
    if core.isalpha():
        return _grade_of_word(core)
    if len(core) < 2 or _MASKED.fullmatch(core) or "://" in core or _is_known(core):
        return Grade.NOTHING
    letters = sum(character.isalpha() for character in core)
    digits = sum(character.isdigit() for character in core)
    symbols = sum(not character.isalnum() and character not in _SOFT for character in core)
    if not letters:
        return _grade_of_figures(core, digits, symbols)
    if not digits and not symbols:
        joined = sum(character in _SOFT for character in core)
        return Grade.NAME if joined >= 2 or not core.islower() else Grade.WORD
    lower = any(character.islower() for character in core)
    upper = any(character.isupper() for character in core)
    classes = lower + upper + bool(digits) + bool(symbols)
    if len(core) >= 7 and classes >= 3 and not _NUMBERED.fullmatch(core):
        return Grade.STRONG
    return Grade.MIXED if len(core) >= 4 else Grade.WORD


def _grade_of_word(core: str) -> Grade:
    if len(core) < 2 or (len(core) > 3 and core == core[0] * len(core)):
        return Grade.NOTHING
    if core.islower():
        return Grade.WORD
    return Grade.MIXED if _is_jumbled(core) else Grade.NAME


def _is_jumbled(core: str) -> bool:
    """Letters in capitals and small by no rule of writing: AgNYePdSq, but neither OneDrive nor iPhone."""
    if len(core) < 6 or core.isupper() or core[1:].islower():
        return False
    changes = sum(one.isupper() != other.isupper() for one, other in pairwise(core))
    return (changes >= 4 and changes * 2 >= len(core) - 1) or (changes >= 3 and _CAMEL.fullmatch(core) is None)


def _grade_of_figures(core: str, digits: int, symbols: int) -> Grade:
    if digits and symbols:
        return Grade.MIXED if len(core) >= 6 else Grade.NOTHING
    return Grade.DIGITS if digits >= 4 else Grade.NOTHING


def _is_known(core: str) -> bool:
    return any(form.fullmatch(core) for form in (_DATE, _QUANTITY, _ADDRESS, _FILE, _PHONE))
