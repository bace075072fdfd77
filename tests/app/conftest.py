"""A gateway as its users run it, before a fake next hop in the test's own event loop."""

import asyncio
import contextlib
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fakehop import FakeHop
from serving import Serving

MAIL = (
    "From: Aino <aino@example.com>\r\nTo: Liisa <liisa@customer.example>\r\nSubject: Varaus\r\n\r\n"
    "Hei Liisa,\r\n\r\nvarauksesi on vahvistettu.\r\n\r\nTerveisin\r\nAino\r\n"
)


class Gateway(Serving):
    """With its processes by name, and a client."""

    def children(self) -> dict[str, int]:
        """Name → pid of the processes there are now; the system keeps 15 characters of a name."""
        assert self.process
        parent = self.process.pid
        found = {}
        for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            with contextlib.suppress(FileNotFoundError):
                called = Path(f"/proc/{pid}/comm").read_text().strip()
                if called.startswith("saate "):  # else it has just been forked
                    called = called.removeprefix("saate ")
                    found[f"{called} {pid}" if called in found else called] = int(pid)
        return found

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something has come true; an assertion fails when it does not."""
        end = asyncio.get_running_loop().time() + 20
        while not condition():
            assert asyncio.get_running_loop().time() < end, f"it did not come true\n{self.log()}"
            await asyncio.sleep(0.01)

    async def settled(self, count: int = 5) -> dict[str, int]:
        """The processes, once there are so many of them and both workers take connections."""
        await self.until(lambda: len(self.children()) == count and "app: ready" in self.log())
        return self.children()

    def client(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="desk.example.com", timeout=20)

    def send(self, mail: str | bytes = MAIL) -> tuple[int, bytes]:
        """One mail in one session; the answer to its dot."""
        client = self.client()
        try:
            client.ehlo()
            client.mail("aino@example.com")
            client.rcpt("liisa@customer.example")
            return client.data(mail)
        finally:
            with contextlib.suppress(smtplib.SMTPException):
                client.quit()  # who leaves without it has perhaps not heard the answer
            client.close()


Starts = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture
async def hop() -> AsyncIterator[FakeHop]:
    async with FakeHop() as hop:
        yield hop


@pytest.fixture
def gateway(tmp_path: Path, hop: FakeHop) -> Starts:
    """Start one with the settings given, and stop it at the end."""

    @asynccontextmanager
    async def start(**settings: Any) -> AsyncIterator[Gateway]:
        made = Gateway(tmp_path / "gw", settings.pop("hop_port", hop.port), **settings)
        await asyncio.to_thread(made.start)
        try:
            yield made
        finally:
            await asyncio.to_thread(made.stop)

    return start
