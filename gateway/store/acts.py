"""What people do to held replies: release, discard, mend, ask; and what they tried and may not do.

Rules of this file: whether somebody may is asked at the doors (rights.py). That each finding which holds has its reason
is asked here, so that no door can forget it. All that can be refused is refused before anything is written: in a batch
the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update

from gateway import rights
from gateway.entry import Entry, EntryType
from gateway.hold import Actor, Hold, HoldState, Mended, Outgoing, OutgoingKind, Override
from gateway.mail import domain_of
from gateway.store import chunks, codec, log, outbox, search
from gateway.store.errors import HoldChanged, HoldGone, StoreError, UnknownFinding, Unreasoned
from gateway.store.holds import alike, move, waited
from gateway.store.keys import Keyring
from gateway.store.schema import holds
from gateway.store.seal import place_of_key
from gateway.store.transaction import Transaction

Reasons = Mapping[int, str] | str
"""A reason by the number of the finding that it lets go; a text alone where at most one finding holds."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when and by which door."""

    actor: Actor
    at: datetime
    channel: str
    expected: str = ""
    """The digest of the octets that were looked at; "" for whatever they are."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many."""

    id: str
    hold: Hold | None = None
    """As it is now; None when nothing was done."""
    error: StoreError | None = None


def release(transaction: Transaction, typed: str, reasons: Reasons, act: Act, keys: Keyring) -> Hold:
    """Send a hold on its way, with those that share its octets and every finding of which has its reason.

    Raises HoldGone, HoldChanged and Unreasoned.
    """
    hold = _held(transaction, typed, act)
    given = _given(hold, reasons)
    reason = reasons.strip() if isinstance(reasons, str) else "; ".join(dict.fromkeys(given.values()))
    let_go = {_what(hold, number): text for number, text in given.items()}
    now = hold
    for one in alike(transaction.connection, hold):
        own = {number: let_go[_what(one, number)] for number, _ in one.open if _what(one, number) in let_go}
        if rights.unreasoned(one, own):
            continue  # found something that nobody has seen: it waits for somebody
        waved = tuple(Override(n, one.findings[n - 1].policy, act.actor.name, own[n]) for n in sorted(own))
        released = replace(one, overrides=one.overrides + waved)
        facts = {"overrides": [{"finding": each.finding, "policy": each.policy} for each in waved]} if waved else {}
        personal = {"overrides": [each.reason for each in waved]} if waved else {}
        done = _decide(transaction, released, HoldState.RELEASED, reason, act, hold.id, (facts, personal))
        now = done if one.id == hold.id else now
        outbox.put(transaction, Outgoing(OutgoingKind.RELEASE, one.id, one.envelope), act.at, keys)
    return now


def discard(transaction: Transaction, typed: str, reason: str, act: Act) -> Hold:
    """Never send a hold, nor those that share its octets. Raises HoldGone, HoldChanged and Unreasoned."""
    hold = _held(transaction, typed, act)
    if not reason.strip():
        raise Unreasoned(hold)
    now = hold
    for one in alike(transaction.connection, hold):
        done = _decide(transaction, one, HoldState.DISCARDED, reason.strip(), act, hold.id, ({}, {}))
        now = done if one.id == hold.id else now
    return now


def mend(transaction: Transaction, typed: str, mended: Mended, act: Act, keys: Keyring) -> Hold:
    """Put mended octets in the place of a hold's, and of those that share them; the old ones stay until retention ends.

    Overrides fall: their reasons were given for other findings. Raises HoldGone and HoldChanged.
    """
    hold = _held(transaction, typed, act)
    new = sha256(mended.octets).hexdigest()
    for one in alike(transaction.connection, hold):
        after = replace(
            one,
            mended=True,
            size=len(mended.octets),
            octets_digest=new,
            original_digest=one.original_digest or one.octets_digest,
            findings=mended.findings,
            subject=mended.subject,
            release_by=mended.release_by,
            on_timeout=mended.on_timeout,
            overrides=(),
        )
        _put_mended(transaction, after, mended.octets, act.at, keys)
        facts = {
            "old": one.octets_digest,
            "new": new,
            "fixes": list(mended.fixes),
            "policies": list(after.policies),
            "removed": list(mended.removed),
            "asked_for": hold.id,
            "channel": act.channel,
        }
        transaction.append(Entry(EntryType.FIXED, act.at, one.id, act.actor.name, facts))
    return search.find(transaction.connection, hold.id)


def ask(transaction: Transaction, typed: str, reason: str, letter: Outgoing | None, act: Act, keys: Keyring) -> Hold:
    """Ask a reviewer to release a hold; `letter` tells her. Raises HoldGone and Unreasoned."""
    hold = _held(transaction, typed, act)
    if not reason.strip():
        raise Unreasoned(hold)
    facts = {"policies": list(hold.policies), "channel": act.channel}
    personal: dict[str, object] = {"reason": reason.strip()}
    if letter:
        outbox.put(transaction, letter, act.at, keys)
        facts["to"] = sorted({domain_of(address) for address in letter.envelope.addresses})
        personal["to"] = list(letter.envelope.addresses)
    transaction.append(Entry(EntryType.ASKED, act.at, hold.id, act.actor.name, facts, personal))
    return hold


