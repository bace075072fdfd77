"""How odd a token is: whether a person would write it for any other reason than to be typed as it stands.

Rules of this file: pure; one token at a time. Points, to be added to what its place says.
"""

from __future__ import annotations

import re
from itertools import pairwise

from gateway.checks.secrets.values import Grade, Token

PLAIN = 0
JOINED = 2
"""Words joined by a hyphen: as a product is called, or a passphrase."""
WEAK = 3
"""One figure behind a word, words joined by a dot or an underscore: Basso2, anna.korhonen."""
ODD = 5
"""kuhnuri88, Vellum3-Quarto."""
STRANGE = 7
"""Signs or figures in the midst of letters: haybale_field9, k0tt3n, Mint&Musti."""

_CODE = re.compile(
    r"[A-ZÅÄÖ]{1,5}[-/]?\d[\dA-Z./-]*[a-z]?|\d[\d./:-]*[-_]?[^\W\d_]{0,2}|0x[\da-fA-F]+|\d[\d.:/TZ+-]+|\d+(?:[.,]\d+)*[^\W\d_]{1,4}|[\da-f-]{7,}|[\dA-F]{8,}|v?\d+(?:\.\d+)+[\w.-]*|[A-ZÅÄÖ]{2,5}[-/][\w-]*\d[\w-]*"
)
"""A room, a form, a model, an error, a version."""
_NUMBERED = re.compile(r"([^\W\d_]{3,})[-_.]?(\d{1,4})")
_TECHNICAL = re.compile(
    r".*[,;()’'\"“”—–].*|.*(?:::|->|//|\\|[<>=|~^;{}\[\]]|--|\$).*|[-./@#%&*+].*[./].*|.*/.*|#\d+|[-*&@%+].*|.*:"
)
_IDENTIFIER = re.compile(r"[^\W\d_]+(?:_[^\W\d_]+)+|[a-z]+(?:[._][a-z\d]+)+|[A-Z]+(?:_[A-Z\d]+)+")
"""As programs are written: rx_stream, root_library."""
_FIRM_NAME = re.compile(r"[A-ZÀ-Þ][^\W\d_]*&[A-ZÀ-Þ][^\W\d_]*")
_SIGNS = frozenset("!#&*+_%?@")
_LOUD = frozenset("!#&*+%?@")
_LEAST = 4
_KEYBOARD = 0x7E
"""Signs beyond are no key's: dashes, quotes, what is left of another charset."""
_LEET = 8
_LEET_TURNS = 3


def oddness(token: Token) -> int:
    """Points for the shape of a token that may be a secret; negative for one that is surely called so."""
    core = token.core
    if token.grade in {Grade.NOTHING, Grade.DIGITS} or len(core) < _LEAST or _TECHNICAL.fullmatch(core):
        return -1
    if token.grade <= Grade.NAME:
        return _of_words(token)
    if _CODE.fullmatch(core) or any(not one.isalnum() and ord(one) > _KEYBOARD for one in core):
        return -1
    if not any(character.islower() for character in core) and not set(core) & _SIGNS:
        return _of_capitals(core)
    return _of_mixed(core)


def _of_capitals(core: str) -> int:
    """KESA24 and AB-1203 are no secrets; B4TT3RIET is."""
    if _turns(core) < _LEET_TURNS or "-" in core:
        return -1
    return ODD if len(core) >= _LEET else JOINED


def _of_mixed(core: str) -> int:
    numbered = _NUMBERED.fullmatch(core)
    if numbered:
        return ODD if len(core) >= _LEAST + 2 and (len(numbered[2]) > 1 or core[0].islower()) else WEAK
    quiet = "_" in core and core.islower() and not set(core) & _LOUD
    if quiet or _IDENTIFIER.fullmatch(core) or _FIRM_NAME.fullmatch(core):
        return WEAK
    return STRANGE if _turns(core) >= 2 or set(core) & _SIGNS else ODD


def _of_words(token: Token) -> int:
    if token.seams:
        return WEAK if "-" not in token.core and "." not in token.core[-4:] else JOINED
    return PLAIN


def _turns(core: str) -> int:
    """How often letters, figures and signs take turns."""
    kinds = ["a" if one.isalpha() else "1" if one.isdigit() else "_" for one in core if one not in "'’"]
    return sum(one != other for one, other in pairwise(kinds))
