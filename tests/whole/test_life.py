"""Every arrow of a held reply's life: real servers at both ends, and the gateway between them killed now and then."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from commands import ROOT
from gateway.hold import HoldState, Stage
from life import BOTH, NO_GREETING, PASSWORD, SECRET, Life, body_of, life, octets_of, parsed, shown, until


@pytest.fixture(scope="module")
def road() -> Iterator[Life]:
    with tempfile.TemporaryDirectory(prefix="saate-life-") as folder, life(Path(folder)) as everything:
        yield everything
        assert everything.store.verify().is_whole
        logged = everything.gateway.log() + everything.support.log()
        assert SECRET not in logged
        assert "Traceback" not in logged


def test_nobody_acts_and_the_reply_comes_back_or_goes_where_its_policies_say_so(road: Life) -> None:
    """From held to reminded, escalated, returned; or, with `on_timeout: release`, to released and delivered."""
    back = road.hold("aino", "nobody", PASSWORD)
    forth = road.hold("berit", "nobody-either", NO_GREETING)
    for one, number in (("aino", 1), ("berit", 1)):
        road.letter(one, number)
    for stage, number in ((Stage.REMINDED, 2), (Stage.ESCALATED, 0)):
        road.due(back, forth)
        road.crash()
        until(lambda: road.store.find(back.id).stage is stage, f"not {stage}")  # noqa: B023 - looked at in this round
        until(lambda: road.store.find(forth.id).stage is stage, f"not {stage}")  # noqa: B023 - the same
        for one in ("aino", "berit") if number else ("veera", "maija"):
            road.letter(one, 2)
    road.due(back, forth)
    road.crash()
    returned = road.comes_to(back, HoldState.RETURNED)
    assert (returned.acted_by, returned.reason) == ("saate", "")
    gone = road.letter("aino", 3)
    assert not list(parsed(gone).iter_attachments())
    assert SECRET not in shown(gone)
    assert body_of(road.received(forth)) == body_of(octets_of("berit", "nobody-either", NO_GREETING))
    road.comes_to(forth, HoldState.DELIVERED)
    steps = ["judged", "disposed", "reminded", "escalated"]
    assert road.story(back, "noticed") == [*steps, "returned"]
    assert road.story(forth, "noticed") == [*steps, "released", "delivered"]
    assert not road.has_customer("nobody")
    late = road.types("veera", "holds", "release", back.id, "--reason", "now")
    assert (late.code, f"{back.id} is returned already by saate" in late.err) == (2, True)


def test_an_agent_mends_by_mail_and_the_customer_has_it_in_the_same_thread_without_the_value(road: Life) -> None:
    """From held to fixed, released, delivered, in every part of a mail of several."""
    octets = octets_of("carl", "mended", "").partition(b"MIME-Version")[0] + _parts()
    road.send(octets, "carl@example.com")
    hold = road.held("mended")
    road.answers("carl", road.notice("carl"), "fix blank-password")
    arrived = road.received(hold)
    road.comes_to(hold, HoldState.DELIVERED)
    assert road.story(hold, "noticed") == ["judged", "disposed", "fixed", "released", "delivered"]
    was, now = parsed(octets), parsed(arrived)
    for name in ("Message-ID", "In-Reply-To", "References", "Date", "Subject", "From", "To", "Content-Type"):
        assert now.get_all(name) == was.get_all(name)
    assert now["DKIM-Signature"] is None
    assert [part.get_content_type() for part in now.walk()] == [part.get_content_type() for part in was.walk()]
    for old, new in zip(_leaves(was), _leaves(now), strict=True):
        before, after = _octets(old), _octets(new)
        assert SECRET.encode() not in after
        assert (before == after) is (SECRET.encode() not in before)
    found = road.store.find(hold.id)
    assert (found.original_digest, found.mended) == (hold.octets_digest, True)
    (fixed,) = (row.entry for row in road.store.story(hold.id) if row.type == "fixed")
    assert (fixed["actor"], fixed["facts"]["old"], fixed["facts"]["new"], fixed["facts"]["removed"]) == (
        *("carl@example.com", hold.octets_digest, found.octets_digest, ["DKIM-Signature"]),
    )


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if isinstance(part, EmailMessage) and not part.is_multipart()]


def _octets(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def _parts() -> bytes:
    page = f"<html><body><p>Hei Liisa!</p><p>Salasanasi on <b>{SECRET}</b>.</p><p>Terveisin<br>Carl</p></body></html>"
    text = f"Hei Liisa!\r\n\r\nSalasanasi on {SECRET}.\r\n\r\nTerveisin\r\nCarl\r\n"
    kind = "Content-Transfer-Encoding: 8bit\r\nContent-Type: text/{}; charset=utf-8\r\n\r\n"
    lines = (
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; h=from; bh=AA==; b=AA==",
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="out"\r\n',
        '--out\r\nContent-Type: multipart/alternative; boundary="in"\r\n',
        "--in",
        kind.format("plain") + text,
        "--in",
        kind.format("html") + page,
        "--in--\r\n",
        '--out\r\nContent-Type: text/csv; charset=utf-8; name="tunnus.csv"\r\nContent-Transfer-Encoding: 8bit\r\n',
        f"nimi;salasana\r\nliisa;{SECRET}",
        '--out\r\nContent-Type: image/png; name="logo.png"\r\nContent-Transfer-Encoding: base64\r\n',
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
        "--out--\r\n",
    )
    return "\r\n".join(lines).encode()


def test_a_fix_at_the_command_line_judges_again_and_sends(road: Life) -> None:
    hold = road.hold("doris", "typed", BOTH)
    half = road.types("doris", "holds", "fix", hold.id, "--apply", "greeting", "--release")
    assert (half.code, road.store.find(hold.id).state, SECRET in half.out) == (1, HoldState.HELD, False)
    done = road.types("doris", "holds", "fix", hold.id, "--apply", "blank-password", "--release")
    assert (done.code, done.err) == (0, "")
    arrived = road.received(hold)
    assert b"Hei Liisa,\n\nTunnuksesi on liisa ja salasanasi on [salasana poistettu]." in body_of(arrived)
    road.comes_to(hold, HoldState.DELIVERED)
    assert road.story(hold, "noticed") == ["judged", "disposed", "fixed", "fixed", "released", "delivered"]


def test_what_the_receiving_side_refuses_is_reported_to_the_reverse_path_and_to_the_agent(road: Life) -> None:
    """From held to released, bounced."""
    octets = octets_of("eino", "refused", PASSWORD, "X-Refuse-Me: yes")
    road.send(octets, "support@example.com")
    hold = road.held("refused")
    done = road.types("veera", "holds", "release", hold.id, "--reason", "she asked by phone")
    assert done.code == 0, done.err
    road.comes_to(hold, HoldState.BOUNCED)
    report = parsed(road.letter("support"))
    assert report.get_content_type() == "multipart/report"
    _, machine, fields = report.iter_parts()
    status = str(machine)
    assert "\nAction: failed\n" in status
    assert "\nStatus: 5.7.1\n" in status
    assert "Final-Recipient: rfc822; liisa@example.org\n" in status
    assert "Message-ID: <refused@example.com>" in str(fields)
    assert SECRET not in shown(bytes(report))
    assert report["Return-Path"] == "<>"
    assert "this mailbox takes no such mail" in shown(road.letter("eino", 2))
    (bounced,) = (row for row in road.store.story(hold.id) if row.type == "bounced")
    assert (bounced.entry["facts"]["code"], bounced.entry["facts"]["enhanced"]) == (550, "5.7.1")
    assert not road.has_customer("refused")


def test_what_is_discarded_never_goes_and_who_comes_late_is_told_who_and_when(road: Life) -> None:
    """From held to discarded."""
    hold = road.hold("frida", "discarded", PASSWORD)
    notice = road.notice("frida")
    assert road.types("frida", "holds", "discard", hold.id, "--reason", "the wrong customer").code == 0
    end = road.comes_to(hold, HoldState.DISCARDED)
    assert (end.acted_by, end.reason) == ("frida", "the wrong customer")
    late = road.types("veera", "holds", "release", hold.id, "--reason", "it is fine")
    assert late.code == 2
    assert f"{hold.id} is discarded already by frida, at 20" in late.err
    road.answers("frida", notice, "release it is fine after all")
    assert "frida" in shown(road.letter("frida", 2))
    assert road.store.find(hold.id).state is HoldState.DISCARDED
    assert not road.has_customer("discarded")


def test_a_reason_for_one_finding_does_not_wave_the_other_through(road: Life) -> None:
    hold = road.hold("greta", "two", BOTH)
    assert [one.policy for _, one in hold.open] == ["missing-greeting", "plaintext-password"]
    for words in (("--reason", "fine"), ("--override", "1=she knows me"), ("--override", "missing-greeting=fine")):
        refused = road.types("veera", "holds", "release", hold.id, *words)
        assert refused.code == 2
        assert "2 “" in refused.err
        assert "nothing was done" in refused.err
    own = road.types("greta", "holds", "release", hold.id, "--override", "1=fine", "--override", "2=fine")
    assert (own.code, "needs a reviewer" in own.err) == (2, True)
    assert road.store.find(hold.id).state is HoldState.HELD
    done = road.types("veera", "holds", "release", hold.id, "--override", "1=she knows me", "--override", "2=by phone")
    assert done.code == 0, done.err
    assert body_of(road.received(hold)) == body_of(octets_of("greta", "two", BOTH))
    end = road.comes_to(hold, HoldState.DELIVERED)
    assert [(one.finding, one.policy, one.reason) for one in end.overrides] == [
        (1, "missing-greeting", "she knows me"),
        (2, "plaintext-password", "by phone"),
    ]
    assert road.story(hold, "noticed") == ["judged", "disposed", "denied", "released", "delivered"]


def test_of_two_people_who_act_at_once_one_wins_and_the_other_is_told(road: Life) -> None:
    hold = road.hold("hilma", "race", PASSWORD)
    people = {"veera": "release", "maija": "discard"}
    running = {
        who: subprocess.Popen(
            [
                *(sys.executable, "-m", "gateway", "holds", verb, hold.id),
                *("--reason", "decided", "--config", str(road.gateway.file)),
            ],
            env={"SUDO_USER": who, "PATH": "/usr/bin:/bin"},
            cwd=ROOT,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for who, verb in people.items()
    }
    said = {who: (process.communicate(timeout=60)[1].decode(), process.returncode) for who, process in running.items()}
    end = road.store.find(hold.id)
    assert sorted(code for _, code in said.values()) == [0, 2]
    (loser,) = (who for who, (_, code) in said.items() if code)
    assert end.acted_by != loser
    assert f"already by {end.acted_by}, at {end.acted_at:%Y-%m-%dT%H:%M:}" in said[loser][0]
    moves = [one for one in road.story(hold) if one in {"released", "discarded"}]
    assert moves == ["released" if end.acted_by == "veera" else "discarded"]


def test_the_sixth_reply_within_an_hour_comes_in_a_list(road: Life) -> None:
    subjects = [f"many-{number}" for number in range(1, 9)]
    holds = [road.hold("ilona", subject, PASSWORD) for subject in subjects]
    road.letter("ilona", 5)
    road.hurry()
    road.letter("ilona", 6)
    letters = [shown(one) for one in road.letters("ilona")]
    assert len(letters) == 6
    (listed,) = (one for one in letters if all(hold.subject in one for hold in holds[5:]))
    assert not any(hold.subject in listed for hold in holds[:5])
    done = road.types(
        *("maija", "holds", "discard", "--where", "agent=ilona@example.com", "--reason", "a template", "--yes")
    )
    assert done.code == 0, done.err
    assert {road.store.find(hold.id).state for hold in holds} == {HoldState.DISCARDED}


def test_mail_of_a_machine_is_told_of_to_the_fallback_in_an_hourly_list(road: Life) -> None:
    first, second = (
        road.hold("aino", subject, PASSWORD, "Auto-Submitted: auto-replied") for subject in ("robot-1", "robot-2")
    )
    assert first.automatic
    before = len(road.letters("aino"))
    assert road.letters("postmaster") == []
    road.hurry()
    listed = shown(road.letter("postmaster"))
    assert first.subject in listed
    assert second.subject in listed
    assert len(road.letters("aino")) == before
