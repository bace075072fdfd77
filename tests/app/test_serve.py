"""`saate serve` as a whole: what dies is replaced, what cannot start says why, and what is told to go goes in order."""

import asyncio
import contextlib
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fakehop import FakeHop, Late
from gateway.entry import EntryType
from gateway.store import Store
from postfix import free_port
from serving import lives


def entries(gateway: Any) -> list[str]:
    """The types of the log's entries, in order."""
    store = Store(gateway.url)
    try:
        return [row.entry["type"] for row in store.log_rows()]
    finally:
        store.close()


def nodes(gateway: Any) -> set[str]:
    """The gateways that wrote to the log."""
    store = Store(gateway.url)
    try:
        return {row.entry["node"] for row in store.log_rows()}
    finally:
        store.close()


async def test_a_mail_goes_through_and_the_log_tells_of_start_and_end(gateway: Any, hop: FakeHop) -> None:
    async with gateway() as running:
        code, _ = await asyncio.to_thread(running.send)
    assert code == 250
    assert [mail.addresses for mail in hop.mails] == [["liisa@customer.example"]]
    begun = [EntryType.STARTED, EntryType.POLICIES_LOADED]
    assert entries(running) == [*begun, EntryType.JUDGED, EntryType.DISPOSED, EntryType.STOPPED]
    assert nodes(running) == {"gw.example.com"}  # as configured, whatever the machine calls itself


@pytest.mark.parametrize("name", ["worker-0", "worker-1", "courier-0", "inspector"])
async def test_a_process_that_is_killed_is_replaced_and_mail_goes_on(gateway: Any, hop: FakeHop, name: str) -> None:
    async with gateway() as running:
        before = await running.settled()
        os.kill(before[name], signal.SIGKILL)
        await running.until(lambda: before[name] not in running.children().values())
        after = await running.settled()
        for _ in range(4):
            assert (await asyncio.to_thread(running.send))[0] == 250
    assert set(after) == set(before) or name == "inspector"
    assert "was killed by SIGKILL" in running.log()
    assert len(hop.mails) == 4


async def test_when_the_parent_is_killed_nobody_stays(gateway: Any) -> None:
    async with gateway() as running:
        children = (await running.settled()).values()
        os.kill(running.process.pid, signal.SIGKILL)
        await running.until(lambda: not any(map(lives, children)))


async def test_twenty_clients_at_once_are_spread_over_two_workers(gateway: Any) -> None:
    """Seen from outside: when one worker is killed, its clients are cut off and the others are not."""
    async with gateway() as running:
        await running.settled()
        ends = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", running.port) for _ in range(20)))
        for reader, _ in ends:
            assert (await reader.readline()).startswith(b"220 ")
        os.kill((await running.settled())["worker-0"], signal.SIGKILL)
        for _, writer in ends:
            writer.write(b"NOOP\r\n")
        lost = 0
        for reader, writer in ends:
            try:
                lost += not await reader.readline()
            except ConnectionError:
                lost += 1
            writer.close()
    assert 8 <= lost <= 12


async def test_more_clients_than_there_may_be_hear_421(gateway: Any) -> None:
    """Over all workers; who comes after one has left is served."""
    async with gateway(limits={"sessions": 3}) as running:
        inside = [await asyncio.to_thread(running.client) for _ in range(3)]
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            await asyncio.to_thread(running.client)
        assert (refused.value.smtp_code, refused.value.smtp_error[:5]) == (421, b"4.3.2")
        await asyncio.to_thread(inside.pop().quit)
        inside.append(await asyncio.to_thread(_admitted, running))
        for client in inside:
            client.close()


def _admitted(running: Any) -> smtplib.SMTP:
    """The first client that is let in again."""
    for _ in range(100):
        try:
            client: smtplib.SMTP = running.client()
        except smtplib.SMTPConnectError:
            time.sleep(0.05)
        else:
            return client
    raise AssertionError("nobody is let in after one has left")


