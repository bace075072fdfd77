"""Where the octets of one mail gather while they come in: in memory, above a limit in an unlinked file.

Rules of this file: nothing ever has a name in a directory; a full disk is an OSError for the caller to answer with 4xx.
"""

from __future__ import annotations

import hashlib
import mmap
import tempfile
from typing import BinaryIO

from gateway.mail import Octets


class Spool:
    """Takes pieces, gives them back as one read-only buffer with its SHA-256."""

    def __init__(self, limit: int, above: int) -> None:
        """`limit`: octets after which pieces are dropped and `too_big` is set; `above`: octets kept in memory."""
        self.size = 0
        self.too_big = False
        self._limit = limit
        self._above = above
        self._pieces: list[bytes] = []
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Take the next octets. Raises OSError when the disk does."""
        self.size += len(piece)
        if self.size > self._limit:
            self.too_big = True
            self.close()
            return
        self._hash.update(piece)
        if self._file is None and self.size > self._above:
            self._file = tempfile.TemporaryFile(prefix="saate-spool-")  # noqa: SIM115 - lives until finish or close
            self._file.write(b"".join(self._pieces))
            self._pieces.clear()
        if self._file is None:
            self._pieces.append(piece)
        else:
            self._file.write(piece)

    def finish(self) -> Octets:
        """All octets: bytes, or a map of the file, whose descriptor the map keeps for itself."""
        if self._file is None:
            return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        with self._file as file:
            self._file = None
            file.flush()
            return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)

    @property
    def digest(self) -> str:
        """SHA-256 of all octets so far, hexadecimal."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Forget what was gathered."""
        self._pieces.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
