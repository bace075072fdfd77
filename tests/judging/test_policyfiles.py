"""Policy files: what a person wrote becomes the set in force, or one line that says what is wrong and where."""

import json
import os
import pickle
from pathlib import Path

import pytest

from gateway.policy import PolicySet
from gateway.policyfiles import BUILTIN, cases, load, schema
from gateway.verdict import Disposition, PolicyStatus, ReleaseBy
from gateway.yamltext import YamlError
from judging import builtin, found, judged, mail

OWN = """\
id: own-names
title: A word of ours
why: Because.
check: plaintext-password
disposition: annotate
advice: {en: Take it out.}
"""
SIX = {
    "attachment-only",
    "could-not-inspect",
    "encrypted",
    "missing-greeting",
    "plaintext-password",
    "uppercase-dump",
}


def loaded(folder: Path, *files: tuple[str, str], sources: tuple[str, ...] = (BUILTIN, "own")) -> PolicySet:
    for name, text in files:
        path = folder / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(sources, folder)


def mistake(folder: Path, *files: tuple[str, str]) -> str:
    with pytest.raises(YamlError) as raised:
        loaded(folder, *files)
    text = str(raised.value)
    assert "\n" not in text
    return text.removeprefix(str(folder) + os.sep)


def test_the_builtin_set_has_the_six_with_advice_in_three_languages() -> None:
    policies = builtin()
    assert {policy.id for policy in policies.policies} == SIX
    for policy in policies.policies:
        assert {"en", "fi", "sv"} <= set(policy.advice), policy.id
        assert policy.check == policy.id
    assert policies["encrypted"].status is PolicyStatus.TRIAL
    assert policies["missing-greeting"].disposition is Disposition.ANNOTATE
    assert policies["plaintext-password"].release_by is ReleaseBy.REVIEWER


def test_a_policy_of_ones_own_joins_them(tmp_path: Path) -> None:
    policies = loaded(tmp_path, ("own.yaml", OWN))
    assert {policy.id for policy in policies.policies} == SIX | {"own-names"}
    assert policies["own-names"].status is PolicyStatus.ENFORCED


def test_a_later_directory_replaces_only_the_keys_it_gives(tmp_path: Path) -> None:
    policies = loaded(tmp_path, ("greeting.yaml", "id: missing-greeting\ndisposition: hold\n"))
    changed, before = policies["missing-greeting"], builtin()["missing-greeting"]
    assert changed.disposition is Disposition.HOLD
    assert (changed.title, changed.why, changed.advice) == (before.title, before.why, before.advice)


def test_a_key_that_is_given_is_replaced_as_a_whole(tmp_path: Path) -> None:
    text = "id: plaintext-password\nadvice: {en: Take it out.}\nparams: {ignore: [kahvi]}\n"
    policies = loaded(tmp_path, ("password.yaml", text))
    assert policies["plaintext-password"].advice == {"en": "Take it out."}
    assert not found(judged(mail("Hello,\n\nthe guest network's password is kahvi.\n"), policies))


def test_directories_are_relative_to_the_base_and_builtin_is_no_must(tmp_path: Path) -> None:
    policies = loaded(tmp_path, ("own.yaml", OWN), sources=("own",))
    assert [policy.id for policy in policies.policies] == ["own-names"]
    assert policies.resources.words("password.labels"), "word lists are always there"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OWN + "colour: red\n", "own/own.yaml:7: colour: unknown key"),
        (OWN + "params: {loud: true}\n", "own/own.yaml:7: params.loud: unknown key"),
        (OWN + "applies_to: {recipient: ['*']}\n", "own/own.yaml:7: applies_to.recipient: unknown key"),
        (OWN + 'applies_to:\n  header:\n    subject: "(?=x)"\n', "own/own.yaml:9: applies_to.header.subject: RE2"),
        (
            OWN.replace("plaintext-password", "plain-password"),
            "own/own.yaml:4: check: there is no check 'plain-password'",
        ),
        (OWN.replace("annotate", "shred"), "own/own.yaml:5: disposition: "),
        (OWN + "status: maybe\n", "own/own.yaml:7: status: "),
        (OWN + "release_by: nobody\n", "own/own.yaml:7: release_by: "),
        (OWN.replace("why: Because.\n", ""), "own/own.yaml:1: why: missing; add it"),
        (OWN.replace("id: own-names\n", ""), "own/own.yaml:1: id: missing; add it"),
        (OWN.replace("own-names", "Own Names"), "own/own.yaml:1: id: "),
        (OWN + "title: Twice\n", "own/own.yaml:7: title: given twice"),
        ("id: [\n", "own/own.yaml:2: not YAML"),
        ("- id\n", "own/own.yaml:1: a file here is a list of `key: value` lines"),
        ("", "own/own.yaml:1: a file here is a list of `key: value` lines"),
    ],
)
def test_a_mistake_is_one_line_with_file_line_and_key(tmp_path: Path, text: str, says: str) -> None:
    assert mistake(tmp_path, ("own.yaml", text)).startswith(says)


