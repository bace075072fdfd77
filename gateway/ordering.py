"""What happens to an answer to a notice, on one page, from top to bottom: heard, believed, obeyed, answered.

Rules of this file: who holds the token of a notice and writes from the mailbox that it went to is believed, and may do
what `rights` lets her. Nobody else is told anything but one refusal, whatever was wrong. No answer of a machine is
obeyed or answered, and nobody gets more than a few answers an hour, so that no loop can live. What is done stands in
the store before the letter that tells of it: a client that sends an order again finds it done.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from gateway import orders, rights, status, trouble
from gateway.answering import Lines, Saying
from gateway.config import Config, Role
from gateway.entry import EntryType
from gateway.hold import Actor, Hold, HoldState
from gateway.inspector import InspectionBusy, Inspector, Reason
from gateway.mail import Mail
from gateway.nexthop import Transaction
from gateway.notice import NoticeWriter
from gateway.orders import Order, Token, Unread
from gateway.phrases.orders import Verb
from gateway.rights import Action
from gateway.status import Status
from gateway.store import HoldChanged, HoldGone, NoSuchHold, Store, StoreError, Unreasoned
from gateway.verdict import PolicyStatus
from gateway.workdays import Workdays

log = logging.getLogger("saate.ordering")

Result = TypeVar("Result")
CHANNEL = "mail"
LARGEST_MENDED = 8 << 20
"""Octets of a reply that is mended by mail: it travels from an inspection process back to us."""
ANSWERS = 12
"""Letters about one hold within `WITHIN`, from one process."""
WITHIN = timedelta(hours=1)
_REMEMBERED = 1000


class Ordering:
    """The way of an order; the door's other way beside the relay's."""

    def __init__(
        self,
        config: Config,
        store: Store,
        inspector: Inspector,
        notices: NoticeWriter,
        *,
        secret: bytes,
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._store = store
        self._inspector = inspector
        self._notices = notices
        self._secret = secret
        self._now = now
        self._workdays = Workdays(config.calendar)
        self._told: OrderedDict[str, list[datetime]] = OrderedDict()

    async def accept(self, mail: Mail, hop: Transaction) -> Status:
        """Take a mail to `notices.commands`; the answer is for the client. Never raises."""
        try:
            answer = await self._way(mail)
        except InspectionBusy:
            answer = status.INSPECTION_BUSY
        except StoreError as error:
            log.error("id=%s the store does not take an order: %s", mail.id, error)
            answer = status.STORE_AWAY
        except Exception as error:  # noqa: BLE001 - our failure is never the sender's: 451, the mail stays there
            log.error("id=%s trouble of our own: %s", mail.id, trouble.of(error))
            answer = status.INTERNAL
        await hop.abort()
        return answer

    async def left_waiting(self, mail: Mail) -> None:
        """Nothing to remember: an order that comes again finds what it ordered done."""

    async def unheard(self, mail: Mail, answer: Status) -> None:
        """As above."""

    async def _way(self, mail: Mail) -> Status:
        heard = await self._inspector.hear(mail)
        token = orders.read_token(orders.recipient_of(mail.envelope.addresses[0], self._config) or "")
        hold = await self._find(token)
        if isinstance(heard, Reason):
            return await self._deny(mail, hold, "", f"it could not be read: {heard}", status.NO_ORDER)
        author = heard.authors[0] if len(heard.authors) == 1 else ""
        if heard.automatic or not mail.envelope.reverse_path:
            return await self._deny(mail, hold, author, "a machine answered", status.ORDER_TAKEN)
        digest = await self._digest_of(token, author, hold)
        if hold is None or not digest:
            return await self._deny(mail, hold, author, "no token, or not for this mailbox", status.NO_ORDER)
        if not self._may_be_told(hold.id):
            return await self._deny(mail, hold, author, "too many answers within an hour", status.ORDER_TAKEN)
        lines = await self._answered(mail, hold, author, digest, heard.lines)
        now, done = self._now(), await self._in_thread(lambda: self._store.find(hold.id))
        await self._store.tell(self._notices.answer(author, done, lines, now), now)
        return status.ORDER_TAKEN

    # --- who is believed

    async def _find(self, token: Token | None) -> Hold | None:
        if token is None:
            return None
        try:
            return await self._in_thread(lambda: self._store.find(token.hold_id))
        except NoSuchHold:
            return None

    async def _digest_of(self, token: Token | None, author: str, hold: Hold | None) -> str:
        """The digest of the octets that the notice spoke of; "" where the token is not hers."""
        if token is None or hold is None or not author:
            return ""
        digests = [hold.octets_digest, hold.original_digest]
        if hold.mended:
            story = await self._in_thread(lambda: self._store.story(hold.id))
            digests += [str(row.entry["facts"].get("old", "")) for row in story if row.type == EntryType.FIXED]
        return next((one for one in digests if one and token.fits(self._secret, author, one)), "")

    async def _deny(self, mail: Mail, hold: Hold | None, author: str, why: str, answer: Status) -> Status:
        """Log what was not obeyed; one word to whoever tried, or none to a machine."""
        who = Actor(author or "unknown", author, Role.AGENT)
        about = hold.id if hold else ""
        log.warning("id=%s no order, hold=%s: %s", mail.id, about or "unknown", why)
        await self._in_thread(lambda: self._store.deny(about, who, "order", why, self._now(), channel=CHANNEL))
        return answer

    def _may_be_told(self, hold_id: str) -> bool:
        """Count the letters about a hold: a program that answers ours and does not say that it is one finds an end."""
        now = self._now()
        told = [at for at in self._told.pop(hold_id, []) if now - WITHIN < at <= now]
        self._told[hold_id] = [*told, now][:ANSWERS]
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return len(told) < ANSWERS

    # --- what is obeyed

    async def _answered(self, mail: Mail, hold: Hold, author: str, digest: str, lines: Sequence[str]) -> Lines:
        """Do what is ordered; what to say about it."""
        saying = self._saying(hold)
        if hold.state is not HoldState.HELD:
            return saying.gone()
        order = orders.parse(lines, saying.phrases.language)
        if isinstance(order, Unread):
            log.info("id=%s hold=%s not understood: %s", mail.id, hold.id, order.doubt)
            return saying.unread(order)
        if order.verb is Verb.HELP:
            return saying.help()
        if digest != hold.octets_digest:
            return await self._changed(hold)
        who = orders.ordering_actor(author, hold, self._config)
        refusal = rights.refusal(who, Action(order.verb.value), hold) if who else "people: does not name the mailbox"
        if refusal or who is None:
            await self._in_thread(
                lambda: self._store.deny(
                    hold.id,
                    who or Actor(author, author, Role.AGENT),
                    order.verb.value,
                    refusal,
                    self._now(),
                    channel=CHANNEL,
                )
            )
            return saying.refused(who) if who else saying.stranger(author)
        said = await self._done(order, hold, who)
        log.info("id=%s hold=%s order=%s", mail.id, hold.id, order.verb)
        return said

    async def _done(self, order: Order, hold: Hold, who: Actor) -> Lines:
        saying, now, digest = self._saying(hold), self._now(), hold.octets_digest
        reason = order.reason or "; ".join(dict.fromkeys(filter(None, order.reasons.values())))
        try:
            match order.verb:
                case Verb.RELEASE:
                    return await self._release(order, hold, who)
                case Verb.DISCARD:
                    await self._in_thread(
                        lambda: self._store.discard(hold.id, who, reason, now, channel=CHANNEL, expected=digest)
                    )
                    return saying.discarded()
                case Verb.ASK:
                    return await self._ask(hold, who, reason)
                case Verb.FIX:
                    return await self._fix(order.fixes, hold, who)
                case Verb.HELP:
                    return saying.help()
        except Unreasoned as error:
            return saying.unreasoned(error.numbers)
        except HoldGone as error:
            return self._saying(error.hold).gone()
        except HoldChanged as error:
            return self._saying(error.hold).changed(error.who, error.when)

    async def _release(self, order: Order, hold: Hold, who: Actor) -> Lines:
        saying, digest = self._saying(hold), hold.octets_digest
        unknown = sorted(set(order.reasons) - set(range(1, len(hold.findings) + 1)))
        if unknown:
            return saying.no_such_finding(unknown)
        reasons = order.reasons or order.reason
        released = await self._in_thread(
            lambda: self._store.release(hold.id, who, reasons, self._now(), channel=CHANNEL, expected=digest)
        )
        return self._saying(released).released()

    async def _ask(self, hold: Hold, who: Actor, reason: str) -> Lines:
        now = self._now()
        letters = self._notices.for_request(hold, who, reason, now) if reason else ()
        first = letters[0] if letters else None
        await self._in_thread(lambda: self._store.ask(hold.id, who, reason, first, now, channel=CHANNEL))
        for letter in letters[1:]:
            await self._store.tell(letter, now)
        return self._saying(hold).asked(letters)

    async def _fix(self, wanted: Sequence[str], hold: Hold, who: Actor) -> Lines:
        """Make fixes in an inspection process; what then holds nothing more is released in the same go."""
        saying, suggested = self._saying(hold), _suggested(hold)
        unknown = [name for name in wanted if name not in suggested]
        if unknown or not suggested:
            return saying.unknown_fix(unknown, suggested)
        if hold.size > LARGEST_MENDED:
            return saying.too_large()
        octets, names = await self._store.octets(hold.id), tuple(wanted or suggested)
        remade = await self._inspector.mend(octets, hold.envelope, names)
        left_out = () if isinstance(remade, Reason) else remade.to_fill
        if left_out and set(left_out) < set(names):  # what leaves a blank cannot be finished by mail; the others can
            rest = tuple(name for name in names if name not in left_out)
            remade = await self._inspector.mend(octets, hold.envelope, rest)
        if isinstance(remade, Reason):
            return saying.too_large()
        if remade.to_fill or remade.mended.octets == octets:
            return saying.not_mended(remade, left_out)
        digest, mended = hold.octets_digest, remade.mended
        held = await self._in_thread(
            lambda: self._store.mend(hold.id, mended, who, self._now(), channel=CHANNEL, expected=digest)
        )
        released = not held.open and not rights.refusal(who, Action.RELEASE, held)
        if released:
            why = f"mended: {', '.join(mended.fixes)}; nothing holds it any more"
            new = held.octets_digest
            held = await self._in_thread(
                lambda: self._store.release(hold.id, who, why, self._now(), channel=CHANNEL, expected=new)
            )
        return self._saying(held).mended(remade, left_out, released=released)

    async def _changed(self, hold: Hold) -> Lines:
        """The notice spoke of other octets: somebody has mended the reply since."""
        story = await self._in_thread(lambda: self._store.story(hold.id))
        last = next((row for row in reversed(story) if row.type == EntryType.FIXED), None)
        who, when = (str(last.entry["actor"]), datetime.fromisoformat(last.at)) if last else ("", hold.held_at)
        return self._saying(hold).changed(who, when)

    def _saying(self, hold: Hold) -> Saying:
        return Saying(hold, self._workdays.local)

    @staticmethod
    async def _in_thread(call: Callable[[], Result]) -> Result:
        """The store's calls for people block."""
        return await asyncio.to_thread(call)


def _suggested(hold: Hold) -> tuple[str, ...]:
    """The fixes that enforced findings suggest, each once."""
    enforced = (finding for finding in hold.findings if finding.status is PolicyStatus.ENFORCED)
    return tuple(dict.fromkeys(fix.name for finding in enforced for fix in finding.fixes))
