"""The door: SMTP from the client's side, on aiosmtpd's protocol, session and command loop.

Rules of this file: no decisions about a mail. MAIL and RCPT are mirrored to the next hop while the client waits, and
its answers go back as they are; DATA gathers the octets in blocks and hands one mail to the relay. EHLO, MAIL, RCPT and
DATA are our own: aiosmtpd's drop ESMTP parameters, keep a mail as a list of lines and answer before the next hop does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any, Protocol

from gateway import orders, status
from gateway.config import Config
from gateway.connection import BLOCK, Connection
from gateway.mail import Envelope, Mail, Octets, Recipient, mail_id
from gateway.nexthop import Capabilities, NextHopError, Pool, Transaction
from gateway.offers import OF_MAIL, OF_RCPT, is_offered, most_octets, words
from gateway.path import BadParameters, BadPath, PathArgument, is_helo, is_mailbox, path_argument
from gateway.spool import Spool
from gateway.status import Status
from gateway.wire import DataReader

log = logging.getLogger("saate.smtpd")


class Accepts(Protocol):
    """What the door needs of the relay; no call raises."""

    async def accept(self, mail: Mail, hop: Transaction) -> Status: ...

    async def left_waiting(self, mail: Mail) -> None: ...

    async def unheard(self, mail: Mail, answer: Status) -> None: ...


class Door:
    """What every session of a worker shares."""

    def __init__(
        self,
        config: Config,
        relay: Accepts,
        pool: Pool,
        *,
        hostname: str,
        now: Callable[[], datetime],
        ordering: Accepts | None = None,
    ) -> None:
        """`ordering` takes mail to `notices.commands`; nobody else does."""
        self.config = config
        self.hostname = hostname
        self.relay = relay
        self.ordering = ordering
        self.pool = pool
        self.now = now
        self.closing = False
        self.live: set[Session] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()

    def protocol(self) -> Session:
        """Make the protocol of one new connection."""
        return Session(self)

    @property
    def sessions(self) -> int:
        """How many clients are here now."""
        return len(self.live)

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start what must be finished even when the client goes away."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def drain(self) -> None:
        """Let running transactions end, say 421 to everybody else; returns when nobody is here and nothing runs."""
        self.closing = True
        for session in tuple(self.live):
            session.leave_if_idle()
        if self.live:
            await self._empty.wait()
        if self._running:
            await asyncio.wait(self._running)

    def left(self, session: Session) -> None:
        """A client is gone."""
        self.live.discard(session)
        if not self.live:
            self._empty.set()

    def takes(self, address: str) -> Accepts:
        """Who takes a mail to this recipient."""
        return self.ordering if self.ordering and orders.recipient_of(address, self.config) is not None else self.relay

    def offers(self) -> Capabilities | None:
        """What the next hop said last in its EHLO."""
        return self.pool.capabilities

    def may_relay(self, peer: str) -> bool:
        """Tell whether a client's address is in `allow:`."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.config.allow)


