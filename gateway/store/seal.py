"""The key of the store, and sealing with it.

Rules of this file: the key never leaves it, in no text and no repr. AES-256-GCM with a random nonce for each sealed
piece; what a piece belongs to is authenticated with it, so that pieces cannot be swapped, cut or moved to another mail.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.mail import Octets
from gateway.store.errors import StoreError

CHUNK = 1 << 20
"""Octets of a mail in one sealed piece."""
_KEY = 32
_NONCE = 12
_OPENING = b"saate-key-1 "
_ID_DOMAIN = b"saate key id 1\n"


class Sealer:
    """Seals and opens with one key."""

    __slots__ = ("_cipher", "id")

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.id = hashlib.sha256(_ID_DOMAIN + key).hexdigest()[:16]
        """Names the key and tells nothing of it."""

    def seal(self, octets: bytes | memoryview, belongs: str) -> bytes:
        """Nonce and sealed octets; `belongs` must be said again to open them."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, octets, belongs.encode("ascii"))

    def open(self, sealed: bytes, belongs: str, key_id: str) -> bytes:
        """Undo `seal`. Raises StoreError when another key sealed it or anything was changed."""
        if key_id != self.id:
            raise StoreError(f"{belongs} was sealed with the key {key_id}, not {self.id}; put that key file back")
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], belongs.encode("ascii"))
        except (InvalidTag, ValueError):
            raise StoreError(f"{belongs} was changed since it was sealed; put the store back from a backup") from None


def pieces(size: int) -> int:
    """How many sealed pieces a mail of so many octets makes; an empty mail makes one."""
    return max(1, -(-size // CHUNK))


def piece(octets: Octets, number: int) -> memoryview:
    """One piece of a mail, without copying."""
    return memoryview(octets)[number * CHUNK : (number + 1) * CHUNK]


def place(hold_id: str, number: int, count: int) -> str:
    """What a piece belongs to."""
    return f"hold {hold_id} piece {number + 1} of {count}"


def read_key(path: Path, key_id: str) -> Sealer:
    """Read the key that the store knows as `key_id` ("": any). Raises StoreError with the mend."""
    back = f"put the key {key_id} back there from your backup, or name its place in key_file:" if key_id else ""
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"the store's key file {path} is missing; {back}") from None
    except OSError as error:
        raise StoreError(
            f"the key file {path} cannot be read ({error.strerror}); give it to the user of saate"
        ) from None
    try:
        key = base64.b64decode(written.removeprefix(_OPENING).strip(), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != _KEY or not written.startswith(_OPENING):
        mend = back or "move it away, and a new key is made"
        raise StoreError(f"the key file {path} is damaged or no key file; {mend}") from None
    sealer = Sealer(key)
    if key_id and sealer.id != key_id:
        raise StoreError(
            f"the key file {path} holds the key {sealer.id}, but the store was sealed with another; {back}"
        )
    return sealer


def make_key(path: Path) -> Sealer:
    """Make a new key, durable and for its owner only. Raises StoreError with the mend; never replaces a file."""
    key = os.urandom(_KEY)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with suppress(FileNotFoundError):
            draft.unlink()
        made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(made, _OPENING + base64.b64encode(key) + b"\n")
            os.fsync(made)
        finally:
            os.close(made)
        # A link is made whole or not at all, and refuses where a file is: O_EXCL without a moment of half a key.
        os.link(draft, path)
        draft.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        mend = f"give the folder {path.parent} to the user who runs saate, or set key_file:"
        raise StoreError(f"the key file {path} cannot be made ({error.strerror}); {mend}") from None
    return Sealer(key)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
