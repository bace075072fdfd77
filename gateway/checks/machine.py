"""Single lines: whether they are in capitals, and whether a machine wrote them.

Rules of this file: pure; a line is looked at up to a bound. Columns, codes, joined dates, abbreviations and figures are
a machine's; sentences, items of a list, addresses, hours and contacts are a person's, however loud.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from gateway.checks.words import WordSet, words_of


class Kind(Enum):
    """What a line is beside a print."""

    CAPITALS = auto()
    NEUTRAL = auto()
    """Blank, a rule, figures: belongs to what stands around it."""
    OTHER = auto()
    FOREIGN = auto()
    """Not the agent's words: quoted, a marker, a disclaimer."""


_COLUMN_GAP = re.compile(r"[^\s.!?](?: {2,}|\t+)(?=\S)")
_CODE = re.compile(r"(?<![\w@.])(?=[/-]*[^\W\d_]*\d)(?=[\d/-]*[^\W\d_])[^\W_]+(?:[/-][^\W_]+)*(?![\w@])")
"""Letters and figures joined: AY1331, 10MAY, HK1, AB-1203."""
_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d[\d.,:/]*(?!\w)")
_SEGMENT = re.compile(r"^:\d\d[A-Z]?:\S|^[A-Z][A-Z\d]{1,2}[+*:|]\S|.*[+*][^+*]*[+*].*'$")
"""Segments of EDIFACT, X12 and HL7, fields of SWIFT."""
_LABELLED = re.compile(r"^\W{0,3}[^\W\d_][^\W_ ]*(?:[ ./-][^\W_]+){0,2}\s?(?:\.{2,}\s*:?|:|=)[\s.]*[^\W_]")
_LEADER = re.compile(r"\.{3,}|(?: \.){3,}")
_SLASHES = re.compile(r"\S/\S.*\S/\S|//")
_HEX = re.compile(r"(?:\W*\b[0-9A-F]{2,8}\b){4,}\W*")
_ENCODED = re.compile(r"M.{60}$|\S{40,}$")
"""uuencode and its kin."""
_REPEATED = re.compile(r"([^\w\s])(?:\s?\1)+")
"""A leader or a rule, one mark over and over."""
_ITEM = re.compile(r"^[•●▪◦‣*✓-]\s")
"""A list for people."""
_NUMBERED_ITEM = re.compile(r"\d{1,2}[.)]\s")
_SENTENCE = re.compile(r"[^\W\d_]{3,}[.!?]$|[!?]$|%\.$")
_SETTING = re.compile(r"^[A-Z][A-Z\d_]*\s?=\s?\S+$")
"""An instruction to set something."""
_STATEMENT = re.compile(
    r"^(?:SELECT|FROM|WHERE|AND|OR|ORDER BY|GROUP BY|HAVING|LIMIT|UPDATE|SET|INSERT|VALUES|DELETE|JOIN|LEFT|INNER"
    r"|CREATE|ALTER|DROP)\s"
)
"""SQL."""
_HOURS = re.compile(r"\b\d{1,2}(?:[.:]\d\d)?\s?[-\N{EN DASH}]\s?\d{1,2}(?:[.:]\d\d)?$")
"""When a shop is open."""
_STREET = re.compile(r"^[^\W\d_][^\d\t]*\s\d{1,4}(?:\s?-\s?\d{1,4})?(?:[A-Z]|\s[A-Z]{1,3}\s?\d{0,3})?,?$")
_HOUSE = re.compile(
    r"\b(?:OYJ?|AB|A/S|ASA|AS|APS|GMBH|KG|AG|E\.?V|LTD|LLC|LLP|INC|PLC|SRL|S\.R\.L|SPA|S\.P\.A|SARL|SAS|SA|S\.A|SL|S\.L|B\.?V|N\.?V"
    r"|O[UÜ]|KY|RY|TMI|SP\. ?Z ?O\. ?O)\.?$"
)
"""A company's name on a line of its own."""
_POSTAL = re.compile(
    r"^(?:P\.?\s?O\.?\s?BOX|PL|PB|BOX|POSTFACH|BP)\s\d+\b.{0,30}$"
    r"|^(?:[A-Z]{1,3}-)?(?:\d{4,5}|\d{3} \d{2})(?: [^\W\d_]+){1,3}$"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$|^(?:UNIT|SUITE|FLOOR|C/O|ATTN|APT)\b"
)
_CONTACT = re.compile(
    r"\S@\S|\bWWW\.|HTTPS?:|\+\d{2,3}[ (]"
    r"|\b(?:TEL|TÉL|PUH|GSM|FAX|MOB|PHONE|TLF|TFN|Y-TUNNUS|VAT|SIRET|HRB|P\. ?IVA|NIP|KVK|ORG\.?\s?NR|IBAN|BIC)"
    r"\b[.:]?\s?[+\dA-Z(]"
)
"""What a signature in capitals holds."""
_VOWELS = frozenset("AEIOUYÅÄÖÆØÜÕÁÉÍÓÚÀÈÌÒÙÂÊÎÔÛËÏĄĘÓŸ")
_SHORTENED = 3
"""Letters of an abbreviation at least."""
_LETTERS_FOR_ONE_SMALL = 10
_WITHOUT_SMALL = dict.fromkeys(range(ord("a"), ord("z") + 1))
"""For a quick look at the usual line."""
_LEAST_CAPITALS = 3
_PROSE_SHARE = 0.25
_LOOK = 300
"""Characters of a line at most."""