@pytest.mark.parametrize("to", ["the parent", "the whole group"])
async def test_told_to_stop_it_finishes_the_mail_under_way(gateway: Any, hop: FakeHop, to: str) -> None:
    """The client of that mail hears 250, an idle one 421; nobody new gets in."""
    async with gateway() as running:
        await running.settled()
        hop.script["dot"] = Late("250 2.0.0 taken", 1.0)
        idle = await asyncio.to_thread(running.client)
        sending = asyncio.create_task(asyncio.to_thread(running.send))
        await hop.until(lambda: hop.received)
        (os.kill if to == "the parent" else os.killpg)(running.process.pid, signal.SIGTERM)
        assert (await asyncio.to_thread(idle.getreply))[0] == 421
        idle.close()
        await refused(running.port)
        assert (await sending)[0] == 250
        assert await asyncio.to_thread(running.process.wait, 20) == 0
    assert entries(running)[-1] == EntryType.STOPPED


async def refused(port: int) -> None:
    """Wait until nobody listens there any more."""
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            with contextlib.suppress(ConnectionResetError):  # it was in the backlog when that was closed
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
            await asyncio.sleep(0.01)


async def test_before_the_next_hop_is_known_clients_are_told_to_come_again(gateway: Any) -> None:
    port = free_port()
    async with gateway(hop_port=port) as running:
        early = await asyncio.to_thread(running.client)
        assert (await asyncio.to_thread(early.ehlo))[0] == 421
        early.close()
        async with FakeHop(port=port) as late:
            await late.until(lambda: len([session for session in late.sessions if session.commands]) >= 2)
            await asyncio.sleep(0.1)
            assert (await asyncio.to_thread(running.send))[0] == 250


async def test_a_mail_that_cannot_be_read_in_time_is_held_while_others_pass(gateway: Any, hop: FakeHop) -> None:
    """Ten megabytes of text against a deadline that nothing of that size can meet."""
    bomb = (
        b"From: aino@example.com\r\nTo: liisa@customer.example\r\nSubject: iso\r\n\r\nHei Liisa,\r\n"
        + b"<p>tuote 123 on > varastossa</p>\r\n" * 300_000
    )
    async with gateway(inspection={"deadline": 0.05}) as running:
        bombing = asyncio.create_task(asyncio.to_thread(running.send, bomb))
        small = [await asyncio.to_thread(running.send) for _ in range(10)]
        code, text = await bombing
    assert {code for code, _ in small} == {250}
    assert [mail.addresses for mail in hop.mails].count(["liisa@customer.example"]) == 10
    assert code == 250
    assert b"Held for review as " in text
    store = Store(running.url)
    hold = store.find(text.decode().rpartition(" ")[2].strip())
    store.close()
    assert hold.policies == ("could-not-inspect",)


