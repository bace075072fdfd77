"""Holding a reply, answering its notice and looking what came of it, in a house of tests."""

from __future__ import annotations

import asyncio
import email
import email.policy
from typing import Any

from answering import Told, answer, told
from fakehop import FiledMail
from gateway.hold import Hold
from inhouse import House, reply

NOTICES = {"commands": "saate@saate.example.com"}


async def hold(here: House, octets: bytes = reply("hold me\r\n")) -> tuple[Hold, Told]:
    """Have a reply held, and its notice delivered."""
    dialog = await here.dialog()
    said = await dialog.send(octets)
    assert "Held for review as" in said
    async with here.courier():
        pass
    found = await find(here, said.split()[-1])
    return found, told(here.hop.mails[-1].octets)


async def find(here: House, hold_id: str) -> Hold:
    return await asyncio.to_thread(here.store.find, hold_id)


async def order(
    here: House, notice: Told, *typed: str, sender: str = "aino@example.com", to: str = "", field: bytes = b""
) -> str:
    """Answer a notice; what the door says to the dot."""
    octets = field + answer(typed, notice, sender=sender)
    dialog = await here.dialog()
    return await dialog.send(octets, sender=sender, recipients=(to or notice.answer_to,))


async def letters(here: House, before: int) -> list[str]:
    """What our letters since then say, each on one line."""
    async with here.courier():
        pass
    return [words(mail) for mail in here.hop.mails[before:] if is_letter(mail)]


def is_letter(mail: FiledMail) -> bool:
    return b"\r\nAuto-Submitted: auto-generated\r\n" in mail.octets


def words(mail: FiledMail) -> str:
    part = email.message_from_bytes(mail.octets, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


async def entries(here: House, kind: str) -> list[dict[str, Any]]:
    rows = await asyncio.to_thread(lambda: list(here.store.log_rows()))
    return [row.entry | {"personal": row.about} for row in rows if row.type == kind]
