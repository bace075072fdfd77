"""Real reading and the policies of the house on shapes that are known to stall mail software."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway import policyfiles
from gateway.config import InspectionSettings
from gateway.inspector import Inspector, Judge, judge_by
from inspecting import Processes, mail

HEAD = b"From: Aino <aino@support.example>\r\nTo: Liisa <liisa@customer.example>\r\nSubject: Varaus\r\n"
HELLO = b"\r\nHei Liisa,\r\n\r\nvarauksesi on vahvistettu.\r\n\r\nTerveisin\r\nAino\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hei Liisa,</p><p>varauksesi on vahvistettu.</p>"


def parts(count: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nHei Liisa,\r\n" * count + b"--b--\r\n"


def nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\r\n" + HELLO
    for level in range(depth):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%b\r\n--b%d--\r\n" % (
            *(level, level),
            *(inner, level),
        )
    return inner


SHAPES = {
    "a Content-Type of 32 KB": b"Content-Type: text/plain; " + b"a*0*=x; " * 4000 + b"\r\n" + HELLO,
    "a field of a megabyte": b"X-A: " + b"a b " * 250_000 + b"\r\n" + HELLO,
    "a hundred thousand fields": b"X-A: b\r\n" * 100_000 + HELLO,
    "a subject of encoded words": b"Subject: " + b"=?utf-8?q?=C3=A4?=\r\n " * 3000 + b"x\r\n" + HELLO,
    "recipients without end": b"".join(b"Cc: " + b"a, ; <b@(c" * 190 + b"\r\n" for _ in range(30)) + HELLO,
    "parameters by number": b"Content-Type: text/plain; a*" + b"9" * 5000 + b"=x\r\n" + HELLO,
    "ten thousand parts": parts(10_000),
    "two hundred levels": nested(200),
    "two thousand messages in each other": b"Content-Type: message/rfc822\r\n\r\n" * 2000 + b"Subject: x\r\n" + HELLO,
    "200 KB of divisions": HTML + b"<div>" * 40_000,
    "tables in tables": HTML + b"<table><tr><td>" * 5000,
    "comments that never end": HTML + b"<!--" * 15_000,
    "a megabyte of quote marks": b"\r\n" + b">" * (1 << 20),
    "a megabyte of quoted lines": b"\r\n" + b"> a\r\n" * 200_000,
    "a line of a megabyte": b"\r\nHei Liisa, " + b"ja taas " * 130_000,
    "Re: without end": b"Subject: " + b"Re: " * 250_000 + b"\r\n" + HELLO,
    "boundaries that are none": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b" * 20_000,
    "no header at all": b"a" * 60_000,
    "nothing": b"",
}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return judge_by(policyfiles.load(["builtin"], Path()))


@pytest.fixture
async def inspector(judge: Judge) -> AsyncIterator[Inspector]:
    settings = InspectionSettings(deadline=5, processes=1)
    processes = Processes(judge, settings)
    processes.start(1)
    yield Inspector(judge, processes.channel, settings)
    processes.stop()


@pytest.mark.parametrize("shape", SHAPES)
async def test_the_event_loop_goes_on_whatever_the_shape(inspector: Inspector, shape: str) -> None:
    """It is either read within the small budget or in a process; the reader survives and the verdict comes."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    head = b"" if shape.startswith("no") else HEAD
    inspection = await inspector.inspect(mail(head + SHAPES[shape]))
    beating.cancel()
    after = await inspector.inspect(mail(HEAD + HELLO))
    assert not after.verdict.findings
    assert inspection.facts.header_from == (("aino@support.example",) if head else ())
    took = inspection.timings.read + inspection.timings.judge
    assert beats > 100 or took < 250_000, "a loaded machine may be slow, but without the budget some take seconds"
