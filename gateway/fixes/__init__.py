"""Fixes: deterministic edits of a held mail's octets that a person may choose.

Rules of this room: pure; octets in, octets out. Only the parts that a fix touches change, in their own charset and
transfer encoding; every other octet stays. Nothing is raised on odd mail: what cannot be mended says so by name. No
found value is in anything that comes out but the octets themselves.
"""

from __future__ import annotations

from gateway.fixes.diff import preview
from gateway.fixes.edit import SEAM, fresh_text, replace_fresh
from gateway.fixes.mending import mend
from gateway.fixes.model import FIXES, Change, Mended, Reason, Unmendable

__all__ = [
    "FIXES",
    "SEAM",
    "Change",
    "Mended",
    "Reason",
    "Unmendable",
    "fresh_text",
    "mend",
    "preview",
    "replace_fresh",
]
