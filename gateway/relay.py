"""What happens to a mail, on one page, from top to bottom. docs/flow.md tells the same in words, in the same order.

Rules of this file: it decides nothing about a mail's content and moves no octet itself. Whatever goes wrong in us is
4xx, and the mail stays with the client; a 2xx is said only when the next hop said it, or when the mail is durable in
the hold store (RFC 5321 §4.2.5).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway import annotate, entries, status, trouble
from gateway.agent import find_agent
from gateway.clock import first_step
from gateway.config import Config
from gateway.hold import Hold
from gateway.inspector import InspectionBusy, Inspector
from gateway.mail import Mail
from gateway.nexthop import Transaction
from gateway.notice import NoticeWriter
from gateway.scope import Ruling, rule
from gateway.status import Status
from gateway.store import ANSWER_KEPT, Store, StoreError
from gateway.ticket import ticket_reference
from gateway.verdict import Disposition, Inspection
from gateway.workdays import Workdays

log = logging.getLogger("saate.relay")


class Relay:
    """The way of one mail."""

    def __init__(
        self,
        config: Config,
        store: Store,
        inspector: Inspector,
        notices: NoticeWriter,
        *,
        hostname: str,
        policy_set: str,
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._store = store
        self._inspector = inspector
        self._notices = notices
        self._hostname = hostname
        self._policy_set = policy_set
        self._now = now
        self._workdays = Workdays(config.calendar)

    async def accept(self, mail: Mail, hop: Transaction) -> Status:
        """Take a mail whose MAIL and RCPT the next hop has accepted; the answer is for the client. Never raises."""
        try:
            answer = await self._way(mail, hop)
        except InspectionBusy:
            answer = status.INSPECTION_BUSY
        except StoreError as error:
            log.error("id=%s the store does not take it: %s", mail.id, error)
            answer = status.STORE_AWAY
        except Exception as error:  # noqa: BLE001 - our failure is never the sender's: 451, the mail stays there
            log.error("id=%s trouble of our own: %s", mail.id, trouble.of(error))
            answer = status.INTERNAL
        await hop.abort()  # nothing to do when the mail has gone its way
        return answer

    async def _way(self, mail: Mail, hop: Transaction) -> Status:
        if annotate.loops(mail.octets, self._hostname, self._config.limits):
            log.warning("id=%s refused: it goes round in a loop", mail.id)
            return status.LOOP
        inspection = await self._inspector.inspect(mail)
        ruling = rule(inspection, mail.envelope, self._config)
        match ruling.disposition:
            case Disposition.PASS | Disposition.ANNOTATE:
                return await self._send(mail, inspection, ruling, hop)
            case Disposition.HOLD:
                return await self._hold(mail, inspection, ruling, hop)

    async def _send(self, mail: Mail, inspection: Inspection, ruling: Ruling, hop: Transaction) -> Status:
        whole, earlier = entries.whole_digest(mail), None

        async def may_end() -> bool:
            """The verdict is durable before the dot, and nobody had this very mail already."""
            nonlocal earlier
            earlier = await self._store.judged(entries.judged(mail, inspection, ruling, self._policy_set), whole)
            return earlier is None

        answer = await hop.data((self._fields(mail, inspection, ruling), mail.octets), may_end())
        outcome = entries.outcome_of(answer) if earlier is None else "already-sent"
        answer = earlier or answer
        self._dispose(mail, ruling, answer, outcome)
        return answer

    async def _hold(self, mail: Mail, inspection: Inspection, ruling: Ruling, hop: Transaction) -> Status:
        await hop.hold()
        hold = self._as_hold(mail, inspection)
        answer = status.held(mail.id)
        done = entries.disposed(mail, self._now(), ruling, answer, "held")
        held = await self._store.hold(
            hold,
            mail.octets,
            (entries.judged(mail, inspection, ruling, self._policy_set), done),
            self._notices.for_hold(hold, inspection.facts, at=mail.received_at),
            digest_after=0 if hold.automatic else self._config.notices.digest_after,
            digest_window=self._config.notices.digest_window,
        )
        log.info("id=%s held as=%s policies=%s", mail.id, held.id, ",".join(hold.policies))
        return status.held(held.id)

    def _dispose(self, mail: Mail, ruling: Ruling, answer: Status, outcome: str) -> None:
        """Record what came of it with the next group commit: nobody waits for it, but its failure raises an alarm."""
        entry = entries.disposed(mail, self._now(), ruling, answer, outcome)
        self._store.disposed(entry).add_done_callback(_alarm)
        log.info("id=%s %s disposition=%s answer=%s", mail.id, outcome, ruling.disposition.word, answer)

    async def left_waiting(self, mail: Mail) -> None:
        """The client has gone while its mail is under way: should it come again before the answer, it waits."""
        longest = timedelta(seconds=self._config.timeouts.reply + self._config.timeouts.dot)
        await self._remember(mail, status.UNDER_WAY, longest)

    async def unheard(self, mail: Mail, answer: Status) -> None:
        """Remember for a day that the client did not hear our 2xx, so that nothing is sent twice."""
        log.warning("id=%s the client did not hear the answer %d", mail.id, answer.code)
        await self._remember(mail, answer, ANSWER_KEPT if answer.is_success else timedelta(0))

    async def _remember(self, mail: Mail, answer: Status, kept: timedelta) -> None:
        try:
            await self._store.unanswered(entries.whole_digest(mail), answer, self._now(), kept)
        except StoreError as error:
            log.error("id=%s a duplicate may follow: %s", mail.id, error)

    def _fields(self, mail: Mail, inspection: Inspection, ruling: Ruling) -> bytes:
        top = annotate.received(mail.client, self._hostname, mail.id, mail.received_at)
        if ruling.disposition is not Disposition.ANNOTATE:
            return top
        named = inspection.verdict.policies if self._config.annotate.policies else ()
        return top + annotate.annotated(mail.id, named)

    def _as_hold(self, mail: Mail, inspection: Inspection) -> Hold:
        facts, verdict = inspection.facts, inspection.verdict
        return Hold(
            id=mail.id,
            held_at=mail.received_at,
            envelope=mail.envelope,
            client=mail.client.address,
            size=mail.size,
            message_id=facts.message_id,
            subject=facts.subject,
            header_from=facts.header_from[0] if facts.header_from else "",
            agent=find_agent(facts, mail.envelope, mail.client.user, self._config),
            language=facts.language,
            automatic=facts.automatic,
            findings=verdict.findings,
            release_by=verdict.release_by,
            on_timeout=verdict.on_timeout,
            ticket=ticket_reference(facts.subject),
            clock_at=first_step(self._config, self._workdays, mail.received_at),
            octets_digest=mail.digest,
            same=entries.same_digest(mail.digest, mail.envelope),
            whole=entries.whole_digest(mail),
        )


def _alarm(done: asyncio.Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.critical("the policy log lacks a disposed entry: %s", error)
