"""The store as a command uses it, and who the operator is.

Rules of this file: a store is opened for the time of one command, and always closed.
"""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator

from gateway.cli.settings import load
from gateway.store import Store


@contextlib.contextmanager
def opened(config_file: str) -> Iterator[Store]:
    """The store of a configuration. Raises StoreError where there is none."""
    config = load(config_file)
    store = Store(config.store, config.key_file)
    try:
        yield store
    finally:
        store.close()


def operator() -> str:
    """Who types: behind sudo the person who called it, else the user of this process, whatever the environment says."""
    if os.getuid() == 0 and os.environ.get("SUDO_USER"):
        return os.environ["SUDO_USER"]
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
