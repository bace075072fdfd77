"""The labelled corpus: mails whose findings a person has written down, and what the policies of the house make of them.

Rules of this file: judging is pure and has no deadline, so that a figure depends on the mails alone and never on the
machine. What is shown of a mail is what a notice would show: its name, and masked excerpts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from gateway import policyfiles
from gateway.cli.check import as_mail
from gateway.cli.mails import FiledMail, crlf, mails, sources
from gateway.mail import Envelope
from gateway.policy import PolicySet, inspect
from gateway.verdict import Disposition, Finding, PolicyStatus

CORPUS = Path(__file__).parent.parent / "corpus"
PRIVATE = CORPUS / "private"
CORE_FOUR = ("plaintext-password", "attachment-only", "uppercase-dump", "missing-greeting")
LABELS = "labels.tsv"
_COLUMNS = ["file", "language", "expected", "shape"]
_NOTHING = "-"


class LabelError(ValueError):
    """A line of labels.tsv that cannot be followed; str() names it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One mail and what a person sees in it."""

    name: str
    """Its file below the corpus; `file#3` for the third mail of a mailbox."""
    language: str
    expected: frozenset[str]
    shape: str
    octets: bytes = field(repr=False)

    @property
    def half(self) -> str:
        return half_of(self.name)

    @property
    def envelope(self) -> Envelope:
        return as_mail(FiledMail(self.name, 1, self.octets)).envelope


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled mail and what was found in it, without the octets."""

    name: str
    language: str
    shape: str
    expected: frozenset[str]
    found: frozenset[str]
    """Ids of the enforced policies, `could-not-inspect` among them where a check failed."""
    findings: tuple[Finding, ...]

    @property
    def half(self) -> str:
        return half_of(self.name)

    @property
    def held(self) -> bool:
        return any(finding.disposition is Disposition.HOLD for finding in self.findings)

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(sorted(self.expected - self.found))

    @property
    def wrong(self) -> tuple[str, ...]:
        return tuple(sorted(self.found - self.expected))


def half_of(name: str) -> str:
    """`dev` or `held-out`, by a hash of the name: detectors are tuned on the one and measured on the other."""
    return "held-out" if hashlib.sha256(name.encode()).digest()[0] & 1 else "dev"


def labelled(folder: Path = CORPUS) -> tuple[Labelled, ...]:
    """Every mail that labels.tsv names, in its order. Raises LabelError."""
    lines = (folder / LABELS).read_text(encoding="utf-8").rstrip("\n").split("\n")
    if lines[0].split("\t") != _COLUMNS:
        raise LabelError(f"{folder / LABELS}:1: the first line is {' '.join(_COLUMNS)}, with tabs between")
    return tuple(mail for number, line in enumerate(lines[1:], 2) for mail in _of_line(folder, number, line))


def _of_line(folder: Path, number: int, line: str) -> Iterator[Labelled]:
    cells = line.split("\t")
    if len(cells) != len(_COLUMNS):
        raise LabelError(f"{folder / LABELS}:{number}: {len(cells)} cells where {len(_COLUMNS)} are wanted")
    file, language, expected, shape = cells
    policies = frozenset(expected.split(",")) - {_NOTHING}
    if unknown := policies - set(CORE_FOUR):
        raise LabelError(f"{folder / LABELS}:{number}: no label is called {', '.join(sorted(unknown))}")
    if not (folder / file).exists():
        raise LabelError(f"{folder / LABELS}:{number}: there is no {file}")
    for name, octets in _octets(folder, file):
        yield Labelled(name, language, policies, shape, octets)


def _octets(folder: Path, file: str) -> Iterator[tuple[str, bytes]]:
    """The mails behind a name: an .eml as it is, else whatever `saate check` reads of it."""
    path = folder / file
    if path.suffix == ".eml" and path.is_file():
        yield file, crlf(path.read_bytes())
        return
    for source in sources([str(path)]):
        below = Path(source.name).relative_to(folder).as_posix()
        for mail in mails(source):
            yield (below if mail.number == 1 else f"{below}#{mail.number}"), mail.octets


@lru_cache(maxsize=1)
def house() -> PolicySet:
    """The policies of the house, read once in each process."""
    return policyfiles.load([policyfiles.BUILTIN], Path())


def judge(mail: Labelled) -> Judged:
    """Read and judge one mail."""
    verdict = inspect(mail.octets, mail.envelope, house()).verdict
    findings = tuple(one for one in verdict.findings if one.status is PolicyStatus.ENFORCED)
    return Judged(mail.name, mail.language, mail.shape, mail.expected, frozenset(verdict.policies), findings)


def judge_all(corpus: Sequence[Labelled], processes: int = 0) -> tuple[Judged, ...]:
    """Judge in as many processes as there are processors, or as many as given; the order stays."""
    processes = processes or len(os.sched_getaffinity(0))
    if processes == 1:
        return tuple(map(judge, corpus))
    house()  # before the fork, so that the children need not read it again
    with ProcessPoolExecutor(processes) as pool:
        return tuple(pool.map(judge, corpus, chunksize=16))


def only(half: str, judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """Those of a half; all for ""."""
    return tuple(one for one in judged if not half or one.half == half)
