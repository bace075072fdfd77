"""`saate holds` on many: filters, reasons for each finding, and acting on all that fit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from commands import saate
from gateway.mail import Envelope, Recipient
from gateway.verdict import Disposition, Finding, PolicyStatus, Where
from kept import Kept
from terminal import at_terminal

IDS = [f"{letter * 4}bbbbcccc2222" for letter in "abcdef"]
NOW = datetime.now(UTC)
GREETING = Finding(
    "missing-greeting", "missing-greeting", PolicyStatus.ENFORCED, Disposition.HOLD, Where("1", 1, 1), "Tunnus"
)


async def filled(kept: Kept) -> None:
    """Six holds: a, b by Aino an hour and three days ago; c to somebody else; d of a ticket; e, f with two findings."""
    await kept.hold(IDS[0], held_at=NOW - timedelta(hours=1))
    await kept.hold(IDS[1], held_at=NOW - timedelta(days=3))
    other = Envelope("aino@example.com", (), (Recipient("pekka@example.net"),))
    await kept.hold(IDS[2], held_at=NOW - timedelta(minutes=5), envelope=other, agent="risto@example.com")
    password = (await kept.hold(IDS[3], held_at=NOW - timedelta(minutes=4), ticket="[Ticket#7]")).findings[0]
    for one in IDS[4:]:
        two = (replace(GREETING), password)
        await kept.hold(one, held_at=NOW - timedelta(minutes=3), findings=two, header_from="olli@example.com")


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (("--policy", "missing-*"), (4, 5)),
        (("--from", "olli@*"), (4, 5)),
        (("--agent", "risto@example.com"), (2,)),
        (("--to", "*@example.net"), (2,)),
        (("--ticket", "*#7*"), (3,)),
        (("--older", "2h"), (1,)),
        (("--older", "30min", "--newer", "1d"), (0,)),
        (("--where", "policy=missing-* from=olli@*"), (4, 5)),
        (("--where", "older=2h", "--to", "liisa@*"), (1,)),
        (("--where", "state=discarded,returned"), ()),
    ],
)
async def test_filters_choose(kept: Kept, words: tuple[str, ...], places: tuple[int, ...]) -> None:
    await filled(kept)
    listed = saate("holds", "list", "--json", *words, "--config", kept.config)
    assert (listed.err, {one["id"] for one in listed.json}) == ("", {IDS[place] for place in places})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--where", "policy=a colour=b"),
            "--where, word 2 (colour=b): there is no key 'colour'; there are policy, from",
        ),
        (("--where", "policy"), "--where, word 1 (policy): is no key=value"),
        (("--where", "older=soon"), "--where, word 1 (older=soon): 'soon' is no time; write it as 30min, 2h, 3d or 1w"),
        (("--where", "older=2h", "--older", "3h"), "older is said already, by --older"),
        (("--where", "state=lost"), "'lost' is no state; there are held,"),
        (("--where", "to='x"), "a quotation mark has no end"),
        (("--newer", "999999w"), "is longer ago than any clock"),
    ],
)
def test_a_filter_with_a_mistake_names_its_place(kept: Kept, words: tuple[str, ...], said: str) -> None:
    done = saate("holds", "list", *words, "--config", kept.config)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


async def test_each_finding_that_holds_needs_its_own_reason(kept: Kept) -> None:
    await filled(kept)
    one = IDS[4]
    refused = saate("holds", "release", one, "--reason", "fine", "--config", kept.config)
    assert refused.code == 2
    assert "needs a reason for each finding: 1 “" in refused.err
    assert ", 2 “" in refused.err
    half = saate("holds", "release", one, "--override", "2=she knows it", "--config", kept.config)
    assert "1 “" in half.err
    assert "2 “" not in half.err
    both = ("--override", "1=a chat", "--override", "plaintext-password=she knows it")
    assert saate("holds", "release", one, *both, "--config", kept.config).code == 0
    (shown,) = saate("holds", "show", one, "--json", "--config", kept.config).json
    assert [(each["finding"], each["reason"]) for each in shown["overrides"]] == [(1, "a chat"), (2, "she knows it")]
    unknown = saate("holds", "release", IDS[0], "--override", "1=x", "--override", "7=y", "--config", kept.config)
    assert "has no finding 7" in unknown.err


async def test_a_dry_run_counts_and_shows_and_does_nothing(kept: Kept) -> None:
    await filled(kept)
    words = ("--where", "policy=plaintext-password", "--reason", "told by telephone")
    (said,) = saate("holds", "release", *words, "--dry-run", "--json", "--config", kept.config).json
    assert (said["holds"], said["unreasoned"]) == (4, 2)
    assert said["agents"] == {"aino@example.com": 3, "risto@example.com": 1}
    shown = saate("holds", "release", *words, "--config", kept.config)
    assert (shown.code, shown.err) == (2, "saate: nothing was done; say --yes to do it to all of these\n")
    assert "4 replies would be released" in shown.out
    assert "2 replies left out: each finding needs its reason" in shown.out
    assert len(saate("holds", "list", "--json", "--config", kept.config).json) == 6


async def test_all_that_fit_are_moved_each_with_its_reasons(kept: Kept) -> None:
    await filled(kept)
    reasons = ("--override", "plaintext-password=told by telephone", "--override", "missing-greeting=a chat")
    done = saate("holds", "release", "--where", "newer=30min", *reasons, "--yes", "--config", kept.config)
    assert (done.code, done.err) == (0, "")
    assert "4 replies released" in done.out
    gone = saate(
        "holds", "discard", "--where", "newer=1w", "--reason", "old", "--yes", "--json", "--config", kept.config
    )
    assert {(one["id"], one["state"]) for one in gone.json} == {(IDS[0], "discarded"), (IDS[1], "discarded")}


async def test_an_agent_acts_on_her_own_alone(kept: Kept) -> None:
    kept.say(people=[{"mailbox": "risto@example.com", "role": "agent", "logins": ["risto"]}])
    await filled(kept)
    words = ("--where", "newer=1w", "--reason", "old", "--yes", "--json", "--config", kept.config)
    done = saate("holds", "discard", *words, SUDO_USER="risto")
    assert [one["id"] for one in done.json] == [IDS[2]]


@pytest.mark.parametrize("words", [(), ("aaaa", "--where", "older=1h"), ("--where", "state=discarded", "--yes")])
async def test_which_holds_is_said_in_one_way(kept: Kept, words: tuple[str, ...]) -> None:
    await filled(kept)
    done = saate("holds", "discard", *words, "--reason", "no", "--config", kept.config)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


async def test_at_a_terminal_it_is_shown_then_asked_and_no_is_no(kept: Kept) -> None:
    await filled(kept)
    words = ["holds", "discard", "--older", "30min", "--config", kept.config]
    code, said = at_terminal(words, [("Discard these 2?", "n")])
    assert (code, "Nothing was done." in said) == (0, True)
    code, said = at_terminal(words, [("Discard these 2?", "y"), ("Why:", "")])
    assert (code, "a reason is needed; nothing was done" in said) == (2, True)
    code, said = at_terminal(words, [("Discard these 2?", "y"), ("Why:", "too old")])
    assert (code, "2 replies discarded" in said) == (0, True)
