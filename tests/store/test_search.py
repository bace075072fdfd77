"""A filter means what it says, on both databases, also where a list has several items."""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.hold import Actor, Filter, HoldState
from gateway.mail import Envelope, Recipient
from gateway.store import Store, search
from storing import FINDING, NOON, a_hold, after, disposed

GREETING = replace(FINDING, policy="missing-greeting")
HELD = (HoldState.HELD,)


def to(*addresses: str, sender: str = "support@example.com") -> Envelope:
    return Envelope(sender, (), tuple(Recipient(address) for address in addresses))


@pytest.fixture
async def filled(store: Store) -> Store:
    holds: dict[str, dict[str, Any]] = {
        "aaaa2222": {"envelope": to("liisa@example.org"), "agent": "Aino@example.com", "ticket": "6745123"},
        "bbbb2222": {"envelope": to("alice@x.example", "bob@y.example"), "header_from": "Help <help@example.com>"},
        "cccc2222": {"envelope": to("100%@example.net", sender=""), "header_from": "a_b@example.com"},
        "dddd2222": {"envelope": to("Äiti@example.fi", "k\udcf6@example.net"), "findings": (FINDING, GREETING)},
        "eeee2222": {"envelope": to(), "agent": "", "findings": (GREETING,)},
    }
    for number, (mail_id, other) in enumerate(holds.items()):
        hold = a_hold(mail_id, held_at=after(minutes=number), **other)
        await store.hold(hold, b"", [disposed(mail_id)], None)
    store.discard("eeee", Actor("maija"), "no", after(hours=1))
    return store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), "abcde"),
        (Filter(states=HELD), "abcd"),
        (Filter(states=(HoldState.HELD, HoldState.DISCARDED)), "abcde"),
        (Filter(agent="aino@EXAMPLE.com"), "abcd"),
        (Filter(agent="*@example.com", states=HELD), "abcd"),
        (Filter(ticket="6745123"), "a"),
        (Filter(ticket="67*"), "a"),
        (Filter(policy="missing-greeting"), "de"),
        (Filter(policy="missing-*"), "de"),
        (Filter(policy="m*g-g*g"), "de"),
        (Filter(policy="missing"), ""),
        (Filter(policy="plain*-greeting"), ""),
        (Filter(policy="missing-greeting", states=HELD), "d"),
        (Filter(sender="support@example.com"), "abde"),
        (Filter(sender="*help@*"), "b"),
        (Filter(sender="a_b@example.com"), "c"),
        (Filter(sender="a?b@example.com"), "c"),
        (Filter(sender="axb@example.com"), ""),
        (Filter(recipient="*@example.org"), "a"),
        (Filter(recipient="LIISA@*"), "a"),
        (Filter(recipient="*iis*"), "a"),
        (Filter(recipient="al*y.example"), ""),  # from one recipient into the next
        (Filter(recipient="al*x.example"), "b"),
        (Filter(recipient="bo?@y.example"), "b"),
        (Filter(recipient="100%@example.net"), "c"),
        (Filter(recipient="1%*"), ""),
        (Filter(recipient="äiti@example.fi"), "d"),
        (Filter(recipient="?iti@*"), "d"),
        (Filter(recipient="k?@example.net"), "d"),
        (Filter(recipient="*"), "abcde"),
        (Filter(recipient="?*"), "abcd"),
        (Filter(recipient="[a-z]*"), ""),
        (Filter(before=after(minutes=2)), "ab"),
        (Filter(after=after(minutes=2)), "de"),
        (Filter(after=NOON, before=after(minutes=3), policy="plaintext-password"), "bc"),
    ],
)
async def test_a_filter_finds_and_counts_what_fits(filled: Store, wanted: Filter, found: str) -> None:
    assert "".join(hold.id[0] for hold in filled.holds(wanted)) == found
    assert filled.count(wanted) == len(found)
    assert [hold.id[0] for hold in filled.holds(wanted, limit=2)] == list(found[:2])


async def test_pages_neither_miss_nor_repeat_where_the_database_cannot_tell_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LOOK", 3)
    fits = []
    for number in range(20):
        mail_id = f"{'abcdefghijklmnopqrst'[number]}aaa2222"
        addresses = ("a@x.example", "b@y.example") if number % 3 else ("a@y.example",)
        fits += [mail_id] if not number % 3 else []
        await store.hold(a_hold(mail_id, envelope=to(*addresses)), b"", [disposed(mail_id)], None)
    wanted = Filter(recipient="a*y.example")
    assert [hold.id for hold in store.holds(wanted)] == fits
    assert [hold.id for hold in store.holds(wanted, limit=4)] == fits[:4]
    [*_, third] = store.holds(wanted, limit=3)
    assert [hold.id for hold in store.holds(wanted, after=third)] == fits[3:]


WORD = st.text(alphabet="ab%_\\.", max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(WORD, max_size=3), glob=st.text(alphabet="ab%_\\.*?", min_size=1, max_size=5))
async def test_any_glob_means_the_same_as_in_the_shell(store: Store, items: list[str], glob: str) -> None:
    store.write(lambda transaction: transaction.connection.exec_driver_sql("DELETE FROM holds") and None)
    store.write(lambda transaction: transaction.connection.exec_driver_sql("DELETE FROM octets") and None)
    await store.hold(a_hold("aaaa2222", envelope=to(*items)), b"", [disposed("aaaa2222")], None)
    wanted = Filter(recipient=glob)
    expected = any(fnmatchcase(item, glob) for item in items) or (glob.strip("*") == "" and not items)
    assert (store.count(wanted), len(list(store.holds(wanted)))) == (expected, expected)
