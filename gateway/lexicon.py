"""Word lists as values: what `policies/lexicon/<language>.yaml` says, passed to reading and checks as a resource.

Rules of this file: frozen values only; no I/O. `policyfiles` reads the YAML and makes these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar

Compiled = TypeVar("Compiled")


@dataclass(frozen=True)
class Lexicon:
    """The word lists of one language: list name → entries, as written in YAML."""

    language: str
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def words(self, name: str) -> tuple[str, ...]:
        """A list by name; empty where this language has none."""
        return self.lists.get(name, ())


def _no_bases(_word: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class WordForms:
    """What knows the base forms of Finnish words: a dictionary of this machine, or nothing."""

    source: str = ""
    """For people: `Voikko 4.3.1 with voikko-fi`; "" where there is none."""
    bases: Callable[[str], tuple[str, ...]] = field(default=_no_bases, compare=False, repr=False)
    """The base forms of a word, in lower case; empty where the dictionary does not know it."""


@dataclass(frozen=True)
class Resources:
    """What reading and checks are given beside the mail. Who needs a compiled form caches it, keyed by this object."""

    lexicons: tuple[Lexicon, ...] = ()
    digest: str = ""
    """SHA-256 over the loaded policy set and lexicons, hexadecimal."""
    word_forms: WordForms = WordForms()

    def words(self, name: str) -> tuple[str, ...]:
        """A list over all languages, each entry once."""
        return tuple(dict.fromkeys(word for lexicon in self.lexicons for word in lexicon.words(name)))


def compiled_once(build: Callable[[Resources], Compiled]) -> Callable[[Resources], Compiled]:
    """Remember what `build` made of the last Resources: every mail asks for it, and policies change rarely."""
    last: list[tuple[Resources, Compiled]] = []

    @wraps(build)
    def compiled(resources: Resources) -> Compiled:
        for known, value in last:
            if known is resources:
                return value
        value = build(resources)
        last[:] = [(resources, value)]
        return value

    return compiled
