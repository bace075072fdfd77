"""Sealing with a key.

Rules of this file: a key shows in no text and no repr. AES-256-GCM with a random nonce for each sealed piece; what a
piece belongs to is authenticated with it, so that pieces cannot be swapped, cut or moved to another mail. A hold's
octets are sealed with a key of its own, which the store's key seals: whoever drops that small key has dropped them.
"""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.mail import Octets
from gateway.store.errors import StoreError

CHUNK = 1 << 20
"""Octets of a mail in one sealed piece."""
KEY = 32
"""Octets of a key."""
_NONCE = 12
_ID_DOMAIN = b"saate key id 1\n"


class Sealer:
    """Seals and opens with one key."""

    __slots__ = ("_cipher", "id", "key")

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.key = key
        """For the key file and for sealing it in turn; nothing else may ask."""
        self.id = hashlib.sha256(_ID_DOMAIN + key).hexdigest()[:16]
        """Names the key and tells nothing of it."""

    def seal(self, octets: bytes | memoryview, belongs: str) -> bytes:
        """Nonce and sealed octets; `belongs` must be said again to open them."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, octets, belongs.encode("ascii"))

    def open(self, sealed: bytes, belongs: str) -> bytes:
        """Undo `seal`. Raises StoreError when another key sealed it or anything was changed."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], belongs.encode("ascii"))
        except (InvalidTag, ValueError):
            raise StoreError(f"{belongs} was changed since it was sealed; put the store back from a backup") from None


def new_key() -> Sealer:
    """A key for one hold."""
    return Sealer(os.urandom(KEY))


def pieces(size: int) -> int:
    """How many sealed pieces a mail of so many octets makes; an empty mail makes one."""
    return max(1, -(-size // CHUNK))


def piece(octets: Octets, number: int) -> memoryview:
    """One piece of a mail, without copying."""
    return memoryview(octets)[number * CHUNK : (number + 1) * CHUNK]


def place(hold_id: str, number: int, count: int, generation: int = 0) -> str:
    """What a piece belongs to; a mended mail is the next generation."""
    mended = f" mended {generation}" if generation else ""
    return f"hold {hold_id}{mended} piece {number + 1} of {count}"


def place_of_key(hold_id: str) -> str:
    """What a hold's own key belongs to."""
    return f"hold {hold_id} key"
