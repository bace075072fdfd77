"""Inspection from the command line: the same, with a process of its own."""

import os
from pathlib import Path

from gateway.inspector import Reason, local_inspector
from gateway.verdict import Disposition
from inspecting import JUDGE, SETTINGS, mail


def test_every_mail_gets_its_inspection_whatever_the_one_before_did() -> None:
    with local_inspector(JUDGE, SETTINGS) as inspector:
        for doing, expected in (
            ("a mail", None),
            ("endless", Reason.DEADLINE),
            ("raising", Reason.CRASH),
            ("killed", Reason.CRASH),
            ("another mail", None),
        ):
            inspection = inspector.inspect(mail(f"odd: {doing}\n".encode()))
            if expected is None:
                assert inspection.verdict.disposition is Disposition.PASS
                assert int(inspection.facts.message_id) != os.getpid()
            else:
                assert inspection.facts.subject == expected


def test_nothing_is_left_behind() -> None:
    """No process and no descriptor, however it ended."""
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with local_inspector(JUDGE, SETTINGS) as inspector:
        pid = int(inspector.inspect(mail(b"odd: mail")).facts.message_id)
        inspector.inspect(mail(b"odd: endless\n"))
    assert not Path(f"/proc/{pid}").exists()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
