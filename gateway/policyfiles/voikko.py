"""Voikko, the Finnish dictionary of the system: base forms of words, where Debian's libvoikko1 and voikko-fi are there.

Rules of this file: the only one that knows the C library, and of that the six functions that it needs (voikko.h).
Opened once; workers and inspection processes are forked with the open handle and share its pages. Whatever fails on
opening means that there is no dictionary: reading has rules of its own.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_void_p
from functools import lru_cache

from gateway.lexicon import WordForms

LIBRARY = "libvoikko.so.1"
LANGUAGE = b"fi"
_MAX_WORD = 60
_MAX_ANALYSES = 16
_BASE = b"BASEFORM"


def word_forms() -> WordForms:
    """The dictionary of this machine; an empty one where it or the library is missing."""
    try:
        return WordForms(f"Voikko {_opened().version} with voikko-fi", bases)
    except (OSError, AttributeError, ValueError):
        return WordForms()


def bases(word: str) -> tuple[str, ...]:
    """The base forms of a word, in lower case. A function of the module, so that a set of policies can be pickled."""
    return _opened().bases(word)


@lru_cache(maxsize=1)
def _opened() -> _Voikko:
    return _Voikko()


class _Voikko:
    """An open handle. PyDLL keeps the GIL during a call, since one handle must not be asked by two threads at once."""

    def __init__(self) -> None:
        library = ctypes.PyDLL(LIBRARY)
        library.voikkoGetVersion.restype = c_char_p
        library.voikkoInit.argtypes = (POINTER(c_char_p), c_char_p, c_char_p)
        library.voikkoInit.restype = c_void_p
        self._analyse = library.voikkoAnalyzeWordCstr
        self._analyse.argtypes = (c_void_p, c_char_p)
        self._analyse.restype = POINTER(c_void_p)
        self._free = library.voikko_free_mor_analysis
        self._free.argtypes = (POINTER(c_void_p),)
        self._free.restype = None
        self._value = library.voikko_mor_analysis_value_cstr
        self._value.argtypes = (c_void_p, c_char_p)
        self._value.restype = c_void_p
        self._free_value = library.voikko_free_mor_analysis_value_cstr
        self._free_value.argtypes = (c_void_p,)
        self._free_value.restype = None
        error = c_char_p()
        self._handle = library.voikkoInit(byref(error), LANGUAGE, None)
        if not self._handle:
            raise ValueError((error.value or b"no dictionary").decode(errors="replace"))
        self.version = (library.voikkoGetVersion() or b"").decode(errors="replace")

    def bases(self, word: str) -> tuple[str, ...]:
        """The base forms of a word, in lower case, each once."""
        if not 1 < len(word) <= _MAX_WORD or not word.replace("-", "").isalpha():
            return ()
        # Of a name in small letters it knows nothing.
        analyses = self._analyse(self._handle, word.capitalize().encode("utf-8", "replace"))
        if not analyses:
            return ()
        try:
            found = []
            for at in range(_MAX_ANALYSES):
                if not analyses[at]:
                    break
                found.append(self._base(analyses[at]))
            return tuple(dict.fromkeys(base.lower() for base in found if base))
        finally:
            self._free(analyses)

    def _base(self, analysis: int | None) -> str:
        place = self._value(analysis, _BASE)
        if not place:
            return ""
        try:
            return ctypes.string_at(place).decode("utf-8", "replace")
        finally:
            self._free_value(place)
