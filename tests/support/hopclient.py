"""The way of one mail through a pool, step by step or all at once, for the tests of the next hop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gateway.mail import Octets
from gateway.nexthop import Pool, Transaction
from gateway.status import Status

MakePool = Callable[..., Pool]
LETTER = b"From: Ossi <ossi@example.com>\r\nSubject: Avaimet\r\n\r\nHei Maija,\r\n\r\n.piste\r\n..\r\n\xe4\r\nOssi\r\n"


async def yes() -> bool:
    """The log is durable."""
    return True


async def no() -> bool:
    """The log cannot be written."""
    return False


async def envelope(pool: Pool, *recipients: str) -> Transaction:
    """A transaction whose MAIL and RCPT the next hop has accepted."""
    transaction = await pool.transaction()
    assert (await transaction.mail("ossi@example.com", ())).code == 250
    for recipient in recipients or ("maija@example.org",):
        assert (await transaction.rcpt(recipient, ())).code == 250
    return transaction


async def send(
    pool: Pool, chunks: Iterable[Octets] = (LETTER,), recipients: Sequence[str] = ("maija@example.org",)
) -> Status:
    """One mail; the first answer that is no yes, or the one to the dot. The session goes back."""
    transaction = await pool.transaction()
    answer = await transaction.mail("ossi@example.com", ())
    for recipient in recipients:
        if answer.is_success:
            answer = await transaction.rcpt(recipient, ())
    if answer.is_success:
        return await transaction.data(chunks, yes())
    await transaction.abort()
    return answer
