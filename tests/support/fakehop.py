"""A next hop for tests: a real SMTP server on loopback whose every step can be told to answer anything.

    async with FakeHop({"MAIL": "451 4.3.0 not now", "dot": [Hangup(), "250 ok"]}) as hop:
        ...                       # talk to 127.0.0.1, hop.port
        hop.mails[0].octets       # what it answered 2xx, verbatim, with its envelope
        hop.sessions[0].commands  # what was said to it

Steps: `connect` (the greeting), `EHLO`, `HELO`, `MAIL`, `RCPT`, `DATA`, `content` (as soon as the first octets of a
mail are there), `dot`, `RSET`, `NOOP`, `QUIT`; `MAIL maija@example.com` or `RCPT maija@example.com` is for one address
alone. A step's answer holds for good; a list is used up one by one, over all sessions, and then the usual answer comes
(`USUAL` in a list is the usual answer, too). `hop.script` may be changed at any time.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from gateway.config import HostPort
from hopanswers import USUAL, Answer, Endless, Hang, Hangup, Late, Pieces, Twice, Usual, code_of, wire

__all__ = [
    "USUAL",
    "Answer",
    "Endless",
    "FakeHop",
    "FiledMail",
    "Hang",
    "Hangup",
    "HopSession",
    "Late",
    "Pieces",
    "Step",
    "Twice",
    "Usual",
]

EXTENSIONS = ("SIZE 52428800", "8BITMIME", "SMTPUTF8", "DSN", "PIPELINING", "ENHANCEDSTATUSCODES")
END = b"\r\n.\r\n"
_PATH = re.compile(r"(?:MAIL FROM|RCPT TO):<(.*)>((?: [^ ]+)*)", re.IGNORECASE)

Step = Answer | Sequence[Answer] | Callable[["HopSession"], Answer]


@dataclass
class FiledMail:
    """A mail as it came."""

    reverse_path: str
    parameters: tuple[str, ...]
    recipients: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Each accepted forward-path with its parameters."""
    wire: bytes = b""
    """As it came after 354, with its dots stuffed, without the final dot."""
    answer: int = 0
    """The code that the dot was answered with; 0 for none."""

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.recipients]

    @property
    def octets(self) -> bytes:
        """The mail: dots unstuffed (RFC 5321 §4.5.2), line by line."""
        return b"\r\n".join(line.removeprefix(b".") for line in self.wire.split(b"\r\n"))


class Over(Exception):  # noqa: N818 - the end, no error
    """The session has ended."""


