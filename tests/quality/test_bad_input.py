"""Whatever the mail is, a verdict comes, memory is bounded, and a password never passes because the mail is odd.

The deadline is the kernel's (tests/inspector); here the inspection is that of the command line, as it comes. What is
asserted of time is a share of the deadline, and of processor time, which a loaded machine does not change.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import badmails
from badmails import HOLDING, MEGABYTE, PASSING, SECRET, UNREADABLE
from gateway import policyfiles
from gateway.config import InspectionSettings
from gateway.inspector import LocalInspector, Reason, judge_by, local_inspector
from gateway.policy import COULD_NOT_INSPECT, PLAINTEXT_PASSWORD
from gateway.verdict import Disposition, Inspection
from inspecting import mail

SETTINGS = InspectionSettings()
ASKING = 0.25
"""Share of the deadline that the asking process may work for one mail itself: copying 50 MB is the most of it."""
SWELL = 64 * MEGABYTE
"""Octets by which asking may swell, beyond the mail itself."""

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


@pytest.fixture(scope="module")
def inspector() -> Iterator[LocalInspector]:
    with local_inspector(judge_by(policyfiles.load(["builtin"], Path())), SETTINGS) as made:
        yield made


def inspected(inspector: LocalInspector, octets: bytes) -> Inspection:
    """Inspect a mail, and see that neither time nor memory runs away and that the next mail is judged as ever."""
    before, began = _peak(reset=True), time.process_time()
    inspection = inspector.inspect(mail(octets))
    assert time.process_time() - began < SETTINGS.deadline * ASKING
    assert _peak() - before < SWELL
    excerpts = {finding.excerpt for finding in inspection.verdict.findings}
    assert Reason.MEMORY not in excerpts, "the limit held, but such a mail should fit"
    assert Reason.CRASH not in excerpts
    assert SECRET not in repr(inspection)
    after = inspector.inspect(mail(badmails.HEAD + badmails.PLAIN + badmails.HELLO + badmails.BYE))
    assert not after.verdict.findings
    return inspection


def _peak(*, reset: bool = False) -> int:
    """The most memory that was resident in this process, in octets; since now, if it is reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().split("\n")
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def policies(inspection: Inspection) -> set[str]:
    return {finding.policy for finding in inspection.verdict.findings}


@pytest.mark.parametrize("shape", HOLDING)
def test_a_password_is_held_however_odd_the_mail(inspector: LocalInspector, shape: str) -> None:
    """It is found, or the mail could not be inspected."""
    inspection = inspected(inspector, HOLDING[shape]())
    assert inspection.verdict.disposition is Disposition.HOLD
    assert policies(inspection) & {PLAINTEXT_PASSWORD, COULD_NOT_INSPECT}


@pytest.mark.parametrize("shape", UNREADABLE)
def test_a_bomb_could_not_be_inspected(inspector: LocalInspector, shape: str) -> None:
    inspection = inspected(inspector, UNREADABLE[shape]())
    assert policies(inspection) == {COULD_NOT_INSPECT}
    assert inspection.verdict.disposition is Disposition.HOLD


@pytest.mark.parametrize("shape", PASSING)
def test_a_good_reply_with_an_odd_file_passes(inspector: LocalInspector, shape: str) -> None:
    inspection = inspected(inspector, PASSING[shape]())
    assert inspection.verdict.disposition is Disposition.PASS
    assert policies(inspection) <= {"encrypted"}


def test_a_locked_pdf_is_a_fact_and_no_failure(inspector: LocalInspector) -> None:
    inspection = inspected(inspector, PASSING["a locked PDF"]())
    assert policies(inspection) == {"encrypted"}
    assert inspection.verdict.disposition is Disposition.PASS


def test_a_mail_is_read_to_its_end_where_that_takes_no_longer(inspector: LocalInspector) -> None:
    """`could-not-inspect` is for what is beyond the limits; a megabyte is not."""
    for shape in ("a line of a megabyte", "a megabyte of quote marks", "a megabyte of Re:", "10,000 parts"):
        assert PLAINTEXT_PASSWORD in policies(inspected(inspector, HOLDING[shape]())), shape


@pytest.mark.soak
@pytest.mark.parametrize("megabytes", [1, 4, 16, 64])
@pytest.mark.parametrize("shape", ["words", "one word", "quotes", "divisions", "table", "parts", "base64", "labels"])
def test_a_verdict_comes_at_any_size(inspector: LocalInspector, shape: str, megabytes: int) -> None:
    size = megabytes * MEGABYTE
    match shape:
        case "words":
            octets = badmails.HEAD + badmails.PLAIN + badmails.words(size) + badmails.SAID
        case "one word":
            octets = badmails.HEAD + badmails.PLAIN + b"a" * size + b" " + badmails.SAID
        case "quotes":
            octets = badmails.HEAD + badmails.PLAIN + b"> a\r\n" * (size // 5) + b"> " + badmails.SAID
        case "divisions":
            octets = badmails.HEAD + badmails.HTML + b"<div>" * (size // 5) + badmails.SAID
        case "table":
            octets = badmails.table(size)
        case "parts":
            octets = badmails.parts(size // 60)
        case "base64":
            octets = badmails.attached("tunnukset.txt", badmails.words(size // 2) + badmails.SAID, "text/plain")
        case _:
            octets = badmails.HEAD + badmails.PLAIN + b"salasana: " * (size // 10) + badmails.SAID
    verdict = inspected(inspector, octets).verdict
    read_in_part = shape == "base64"  # of a long attachment the beginning is read: docs/policies.md
    assert verdict.disposition is Disposition.HOLD or read_in_part
