"""What the doctor examines, and what an examination finds.

Rules of this file: frozen values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.config import Config

OK, NOTE, TROUBLE = "ok", "note", "trouble"


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined."""

    config: Config
    file: Path
    base: Path


@dataclass(frozen=True, slots=True)
class Result:
    """What one examination found of one thing."""

    kind: str
    about: str
    text: str
    mend: str = ""
