"""Orders by mail at a gateway as its users run it: tokens outlive reload and restart, fixes have their process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from answering import Told, answer, told
from fakehop import FakeHop, FiledMail
from gateway.hold import HoldState
from gateway.store import Store

NOTICES = {"commands": "saate@saate.example.com"}
HELD = (
    "From: Aino <aino@example.com>\r\nTo: Liisa <liisa@customer.example>\r\nSubject: Varaus\r\n\r\n"
    "Hei Liisa,\r\n\r\nsalasanasi on Kuutamo-4417.\r\n\r\nTerveisin\r\nAino\r\n"
)
Starts = Callable[..., AbstractAsyncContextManager[Any]]


async def notice_of(hop: FakeHop) -> Told:
    """The newest notice, once it has been delivered."""
    await hop.until(lambda: any(b"\r\nReply-To: " in mail.octets for mail in hop.mails), 30)
    return told(next(mail.octets for mail in reversed(hop.mails) if b"\r\nReply-To: " in mail.octets))


async def order(running: Any, notice: Told, typed: str) -> None:
    def send() -> None:
        with contextlib.closing(running.client()) as client:
            client.sendmail("aino@example.com", [notice.answer_to], answer((typed,), notice, sender="aino@example.com"))

    await asyncio.to_thread(send)


def released(hop: FakeHop) -> list[FiledMail]:
    return [mail for mail in hop.mails if mail.addresses == ["liisa@customer.example"]]


async def test_a_fix_ordered_by_mail_is_made_and_sent(gateway: Starts, hop: FakeHop) -> None:
    async with gateway(notices=NOTICES) as running:
        assert (await asyncio.to_thread(running.send, HELD))[1].startswith(b"2.0.0 Held")
        await order(running, await notice_of(hop), "korjaa")
        await hop.until(lambda: released(hop), 30)
    sent = released(hop)[0].octets
    assert b"salasanasi on [salasana poistettu]." in sent
    assert b"Kuutamo" not in sent


async def test_a_token_outlives_a_reload_and_a_restart(gateway: Starts, hop: FakeHop) -> None:
    async with gateway(notices=NOTICES) as running:
        await asyncio.to_thread(running.send, HELD)
        notice = await notice_of(hop)
    async with gateway(notices=NOTICES) as again:
        await again.settled()
        os.kill(again.process.pid, signal.SIGHUP)
        await again.until(lambda: "the policies are as they were" in again.log())
        await order(again, notice, "hylkää se oli koe")
        store = Store(again.url)
        found = next(iter(await asyncio.to_thread(lambda: list(store.holds(())))))
        await asyncio.to_thread(store.close)
    assert (found.state, found.acted_by, found.reason) == (HoldState.DISCARDED, "aino@example.com", "se oli koe")