class Session(Connection):
    """One client's session."""

    def __init__(self, door: Door) -> None:
        config = door.config
        super().__init__(hostname=door.hostname, timeout=config.timeouts.client, errors=config.limits.errors)
        self._door = door
        self._mail = Envelope("")
        self._hop: Transaction | None = None
        self._taker: Accepts = door.relay
        """Who takes this mail; its recipients say it."""
        self._under_way: Mail | None = None
        self._has_gone = False
        """The client closed its side while its mail was under way."""
        self._said: tuple[Mail, Status] | None = None
        """The answer to the last mail, until the client shows that it heard it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._door.live.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._door.left(self)
        super().connection_lost(error)
        self._leave_waiting()
        self._forget_mail()
        self._tell_unheard()

    def eof_received(self) -> bool | None:
        self._leave_waiting()
        return super().eof_received()

    def _leave_waiting(self) -> None:
        if self._under_way is not None and not self._has_gone:
            self._has_gone = True
            self._door.run(self._taker.left_waiting(self._under_way))

    def leave_if_idle(self) -> None:
        """Go, unless a mail is under way: that one is finished first."""
        if self._hop is None and self._under_way is None:
            self.leave(status.SHUTDOWN)

    async def smtp_HELO(self, name: str) -> None:
        await self._hello(name, extended=False)

    async def smtp_EHLO(self, name: str) -> None:
        await self._hello(name, extended=True)

    async def _hello(self, name: str, *, extended: bool) -> None:
        self._heard()
        if not is_helo(name or ""):
            return await self.say(status.BAD_HELO)
        offers = self._door.offers()
        if offers is None:
            return await self.say(status.NOT_READY)
        self._forget_mail()
        assert self.session is not None
        self.session.host_name, self.session.extended_smtp = name, extended
        self._client = replace(self._client, helo=name, protocol="ESMTP" if extended else "SMTP")
        lines = (self.hostname, *(words(offers, self._most_octets(offers)) if extended else ()))
        return await self.say(Status(250, lines))

    def _most_octets(self, offers: Capabilities | None) -> int:
        return most_octets(self._door.config.limits.size, offers)

    async def smtp_MAIL(self, arg: str) -> None:
        self._heard()
        await self.say(await self._take_mail(arg or ""))

    async def _take_mail(self, arg: str) -> Status:
        if self._door.closing:
            return status.SHUTDOWN
        if not self._client.helo:
            return status.NEED_EHLO
        if self._hop is not None:
            return status.NESTED_MAIL
        if not self._door.may_relay(self._client.address):
            return status.RELAY_DENIED
        argument = self._argument(arg, "FROM:", OF_MAIL, status.BAD_REVERSE_PATH)
        if isinstance(argument, Status):
            return argument
        refusal = self._refuse_mail(argument)
        return refusal or await self._mirror_mail(argument)

    def _refuse_mail(self, argument: PathArgument) -> Status | None:
        values = argument.values()
        if argument.address and not is_mailbox(argument.address):
            return status.BAD_REVERSE_PATH
        if not argument.address.isascii() and "SMTPUTF8" not in values:
            return status.NEEDS_SMTPUTF8
        size, body = values.get("SIZE", "0"), values.get("BODY", "7BIT")
        if not (size.isascii() and size.isdigit() and len(size) <= 20) or body.upper() not in ("7BIT", "8BITMIME"):
            return status.BAD_PARAMETER_SYNTAX
        if values.get("SMTPUTF8"):
            return status.BAD_PARAMETER_SYNTAX
        return status.TOO_BIG if int(size) > self._most_octets(self._door.offers()) else None

    async def _mirror_mail(self, argument: PathArgument) -> Status:
        with self.unhurried():
            try:
                hop = await self._door.pool.transaction()
            except NextHopError as error:
                return error.status
            self._hop = hop
            answer = await hop.mail(argument.address, argument.parameters)
        if answer.is_success:
            self._mail = Envelope(argument.address, argument.parameters)
            self._taker = self._door.relay
            if "SMTPUTF8" in argument.values():
                self._client = replace(self._client, protocol="UTF8SMTP")
        else:
            self._forget_mail()
        return answer

    async def smtp_RCPT(self, arg: str) -> None:
        await self.say(await self._take_recipient(arg or ""))

    async def _take_recipient(self, arg: str) -> Status:
        if self._hop is None:
            return status.NEED_MAIL
        if len(self._mail.recipients) >= self._door.config.limits.recipients:
            return status.TOO_MANY_RECIPIENTS
        argument = self._argument(arg, "TO:", OF_RCPT, status.BAD_FORWARD_PATH)
        if isinstance(argument, Status):
            return argument
        if not is_mailbox(argument.address) and argument.address.lower() != "postmaster":
            return status.BAD_FORWARD_PATH
        if not argument.address.isascii() and not self._client.protocol.startswith("UTF8"):
            return status.NEEDS_SMTPUTF8
        taker = self._door.takes(argument.address)
        if self._mail.recipients and (self._is_order or taker is not self._door.relay):
            return status.ORDER_ALONE
        self._taker, answer = taker, status.ORDERS_HERE
        if not self._is_order:
            with self.unhurried():
                answer = await self._hop.rcpt(argument.address, argument.parameters)
        if answer.is_success:
            recipient = Recipient(argument.address, argument.parameters)
            self._mail = replace(self._mail, recipients=(*self._mail.recipients, recipient))
        return answer

    @property
    def _is_order(self) -> bool:
        """The mail answers a notice: it is for us, and never relayed."""
        return self._taker is not self._door.relay

    def _argument(self, arg: str, keyword: str, extensions: Mapping[str, str], bad: Status) -> PathArgument | Status:
        try:
            argument = path_argument(arg, keyword)
        except BadPath:
            return bad
        except BadParameters:
            return status.BAD_PARAMETER_SYNTAX
        offers = None if self._client.protocol == "SMTP" else self._door.offers()
        for name in argument.values():
            if not is_offered(offers, extensions.get(name, "")):
                return status.UNKNOWN_PARAMETER
        return argument

    async def smtp_DATA(self, arg: str) -> None:
        if arg:
            return await self.say(status.BAD_PARAMETER_SYNTAX)
        if self._hop is None:
            return await self.say(status.NEED_MAIL)
        if not self._mail.recipients:
            return await self.say(status.NO_RECIPIENTS)
        await self.say(status.START_DATA)
        most = self._most_octets(self._door.offers())
        spool = Spool(min(most, orders.LARGEST) if self._is_order else most, self._door.config.limits.spool_above)
        try:
            octets = await self._receive(spool)
        finally:
            spool.close()
        if isinstance(octets, Status):
            self._forget_mail()
            return await self.say(octets)
        mail = self._mail_of(octets, spool.digest)
        with self.unhurried():
            # The client may go away now; what becomes of the mail no longer hangs on it (RFC 1047).
            return await asyncio.shield(self._door.run(self._dispose(mail)))

    async def _receive(self, spool: Spool) -> Octets | Status:
        """Take the data up to its end; a Status says why the mail is refused."""
        data, trouble = DataReader(), False
        end = self.loop.time() + self._door.config.timeouts.data
        while not data.ended:
            block = await self.commands.read(BLOCK)
            if not block:
                raise asyncio.CancelledError  # the client hung up before the end of the data
            self._reset_timeout(max(0.001, min(self._timeout_duration, end - self.loop.time())))
            try:
                for piece in data.feed(block):
                    if not trouble and not data.flaw:
                        spool.write(piece)
            except OSError:
                log.exception("a mail cannot be spooled: is the disk of the temporary directory full?")
                trouble = True
        self.commands.unread(data.surplus)
        if data.flaw:
            return status.NUL_OCTET if data.flaw == "nul" else status.BAD_LINE_END
        if spool.too_big:
            return status.TOO_BIG
        try:
            return status.SPOOL_AWAY if trouble else spool.finish()
        except OSError:
            return status.SPOOL_AWAY

    def _mail_of(self, octets: Octets, digest: str) -> Mail:
        random = secrets.token_bytes(10)
        return Mail(mail_id(random), self._mail, octets, self._client, self._door.now(), digest)

    async def _dispose(self, mail: Mail) -> None:
        """Have the mail passed, annotated or held, and say what came of it; goes on when the client has gone."""
        hop, self._hop = self._hop, None
        assert hop is not None
        self._under_way = mail
        answer = await self._taker.accept(mail, hop)
        self._under_way = None
        self._mail = Envelope("")
        if (answer.is_success or self._has_gone) and not self._is_order:
            self._said = (mail, answer)
        if self.transport is None:
            return self._tell_unheard()
        with contextlib.suppress(ConnectionError):
            await self.say(answer)
        if self._door.closing:
            self.leave(status.SHUTDOWN)
        return None

    def _heard(self) -> None:
        """The client has spoken after our answer: it has it."""
        self._said = None

    def _tell_unheard(self) -> None:
        if self._said is not None:
            mail, answer = self._said
            self._said = None
            self._door.run(self._door.relay.unheard(mail, answer))

    def _forget_mail(self) -> None:
        """Leave the transaction, if there is one (RSET, EHLO, QUIT, a lost connection, a refused mail)."""
        hop, self._hop = self._hop, None
        self._mail = Envelope("")
        if self._client.protocol.startswith("UTF8"):
            self._client = replace(self._client, protocol="ESMTP")
        if hop is not None:
            self._door.run(hop.abort())

    async def smtp_RSET(self, arg: str) -> None:
        self._heard()
        if arg:
            return await self.say(status.BAD_PARAMETER_SYNTAX)
        self._forget_mail()
        return await self.say(status.OK)

    async def smtp_QUIT(self, arg: str) -> None:
        self._heard()
        if arg:
            return await self.say(status.BAD_PARAMETER_SYNTAX)
        return self.leave(status.BYE)

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: ARG002 - RFC 5321 §4.1.1.9: ignored
        self._heard()
        await self.say(status.OK)
