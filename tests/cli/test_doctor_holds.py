"""`saate doctor` around held replies: who may act, who was told, whether time moves on, notes in tickets."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands import saate
from gateway.app.start import with_proven_notes
from gateway.cli.maildrop import Maildrop
from gateway.cli.settings import load
from gateway.entry import Entry, EntryType
from gateway.store import Store
from kept import Kept
from terminal import at_terminal

ID = "k3v7aaaabbbbcccc"
TICKET = "[Ticket#2026110210000017]"
NOTES = {"to": "ticket", "helpdesk": "zammad", "ticket_address": "desk@example.com"}


def told(kept: Kept, about: str) -> list[dict[str, Any]]:
    return [one for one in saate("doctor", "--json", "--config", kept.config).json if one["about"] == about]


def test_a_calendar_of_nowhere_is_trouble(kept: Kept) -> None:
    assert told(kept, "calendar")[0]["result"] == "ok"
    kept.say(calendar={"country": "XX"})
    (said,) = told(kept, "calendar")
    assert (said["result"], said["mend"]) == ("trouble", "correct calendar.country or calendar.subdivision")


def test_people_without_a_reviewer_or_without_a_login_are_trouble(kept: Kept) -> None:
    assert "whoever may use the store is an admin" in told(kept, "people")[0]["text"]
    kept.say(people=[{"mailbox": "aino@example.com"}])
    texts = [one["text"] for one in told(kept, "people") if one["result"] == "trouble"]
    assert texts[0] == "nobody has a login, so nobody may use `saate holds` here"
    assert "there is no reviewer, and what " in texts[1]
    kept.say(people=[{"mailbox": "aino@example.com", "role": "reviewer", "logins": ["root"]}])
    assert [one["result"] for one in told(kept, "people")] == ["ok"]


@pytest.mark.parametrize(("hours", "result"), [(2, "trouble"), (0, "ok")])
async def test_a_clock_that_nobody_looks_at_is_trouble(kept: Kept, hours: int, result: str) -> None:
    await kept.hold(ID, clock_at=datetime.now(UTC) - timedelta(hours=hours))
    assert told(kept, "holds")[-1]["result"] == result


@pytest.mark.parametrize(("hours", "result"), [(1, "trouble"), (30, "ok")])
def test_notices_that_were_refused_lately_are_trouble(kept: Kept, hours: int, result: str) -> None:
    at = datetime.now(UTC) - timedelta(hours=hours)
    refused = Entry(EntryType.NOTICED, at, ID, facts={"outcome": "given-up"}, personal={"answer": "550 5.1.1 no"})
    store = Store(kept.url)
    store.write(lambda transaction: transaction.append(refused))
    store.close()
    (said,) = told(kept, "notices")
    assert said["result"] == result
    assert ("550 5.1.1 no" in said["text"]) is (result == "trouble")


def test_a_ticket_is_told_only_where_a_note_was_seen_to_be_internal(kept: Kept, tmp_path: Path) -> None:
    with Maildrop(tmp_path / "drop") as drop:
        kept.say(notices=NOTES, next_hop=f"127.0.0.1:{drop.port}")
        assert "agents are told instead" in told(kept, "ticket notes")[0]["text"]
        assert with_proven_notes(load(str(kept.config))).notices.to == "agent"

        def code(_: str) -> str:
            found = re.search(r"The code to type is (\w+)\.", drop.mails()[-1].decode())
            assert found
            return found[1]

        words = ["doctor", "--send-test", "--ticket", TICKET, "--config", kept.config]
        ended, _ = at_terminal(words, [("The code in the note", code), ("internal note", "y")])
        assert ended == 0
        note = drop.mails()[-1]
    assert b"X-Zammad-Article-Internal: true" in note
    assert TICKET.encode() in note
    assert told(kept, "ticket notes")[0]["result"] == "ok"
    assert with_proven_notes(load(str(kept.config))).notices.to == "ticket"
    kept.say(notices=NOTES | {"ticket_address": "other@example.com"})
    assert with_proven_notes(load(str(kept.config))).notices.to == "agent"


def test_a_wrong_code_or_a_note_that_customers_see_takes_the_proof_back(kept: Kept, tmp_path: Path) -> None:
    with Maildrop(tmp_path / "drop") as drop:
        kept.say(notices=NOTES, next_hop=f"127.0.0.1:{drop.port}")
        store = Store(kept.url)
        store.note_proven("zammad", "desk@example.com", datetime.now(UTC))
        store.close()
        words = ["doctor", "--send-test", "--config", kept.config]
        ended, said = at_terminal(words, [("A ticket for tests", TICKET), ("The code in the note", "nothing")])
    assert (ended, "That is not the code" in said) == (1, True)
    assert with_proven_notes(load(str(kept.config))).notices.to == "agent"


def test_a_test_note_needs_a_terminal_and_a_helpdesk(kept: Kept) -> None:
    assert "set notices.ticket_address" in saate("doctor", "--send-test", "--config", kept.config).err
    kept.say(notices=NOTES)
    done = saate("doctor", "--send-test", "--config", kept.config)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "run it at a terminal" in done.err
