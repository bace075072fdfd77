"""The key file, and the keys that a process has read from it.

Rules of this file: one key on a line, the newest last; a file is replaced as a whole, durable before anything is sealed
with what is new in it, and never opened to others. Which key seals is said by the store and not by the file. A key that
is asked for and unknown is looked for in the file again: another process may have made it.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gateway.store import fault
from gateway.store.errors import StoreError
from gateway.store.seal import KEY, Sealer

_OPENING = b"saate-key-1 "


class Keyring:
    """The keys of one store, for one process."""

    __slots__ = ("_sealers", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sealers: dict[str, Sealer] = {}

    def sealer(self, key_id: str) -> Sealer:
        """The key of this id. Raises StoreError with the mend where the file does not hold it."""
        found = self._sealers.get(key_id)
        if found is None:
            read = {one.id: one for one in read_keys(self.path, key_id)}
            self._sealers = {**self._sealers, **read}
            found = read.get(key_id)
        if found is None:
            raise StoreError(
                f"the key file {self.path} does not hold the key {key_id} that sealed this; {_back(key_id)}"
            )
        return found

    @property
    def is_read(self) -> bool:
        """The key file was read at least once."""
        return bool(self._sealers)

    def learn(self, sealer: Sealer) -> None:
        """Know a key that was just made."""
        self._sealers = {**self._sealers, sealer.id: sealer}


def read_key(path: Path, key_id: str) -> Sealer:
    """Read the key that the store knows as `key_id` ("": the newest). Raises StoreError with the mend."""
    found = read_keys(path, key_id)
    for sealer in reversed(found):
        if key_id in {"", sealer.id}:
            return sealer
    held = ", ".join(sealer.id for sealer in found)
    raise StoreError(
        f"the key file {path} holds the key {held}, but the store was sealed with another; {_back(key_id)}"
    )


def read_keys(path: Path, wanted: str = "") -> list[Sealer]:
    """All keys of a file, the newest last; `wanted` is named when it cannot be read. Raises StoreError."""
    back = _back(wanted) if wanted else ""
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"the store's key file {path} is missing; {back}") from None
    except OSError as error:
        raise StoreError(
            f"the key file {path} cannot be read ({error.strerror}); give it to the user of saate"
        ) from None
    keys = [_key(line) for line in written.strip().split(b"\n")]
    if not all(keys):
        mend = back or "move it away, and a new key is made"
        raise StoreError(f"the key file {path} is damaged or no key file; {mend}")
    return [Sealer(key) for key in keys]


def make_key(path: Path) -> Sealer:
    """Make a file with a new key, for its owner only. Raises StoreError with the mend; never replaces a file."""
    sealer = Sealer(os.urandom(KEY))
    try:
        draft = _drafted(path, [sealer])
        try:
            # A link is made whole or not at all, and refuses where a file is: O_EXCL without a moment of half a key.
            os.link(draft, path)
        finally:
            draft.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        mend = f"give the folder {path.parent} to the user who runs saate, or set key_file:"
        raise StoreError(f"the key file {path} cannot be made ({error.strerror}); {mend}") from None
    return sealer


def write_keys(path: Path, sealers: Iterable[Sealer]) -> None:
    """Put these keys in the place of the file's, durable on return. Raises StoreError with the mend."""
    try:
        owner = path.stat()
        draft = _drafted(path, sealers)
        if os.geteuid() == 0:  # an operator's command must not lock the service out
            os.chown(draft, owner.st_uid, owner.st_gid)
        fault.point("key drafted")
        draft.replace(path)
        _sync_folder(path.parent)
        fault.point("key in place")
    except OSError as error:
        mend = f"make room there, and give the folder {path.parent} to the user who runs saate"
        raise StoreError(f"the key file {path} cannot be written ({error.strerror}); {mend}") from None


def _key(line: bytes) -> bytes:
    """The key of a line, b"" where it is none."""
    try:
        key = base64.b64decode(line.removeprefix(_OPENING).strip(), validate=True)
    except (ValueError, binascii.Error):
        return b""
    return key if len(key) == KEY and line.startswith(_OPENING) else b""


def _drafted(path: Path, sealers: Iterable[Sealer]) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError):
        draft.unlink()
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        written = b"".join(_OPENING + base64.b64encode(sealer.key) + b"\n" for sealer in sealers)
        while written:
            written = written[os.write(made, written) :]
        os.fsync(made)
    except OSError:
        draft.unlink()
        raise
    finally:
        os.close(made)
    return draft


def _back(key_id: str) -> str:
    return f"put the key {key_id} back there from your backup, or name its place in key_file:"


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