def deny(transaction: Transaction, typed: str, action: str, why: str, act: Act) -> None:
    """Log that somebody tried what she may not do; `typed` may be empty or name no hold."""
    try:
        mail_id = search.find(transaction.connection, typed).id if typed else ""
    except StoreError:
        mail_id = ""
    facts = {"action": action, "role": act.actor.role.value, "channel": act.channel}
    transaction.append(Entry(EntryType.DENIED, act.at, mail_id, act.actor.name, facts, {"why": why}))


def many(
    transaction: Transaction, ids: Iterable[str], to: HoldState, reasons: Reasons, act: Act, keys: Keyring
) -> list[Outcome]:
    """Release or discard these, each for itself: what is refused keeps nothing back of the others."""
    outcomes = []
    for one in ids:
        try:
            if to is HoldState.RELEASED:
                hold = release(transaction, one, reasons, act, keys)
            else:
                hold = discard(transaction, one, reasons if isinstance(reasons, str) else "", act)
            outcomes.append(Outcome(one, hold))
        except HoldGone as gone:
            # It went along with another that shares its octets, in this very batch.
            ours = gone.state is to and gone.who == act.actor.name and gone.when == act.at
            outcomes.append(Outcome(one, gone.hold) if ours else Outcome(one, error=gone))
        except StoreError as refusal:
            outcomes.append(Outcome(one, error=refusal))
    return outcomes


def _held(transaction: Transaction, typed: str, act: Act) -> Hold:
    hold = search.find(transaction.connection, typed)
    if hold.state is not HoldState.HELD:
        raise HoldGone(hold)
    if act.expected and act.expected != hold.octets_digest:
        fixes = [row for row in log.of_mail(transaction.connection, hold.id) if row.type == EntryType.FIXED]
        who, when = (fixes[-1].entry["actor"], codec.moment(fixes[-1].at)) if fixes else ("", hold.held_at)
        raise HoldChanged(hold, who, when)
    return hold


def _given(hold: Hold, reasons: Reasons) -> dict[int, str]:
    """The reasons for the findings that hold and are open. Raises Unreasoned where one has none."""
    if isinstance(reasons, str):
        numbers = [number for number, _ in hold.open]
        given = {numbers[0]: reasons.strip()} if len(numbers) == 1 else {}
    else:
        unknown = sorted(set(reasons) - set(range(1, len(hold.findings) + 1)))
        if unknown:
            raise UnknownFinding(hold, unknown)
        given = {number: reasons[number].strip() for number, _ in hold.open if number in reasons}
    missing = rights.unreasoned(hold, given)
    if missing:
        raise Unreasoned(hold, missing)
    return given


def _what(hold: Hold, number: int) -> tuple[object, ...]:
    """What a finding says: the same in holds that share octets, whatever its number."""
    finding = hold.findings[number - 1]
    return finding.policy, finding.check, finding.where, finding.excerpt


def _decide(
    transaction: Transaction,
    hold: Hold,
    to: HoldState,
    reason: str,
    act: Act,
    asked_for: str,
    more: tuple[Mapping[str, object], Mapping[str, object]],
) -> Hold:
    decided = replace(hold, state=to, clock_at=None, acted_by=act.actor.name, acted_at=act.at, reason=reason)
    facts = {
        "policies": list(hold.policies),
        "held_seconds": waited(hold, act.at),
        "asked_for": asked_for,
        "channel": act.channel,
        **more[0],
    }
    personal = {"reason": reason, **more[1]}
    move(transaction, decided, act.at, actor=act.actor.name, facts=facts, personal=personal)
    return decided


def _put_mended(transaction: Transaction, hold: Hold, octets: bytes, at: datetime, keys: Keyring) -> None:
    connection = transaction.connection
    row = connection.execute(select(holds).where(holds.c.id == hold.id)).one()
    values: dict[str, object] = {}
    if row.sealed_key:
        own = chunks.own_key(row, keys)
    else:  # held by a saate of schema 1
        own, _ = chunks.give_own_key(connection, row, keys)
        sealed = keys.sealer(transaction.key).seal(own.key, place_of_key(hold.id))
        values = {"key": transaction.key, "sealed_key": sealed}
    values |= {
        "pieces": chunks.put_mended(connection, row, octets, own, at),
        "acted": codec.acted_text(hold),
        "record": codec.hold_text(hold),
        **codec.finding_columns(hold),
    }
    connection.execute(update(holds).where(holds.c.id == hold.id).values(**values))