def kind_of(text: str) -> Kind:
    """Capitals: hardly a small letter, nor one of a script without case; encoded octets are no writing at all."""
    text = text[:_LOOK]
    if len(text) - len(text.translate(_WITHOUT_SMALL)) > len(text) // _LETTERS_FOR_ONE_SMALL:
        return Kind.OTHER
    upper = sum(character.isupper() for character in text)
    letters = sum(character.isalpha() for character in text)
    if upper < letters - letters // _LETTERS_FOR_ONE_SMALL:
        return Kind.OTHER
    marks = sum(not character.isalnum() and not character.isspace() for character in _REPEATED.sub(r"\1", text))
    figures = sum(character.isdigit() for character in text)
    encoded = (marks * 2 > upper + figures or _ENCODED.match(text)) and not _SEGMENT.match(text)
    if upper < _LEAST_CAPITALS or encoded or _HEX.fullmatch(text):
        return Kind.NEUTRAL
    return Kind.CAPITALS


def is_segment(text: str) -> bool:
    """Tell what one machine writes to another, for no human eye."""
    return _SEGMENT.match(text.strip()[:_LOOK]) is not None


def is_machine(text: str, common: WordSet) -> bool:
    """Tell a machine's line from a loud sentence, a heading or an address."""
    stripped = text.strip()[:_LOOK]
    gaps = len(_COLUMN_GAP.findall(stripped))
    codes = len(_CODE.findall(stripped))
    if _is_a_person_s(stripped, gaps):
        return False
    if gaps >= 2 or codes >= 2 or _SEGMENT.match(stripped):
        return True
    if _SENTENCE.search(stripped) or _NUMBERED_ITEM.match(stripped):
        return False
    numbers = len(_NUMBER.findall(stripped))
    tokens = len(stripped.split())
    spoken = words_of(stripped)
    said = sum(len(word) > 1 and word in common for word in spoken)
    shortened = sum(map(_is_shortened, spoken))
    if len(spoken) >= 3 and said >= _PROSE_SHARE * len(spoken) and shortened < 2:
        return False
    return (
        (gaps == 1 and (numbers > 0 or len(spoken) > 2))
        or (tokens > 1 and (numbers >= 2 or codes > 0))
        or (tokens > 2 and numbers > 0 and not said)
        or (tokens <= 8 and (_LABELLED.match(stripped) or _LEADER.search(stripped)) is not None)
        or (tokens > 2 and shortened > said)
        or _SLASHES.search(stripped) is not None
    )


def _is_a_person_s(stripped: str, gaps: int) -> bool:
    """An item of a list, an address, a house, contacts, hours, a setting to be typed."""
    forms = (_ITEM, _CONTACT, _POSTAL, _SETTING, _STATEMENT, _HOURS)
    return any(form.search(stripped) for form in forms) or (
        not gaps and bool(_STREET.search(stripped) or _HOUSE.search(stripped))
    )


def _is_shortened(word: str) -> bool:
    """`RQST`, `PNDG`, `KPL`: no vowel left."""
    return len(word) >= _SHORTENED and word.isalpha() and _VOWELS.isdisjoint(word.upper())
