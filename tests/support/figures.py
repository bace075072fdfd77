"""Recall and precision by policy and language, and the floors under them.

Rules of this file: pure but for the file of floors. A figure without a case is no figure: recall is "" where nothing
was to be found, precision where nothing was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gateway.verdict import Finding
from labelled import CORE_FOUR, Judged

FLOORS = Path(__file__).parent.parent / "quality" / "floors.json"
ALL = "all"
LANGUAGES = ("fi", "sv", "en", "de", "da", "nb", "et", "nl", "fr", "es", "it", "pl")


@dataclass(frozen=True, slots=True)
class Figure:
    """How well one policy does in one language."""

    policy: str
    language: str
    mails: int
    hits: int
    """Mails in which a person sees it."""
    found: int
    """Of those, in how many it was found."""
    wrong: int
    """Mails in which it was found and nobody sees it."""

    @property
    def missed(self) -> int:
        return self.hits - self.found

    @property
    def recall(self) -> float | None:
        return _percent(self.found, self.hits)

    @property
    def precision(self) -> float | None:
        return _percent(self.found, self.found + self.wrong)


def _percent(part: int, whole: int) -> float | None:
    """Rounded down: 99.96 is not a hundred."""
    return part * 10_000 // whole / 100 if whole else None


def figures(judged: Sequence[Judged]) -> tuple[Figure, ...]:
    """One for each policy and language that occurs, and one for each policy over all."""
    seen = {one.language for one in judged}
    languages = [language for language in LANGUAGES if language in seen] + sorted(seen - {*LANGUAGES})
    policies = [*CORE_FOUR, *sorted({found for one in judged for found in one.found} - {*CORE_FOUR})]
    return tuple(
        _figure(policy, language, [one for one in judged if language in (ALL, one.language)])
        for policy in policies
        for language in (*languages, ALL)
    )


def _figure(policy: str, language: str, judged: Sequence[Judged]) -> Figure:
    return Figure(
        policy,
        language,
        mails=len(judged),
        hits=sum(policy in one.expected for one in judged),
        found=sum(policy in one.expected and policy in one.found for one in judged),
        wrong=sum(policy in one.wrong for one in judged),
    )


def table(shown: Iterable[Figure]) -> str:
    """Languages down, policies across: recall, precision, how many of how many were found and how many wrongly."""
    by_language: dict[str, dict[str, Figure]] = {}
    for figure in shown:
        by_language.setdefault(figure.language, {})[figure.policy] = figure
    policies = list(dict.fromkeys(policy for row in by_language.values() for policy in row))
    lines = ["".join([" " * 11, *(f"   {policy:<27}" for policy in policies)])]
    lines.append("".join([f"{'':<4}  mails", *(f"   {'recall':>6} {'prec.':>6}  {'found':<12}" for _ in policies)]))
    for language, row in by_language.items():
        mails = next(iter(row.values())).mails
        lines.append("".join([f"{language:<4} {mails:>6}", *(_cell(row[policy]) for policy in policies)]).rstrip())
    return "\n".join(line.rstrip() for line in lines)


def _cell(figure: Figure) -> str:
    found = f"{figure.found}/{figure.hits}" + (f" +{figure.wrong}" if figure.wrong else "")
    return f"   {_number(figure.recall):>6} {_number(figure.precision):>6}  {found:<12}"


def _number(percent: float | None) -> str:
    return "-" if percent is None else f"{percent:.1f}" if percent < 100 else "100"


def in_good_mail(judged: Sequence[Judged]) -> str:
    """What happens to mail in which nothing is to be found: the figure that decides whether a gateway stays on."""
    good = [one for one in judged if not one.expected]
    held = sum(one.held for one in good)
    greeting = sum("missing-greeting" in one.found for one in good)
    return f"{len(good)} good mails: {held} wrongly held, {greeting} wrongly annotated for a missing greeting"


def misses(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """The mails that were judged otherwise than a person would."""
    return tuple(one for one in judged if one.expected != one.found)


def told(miss: Judged) -> str:
    """A miss in words: the file, what was expected and what was found, wrong findings with place and excerpt."""
    lines = [f"{miss.name}  ({miss.language}, {miss.shape}, {miss.half})"]
    lines += [f"    missed  {policy}" for policy in miss.missed]
    lines += [f"    wrong   {told_finding(one)}" for one in _wrong(miss)]
    lines += [f"    right   {policy}" for policy in sorted(miss.expected & miss.found)]
    return "\n".join(lines)


def told_finding(finding: Finding) -> str:
    where = ":".join(str(one) for one in (finding.where.part, finding.where.line, finding.where.column) if one)
    return f"{finding.policy}  {where}  {finding.excerpt}".rstrip()


def _wrong(miss: Judged) -> Iterator[Finding]:
    return (finding for finding in miss.findings if finding.policy in miss.wrong)


def for_scripts(figure: Figure, half: str) -> dict[str, object]:
    """A figure as a line of JSON."""
    return {"figure": figure.policy, "half": half or ALL, **_numbers(figure)}


def _numbers(figure: Figure) -> dict[str, object]:
    numbers = asdict(figure)
    del numbers["policy"]
    return {**numbers, "missed": figure.missed, "recall": figure.recall, "precision": figure.precision}


def miss_for_scripts(miss: Judged) -> dict[str, object]:
    """A miss as a line of JSON."""
    return {
        "file": miss.name,
        "language": miss.language,
        "shape": miss.shape,
        "half": miss.half,
        "expected": sorted(miss.expected),
        "found": sorted(miss.found),
        "wrong": [
            {
                "policy": finding.policy,
                "part": finding.where.part,
                "line": finding.where.line,
                "column": finding.where.column,
                "excerpt": finding.excerpt,
            }
            for finding in _wrong(miss)
        ],
    }


Floors = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Policy → language → `recall` and `precision`, in percent."""


def floors(file: Path = FLOORS) -> Floors:
    """The recorded ones."""
    recorded: Floors = json.loads(file.read_text(encoding="utf-8"))
    return recorded


def record(measured: Iterable[Figure], file: Path = FLOORS) -> None:
    """Write the floors anew: a decision of a person, never of a test."""
    recorded: dict[str, dict[str, dict[str, float]]] = {}
    for figure in measured:
        numbers = {"recall": figure.recall, "precision": figure.precision}
        floor = {name: percent for name, percent in numbers.items() if percent is not None}
        if figure.policy in CORE_FOUR and floor:
            recorded.setdefault(figure.policy, {})[figure.language] = floor
    file.write_text(json.dumps(recorded, indent=2) + "\n", encoding="utf-8")


def below(measured: Iterable[Figure], recorded: Floors) -> tuple[str, ...]:
    """What has dropped, in words. A floor whose figure is no longer measured has dropped, too."""
    by_place = {(figure.policy, figure.language): figure for figure in measured}
    return tuple(
        f"{policy} {language}: {name} {'is gone' if percent is None else percent}, was {floor}"
        for policy, languages in recorded.items()
        for language, numbers in languages.items()
        for name, floor in numbers.items()
        if (percent := _measured(by_place.get((policy, language)), name)) is None or percent < floor
    )


def _measured(figure: Figure | None, name: str) -> float | None:
    match figure, name:
        case Figure(), "recall":
            return figure.recall
        case Figure(), "precision":
            return figure.precision
        case _:
            return None
