"""`saate holds` asks who types: people of the configuration, their roles, and a trace of what they tried."""

from pathlib import Path

import pytest

from commands import Typed, saate
from gateway.verdict import ReleaseBy
from kept import Kept

FIRST, SECOND = "aaaabbbbcccc2222", "mmmmbbbbdddd3333"
PEOPLE = [
    {"mailbox": "aino@example.com", "role": "agent", "logins": ["aino"]},
    {"mailbox": "risto@example.com", "role": "reviewer", "logins": ["risto"]},
    {"mailbox": "maija@example.com", "role": "admin", "logins": ["maija"]},
]


@pytest.fixture
def house(tmp_path: Path) -> Kept:
    kept = Kept(tmp_path)
    kept.say(people=PEOPLE)
    return kept


def typed(kept: Kept, login: str, *words: str) -> Typed:
    """Behind sudo, as these tests run as root."""
    return saate(*words, "--config", kept.config, SUDO_USER=login)


def denied(kept: Kept) -> list[tuple[str, str]]:
    rows = saate("log", "tail", "--json", "--config", kept.config).json
    return [(row["actor"], row["facts"]["action"]) for row in rows if row["type"] == "denied"]


async def test_who_is_not_among_the_people_may_do_nothing_and_is_logged(house: Kept) -> None:
    await house.hold(FIRST)
    for words in (("holds", "list"), ("holds", "show", FIRST), ("holds", "discard", FIRST, "--reason", "no")):
        done = typed(house, "stranger", *words)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("saate: people: names nobody with the login stranger;")
        assert done.err.count("\n") == 1
    assert denied(house) == [("stranger", "show"), ("stranger", "show"), ("stranger", "discard")]


async def test_an_agent_sees_her_own_and_an_error_for_what_is_not_hers(house: Kept) -> None:
    await house.hold(FIRST)
    await house.hold(SECOND, agent="risto@example.com")
    assert [one["id"] for one in typed(house, "aino", "holds", "list", "--json").json] == [FIRST]
    done = typed(house, "aino", "holds", "show", SECOND, "--octets")
    assert (done.code, done.octets) == (2, b"")
    assert "is not your reply" in done.err
    assert typed(house, "aino", "holds", "list", "--agent", "risto@*").code == 2
    assert denied(house) == [("aino", "show")]


async def test_what_needs_a_reviewer_is_asked_for_and_released_by_another_one(house: Kept) -> None:
    await house.hold(FIRST, release_by=ReleaseBy.REVIEWER)
    refused = typed(house, "aino", "holds", "release", FIRST, "--reason", "she knows it")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert f"saate holds ask {FIRST}" in refused.err
    asked = typed(house, "aino", "holds", "ask", FIRST, "--reason", "she knows it")
    assert (asked.code, asked.err) == (0, "")
    assert "asked risto@example.com to release it" in asked.out
    (entry,) = saate("log", "tail", "-n", "1", "--json", "--config", house.config).json
    assert (entry["type"], entry["actor"], entry["about"]["to"]) == ("asked", "aino", ["risto@example.com"])
    assert typed(house, "risto", "holds", "release", FIRST, "--reason", "true").code == 0


async def test_what_is_gone_is_said_before_what_one_may_not(house: Kept) -> None:
    await house.hold(FIRST, release_by=ReleaseBy.REVIEWER)
    typed(house, "risto", "holds", "release", FIRST, "--reason", "true")
    done = typed(house, "aino", "holds", "release", FIRST, "--reason", "mine")
    assert done.err.startswith(f"saate: {FIRST} is released already by risto, at ")


async def test_show_says_what_who_asks_may_do(house: Kept) -> None:
    await house.hold(FIRST, release_by=ReleaseBy.REVIEWER)
    shown = typed(house, "aino", "holds", "show", FIRST, "--json").json[0]["you"]
    assert shown == {"name": "aino", "role": "agent", "may": ["show", "open", "fix", "ask", "discard"]}
    assert "needs a reviewer" in typed(house, "aino", "holds", "show", FIRST).out


@pytest.mark.parametrize("words", [("holds", "erase", "--person", "liisa@example.org", "--yes"), ("keys", "rotate")])
async def test_erasing_and_rotating_are_for_admins(house: Kept, words: tuple[str, ...]) -> None:
    await house.hold(FIRST)
    refused = typed(house, "risto", *words)
    assert (refused.code, refused.out) == (2, "")
    assert "is for admins" in refused.err
    typed(house, "maija", "holds", "discard", FIRST, "--reason", "no")
    assert typed(house, "maija", *words).code == 0


async def test_erasing_waits_for_what_is_held_and_needs_a_yes(house: Kept) -> None:
    await house.hold(FIRST)
    person = ("holds", "erase", "--person", "liisa@example.org")
    shown = typed(house, "maija", *person, "--dry-run", "--json").json
    assert [one["id"] for one in shown] == [FIRST]
    assert "discard what is held" in typed(house, "maija", *person, "--yes").err
    typed(house, "maija", "holds", "discard", FIRST, "--reason", "no")
    assert typed(house, "maija", *person).err == "saate: nothing was erased; say --yes to do it\n"
    assert typed(house, "maija", *person, "--yes").code == 0
    assert "liisa" not in saate("log", "tail", "--json", "--config", house.config).out
    assert typed(house, "maija", "holds", "show", FIRST, "--json").json[0]["recipients"] == []


async def test_a_new_key_seals_and_what_the_old_one_still_seals_is_said(house: Kept) -> None:
    await house.hold(FIRST)
    (old,) = typed(house, "maija", "keys", "list", "--json").json
    first, second = typed(house, "maija", "keys", "rotate", "--json").json
    assert (first["id"], first["seals"], first["needed"]) == (old["id"], False, 1)
    assert (second["seals"], second["needed"], second["is_there"]) == (True, 0, True)
    told = saate("doctor", "--json", "--config", house.config).json
    assert any(one["about"] == "key" and f"older key {old['id']}" in one["text"] for one in told)
