"""An exception of ours for the log: its type and where it arose, never its text.

Rules of this file: pure. The text of an exception may quote a mail, and so a secret; source lines cannot.
"""

from __future__ import annotations

import traceback
from pathlib import PurePath

FRAMES = 8


def of(error: BaseException) -> str:
    """One line: `KeyError at policy.py:88 judge < policy.py:40 inspect`, innermost first, at most 8 frames."""
    frames = traceback.extract_tb(error.__traceback__, limit=-FRAMES)
    places = " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__
