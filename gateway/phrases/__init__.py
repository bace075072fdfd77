"""What our own notices say, one file per language.

Rules of this file: pure; a language is one file with one `Phrases` and one line in the table here. mypy sees to it that
no phrase is missing in any of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.phrases.en import ENGLISH
from gateway.phrases.fi import FINNISH
from gateway.phrases.model import Phrases
from gateway.phrases.sv import SWEDISH

LANGUAGES: Mapping[str, Phrases] = {phrases.language: phrases for phrases in (ENGLISH, FINNISH, SWEDISH)}


def phrases_for(language: str) -> Phrases:
    """Return the phrases of an ISO 639-1 language, English where we have none of its own."""
    return LANGUAGES.get(language, ENGLISH)


__all__ = ["LANGUAGES", "Phrases", "phrases_for"]
