"""The policy log as it is written: one chain, octets that are final, groups in one commit."""

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from gateway.entry import Entry, EntryType
from gateway.store import Store
from storing import NOON, OK, Place, after, digest, disposed, judged


async def test_a_judged_entry_is_in_the_log_when_the_call_returns(store: Store, another: Callable[..., Store]) -> None:
    assert await store.judged(judged("aaaa2222"), digest("a")) is None
    [row] = another("gw2").log_rows()
    assert (row.seq, row.type, row.mail_id) == (1, "judged", "aaaa2222")
    assert row.entry["node"] == "gw1"
    assert row.entry["facts"]["language"] == "fi"
    assert row.about == {"subject": "Kiitos viestistäsi", "to": ["l@example.org"]}


async def test_an_entry_has_exactly_the_form_that_the_docs_promise(store: Store) -> None:
    half_past = datetime(2026, 11, 2, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    entry = Entry(
        EntryType.RELEASED, half_past, "aaaa2222", "maija", {"ö": [1, True], "a": "\udce4\x00"}, {"reason": "ok"}
    )
    await store.append(entry, Entry(EntryType.STARTED, half_past))
    first, second = store.log_rows()
    assert first.salt is not None
    assert first.personal == b'{"reason":"ok"}'
    inner = hashlib.sha256(b"saate personal part 1\n" + first.salt + first.personal).hexdigest()
    assert first.octets.decode() == (
        r'{"actor":"maija","at":"2026-11-02T12:30:00.000000Z","facts":{"a":"\udce4\u0000","ö":[1,true]},'
        f'"mail_id":"aaaa2222","node":"gw1","personal":"{inner}","type":"released"}}'
    )
    assert (second.personal, second.salt, second.entry["personal"]) == (None, None, "")


async def test_a_stranger_can_follow_the_chain_with_a_few_lines(store: Store) -> None:
    for number in range(5):
        await store.judged(judged(f"aaaa222{number + 2}"), digest(str(number)))
    previous = bytes(32)
    for seq, row in enumerate(store.log_rows(), 1):
        previous = hashlib.sha256(b"saate policy log 1\n" + seq.to_bytes(8, "big") + previous + row.octets).digest()
        assert row.seq == seq
        assert row.hash == previous
    assert store.verify().head == previous.hex()


async def test_salts_are_32_octets_and_never_come_twice(store: Store, another: Callable[..., Store]) -> None:
    other = another("gw2")
    await asyncio.gather(*(it.append(judged(f"aaaa{n}")) for n in range(100) for it in (store, other)))
    salts = [row.salt for row in store.log_rows()]
    assert len(set(salts)) == 200
    assert {len(salt or b"") for salt in salts} == {32}


async def test_many_at_once_share_few_commits_and_keep_one_chain(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = 0
    commit = store._writer._commit

    def counted(jobs: Any) -> Any:
        nonlocal commits
        commits += 1
        return commit(jobs)

    monkeypatch.setattr(store._writer, "_commit", counted)
    await asyncio.gather(*(store.judged(judged(f"m{n}"), digest(str(n))) for n in range(1500)))
    assert commits < 150
    result = store.verify()
    assert (result.entries, result.bad) == (1500, None)


async def test_a_disposed_entry_goes_with_the_next_commit(store: Store) -> None:
    ended = store.disposed(disposed("aaaa2222"))
    await store.judged(judged("bbbb2222"), digest("b"))
    assert [row.type for row in store.log_rows()] == ["disposed", "judged"]
    assert ended.done()


async def test_a_disposed_entry_does_not_wait_for_others_for_ever(store: Store) -> None:
    await store.disposed(disposed("aaaa2222"))
    assert [row.mail_id for row in store.log_rows()] == ["aaaa2222"]


async def test_closing_writes_what_still_waits(another: Callable[..., Store]) -> None:
    store = another()
    ended = store.disposed(disposed("aaaa2222"))
    store.close()
    await ended
    assert [row.mail_id for row in another().log_rows()] == ["aaaa2222"]


async def test_an_entry_that_is_no_json_fails_alone(store: Store) -> None:
    with pytest.raises(ValueError, match="JSON"):
        await store.judged(Entry(EntryType.JUDGED, NOON, "aaaa2222", facts={"a": float("nan")}), digest("a"))
    with pytest.raises(TypeError):
        await store.append(Entry(EntryType.STARTED, NOON, facts={"a": object()}))
    await store.judged(judged("bbbb2222"), digest("b"))
    assert [row.mail_id for row in store.log_rows()] == ["bbbb2222"]


async def test_rows_are_read_from_anywhere(store: Store) -> None:
    await store.append(*(judged(f"m{n}") for n in range(1203)))
    assert [row.seq for row in store.log_rows()] == list(range(1, 1204))
    assert [row.seq for row in store.log_rows(1200)] == [1201, 1202, 1203]
    assert [row.seq for row in store.tail(2)] == [1202, 1203]
    assert [row.seq for row in store.story("m7")] == [8]
    assert json.loads(store.tail(1)[0].octets)["mail_id"] == "m1202"


APPENDER = """
import asyncio, sys
from storing import digest, judged
from gateway.store import Store

async def main() -> None:
    url, key, node = sys.argv[1:]
    store = Store(url, key, node=node)
    for turn in range(15):
        await asyncio.gather(*(store.judged(judged(f"{node}{turn}x{n}"), digest(f"{turn} {n}")) for n in range(20)))
    store.close()

asyncio.run(main())
"""


def test_three_processes_at_once_write_one_unbroken_chain(place: Place, store: Store) -> None:
    support = next(path for path in sys.path if path.endswith("support"))
    running = [
        subprocess.Popen([sys.executable, "-c", APPENDER, *place, f"gw{n}"], env={"PYTHONPATH": f"{support}:."})
        for n in range(3)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    result = store.verify()
    assert (result.entries, result.bad) == (900, None)
    assert {row.entry["node"] for row in store.log_rows()} == {"gw0", "gw1", "gw2"}


# --- answers that a client never heard


async def test_an_unheard_answer_is_given_to_the_same_mail_within_a_day(store: Store) -> None:
    await store.judged(judged("aaaa2222"), digest("a"))
    await store.disposed(disposed("aaaa2222"), whole=digest("a"), unanswered=OK)
    assert await store.judged(judged("bbbb2222", after(hours=23)), digest("a")) == OK
    assert await store.judged(judged("cccc2222", after(hours=23)), digest("another")) is None
    assert await store.judged(judged("dddd2222", after(hours=25)), digest("a")) is None
    assert [row.mail_id for row in store.log_rows() if row.type == "judged"] == [
        "aaaa2222",
        "bbbb2222",
        "cccc2222",
        "dddd2222",
    ]


async def test_an_unheard_answer_may_be_found_out_later_and_the_newest_counts(store: Store) -> None:
    await store.unanswered(digest("a"), OK, NOON)
    newer = type(OK)(250, ("2.0.0 again \udce4",))
    await store.unanswered(digest("a"), newer, after(hours=2))
    assert await store.judged(judged("aaaa2222", after(hours=25)), digest("a")) == newer


async def test_an_unheard_answer_counts_at_once_even_within_one_batch(store: Store) -> None:
    found = await asyncio.gather(
        store.judged(judged("aaaa2222"), digest("a")),
        store.unanswered(digest("a"), OK, NOON),
        store.judged(judged("bbbb2222"), digest("a")),
    )
    assert tuple(found) == (None, None, OK)


async def test_many_ask_for_unheard_answers_in_one_batch(store: Store) -> None:
    for number in range(0, 40, 4):
        await store.unanswered(digest(str(number)), type(OK)(250, (str(number),)), NOON)
    found = await asyncio.gather(*(store.judged(judged(f"m{n}"), digest(str(n))) for n in range(40)))
    assert [status.text if status else "" for status in found] == ["" if n % 4 else str(n) for n in range(40)]


async def test_sweeping_forgets_answers_older_than_a_day(store: Store) -> None:
    await store.unanswered(digest("old"), OK, after(hours=-25))
    await store.unanswered(digest("new"), OK, after(hours=-23))
    await store.sweep(NOON)
    # Asked as of long ago, so that only the sweep can have taken it away.
    assert await store.judged(judged("aaaa2222", after(hours=-10)), digest("old")) is None
    assert await store.judged(judged("bbbb2222", after(hours=-10)), digest("new")) == OK
