"""Typing a command as a person would: a process of its own, so that exit code and output are the real ones."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


class Typed:
    """What a command said and how it ended."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.octets = done.stdout
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.err = done.stderr.decode("utf-8", "surrogateescape")

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.split("\n") if line]


def saate(*words: object, stdin: bytes = b"", **environment: str) -> Typed:
    """Run `saate` with these words, far from any configuration of this machine."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("SAATE_")} | environment
    argv = [sys.executable, "-m", "gateway", *(str(word) for word in words)]
    return Typed(subprocess.run(argv, input=stdin, capture_output=True, env=env, cwd=ROOT, timeout=120, check=False))