async def test_on_sighup_new_policies_come_into_force_and_no_session_is_lost(gateway: Any, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    async with gateway(policies=["builtin", str(own)]) as running:
        before = await running.settled()
        inside = await asyncio.to_thread(running.client)
        (own / "missing-greeting.yaml").write_text("id: missing-greeting\ndisposition: hold\n")
        os.kill(running.process.pid, signal.SIGHUP)
        await running.until(lambda: not set(running.children().values()) & set(before.values()))
        await running.settled()
        assert (await asyncio.to_thread(inside.getreply))[0] == 421, "an old session is asked to come again"
        inside.close()
        code, text = await asyncio.to_thread(running.send, MAIL_WITHOUT_GREETING)
        assert (code, text.split(b" as ")[0]) == (250, b"2.0.0 Held for review")
    assert entries(running).count(EntryType.POLICIES_LOADED) == 2


async def test_on_sighup_a_mistake_is_said_and_the_running_policies_stay(gateway: Any, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    async with gateway(policies=["builtin", str(own)]) as running:
        before = await running.settled()
        (own / "missing-greeting.yaml").write_text("id: missing-greeting\ndisposition: burn\n")
        os.kill(running.process.pid, signal.SIGHUP)
        await running.until(lambda: "the policies are not reloaded" in running.log())
        assert await running.settled() == before
        assert (await asyncio.to_thread(running.send))[0] == 250
    assert "missing-greeting.yaml:2: " in running.log()


MAIL_WITHOUT_GREETING = (
    "From: Aino <aino@example.com>\r\nTo: Liisa <liisa@customer.example>\r\nSubject: Varaus\r\n\r\n"
    "varauksesi on vahvistettu huomiselle, ja huone on hiljainen.\r\n\r\nTerveisin\r\nAino\r\n"
)


async def test_systemd_hears_when_it_is_ready_and_when_it_stops(
    gateway: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        async with gateway():
            assert await asyncio.to_thread(manager.recv, 99) == b"READY=1"
        assert await asyncio.to_thread(manager.recv, 99) == b"STOPPING=1"


async def test_the_process_log_shows_no_word_of_a_mail(gateway: Any) -> None:
    """Not even at its most talkative, not even for a mail that is held."""
    mail = (
        "From: Aino <aino@example.com>\r\nTo: Liisa <liisa@customer.example>\r\nSubject: Tunnukset\r\n\r\n"
        "Hei Liisa,\r\n\r\nsalasanasi on Kesäyö-4417.\r\n\r\nTerveisin\r\nAino\r\n"
    )
    async with gateway(log_level="debug") as running:
        code, text = await asyncio.to_thread(running.send, mail.encode())
    assert (code, text.split(b" as ")[0]) == (250, b"2.0.0 Held for review")
    assert "4417" not in running.log()
    assert "salasanasi" not in running.log()


async def test_without_senders_it_says_that_it_is_in_trial(gateway: Any, hop: FakeHop) -> None:
    async with gateway(senders=[]) as running:
        code, _ = await asyncio.to_thread(running.send, MAIL_WITHOUT_GREETING)
    assert code == 250
    assert b"X-Saate" not in hop.mails[0].octets
    assert "trial (senders: is not set)" in running.log()


def say(file: Path) -> tuple[int, str]:
    """What `saate serve` says that cannot start."""
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr


def configured(home: Path, **settings: str) -> Path:
    values = {
        "listen": f"127.0.0.1:{free_port()}",
        "next_hop": f"127.0.0.1:{free_port()}",
        "store": f"sqlite:///{home}/saate.db",
    }
    file = home / "saate.yaml"
    file.write_text("".join(f"{key}: {value}\n" for key, value in (values | settings).items()))
    return file


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = say(configured(tmp_path, listen=f"127.0.0.1:{port}"))
    assert code == 2
    assert said.startswith(f"saate: listen: 127.0.0.1:{port}: the port is in use; ")
    assert said.count("\n") == 1


def test_an_address_of_another_machine_is_one_line(tmp_path: Path) -> None:
    code, said = say(configured(tmp_path, listen="192.0.2.1:2525"))
    assert (code, said.count("\n")) == (2, 1)
    assert "192.0.2.1:2525: no address of this machine" in said


async def test_a_second_gateway_on_the_same_store_is_one_line(gateway: Any, tmp_path: Path) -> None:
    async with gateway() as running:
        code, said = await asyncio.to_thread(say, configured(tmp_path, store=running.url))
        assert (await asyncio.to_thread(running.send))[0] == 250
        assert f"has a saate serve already (process {running.process.pid}); stop it" in said
    assert (code, said.count("\n")) == (2, 1)


def test_a_next_hop_that_is_ourselves_by_another_name_is_one_line(tmp_path: Path) -> None:
    port = free_port()
    code, said = say(configured(tmp_path, listen=f"0.0.0.0:{port}", next_hop=f"localhost:{port}"))
    assert (code, said.count("\n")) == (2, 1)
    assert f"next_hop: localhost:{port} is where we listen ourselves; " in said


def test_a_broken_policy_is_said_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.yaml").write_text("id: mine\ntitle: [\n")
    code, said = say(configured(tmp_path, policies="[builtin, own]"))
    assert code == 2
    assert "mine.yaml:" in said
    assert "Traceback" not in said


def test_a_store_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    code, said = say(configured(tmp_path, store=f"sqlite:///{tmp_path}/nowhere/saate.db"))
    assert (code, said.count("\n")) == (2, 1)
    assert "mkdir" in said
