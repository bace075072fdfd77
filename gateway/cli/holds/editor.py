"""A person's editor on a text that nobody else may read.

Rules of this file: the text lies in a folder of its own, for its owner alone, and goes with it whatever happens.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from gateway.cli.settings import Problem

_CANDIDATES = ("editor", "nano", "vi")
"""Where neither VISUAL nor EDITOR says which: Debian's name for it, then what is mostly there."""


def edited(text: str) -> str:
    """What she made of it. Raises Problem for an editor that is not there, fails, or leaves nothing or no text."""
    with tempfile.TemporaryDirectory(prefix="saate-") as folder:  # made for its owner alone
        file = Path(folder) / "reply.txt"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            # Surrogates stand for octets that no charset knows: they come back as they went.
            out.write(text.encode("utf-8", "surrogatepass") + b"\n")
        _run(file)
        try:
            made = file.read_bytes().decode("utf-8", "surrogatepass")
        except FileNotFoundError:
            raise Problem("the editor left no file; nothing was done") from None
        except UnicodeDecodeError:
            raise Problem("the editor saved no UTF-8; nothing was done") from None
    made = made.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    if not made.strip():
        raise Problem("the editor left nothing; nothing was done")
    if made.rstrip("\n") == text.rstrip("\n"):
        raise Problem("the text is as it was; nothing was done")
    return made


def _run(file: Path) -> None:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    for words in (_words(named),) if named.strip() else ([one] for one in _CANDIDATES):
        try:
            done = subprocess.run([*words, str(file)], check=False)  # noqa: S603 - her own editor, as she named it
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Problem(f"the editor {words[0]}: {error.strerror}; set VISUAL or EDITOR") from None
        if done.returncode:
            raise Problem(f"the editor {words[0]} ended with {done.returncode}; nothing was done")
        return
    raise Problem(f"the editor {named or 'editor'} is not there; set VISUAL or EDITOR to one that is")


def _words(named: str) -> list[str]:
    try:
        return shlex.split(named)
    except ValueError:
        raise Problem(f"VISUAL or EDITOR is {named!r}, whose quotation mark has no end") from None
