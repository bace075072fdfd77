"""`make quality`: judge the labelled corpus and print how well each policy does in each language, then the misses.

With `make quality ARGS='--half dev'` what is printed is of one half of the mails alone: tune on `dev`, look at
`held-out` when done. `--shapes` lists the replies that are judged otherwise in another MIME shape.
`make quality-floors` records the figures below which `make test` fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
UNSEEN = ROOT / "tests" / "unseen"
sys.path.insert(0, str(ROOT / "tests" / "support"))

import figures  # noqa: E402 - the path is set above
from labelled import CORPUS, LABELS, PRIVATE, Judged, LabelError, half_of, judge_all, labelled, only  # noqa: E402
from rewrapped import all_changes, known  # noqa: E402


def main() -> int:
    """Exit 0: figures were printed; 2: the labels are wrong."""
    asked = _arguments().parse_args()
    if asked.shapes:
        _print_changes(asked.half)
        return 0
    folders = [CORPUS] if asked.floors or not (PRIVATE / LABELS).exists() else [CORPUS, PRIVATE]
    if asked.unseen:
        folders = [UNSEEN]
    try:
        for folder in folders:
            judged = judge_all(labelled(folder), asked.processes)
            if asked.floors:
                figures.record(figures.figures(judged))
                print(f"recorded in {figures.FLOORS.relative_to(ROOT)}")
            elif asked.json:
                _print_json(only(asked.half, judged), asked.half)
            else:
                _print(folder, only(asked.half, judged), asked.half)
    except LabelError as error:
        print(f"quality: {error}", file=sys.stderr)
        return 2
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="quality", description="How well the policies do on the labelled corpus.")
    parser.add_argument("--half", choices=("dev", "held-out"), default="", help="figures and misses of one half alone")
    parser.add_argument("--unseen", action="store_true", help="tests/unseen: mail on which nothing was tuned")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each figure and each miss")
    parser.add_argument("--shapes", action="store_true", help="which verdicts change in another MIME shape (a minute)")
    parser.add_argument("--floors", action="store_true", help="record the figures as those that must not drop")
    parser.add_argument("--processes", type=int, default=0, help="default: as many as there are processors")
    return parser


def _print(folder: Path, judged: Sequence[Judged], half: str) -> None:
    name = folder.relative_to(ROOT)
    print(f"{name}{f', {half} half' if half else ''}: {len(judged)} mails\n")
    print(figures.table(figures.figures(judged)))
    print(f"\n{figures.in_good_mail(judged)}\n")
    for miss in figures.misses(judged):
        print(figures.told(miss))
    if not half and folder == CORPUS and figures.FLOORS.exists():
        for dropped in figures.below(figures.figures(judged), figures.floors()):
            print(f"below the floor: {dropped}")
    print()


def _print_json(judged: Sequence[Judged], half: str) -> None:
    lines = [figures.for_scripts(figure, half) for figure in figures.figures(judged)]
    lines += [figures.miss_for_scripts(miss) for miss in figures.misses(judged)]
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))


def _print_changes(half: str) -> None:
    changes = [change for change in all_changes(labelled()) if not half or half_of(change.name) == half]
    for change in changes:
        reasons = [line.reason for line in known() if line.covers(change.name, change.wrapping)]
        print(f"{change}{f'  known: {reasons[0]}' if reasons else ''}")
    print(f"{len(changes)} verdicts change")


if __name__ == "__main__":
    sys.exit(main())
