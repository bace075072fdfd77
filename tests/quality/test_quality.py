"""The figures on the labelled corpus do not drop."""

from dataclasses import replace
from pathlib import Path

import pytest

from figures import LANGUAGES, below, figures, floors, record
from labelled import CORE_FOUR, CORPUS, LABELS, PRIVATE, Judged, LabelError, half_of, judge_all, labelled

FOLDERS = {
    "password": "plaintext-password",
    "attachment": "attachment-only",
    "dump": "uppercase-dump",
    "greeting": "missing-greeting",
}


@pytest.fixture(scope="module")
def judged() -> tuple[Judged, ...]:
    return judge_all(labelled(), processes=1)


def test_no_figure_drops(judged: tuple[Judged, ...]) -> None:
    """`make quality` tells which mails; `make quality-floors` records other figures, if that is what you want."""
    assert not below(figures(judged), floors())


def test_every_check_lived_through_every_mail(judged: tuple[Judged, ...]) -> None:
    assert not [one.name for one in judged if "could-not-inspect" in one.found]


@pytest.mark.parametrize("policy", CORE_FOUR)
def test_one_hit_less_is_a_drop(judged: tuple[Judged, ...], tmp_path: Path, policy: str) -> None:
    record(figures(judged), tmp_path / "floors.json")
    recorded = floors(tmp_path / "floors.json")
    lost = next(number for number, one in enumerate(judged) if policy in one.expected & one.found)
    worse = list(judged)
    worse[lost] = replace(judged[lost], found=judged[lost].found - {policy})
    dropped = {text.partition(", was")[0].rpartition(" ")[0] for text in below(figures(worse), recorded)}
    assert not below(figures(judged), recorded)
    assert dropped >= {f"{policy} {judged[lost].language}: recall", f"{policy} all: recall"}


@pytest.mark.parametrize("policy", CORE_FOUR)
def test_one_finding_more_in_a_good_mail_is_a_drop(judged: tuple[Judged, ...], tmp_path: Path, policy: str) -> None:
    record(figures(judged), tmp_path / "floors.json")
    good = next(number for number, one in enumerate(judged) if not one.expected | one.found)
    worse = list(judged)
    worse[good] = replace(judged[good], found=frozenset({policy}))
    dropped = below(figures(worse), floors(tmp_path / "floors.json"))
    assert any(text.startswith(f"{policy} all: precision") for text in dropped)


def test_the_labels_name_every_mail_once() -> None:
    there = {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.eml") if PRIVATE not in path.parents}
    named = [mail.name for mail in labelled()]
    assert sorted(named) == sorted(there)


def test_every_policy_has_hits_and_as_many_mails_that_are_close_to_one() -> None:
    mails = labelled()
    assert {mail.language for mail in mails} == set(LANGUAGES)
    for folder, policy in FOLDERS.items():
        here = [mail for mail in mails if mail.name.startswith(f"{folder}/")]
        hits = sum(policy in mail.expected for mail in here)
        assert len(here) >= 100
        assert len(here) - hits >= hits


@pytest.mark.parametrize("policy", CORE_FOUR)
def test_both_halves_have_hits_and_good_mails_in_the_first_languages(policy: str) -> None:
    found = {(mail.half, mail.language) for mail in labelled() if policy in mail.expected}
    assert found >= {(half, language) for half in ("dev", "held-out") for language in ("fi", "sv", "en")}


def test_a_mailbox_of_ones_own_has_one_label_for_all_its_mails(tmp_path: Path) -> None:
    (tmp_path / "sent.mbox").write_text("From a Mon Nov  2 08:00:00 2026\nSubject: a\n\nHei!\n\n" * 3)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.eml").write_bytes(b"Subject: b\n\nHei!\n")
    rows = ("file\tlanguage\texpected\tshape", "sent.mbox\t-\t-\tordinary", "folder\tfi\tmissing-greeting\tplain")
    (tmp_path / LABELS).write_text("".join(f"{row}\n" for row in rows))
    mails = labelled(tmp_path)
    assert [mail.name for mail in mails] == ["sent.mbox", "sent.mbox#2", "sent.mbox#3", "folder/b.eml"]
    assert [mail.octets[:10] for mail in mails] == [b"Subject: a"] * 3 + [b"Subject: b"]
    assert [sorted(mail.expected) for mail in mails] == [[], [], [], ["missing-greeting"]]


def test_the_half_of_a_mail_is_a_matter_of_its_name() -> None:
    """Mails keep their half when others come, so what was tuned on one half stays measured on the other."""
    assert {half_of("password/fi-001.eml"), half_of("password/fi-002.eml"), half_of("password/fi-003.eml")} == {
        "dev",
        "held-out",
    }
    assert half_of("password/fi-001.eml") == half_of("password/fi-001.eml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a.eml\tfi\t-", ":2: 3 cells where 4 are wanted"),
        ("a.eml\tfi\tpassword\tplain", ":2: no label is called password"),
        ("b.eml\tfi\t-\tplain", ":2: there is no b.eml"),
    ],
)
def test_a_wrong_label_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\nHei!\n")
    (tmp_path / LABELS).write_text(f"file\tlanguage\texpected\tshape\n{line}\n")
    with pytest.raises(LabelError, match=said):
        labelled(tmp_path)