class HopSession:
    """One connection, as the server saw it."""

    def __init__(self, hop: FakeHop, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.commands: list[str] = []
        """Command lines without CRLF, octets beyond UTF-8 as surrogate escapes."""
        self.ended = ""
        """`quit`, `hangup` (ours), `eof` (theirs); "" while it is open."""
        self._hop = hop
        self._reader = reader
        self.writer = writer
        self._buffer = bytearray()
        self._mail: FiledMail | None = None

    @property
    def verbs(self) -> list[str]:
        """The first words of all commands, in upper case."""
        return [line.split(" ")[0].upper() for line in self.commands]

    async def run(self) -> None:
        try:
            await self._say("connect", "220 hop.example ESMTP")
            while True:
                line = await self._line()
                self.commands.append(line)
                await self._obey(line)
        except Over as over:
            self.ended = self.ended or str(over)
        except (ConnectionError, TimeoutError):
            self.ended = self.ended or "eof"
        finally:
            self.writer.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()

    async def _obey(self, line: str) -> None:
        match line.split(" ", maxsplit=1)[0].upper():
            case "EHLO" as verb:
                words = ("hop.example", *self._hop.extensions)
                await self._say(verb, "\n".join([*(f"250-{word}" for word in words[:-1]), f"250 {words[-1]}"]))
            case "HELO" as verb:
                await self._say(verb, "250 hop.example")
            case "MAIL":
                await self._on_mail(line)
            case "RCPT":
                await self._on_rcpt(line)
            case "DATA":
                await self._on_data()
            case "RSET" as verb:
                self._mail = None
                await self._say(verb, "250 2.0.0 Ok")
            case "QUIT" as verb:
                await self._say(verb, "221 2.0.0 Bye")
                raise Over("quit")
            case verb:
                await self._say(verb, "250 2.0.0 Ok" if verb == "NOOP" else "500 5.5.1 Unknown command")

    async def _on_mail(self, line: str) -> None:
        path, parameters = _read_path(line)
        usual = "503 5.5.1 Nested MAIL" if self._mail else "250 2.1.0 Ok"
        if _is_yes(await self._say("MAIL", usual, path)):
            self._mail = FiledMail(path, parameters)

    async def _on_rcpt(self, line: str) -> None:
        path, parameters = _read_path(line)
        usual = "250 2.1.5 Ok" if self._mail else "503 5.5.1 MAIL first"
        if _is_yes(await self._say("RCPT", usual, path)) and self._mail:
            self._mail.recipients.append((path, parameters))

    async def _on_data(self) -> None:
        usual = "354 Go ahead" if self._mail and self._mail.recipients else "503 5.5.1 RCPT first"
        if await self._say("DATA", usual) != 354:
            return
        mail = self._mail or FiledMail("", ())
        mail.wire = await self._content()
        self._mail = None
        self._hop.received.append(mail)
        answer = self._hop.next_answer("dot", "", self)
        if isinstance(answer, Usual):
            answer = f"250 2.0.0 Ok: filed as {len(self._hop.received)}"
        mail.answer = code_of(answer)  # filed before it is said
        await self._do(answer)

    async def _content(self) -> bytes:
        """Everything up to the dot, not counting it."""
        searched, is_seen = 0, False
        while not self._buffer.startswith(b".\r\n"):
            end = self._buffer.find(END, searched)
            if end >= 0:
                return self._take(end + 2, drop=3)
            searched = max(0, len(self._buffer) - len(END))
            if self._buffer and not is_seen:
                is_seen = True
                await self._say("content", b"")
            await self._fill()
        return self._take(0, drop=3)

    async def _line(self) -> str:
        while (end := self._buffer.find(b"\n")) < 0:
            await self._fill()
        line = self._take(end, drop=1)
        assert line.endswith(b"\r"), f"a command without CRLF: {line!r}"
        return line[:-1].decode("utf-8", "surrogateescape")

    def _take(self, count: int, *, drop: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[: count + drop]
        return taken

    async def _fill(self) -> None:
        block = await self._reader.read(1 << 20)
        if not block:
            raise Over("eof")
        self._buffer += block

    # --- answering

    async def _say(self, step: str, usual: str | bytes, address: str = "") -> int:
        """Do what the script says at this step, else the usual; the code that was answered, 0 for none."""
        answer = self._hop.next_answer(step, address, self)
        if isinstance(answer, Usual):
            answer = usual
        await self._do(answer)
        return code_of(answer)

    async def _do(self, answer: Answer) -> None:
        match answer:
            case str() | bytes():
                await self._write(answer)
            case Twice():
                await self._write(wire(answer.first) + (b"" if answer.gap else wire(answer.second or answer.first)))
                if answer.gap:
                    await asyncio.sleep(answer.gap)
                    await self._write(answer.second or answer.first)
            case Late():
                await asyncio.sleep(answer.seconds)
                await self._do(answer.answer)
            case Pieces():
                octets = wire(answer.answer)
                for at in range(0, len(octets), answer.octets):
                    await self._write(octets[at : at + answer.octets])
                    await asyncio.sleep(0.001)
            case trouble:
                await self._trouble(trouble)

    async def _trouble(self, answer: Answer) -> None:
        match answer:
            case Hang():
                await asyncio.Event().wait()
            case Hangup():
                await self._write(answer.after)
                self.ended = "hangup"
                if answer.reset:
                    self.writer.transport.abort()
                raise Over
            case Endless():
                while True:
                    await self._write(answer.octets)
                    await asyncio.sleep(0)

    async def _write(self, answer: str | bytes) -> None:
        self.writer.write(wire(answer))
        await self.writer.drain()


class FakeHop:
    """The server; see the top of the file."""

    def __init__(
        self, script: Mapping[str, Step] | None = None, *, extensions: Sequence[str] = EXTENSIONS, port: int = 0
    ) -> None:
        self.script: dict[str, Step] = dict(script or {})
        self.extensions = tuple(extensions)
        self.port = port
        """A free one by default, known once the server runs."""
        self.received: list[FiledMail] = []
        """Every mail whose dot came, whatever was answered to it."""
        self.sessions: list[HopSession] = []
        """Every connection, in the order they came."""
        self._used: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def mails(self) -> list[FiledMail]:
        """The mails whose dot was answered 2xx."""
        return [mail for mail in self.received if _is_yes(mail.answer)]

    @property
    def address(self) -> HostPort:
        return HostPort(host="127.0.0.1", port=self.port)

    @property
    def open_sessions(self) -> list[HopSession]:
        return [session for session in self.sessions if not session.ended]

    @property
    def commands(self) -> list[str]:
        """What all sessions were told, session by session."""
        return [line for session in self.sessions for line in session.commands]

    def next_answer(self, step: str, address: str, session: HopSession) -> Answer:
        """What the script says now."""
        key = f"{step} {address}" if f"{step} {address}" in self.script else step
        match self.script.get(key, USUAL):
            case [*answers]:
                at = self._used[key] = self._used.get(key, -1) + 1
                return answers[at] if at < len(answers) else USUAL
            case str() | bytes() as answer:
                return answer
            case answer if callable(answer):
                return answer(session)
            case answer:
                assert not isinstance(answer, Sequence)
                return answer

    async def until(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something has come true; an assertion fails when it does not."""
        end = asyncio.get_running_loop().time() + seconds
        while not condition():
            assert asyncio.get_running_loop().time() < end, "it did not come true"
            await asyncio.sleep(0.002)

    async def stop_listening(self) -> None:
        """From now on a new connection is refused; those open live on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def hang_up_all(self) -> None:
        """Close every connection, as a server that is restarted does."""
        for session in self.open_sessions:
            session.ended = "hangup"
            session.writer.close()

    async def __aenter__(self) -> Self:
        # A small limit: while it says nothing it hardly reads, and who writes to it must wait.
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512, limit=4096)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_listening()
        for session in self.sessions:
            session.writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _round in range(3):
            await asyncio.sleep(0)  # uvloop closes a transport in its next rounds

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = HopSession(self, reader, writer)
        self.sessions.append(session)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await session.run()


def _read_path(line: str) -> tuple[str, tuple[str, ...]]:
    found = _PATH.fullmatch(line)
    assert found, f"not a command that a server understands: {line!r}"
    return found[1], tuple(found[2].split())


def _is_yes(code: int) -> bool:
    return 200 <= code < 300