def test_the_line_of_a_merged_key_is_that_of_the_file_that_gave_it(tmp_path: Path) -> None:
    text = "id: uppercase-dump\nstatus: trial\nparams:\n  min_lines: 1\n"
    assert mistake(tmp_path, ("dump.yaml", text)).startswith("own/dump.yaml:4: params.min_lines: ")


def test_an_id_stands_in_one_file_of_a_directory(tmp_path: Path) -> None:
    assert "own-names stands in" in mistake(tmp_path, ("a.yaml", OWN), ("b.yaml", OWN))


def test_a_directory_that_is_not_there_and_a_file_that_is_no_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(YamlError, match="no such directory"):
        load(["nowhere"], tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "latin.yaml").write_bytes("title: äö".encode("latin-1"))
    assert "not UTF-8 (at octet 7)" in mistake(tmp_path)


def test_hidden_files_and_other_files_are_no_policies(tmp_path: Path) -> None:
    policies = loaded(tmp_path, (".own.yaml", "x: [\n"), ("notes.txt", "x"), ("own.yaml~", "x"), (".#own.yaml", "["))
    assert {policy.id for policy in policies.policies} == SIX


def test_a_list_of_words_replaces_the_builtin_one_of_its_language(tmp_path: Path) -> None:
    policies = loaded(tmp_path, ("lexicon/en.yaml", "password:\n  labels: [abracadabra]\n"))
    assert found(judged(mail("Hello,\n\nthe abracadabra is Kuura-41.\n"), policies)) == {"plaintext-password"}
    english = next(one for one in policies.resources.lexicons if one.language == "en")
    assert english.words("password.labels") == ("abracadabra",)
    assert english.words("password.links"), "the other lists stay"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("password:\n  lables: [x]\n", "own/lexicon/en.yaml:2: password.lables: no such list"),
        ("password:\n  labels: [x, 1]\n", "own/lexicon/en.yaml:2: password.labels: a list of words is wanted"),
        ("greetings: hello\n", "own/lexicon/en.yaml:1: greetings: a list of words is wanted"),
    ],
)
def test_a_mistake_in_a_word_list_is_said_too(tmp_path: Path, text: str, says: str) -> None:
    assert mistake(tmp_path, ("lexicon/en.yaml", text)).startswith(says)


def test_the_digest_is_of_what_is_in_force_and_not_of_how_it_is_written(tmp_path: Path) -> None:
    first = loaded(tmp_path, ("own.yaml", OWN)).digest
    assert loaded(tmp_path, ("own.yaml", "# a remark\n" + OWN)).digest == first
    assert loaded(tmp_path, ("own.yaml", OWN + "status: trial\n")).digest != first
    assert loaded(tmp_path, ("own.yaml", OWN), ("lexicon/en.yaml", "password: {pins: [pin]}\n")).digest != first
    assert builtin().digest == load([BUILTIN], Path()).digest == builtin().resources.digest


def test_the_schema_is_json_and_knows_each_check_s_parameters() -> None:
    value = json.loads(json.dumps(schema()))
    assert set(value["properties"]["check"]["enum"]) == SIX
    branches = {branch["if"]["properties"]["check"]["const"]: branch["then"] for branch in value["allOf"]}
    assert "min_lines" in branches["uppercase-dump"]["properties"]["params"]["properties"]
    assert "ignore" in branches["plaintext-password"]["properties"]["params"]["properties"]
    assert value["additionalProperties"] is False


def test_cases_are_told_with_policy_kind_and_name(tmp_path: Path) -> None:
    case = tmp_path / "own" / "cases" / "own-names"
    case.mkdir(parents=True)
    (tmp_path / "own" / "own.yaml").write_text(OWN, encoding="utf-8")
    (case / "finds-a.eml").write_bytes(b"From: a@example.com\n\nx\n")
    (case / "README").write_text("not a case", encoding="utf-8")
    assert list(cases(["own"], tmp_path)) == [("own-names", "finds", "finds-a.eml", b"From: a@example.com\n\nx\n")]
    (case / "nothing.eml").write_bytes(b"")
    with pytest.raises(YamlError, match="begins with finds-, ok- or todo-"):
        list(cases(["own"], tmp_path))


def test_a_folder_of_cases_without_a_policy_is_said(tmp_path: Path) -> None:
    (tmp_path / "own" / "cases" / "own-name").mkdir(parents=True)
    (tmp_path / "own" / "own.yaml").write_text(OWN, encoding="utf-8")
    with pytest.raises(YamlError, match="no policy has this id"):
        list(cases(["own"], tmp_path))


def test_the_set_crosses_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(builtin()))
    assert again.digest == builtin().digest
    assert {policy.id for policy in again.policies} == SIX
