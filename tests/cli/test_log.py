"""`saate log`: what stands in the policy log, and whether it is as it was written."""

import sqlite3

from commands import saate
from kept import Kept

HOLD = "aaaabbbbcccc2222"


async def test_tail_shows_the_newest_entries_in_order(kept: Kept) -> None:
    await kept.hold(HOLD)
    saate("holds", "discard", HOLD, "--reason", "wrong customer", "--config", kept.config)
    entries = saate("log", "tail", "-n", "2", "--json", "--config", kept.config).json
    assert [(entry["seq"], entry["type"], entry["mail_id"]) for entry in entries] == [
        (2, "disposed", HOLD),
        (3, "discarded", HOLD),
    ]
    assert {"hash", "at", "actor", "node", "facts", "personal", "about"} <= set(entries[0])
    table = saate("log", "tail", "--config", kept.config).out
    assert [line.split()[3] for line in table.removesuffix("\n").split("\n")[1:]] == ["judged", "disposed", "discarded"]
    assert "wrong customer" in table


def test_an_empty_log_is_empty_and_whole(kept: Kept) -> None:
    assert saate("log", "tail", "--config", kept.config).out == "The policy log is empty.\n"
    assert saate("log", "tail", "--json", "--config", kept.config).out == ""
    assert saate("log", "verify", "--config", kept.config).code == 0


async def test_verify_says_whole_and_the_head(kept: Kept) -> None:
    await kept.hold(HOLD)
    (last,) = saate("log", "tail", "-n", "1", "--json", "--config", kept.config).json
    done = saate("log", "verify", "--json", "--config", kept.config)
    assert done.code == 0
    assert done.json == [
        {"whole": True, "entries": 2, "head": last["hash"], "erased": 0, "bad": None, "undisposed": []}
    ]


async def test_verify_names_the_entry_that_was_changed(kept: Kept) -> None:
    await kept.hold(HOLD)
    with sqlite3.connect(kept.url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE log SET octets = CAST(replace(octets, 'held', 'gone') AS BLOB) WHERE seq = 2")
    connection.close()
    done = saate("log", "verify", "--config", kept.config)
    assert done.code == 1
    assert done.out.startswith("changed at entry 2: ")
    (told,) = saate("log", "verify", "--json", "--config", kept.config).json
    assert (told["whole"], told["entries"], told["bad"]["seq"]) == (False, 1, 2)
