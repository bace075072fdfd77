"""A private Postfix instance for tests: own directories, a free port on loopback, stopped by its own master's pid."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

INSTALL = "apt-get install -y postfix"


def free_port() -> int:
    """A TCP port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_banner(port: int, seconds: float = 20) -> None:
    """Return when a server greets with 220. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
                if link.recv(3) == b"220":
                    return
        except OSError:
            pass
        time.sleep(0.05)
    message = f"nothing greets with 220 on port {port}"
    raise TimeoutError(message)


def once(settings: str) -> str:
    """Keep the last of each setting: a second one is a warning, and postlogd hangs when it warns before it listens."""
    lines = [line for line in settings.split("\n") if line and not line.startswith("#")]
    return "".join(f"{line}\n" for line in {line.partition("=")[0].strip(): line for line in lines}.values())


class Postfix:
    """One instance. With `relayhost` it queues and hands on; without, it files all mail in `maildir`."""

    def __init__(self, home: Path, name: str, *, relayhost: int = 0, settings: str = "") -> None:
        if shutil.which("postfix") is None:
            message = f"Postfix is needed: {INSTALL}"
            raise RuntimeError(message)
        if os.geteuid() != 0:
            message = "Postfix needs root to start an instance of its own: run the tests as root"
            raise RuntimeError(message)
        self.port = free_port()
        self.home = home / name
        self.name = name
        self.maildir = self.home / "mail" / "inbox"
        self._configure(relayhost, settings)

    def _configure(self, relayhost: int, settings: str) -> None:
        conf = self.home / "conf"
        for folder in ("conf", "queue", "data", "mail"):
            (self.home / folder).mkdir(parents=True)
        for parent in (self.home, self.home.parent):
            parent.chmod(parent.stat().st_mode | 0o055)
        shutil.copy("/etc/postfix/postfix-files", conf)
        shutil.copy("/etc/postfix/postfix-script", conf)
        shutil.chown(self.home / "data", "postfix")
        shutil.chown(self.home / "mail", "nobody")
        (conf / "main.cf").write_text(once(self._main_cf(relayhost) + settings))
        (conf / "master.cf").write_text("\n".join(self._master_cf()) + "\n")

    def _main_cf(self, relayhost: int) -> str:
        way = f"relayhost = [127.0.0.1]:{relayhost}\n" if relayhost else self._filing()
        return f"""compatibility_level = 3.6
queue_directory = {self.home}/queue
data_directory = {self.home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = {self.name}.example.com
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
inet_interfaces = loopback-only
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
maillog_file = {self.home}/maillog
maillog_file_prefixes = {self.home}
multi_instance_name = postfix-{self.name}
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 1s
{way}"""

    def _filing(self) -> str:
        nobody = (self.home / "mail").stat().st_uid
        return f"""virtual_mailbox_domains = example.com, example.org
virtual_mailbox_base = {self.home}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
virtual_minimum_uid = 1
"""

    def _master_cf(self) -> list[str]:
        lines = []
        for line in Path("/usr/share/postfix/master.cf.dist").read_text().split("\n"):
            columns = line.split()
            if line.startswith("smtp ") and columns[1] == "inet":
                lines.append(f"127.0.0.1:{self.port} inet n - n - - smtpd")
            elif columns and line[0] not in "# \t":
                columns[4] = "n"
                lines.append(" ".join(columns))
            else:
                lines.append(line)
        return lines

    def __enter__(self) -> Self:
        subprocess.run(["postfix", "-c", str(self.home / "conf"), "start"], check=True, capture_output=True)
        try:
            wait_for_banner(self.port)
        except TimeoutError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        pid = int((self.home / "queue/pid/master.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 10
        while time.monotonic() < end and Path(f"/proc/{pid}").exists():
            time.sleep(0.05)

    def mails(self) -> list[bytes]:
        """Every mail filed so far, oldest first."""
        found = [path for path in self.maildir.glob("new/*") if path.is_file()]
        return [path.read_bytes() for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)]

    def wait_for(self, text: bytes, seconds: float = 30) -> bytes:
        """The first filed mail that contains `text`. Raises AssertionError when none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for mail in self.mails():
                if text in mail:
                    return mail
            time.sleep(0.1)
        message = f"no mail with {text!r} in {self.maildir}; log:\n{self.log()}"
        raise AssertionError(message)

    def log(self) -> str:
        """What Postfix logged."""
        path = self.home / "maillog"
        return path.read_text() if path.exists() else ""
