"""`saate policies`: the set in force, its cases, and one of our own beside it."""

from pathlib import Path

import pytest

from commands import saate

OURS = """\
id: shouting
title: The reply shouts
why: Nobody likes to be shouted at.
check: uppercase-dump
disposition: annotate
advice: {en: Write as you would speak.}
"""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    (tmp_path / "shouting.yaml").write_text(OURS)
    return tmp_path


def test_list_names_the_builtin_policies() -> None:
    told = {one["id"]: one for one in saate("policies", "list", "--json").json}
    core = {"plaintext-password", "attachment-only", "uppercase-dump", "missing-greeting"}
    assert core | {"encrypted", "could-not-inspect"} <= set(told)
    assert told["missing-greeting"]["disposition"] == "annotate"
    assert told["encrypted"]["status"] == "trial"
    assert set(told["encrypted"]) == {"id", "title", "status", "check", "disposition", "release_by", "file"}
    assert all(policy in saate("policies", "list").out for policy in core)


def test_a_folder_is_listed_beside_builtin(ours: Path) -> None:
    assert {"shouting", "plaintext-password"} <= {one["id"] for one in saate("policies", "list", "--json", ours).json}


def test_explain_tells_all_of_one_policy() -> None:
    told = saate("policies", "explain", "plaintext-password").out
    for words in ("A password is written out", "disposition", "hold", "what an agent may do", "cases"):
        assert words in told


def test_an_unknown_id_is_told_the_known_ones() -> None:
    done = saate("policies", "explain", "plaintext")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("saate: there is no policy 'plaintext'; there are attachment-only, ")


def test_every_case_of_ours_is_as_its_name_says() -> None:
    done = saate("policies", "test", "--json")
    wrong = [f"{one['policy']}/{one['file']}" for one in done.json if one["kind"] != "todo" and not one["right"]]
    assert (wrong, done.code) == ([], 0)
    kinds = {(one["policy"], one["kind"]) for one in done.json}
    listed = {one["id"] for one in saate("policies", "list", "--json").json}
    assert {(policy, kind) for policy in listed for kind in ("finds", "ok")} <= kinds


def test_a_case_that_is_wrong_is_named_with_exit_1(ours: Path) -> None:
    folder = ours / "cases" / "shouting"
    folder.mkdir(parents=True)
    (folder / "finds-nothing.eml").write_bytes(
        b"From: a@example.com\r\nSubject: x\r\n\r\nDear Liisa,\r\nall is well.\r\n"
    )
    done = saate("policies", "test", ours)
    assert done.code == 1
    assert "shouting/finds-nothing.eml: nothing was found" in done.out


def test_a_policy_without_cases_gets_a_note(ours: Path) -> None:
    assert "shouting: wants a finds- and an ok- case" in saate("policies", "test", ours).out


def test_a_mistake_in_a_policy_has_file_and_line(ours: Path) -> None:
    (ours / "shouting.yaml").write_text(OURS + "dispositon: hold\n")
    done = saate("policies", "list", ours)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"saate: {ours}/shouting.yaml:7: dispositon: unknown key; did you mean disposition?\n"


def test_the_schema_is_json_and_knows_every_check() -> None:
    (schema,) = saate("policies", "schema").json
    assert "plaintext-password" in schema["properties"]["check"]["enum"]
