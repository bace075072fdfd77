"""Erasing: what retention ends for and what a person asks for goes wholly; what somebody must decide about stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.config import Retention
from gateway.hold import Actor, Answered, Hold, HoldState, OutgoingKind, Progress
from gateway.mail import Envelope, Recipient
from gateway.store import NoSuchHold, NotOver, Store, StoreError, carrying, erasing
from gateway.verdict import OnTimeout
from storing import (
    ENVELOPE,
    FINDING,
    LATER,
    NEVER,
    NOON,
    OK,
    a_hold,
    a_notice,
    after,
    digest,
    disposed,
    files_of,
    judged,
    mended,
)

MAIL = b"Subject: Varaus\r\n\r\nSalasanasi on Kes\xe4-2024!\r\n"
WHO = Actor("maija")
DAYS = Retention(delivered=30 * 86400, bounced=40 * 86400, discarded=50 * 86400, returned=60 * 86400)
PIECES = "SELECT hold_id FROM octets ORDER BY hold_id"


async def held(store: Store, mail_id: str, **other: object) -> Hold:
    hold = a_hold(mail_id, octets=MAIL, **other)
    await store.hold(hold, MAIL, [judged(mail_id), disposed(mail_id)], None)
    return hold


async def one_of_each(store: Store) -> None:
    """A hold in each state, named after it, come to its end at noon."""
    for name in ("held", "rele", "deli", "boun", "disc", "retu"):
        await held(store, f"{name}2222", clock_at=NOON)
    for name in ("rele", "deli", "boun"):
        store.release(name, WHO, "fine", NOON)
    for row in await store.due(NOON):
        if row.mail_id.startswith("deli"):
            await store.delivered(row, OK, NOON)
        if row.mail_id.startswith("boun"):
            await store.failed(row, NEVER, NOON, ())
    store.discard("disc", WHO, "no", NOON)
    await store.step(store.find("retu"), HoldState.RETURNED, [], NOON, None)


def left(store: Store) -> list[str]:
    """Of whose octets something is there."""
    return store.read(lambda connection: [row[0][:4] for row in connection.exec_driver_sql(PIECES)])


async def swept(store: Store, at: datetime, retention: Retention = DAYS) -> None:
    while await store.sweep(at, retention):
        pass


async def test_octets_go_by_state_and_age_and_the_log_says_why(store: Store) -> None:
    await one_of_each(store)
    everything = ["boun", "deli", "disc", "held", "rele", "retu"]
    for days, gone in ((29, ""), (31, "deli"), (41, "boun"), (51, "disc"), (61, "retu")):
        await swept(store, after(days=days))
        everything = [name for name in everything if name != gone]
        assert left(store) == everything
        if gone:
            row = store.tail(1)[0]
            assert (row.mail_id[:4], row.entry["facts"]) == (gone, {"what": ["octets"], "because": "retention"})
            hold = store.find(gone)
            assert (hold.erased, hold.subject) == (True, a_hold("x").subject)
            with pytest.raises(StoreError, match="are erased; its `erased` entry in the policy log says when and why"):
                store.opened(hold.id)
    await swept(store, after(days=3650))
    assert left(store) == ["held", "rele"]
    assert store.opened("held2222") == MAIL


async def test_records_go_after_a_year_and_the_log_stays_whole(store: Store) -> None:
    await one_of_each(store)
    await swept(store, after(days=364))
    assert store.count() == 6
    await swept(store, after(days=366))
    assert {hold.state.value for hold in store.holds()} == {"held", "released"}
    with pytest.raises(NoSuchHold):
        store.find("deli")
    assert [row.entry["facts"]["what"] for row in store.story("deli2222")[-2:]] == [["octets"], ["record"]]
    assert store.verify().is_whole


async def test_both_generations_of_a_mended_mail_go_together(store: Store) -> None:
    hold = await held(store, "abcd2222")
    store.mend("abcd", mended(b"Hei!"), WHO, NOON, expected=hold.octets_digest)
    store.discard("abcd", WHO, "no", NOON)
    await swept(store, after(days=51))
    assert left(store) == []


async def test_what_is_still_on_its_way_to_somebody_is_kept(store: Store) -> None:
    await held(store, "abcd2222")
    store.release("abcd", WHO, "fine", NOON)
    [row] = await store.due(NOON)
    liisa, other = ENVELOPE.recipients
    progress = Progress(taken=(Answered(liisa, OK),), waiting=(Answered(other, LATER),))
    await store.partly(row, progress, NOON, after(days=400), ())
    await swept(store, after(days=390))
    assert store.opened("abcd2222") == MAIL
    with pytest.raises(NotOver, match=r"abcd2222 \(delivered\)"):
        store.erase("liisa@example.org", WHO, NOON)


async def test_a_sweep_is_bounded_and_says_that_more_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH", 2)
    monkeypatch.setattr(carrying, "_SWEEPS", 2)
    for number in range(2, 8):
        await held(store, f"abcd222{number}")
        store.discard(f"abcd222{number}", WHO, "no", NOON)
    assert await store.sweep(after(days=51), DAYS)
    assert len(left(store)) == 2
    await swept(store, after(days=51))
    assert left(store) == []


# --- a person


async def test_a_person_is_erased_wherever_she_stands(store: Store) -> None:
    wherever: dict[str, dict[str, object]] = {
        "abcd2222": {"envelope": Envelope("Liisa@Example.org", (), (Recipient("x@example.net"),))},
        "abcd3333": {
            "envelope": Envelope("a@example.com", (), (Recipient("x@example.net"), Recipient("LIISA@example.org")))
        },
        "abcd4444": {"header_from": "liisa@example.org", "envelope": Envelope("", (), ())},
        "abcd5555": {"agent": "liisa@example.org", "envelope": Envelope("", (), ())},
        "abcd6666": {"envelope": Envelope("a@example.com", (), (Recipient("anna.liisa@example.org"),))},
        "abcd7777": {"envelope": Envelope("a@example.com", (), (Recipient("liisa@example.org.example"),))},
    }
    for mail_id, other in wherever.items():
        await held(store, mail_id, **other)
        store.discard(mail_id, WHO, "liisa wants it so", NOON)
    found = store.erase("liisa@EXAMPLE.org", WHO, NOON, dry_run=True)
    assert [hold.id for hold in found] == list(wherever)[:4]
    assert store.opened("abcd2222") == MAIL
    erased = store.erase("liisa@EXAMPLE.org", WHO, after(days=1))
    assert [hold.id for hold in erased] == list(wherever)[:4]
    assert left(store) == ["abcd", "abcd"]
    for hold in erased:
        assert (hold.state, hold.erased, hold.acted_by, hold.reason) == (HoldState.DISCARDED, True, "maija", "")
        assert hold.envelope == Envelope("", (), ())
        assert not any((hold.subject, hold.message_id, hold.header_from, hold.agent, hold.client))
        assert hold.findings == (replace(FINDING, excerpt="", fixes=()),)
        rows = store.story(hold.id)
        assert all(row.personal is None and row.salt is None for row in rows)
        assert rows[-1].entry["facts"] == {
            "what": ["octets", "record", "log"],
            "because": "person",
            "state": "discarded",
        }
    result = store.verify()
    assert result.is_whole
    assert result.erased == 12  # judged, disposed and discarded of each
    assert store.erase("liisa@example.org", WHO, after(days=2)) == []


async def test_what_nobody_has_decided_about_is_not_erased_and_nothing_else_is(store: Store) -> None:
    await one_of_each(store)
    with pytest.raises(NotOver, match=r"held2222 \(held\), rele2222 \(released\): discard what is held"):
        store.erase("liisa@example.org", WHO, NOON)
    assert len(left(store)) == 6
    store.discard("held", WHO, "she asked to be erased", NOON)
    [row] = [row for row in await store.due(after(days=1)) if row.mail_id == "rele2222"]
    await store.delivered(row, OK, after(days=1))
    assert len(store.erase("liisa@example.org", WHO, after(days=1))) == 6


async def test_letters_about_an_erased_mail_are_not_sent(store: Store) -> None:
    await store.hold(a_hold("abcd2222", octets=MAIL), MAIL, [disposed("abcd2222")], a_notice("abcd2222"))
    store.discard("abcd", WHO, "no", NOON)
    store.erase("liisa@example.org", WHO, NOON)
    assert await store.next_due() is None


async def test_what_the_log_says_of_mails_that_were_not_held_goes_too(store: Store) -> None:
    await store.append(judged("pass2222"), disposed("pass2222"), judged("pass3333"))
    other = replace(judged("pass4444"), personal={"to": ["k@example.org"], "subject": "l@example.org kysyi"})
    await store.append(other)
    store.erase("L@example.org", WHO, NOON)
    said = {row.mail_id for row in store.log_rows() if row.personal is not None}
    assert said == {"pass4444"}
    assert [row.entry["facts"] for row in store.tail(2)] == [{"what": ["log"], "because": "person"}] * 2
    assert store.verify().is_whole


async def test_nothing_of_an_erased_mail_is_left_in_the_files(sqlite_path: Path) -> None:
    store = Store(f"sqlite:///{sqlite_path}")
    for mail_id, subject in (("abcd2222", "Kevatmyrskyvaroitus"), ("efgh2222", "Toinen")):
        hold = a_hold(mail_id, octets=MAIL * 100, subject=subject, message_id=subject)
        entry = replace(judged(mail_id), personal={"subject": subject})
        await store.hold(hold, MAIL * 100, [entry], None)
        store.discard(mail_id, WHO, subject, NOON)
    query = "SELECT sealed, sealed_key FROM octets, holds WHERE id = hold_id AND id = 'abcd2222'"
    sealed, key = store.read(lambda connection: tuple(connection.exec_driver_sql(query).one()))
    store.erase("liisa@example.org", WHO, NOON)
    everything = b"".join(octets for _, octets in files_of(sqlite_path.parent).values())
    assert b"Kevatmyrsky" not in everything
    assert bytes(key) not in everything
    assert bytes(sealed)[100:200] not in everything
    store.close()


# --- the clock is put back


async def test_what_was_decided_by_a_clock_that_was_ahead_waits_no_longer_than_it_was_to(store: Store) -> None:
    ahead = after(days=1500)
    hold = a_hold("abcd2222", octets=MAIL, held_at=ahead, clock_at=ahead + timedelta(hours=1))
    await store.hold(hold, MAIL, [disposed("abcd2222")], a_notice("abcd2222"))
    [row] = await store.due(ahead)
    await store.postponed(row, LATER, ahead + timedelta(minutes=5))
    assert await store.next_due(NOON) == NOON
    assert await store.due(NOON) == []  # it was to wait, and does
    [again] = await store.due(after(minutes=6))
    assert (again.attempts, again.kind) == (2, OutgoingKind.NOTICE)
    assert await store.clock_due(after(hours=2)) == []
    await store.sweep(NOON)
    assert [one.id for one in await store.clock_due(after(hours=1))] == ["abcd2222"]
    assert store.find("abcd").held_at == ahead


async def test_a_mail_taken_before_the_clock_was_put_back_is_not_sent_a_second_time(
    store: Store, another: Callable[..., Store]
) -> None:
    await store.hold(a_hold("abcd2222", octets=MAIL), MAIL, [disposed("abcd2222")], None)
    ahead = after(days=1500)
    store.release("abcd", WHO, "fine", ahead)
    [row] = await store.due(ahead)
    assert await another("gw2").due(NOON) == []
    assert await another("gw2").due(after(minutes=29)) == []
    await store.delivered(row, OK, after(minutes=29))
    assert store.find("abcd").state is HoldState.DELIVERED


async def test_pieces_and_answers_from_the_future_are_swept(store: Store) -> None:
    await store.unanswered(digest("a"), OK, after(days=1500))
    await store.run(
        lambda transaction: (
            transaction.connection.exec_driver_sql(
                "INSERT INTO octets (hold_id, number, key, sealed, at) VALUES ('zzzz2222', 0, '', '', '2099-01-01')"
            )
            and None
        )
    )
    await store.sweep(NOON)
    assert left(store) == []
    assert await store.judged(judged("abcd2222"), digest("a")) is None


async def test_a_hold_from_the_future_does_not_swallow_the_same_mail_of_today(store: Store) -> None:
    await held(store, "abcd2222", whole=digest("w"), held_at=after(days=1500), on_timeout=OnTimeout.RETURN)
    again = a_hold("efgh2222", octets=MAIL, whole=digest("w"))
    assert not (await store.hold(again, MAIL, [disposed("efgh2222")], None)).again
