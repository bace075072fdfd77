"""Inspection processes hear answers and mend held mails as safely as they inspect."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.hold import Mended
from gateway.inspector import Inspector, Judge, Reason
from gateway.mail import Envelope, Octets
from gateway.orders import Heard, Remade, Unmade
from gateway.verdict import Disposition, Finding, Fix, Inspection, OnTimeout, PolicyStatus, ReleaseBy, Verdict, Where
from inspecting import DOINGS, JUDGE, Processes, mail

ENVELOPE = Envelope("aspa@support.example")
FINDING = Finding(
    *("plaintext-password", "plaintext-password", PolicyStatus.ENFORCED, Disposition.HOLD),
    *(Where("1", 3, 4), "it is ••••••\udce4", (Fix("blank-password"),)),
)


def hear(octets: Octets) -> Heard:
    """Do what the mail's first line says; the author is the process."""
    DOINGS.get(bytes(octets[:80]).partition(b"\n")[0].removeprefix(b"odd: "), lambda: None)()
    return Heard((str(os.getpid()),), automatic=True, lines=("release \udce4",))


def mend(octets: Octets, envelope: Envelope, fixes: Sequence[str]) -> Remade:
    DOINGS.get(bytes(octets[:80]), lambda: None)()
    mended = Mended(
        bytes(octets) * 2, tuple(fixes), (FINDING,), envelope.reverse_path, ReleaseBy.REVIEWER, OnTimeout.RELEASE
    )
    return Remade(mended, (Unmade("greeting", "nothing"),), ("cover-note",))


TASKS: Judge = replace(JUDGE, hear=hear, mend=mend)


def asking_of(processes: Processes) -> Inspector:
    processes.judge = TASKS
    processes.start(2)
    return Inspector(TASKS, processes.channel, processes.settings)


async def test_an_answer_is_heard_here_when_it_is_harmless_else_in_a_process(processes: Processes) -> None:
    inspector = asking_of(processes)
    here, there = await inspector.hear(mail(b"release")), await inspector.hear(mail(b"odd: release"))
    assert isinstance(here, Heard)
    assert isinstance(there, Heard)
    assert here.authors == (str(os.getpid()),)
    assert int(there.authors[0]) in processes.pids
    assert (
        replace(here, authors=()) == replace(there, authors=()) == Heard((), automatic=True, lines=("release \udce4",))
    )


async def test_a_mail_is_mended_in_a_process_and_crosses_whole(processes: Processes) -> None:
    octets = b"x" * 3_000_000
    remade = await asking_of(processes).mend(octets, ENVELOPE, ("blank-password", "greeting"))
    assert remade == mend(octets, ENVELOPE, ("blank-password", "greeting"))
    assert "xxx" not in repr(remade)


@pytest.mark.parametrize(("doing", "reason"), [(b"endless", Reason.DEADLINE), (b"raising", Reason.CRASH)])
async def test_what_harms_its_reader_is_told_by_its_reason(processes: Processes, doing: bytes, reason: Reason) -> None:
    inspector = asking_of(processes)
    assert await inspector.mend(doing, ENVELOPE, ()) is reason
    assert await inspector.hear(mail(b"odd: " + doing + b"\n")) is reason


async def test_an_answer_to_another_question_is_none(processes: Processes) -> None:
    """A reader that was taken over must not tell of other things than it was asked about."""
    inspection = Inspection(Verdict())
    processes.judge = replace(JUDGE, hear=lambda _: inspection, mend=lambda *_: inspection)  # type: ignore[arg-type,return-value]  # it is taken over
    processes.start(2)
    inspector = Inspector(TASKS, processes.channel, processes.settings)
    assert await inspector.mend(b"x", ENVELOPE, ()) is Reason.CRASH
    assert await inspector.hear(mail(b"odd: x")) is Reason.CRASH
