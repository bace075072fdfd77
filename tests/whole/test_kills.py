"""Killed at each commit of a held reply's life, the real gateway goes on where it was: Postfix at both ends.

What may happen twice is what was between the dot and the recorded answer (RFC 1047): each test counts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.hold import Hold, HoldState, Stage
from gateway.store import StoreError
from life import PASSWORD, SECRET, Life, body_of, life, octets_of, shown, until

BEFORE, AFTER = "before commit", "after commit"


@pytest.fixture(scope="module")
def road() -> Iterator[Life]:
    """The road, with the gateway at rest."""
    with tempfile.TemporaryDirectory(prefix="saate-kills-") as folder, life(Path(folder)) as everything:
        everything.rest()
        yield everything
        assert everything.store.verify().is_whole


@pytest.fixture(autouse=True)
def at_rest(road: Life) -> Iterator[None]:
    yield
    road.rest()


def holds_of(road: Life, subject: str) -> list[Hold]:
    return [one for one in road.store.holds() if one.message_id == f"{subject}@example.com"]


def had(road: Life, subject: str) -> int:
    """How often the customer has a mail."""
    named = f"\nMessage-ID: <{subject}@example.com>".encode()
    return sum(named in one and b"\nX-Saate: released; " in one for one in road.hop.mails())


def again(road: Life, hold: Hold) -> bool:
    """Whether a mail came again that this hold stands for."""
    return any(row.entry["facts"].get("held_as") == hold.id for row in road.store.log_rows())


def test_while_a_reply_is_held_and_nobody_acts(road: Life) -> None:
    """Hold, notice, reminder, escalation, return: each is there once its commit is, and the client sends again."""
    road.armed("disposed", BEFORE)
    octets = road.reply("aino", "nobody", PASSWORD)
    road.dies()
    assert holds_of(road, "nobody") == []
    road.armed("disposed", AFTER)  # the support server has it still, and comes again
    road.dies()
    hold = road.held("nobody")
    assert road.store.opened(hold.id).endswith(octets.partition(b"\r\n\r\n")[2])
    for point, letters in ((BEFORE, 1), (AFTER, 2)):  # told, and not yet recorded: told once more
        road.armed("noticed", point)
        road.dies()
        assert len(road.letters("aino")) == letters
    told = ["aino"]
    for entry, stage in (("reminded", Stage.REMINDED), ("escalated", Stage.ESCALATED), ("returned", Stage.ESCALATED)):
        was = road.store.find(hold.id)
        for point in (BEFORE, AFTER):
            road.armed(entry, point)
            road.quiet()
            road.due(hold)
            road.dies()
            now = road.store.find(hold.id)
            assert now.state is (HoldState.RETURNED if (entry, point) == ("returned", AFTER) else HoldState.HELD)
            assert now.stage is (stage if point == AFTER else was.stage)
        told.append(entry)
    road.gateway.start()
    road.quiet()
    assert len(road.letters("aino")) == 4  # two notices, a reminder, the reply given back
    assert [len(road.letters(who)) for who in ("veera", "maija")] == [1, 1]
    until(lambda: again(road, hold), "the client was never answered")
    assert [one.id for one in holds_of(road, "nobody")] == [hold.id]
    moves = [one for one in road.story(hold) if one not in {"judged", "disposed", "noticed"}]
    assert moves == ["reminded", "escalated", "returned"]
    assert had(road, "nobody") == 0


def test_while_a_reply_is_mended_released_and_delivered(road: Life) -> None:
    road.armed("fixed", BEFORE)
    hold = road.hold("berit", "mended", PASSWORD)
    road.answers("berit", road.notice("berit"), "fix blank-password")
    road.dies()
    assert not road.store.find(hold.id).mended
    road.armed("fixed", AFTER)  # the support server has the order still
    road.dies()
    mended = road.store.find(hold.id)
    assert (mended.mended, mended.state, mended.open) == (True, HoldState.HELD, ())
    assert SECRET.encode() not in road.store.opened(hold.id)
    assert SECRET.encode() in road.store.opened(hold.id, 0)
    words = ("holds", "release", hold.id, "--reason", "mended")
    road.types_and_dies("berit", "released", BEFORE, *words)
    assert road.store.find(hold.id).state is HoldState.HELD
    road.types_and_dies("berit", "released", AFTER, *words)
    assert road.store.find(hold.id).state is HoldState.RELEASED
    for entry, point, times in (
        ("taken", BEFORE, 0),
        ("taken", AFTER, 0),
        ("delivered", BEFORE, 1),
        ("delivered", AFTER, 2),
    ):
        assert road.store.find(hold.id).state is HoldState.RELEASED
        road.armed(entry, point)
        road.dies()
        assert had(road, "mended") == times  # the one that is there twice was between its dot and the record
    assert road.store.find(hold.id).state is HoldState.DELIVERED
    road.gateway.start()
    road.quiet()
    assert had(road, "mended") == 2
    until(lambda: len(road.letters("berit")) > 1, "her order came again, and she was told nothing")
    assert "berit" in shown(road.letters("berit")[1])  # who mended or released it meanwhile
    moves = [one for one in road.story(hold) if one in {"fixed", "released", "delivered", "bounced"}]
    assert moves == ["fixed", "released", "delivered"]


def test_while_a_refused_reply_is_reported(road: Life) -> None:
    road.gateway.start()
    octets = octets_of("carl", "refused", PASSWORD, "X-Refuse-Me: yes")
    road.send(octets, "support@example.com")
    hold = road.held("refused")
    road.quiet()
    road.gateway.kill()
    assert road.types("veera", "holds", "release", hold.id, "--reason", "by phone").code == 0
    road.armed("bounced", BEFORE)
    road.dies()
    assert (road.store.find(hold.id).state, road.letters("support")) == (HoldState.RELEASED, [])
    road.armed("bounced", AFTER)
    road.dies()
    assert (road.store.find(hold.id).state, road.letters("support")) == (HoldState.BOUNCED, [])
    road.gateway.start()
    road.quiet()
    assert (len(road.letters("support")), len(road.letters("carl"))) == (1, 2)  # his are the notice and the bounce
    assert had(road, "refused") == 0


def test_while_people_ask_discard_and_erase(road: Life) -> None:
    road.gateway.start()
    octets = octets_of("doris", "erased", PASSWORD)
    road.send(octets, "doris@example.com", "outi@example.org")
    hold = road.held("erased")
    asking = ("holds", "ask", hold.id, "--reason", "may I?")
    road.types_and_dies("doris", "asked", BEFORE, *asking)
    road.quiet()
    asked = [len(road.letters(who)) for who in ("veera", "maija")]
    road.types_and_dies("doris", "asked", AFTER, *asking)
    road.quiet()
    assert sum(map(len, map(road.letters, ("veera", "maija")))) > sum(asked)
    discarding = ("holds", "discard", hold.id, "--reason", "the wrong customer")
    road.types_and_dies("doris", "discarded", BEFORE, *discarding)
    assert road.store.find(hold.id).state is HoldState.HELD
    road.types_and_dies("doris", "discarded", AFTER, *discarding)
    assert road.store.find(hold.id).state is HoldState.DISCARDED
    erasing = ("holds", "erase", "--person", "outi@example.org", "--yes")
    road.types_and_dies("ylva", "erased", BEFORE, *erasing)
    assert road.store.opened(hold.id).endswith(body_of(octets).replace(b"\n", b"\r\n"))
    road.types_and_dies("ylva", "erased", AFTER, *erasing)
    assert road.store.find(hold.id).erased
    with pytest.raises(StoreError):
        road.store.opened(hold.id)
    assert road.types("ylva", *erasing).code == 0
    assert road.store.verify().is_whole
    assert [one for one in road.story(hold) if one in {"asked", "discarded"}] == ["asked", "discarded"]
    assert not any("outi@example.org" in str(row.about) for row in road.store.log_rows())


@pytest.mark.parametrize("point", [BEFORE, AFTER])
def test_a_courier_that_dies_alone_has_a_successor_in_the_same_gateway(road: Life, tmp_path: Path, point: str) -> None:
    subject = f"courier-{point[:5].strip()}"
    road.armed("delivered", point, tmp_path / "died")
    hold = road.hold("eino", subject, PASSWORD)
    assert road.types("veera", "holds", "release", hold.id, "--reason", "by phone").code == 0
    road.comes_to(hold, HoldState.DELIVERED)
    road.quiet()
    assert (tmp_path / "died").exists()
    assert had(road, subject) == (2 if point == BEFORE else 1)
    assert road.story(hold, "noticed") == ["judged", "disposed", "released", "delivered"]


@pytest.mark.parametrize("point", [BEFORE, AFTER])
def test_a_worker_that_dies_alone_is_asked_again_by_its_client(road: Life, tmp_path: Path, point: str) -> None:
    subject = f"worker-{point[:5].strip()}"
    road.armed("disposed", point, tmp_path / "died")
    octets = road.reply("frida", subject, PASSWORD)
    until((tmp_path / "died").exists, "nobody died")
    hold = road.held(subject)
    if point == AFTER:  # durable, and the client has not heard so: it comes again, and is told of the same hold
        until(lambda: again(road, hold), "the client did not come again")
    assert [one.id for one in holds_of(road, subject)] == [hold.id]
    assert body_of(road.store.opened(hold.id)) == body_of(octets)
    road.quiet()
