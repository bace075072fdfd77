"""What a mail does to its reader reaches nobody but that mail."""

import asyncio
import hashlib
import mmap
import os
import pickle
import signal
import socket
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.inspector import InspectionBusy, Inspector, Reason, asking, wire
from gateway.mail import Envelope, Octets
from gateway.verdict import (
    Disposition,
    Finding,
    Fix,
    Inspection,
    PolicyStatus,
    ReleaseBy,
    ReplyFacts,
    Timings,
    Verdict,
    Where,
)
from inspecting import JUDGE, SECRET, SETTINGS, Processes, fork, mail


def asking_of(processes: Processes) -> Inspector:
    return Inspector(processes.judge, processes.channel, processes.settings)


async def test_a_harmless_mail_is_read_where_it_is(processes: Processes) -> None:
    inspection = await asking_of(processes).inspect(mail(b"Hei!"))
    assert inspection.facts.message_id == str(os.getpid())


async def test_any_other_mail_is_read_in_a_process(processes: Processes) -> None:
    processes.start(2)
    inspection = await asking_of(processes).inspect(mail(b"odd: one", "a@customer.example", "b@customer.example"))
    assert int(inspection.facts.message_id) in processes.pids
    assert inspection.facts.header_recipients == ("a@customer.example", "b@customer.example")


