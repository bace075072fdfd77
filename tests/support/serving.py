"""`saate serve` as its users run it: a process of its own with a configuration file, stopped by its own pid."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import yaml

from postfix import free_port, wait_for_banner


def lives(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Serving:
    """A running gateway before `next_hop`; settings are keys of the configuration."""

    def __init__(self, home: Path, next_hop: int, **settings: Any) -> None:
        self.home = home
        self.port = free_port()
        self.file = home / "saate.yaml"
        self.url = f"sqlite:///{home}/saate.db"
        home.mkdir(parents=True, exist_ok=True)
        values = {
            "listen": f"127.0.0.1:{self.port}",
            "next_hop": f"127.0.0.1:{next_hop}",
            "store": self.url,
            "senders": ["example.com"],
            "hostname": "gw.example.com",
        }
        self.file.write_text(yaml.safe_dump(values | settings))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start, and return when it greets."""
        with (self.home / "serve.log").open("ab") as log:
            command = [sys.executable, "-m", "gateway", "serve", "--config", str(self.file)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        wait_for_banner(self.port)
        return self

    def kill(self) -> None:
        """SIGKILL to every process at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            if self.process.poll() is None:
                self.kill()
            self.process = None

    def log(self) -> str:
        return (self.home / "serve.log").read_text()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
