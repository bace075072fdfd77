"""`saate holds`: what a reviewer types, and what the log says of her afterwards."""

import os
import pwd

import pytest

from commands import saate
from gateway.mail import Envelope, Recipient
from kept import OCTETS, Kept

FIRST, SECOND, THIRD = "aaaabbbbcccc2222", "aaaabbbbdddd3333", "mmmm4444nnnn5555"
ME = pwd.getpwuid(os.getuid()).pw_name


async def test_held_replies_are_listed_with_the_fixed_keys(kept: Kept) -> None:
    await kept.hold(FIRST)
    await kept.hold(SECOND, envelope=Envelope("", (), (Recipient("a@example.org"), Recipient("b@example.org"))))
    first, second = saate("holds", "list", "--json", "--config", kept.config).json
    assert first == {
        "id": FIRST,
        "state": "held",
        "message_id": "1@example.com",
        "reverse_path": "aino@example.com",
        "recipients": ["liisa@example.org"],
        "policies": ["plaintext-password"],
        "held_at": "2026-11-02T08:00:00.000000Z",
    }
    assert (second["reverse_path"], second["recipients"]) == ("", ["a@example.org", "b@example.org"])


async def test_list_shows_what_is_held_and_other_states_when_asked(kept: Kept) -> None:
    for hold_id in (FIRST, SECOND, THIRD):
        await kept.hold(hold_id)
    saate("holds", "release", SECOND, "--reason", "she knows it already", "--config", kept.config)
    saate("holds", "discard", THIRD, "--reason", "sent by mistake", "--config", kept.config)

    def listed(*options: str) -> list[str]:
        return [hold["id"] for hold in saate("holds", "list", "--json", *options, "--config", kept.config).json]

    assert listed() == [FIRST]
    assert listed("--all") == [FIRST, SECOND, THIRD]
    assert listed("--state", "discarded", "--state", "released") == [SECOND, THIRD]
    assert listed("--all", "--limit", "2") == [FIRST, SECOND]


async def test_the_table_shows_ids_that_tell_the_holds_apart(kept: Kept) -> None:
    for hold_id in (FIRST, SECOND, THIRD):
        await kept.hold(hold_id)
    table = saate("holds", "list", "--limit", "2", "--config", kept.config).out
    assert "aaaabbbbc  " in table
    assert "aaaabbbbd  " in table
    assert "--limit 0 lists all" in table


@pytest.mark.parametrize(("verb", "state"), [("release", "released"), ("discard", "discarded")])
async def test_a_hold_is_moved_with_name_and_reason_which_the_log_keeps(kept: Kept, verb: str, state: str) -> None:
    await kept.hold(FIRST)
    done = saate("holds", verb, "AAAA", "--reason", "she asked", "--json", "--config", kept.config)
    assert (done.code, done.json[0]["id"], done.json[0]["state"]) == (0, FIRST, state)
    (entry,) = saate("log", "tail", "-n", "1", "--json", "--config", kept.config).json
    assert (entry["type"], entry["actor"], entry["about"]["reason"]) == (state, ME, "she asked")
    (shown,) = saate("holds", "show", FIRST, "--json", "--config", kept.config).json
    assert (shown["acted_by"], shown["reason"]) == (ME, "she asked")


async def test_behind_sudo_the_person_who_called_it_is_named(kept: Kept) -> None:
    await kept.hold(FIRST)
    saate("holds", "discard", FIRST, "--reason", "no", "--config", kept.config, SUDO_USER="maija", USER="somebody")
    (entry,) = saate("log", "tail", "-n", "1", "--json", "--config", kept.config).json
    assert entry["actor"] == ("maija" if os.getuid() == 0 else ME)


async def test_without_a_terminal_a_missing_reason_is_said_and_nothing_is_done(kept: Kept) -> None:
    await kept.hold(FIRST)
    for reason in ((), ("--reason", "  ")):
        done = saate("holds", "release", FIRST, *reason, "--config", kept.config)
        assert (done.code, done.out, done.err) == (2, "", "saate: a reason is needed; say it with --reason\n")
    assert [hold["id"] for hold in saate("holds", "list", "--json", "--config", kept.config).json] == [FIRST]


async def test_what_cannot_be_done_is_said_for_each_and_the_others_are_done(kept: Kept) -> None:
    for hold_id in (FIRST, SECOND, THIRD):
        await kept.hold(hold_id)
    done = saate("holds", "release", "aaaa", "zzzz", "mmmm", "mmmm", "--reason", "fine", "--config", kept.config)
    ambiguous, unknown, gone = done.err.removesuffix("\n").split("\n")
    assert done.code == 2
    assert done.out.startswith(f"{THIRD} released")
    assert ambiguous == f"saate: 'aaaa' may be {FIRST}, {SECOND}; type more of the one that you mean"
    assert unknown.startswith("saate: no hold begins with 'zzzz'")
    assert gone.startswith(f"saate: {THIRD} is released already by {ME}, at ")


async def test_what_a_mail_says_cannot_steer_the_terminal(kept: Kept) -> None:
    await kept.hold(FIRST, subject="\x1b]0;owned\x07 \u202ered\x9b31m", header_from="a\udcff@example.com")
    shown = saate("holds", "show", FIRST, "--config", kept.config)
    assert shown.code == 0
    assert not set(shown.out) & {"\x1b", "\x07", "\u202e", "\x9b"}


async def test_the_mail_itself_comes_as_it_was_into_a_pipe_and_nowhere_else(kept: Kept) -> None:
    await kept.hold(FIRST)
    assert saate("holds", "show", FIRST, "--octets", "--config", kept.config).octets == OCTETS
    for options in ((), ("--json",)):
        assert "Kuura88" not in saate("holds", "show", FIRST, *options, "--config", kept.config).out


def test_a_store_that_is_not_there_is_one_line(kept: Kept) -> None:
    kept.config.write_text("store: sqlite:///nowhere/saate.db\n")
    done = saate("holds", "list", "--config", kept.config)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("saate: the store ")
    assert done.err.count("\n") == 1