@pytest.mark.parametrize("size", [4, 1 << 20, (1 << 20) + 1, 5_000_001])
async def test_the_process_sees_the_very_octets(processes: Processes, size: int) -> None:
    processes.start()
    octets = (b"odd\0\r\n" + os.urandom(4096) * (size // 4096 + 1))[:size]
    inspection = await asking_of(processes).inspect(mail(octets))
    assert inspection.facts.subject == hashlib.sha256(octets).hexdigest()


async def test_a_spooled_mail_is_inspected_too(processes: Processes) -> None:
    processes.start()
    octets = b"odd: spooled" * 200_000
    with tempfile.TemporaryFile() as file:
        file.write(octets)
        file.flush()
        spooled = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    inspection = await asking_of(processes).inspect(mail(spooled))
    assert inspection.facts.subject == hashlib.sha256(octets).hexdigest()


@pytest.mark.parametrize("doing", ["endless", "in C"])
async def test_a_mail_that_outruns_the_deadline_could_not_be_inspected(processes: Processes, doing: str) -> None:
    processes.start(2)
    inspection = await asking_of(processes).inspect(mail(f"odd: {doing}\n".encode()))
    assert (inspection.verdict.disposition, inspection.facts.subject) == (Disposition.HOLD, Reason.DEADLINE)


async def test_other_mails_pass_while_one_keeps_a_process_busy(processes: Processes) -> None:
    """A hundred harmless ones and ten others are done before the deadline of the bomb."""
    processes.start(2)
    inspector = asking_of(processes)
    bomb = asyncio.create_task(inspector.inspect(mail(b"odd: endless\n")))
    await asyncio.sleep(0.05)
    for _ in range(10):
        await inspector.inspect(mail(b"odd: small"))
        await asyncio.gather(*(inspector.inspect(mail(b"Hei!")) for _ in range(10)))
    assert not bomb.done()
    assert (await bomb).facts.subject == Reason.DEADLINE


@pytest.mark.parametrize("doing", ["slow", "deaf", "endless"])
async def test_what_is_slow_in_spite_of_its_shape_leaves_the_event_loop(
    processes: Processes, doing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read again in a process, and meets the deadline there; what comes after it has its full budget."""
    # The budget's exception may go off where Python can only drop it; pytest's own hook would be its next victim.
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    processes.start(2)
    inspector = asking_of(processes)
    inspection = await inspector.inspect(mail(f"{doing}\n".encode()))
    expected = Disposition.HOLD if doing == "endless" else Disposition.PASS
    assert inspection.verdict.disposition is expected
    assert inspection.facts.message_id != str(os.getpid())
    assert (await inspector.inspect(mail(b"Hei!"))).facts.message_id == str(os.getpid())


async def test_the_next_process_goes_on_after_one_died(processes: Processes) -> None:
    processes.start(2)
    inspector = asking_of(processes)
    await inspector.inspect(mail(b"odd: endless\n"))
    inspection = await inspector.inspect(mail(b"odd: next"))
    assert inspection.verdict.disposition is Disposition.PASS


async def test_a_greedy_mail_meets_its_limit(processes: Processes) -> None:
    processes.start()
    inspection = await asking_of(processes).inspect(mail(b"odd: greedy\n"))
    assert inspection.facts.subject in (Reason.MEMORY, Reason.DEADLINE)


async def test_a_mail_that_does_not_fit_below_the_limit_could_not_be_inspected(processes: Processes) -> None:
    processes.settings = SETTINGS.model_copy(update={"memory": 1 << 20})
    processes.start(1)
    inspection = await asking_of(processes).inspect(mail(b"odd: large" + bytes(1 << 21)))
    assert inspection.facts.subject == Reason.MEMORY


@pytest.mark.parametrize("shape", ["odd: ", ""])
@pytest.mark.parametrize("doing", ["raising", "recursing"])
async def test_a_crash_is_a_finding_and_its_text_is_nowhere(
    processes: Processes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], doing: str, shape: str
) -> None:
    """In a process and inline alike."""
    processes.start()
    inspection = await asking_of(processes).inspect(mail(f"{shape}{doing}\n".encode()))
    assert inspection.facts.subject == Reason.CRASH
    assert SECRET not in repr(inspection) + caplog.text + "".join(capfd.readouterr())


async def test_a_mail_that_kills_two_processes_is_to_blame(processes: Processes) -> None:
    processes.start(3)
    inspection = await asking_of(processes).inspect(mail(b"odd: segmentation\n"))
    assert inspection.facts.subject == Reason.CRASH
    await asyncio.to_thread(processes.bury, 2)


async def test_a_process_killed_by_somebody_else_costs_no_mail(processes: Processes, tmp_path: Path) -> None:
    """The first reader is killed within the mail; another one reads it."""
    flag = tmp_path / "killed"

    def killed_once(octets: Octets, envelope: Envelope) -> Inspection:
        if not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return JUDGE.inspect(octets, envelope)

    processes.judge = replace(JUDGE, inspect=killed_once)
    processes.start(2)
    inspection = await asking_of(processes).inspect(mail(b"odd: mail"))
    assert flag.exists()
    assert inspection.verdict.disposition is Disposition.PASS


async def test_a_mail_waits_for_a_process_that_is_yet_to_start(processes: Processes) -> None:
    inspecting = asyncio.create_task(asking_of(processes).inspect(mail(b"odd: early")))
    await asyncio.sleep(0.05)
    assert not inspecting.done()
    processes.start()
    assert (await inspecting).verdict.disposition is Disposition.PASS


async def test_nobody_to_take_it_is_busy_not_a_finding(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.05)
    with pytest.raises(InspectionBusy):
        await asking_of(processes).inspect(mail(b"odd: nobody is there"))


async def test_beyond_the_queue_it_is_busy_at_once(processes: Processes) -> None:
    inspector = asking_of(processes)
    room = SETTINGS.queue + SETTINGS.processes
    waiting = [asyncio.create_task(inspector.inspect(mail(b"odd: waits"))) for _ in range(room)]
    await asyncio.sleep(0.05)
    with pytest.raises(InspectionBusy):
        await inspector.inspect(mail(b"odd: one more"))
    assert (await inspector.inspect(mail(b"Hei!"))).verdict.disposition is Disposition.PASS
    processes.start(2)
    assert len(await asyncio.gather(*waiting)) == room


async def test_who_stops_waiting_leaves_no_trace(processes: Processes) -> None:
    """Cancelled while queued, while waiting for a process and while being read: room and descriptors come back."""
    inspector = asking_of(processes)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - numbers, not paths
    for _ in range(3):
        some = [asyncio.create_task(inspector.inspect(mail(b"odd: endless\n"))) for _ in range(6)]
        await asyncio.sleep(0.02)
        for one in some:
            one.cancel()
        await asyncio.gather(*some, return_exceptions=True)
    processes.start()
    inspection = await inspector.inspect(mail(b"odd: still served"))
    assert inspection.facts.message_id == str(processes.pids[0]), "what nobody waits for is skipped, not read"
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


async def test_a_process_ends_when_nobody_is_left_who_asks(processes: Processes) -> None:
    """Not by a signal meant for the whole group: mails under way are still read then."""
    processes.start()
    inspector = asking_of(processes)
    await inspector.inspect(mail(b"odd: it runs"))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(processes.pids[0], number)
    assert (await inspector.inspect(mail(b"odd: on"))).facts.message_id == str(processes.pids[0])
    processes.channel.close()
    assert await asyncio.to_thread(os.waitpid, processes.pids.pop(), 0)


class Command:
    """What a reader that a mail has taken over might answer."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch taken-over",)


@pytest.mark.parametrize(
    "answer",
    [
        wire.TAKEN + len(pickle.dumps(Command())).to_bytes(4, "big") + pickle.dumps(Command()),
        wire.TAKEN + b"\xff\xff\xff\xff",
        wire.TAKEN + b"\0\0\0\4abcd",
        wire.TAKEN + wire.frame(Reason.CRASH)[:4] + bytes(200),
        b"250 Ok\r\n",
    ],
    ids=["a command", "endless", "no pickle", "zeros", "no mark"],
)
async def test_a_reader_that_was_taken_over_cannot_command(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.chdir(tmp_path)

    def evil() -> None:
        processes.channel.asking.close()
        while (request := wire.take_request(processes.channel.taking)) is not None:
            request.reply.sendall(answer)
            request.reply.shutdown(socket.SHUT_WR)

    processes.pids.append(fork(evil))
    inspection = await asking_of(processes).inspect(mail(b"odd: evil"))
    assert inspection.facts.subject == Reason.CRASH
    assert not (tmp_path / "taken-over").exists()


async def test_an_answer_crosses_whole(processes: Processes) -> None:
    """Every value of a verdict, surrogates for octets beyond UTF-8 included."""
    finding = Finding(
        *("plaintext-password", "plaintext-password", PolicyStatus.TRIAL, Disposition.HOLD),
        *(Where("1.2", 3, 4), "salasanasi on ***\udce4", (Fix("blank-password"), Fix("greeting", "Hei Liisa,"))),
    )
    verdict = Verdict(Disposition.ANNOTATE, (finding,) * 3, ("missing-greeting",), ReleaseBy.REVIEWER)
    facts = ReplyFacts(
        *("id@support.example", "aihe\udce4", ("a@b.example",), (), "Aino", ("Aino",), "", "fi"), automatic=True
    )
    whole = Inspection(verdict, facts, Timings(1, 2))
    processes.judge = replace(JUDGE, inspect=lambda _octets, _envelope: whole)
    processes.start()
    assert await asking_of(processes).inspect(mail(b"odd: whole")) == whole
