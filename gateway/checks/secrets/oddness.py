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
"""Figures in the midst of letters, or signs: k0tt3n, Mint&Musti1."""
RARE = 9
"""A written word of some length with a sign and figures: Nattevakt!22, Quire.2026x, Vieth$Bilanz24."""

_CODE = re.compile(
    r"[A-ZÅÄÖ]{1,5}[-/]?\d[\dA-Z./-]*[a-z]?|[A-ZÅÄÖ]{2,5}[-/][\w-]*\d[\w-]*"
    r"|\d[\d./:-]*[-_]?[^\W\d_]{0,2}|\d[\d.:/TZ+-]+|\d+(?:[.,]\d+)*[^\W\d_]{1,4}|\d+(?:-[^\W\d_]+)+|\d+e\d+"
    r"|0x[\da-fA-F]+|[\da-f-]{7,}|[\dA-F]{8,}|v?\d+(?:\.\d+)+[\w.-]*"
)
"""A room, a form, a model, an error, a version."""
_NUMBERED = re.compile(r"([^\W\d_]{3,})[-_.]?(\d{1,4})")
_TECHNICAL = re.compile(
    r".*[,;()’'\"“”—–].*|.*(?:::|->|//|\\|[<>=|~^;{}\[\]]|--|\$).*|[-./@#%&*+].*[./].*|.*/.*|#\d+|[-*&@%+].*|.*:.*"
    r"|[^\W\d_]+#\d{5,}|.*\.(?:cpp|hpp|[chv]|js|java|jar|rpm|deb|tar|gz|bit|log|ini|cfg|sys|dll)"
)
_NOTED = re.compile(
    r"\d+(?:[.,]\d+)?[-:][^\W\d_]+(?:-[^\W\d_]+)*|\d{1,2}-[^\W\d_]{3,}-\d{2,4}|.*[^\W\d_][?`][^\W\d_].*|[A-Z]{2,}[#+]"
    r"|[^\W\d_]+[\d.]*[-_]?v?\d+(?:\.\d+)+.*|[A-Z]{1,5}\d*[-_+]?(?:based|only|mini|series|type|free)|.*[#+]"
)
"""Quantities with their noun (18-vuotiaat, 10-port), dates, versions, what another charset left."""
_WORD = r"(?=[^\W\d_]*[^\W\dA-Z_]{3})[^\W\d_]{4,}"
_RARE = re.compile(
    rf"{_WORD}[!$%&*+?#][^\W_]*\d[^\W_]*[!?]*|{_WORD}[-._]\d{{2,4}}(?:[^\W\d_]{{1,3}}|[.!]{_WORD}|[!?*#$])"
    rf"|{_WORD}[!$&*+#]{_WORD}\d{{1,4}}[!?]*|{_WORD}[-._]{_WORD}[-._!]?\d{{2,4}}[!?]*|{_WORD}\d{{1,4}}[!$*#&]"
    rf"|\d{{2,4}}[!$&*+#]{_WORD}\d*|{_WORD}\d{{1,4}}[!$&*+#]{_WORD}\d*"
)
"""A word, a sign and figures in any order."""
_IDENTIFIER = re.compile(r"[^\W\d_]+(?:_[^\W\d_]+)+|[a-z]+(?:[._][a-z\d]+)+|[A-Z]+(?:_[A-Z\d]+)+")
"""As programs are written: rx_stream, root_library."""
_FIRM_NAME = re.compile(r"[A-ZÀ-Þ][^\W\d_]*&[A-ZÀ-Þ][^\W\d_]*")
_MODEL = re.compile(
    r"[A-Z]{1,4}\d+[a-z]{1,4}(?:-[a-zA-Z]+)?|[a-z]{1,3}\d{2,4}[a-z]?|[A-Z]\dxx"
    r"|[^\W\d_]+-[A-Z]{2,3}\d+\w{0,2}|[^\W\d_]+_\d{4}-\d{2}\w?"
)
"""B200mini, x310."""
_SIGNS = frozenset("!#&*+_%?@")
_LOUD = frozenset("!#&*+%?@")
_LEAST = 4
_KEYBOARD = 0x7E
"""Signs beyond are no key's: dashes, quotes, what is left of another charset."""
_LEET = 8
_LEET_TURNS = 3
_LONG = 20
"""Letters and figures without a sign, so many: a key, a sum, a serial."""
_MARKED = re.compile(r"[^\W_]+[#@=+*_](?:\d?|\d{5,})|.*[@=].*|[^\W_]+_[^\W_]+(?:_[^\W_]+)*")
"""Block#0, key=value, Boost_107100."""


def oddness(token: Token) -> int:
    """Points for the shape of a token that may be a secret; negative for one that is surely called so."""
    core = token.core
    if token.grade in {Grade.NOTHING, Grade.DIGITS} or len(core) < _LEAST:
        return -1
    if core.isalpha() and token.grade <= Grade.NAME:
        return PLAIN
    if _RARE.fullmatch(core) and not _MARKED.fullmatch(core):
        return RARE
    if _TECHNICAL.fullmatch(core) or _NOTED.fullmatch(core):
        return -1
    if token.grade <= Grade.NAME:
        return _of_words(token)
    if _CODE.fullmatch(core) or any(not one.isalnum() and ord(one) > _KEYBOARD for one in core):
        return -1
    if not any(character.islower() for character in core) and not set(core) & _LOUD:
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
    if quiet or _IDENTIFIER.fullmatch(core):
        return WEAK
    if _FIRM_NAME.fullmatch(core):
        return STRANGE if min(map(len, core.split("&"))) > _LEAST else WEAK
    if _MODEL.fullmatch(core):
        return WEAK
    if core.isalnum():
        serial = sum(map(str.isdigit, core)) * 2 > len(core)
        mixed = not serial and (_turns(core) > _LEET_TURNS or (_turns(core) > 1 and len(core) >= _LEET))
        return WEAK if len(core) > _LONG else STRANGE if mixed else ODD
    if set(core) & _SIGNS:
        return ODD if _MARKED.fullmatch(core) else STRANGE
    return STRANGE if _turns(core) > 1 and not core.islower() else ODD


def _of_words(token: Token) -> int:
    if token.seams:
        return WEAK if "-" not in token.core and "." not in token.core[-4:] else JOINED
    return PLAIN


def _turns(core: str) -> int:
    """How often letters, figures and signs take turns."""
    kinds = ["a" if one.isalpha() else "1" if one.isdigit() else "_" for one in core if one not in "'’"]
    return sum(one != other for one, other in pairwise(kinds))
