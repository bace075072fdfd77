"""Who wrote a reply, and whom a notice about it may reach.

Rules of this file: pure; no I/O. The order of the sources is the design's and stands in `find_agent`, one line each.
A notice goes nowhere near the customer: `may_be_told` is asked about every mailbox before it is used, the fallback too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from gateway.config import Config, mailbox
from gateway.mail import Envelope, domain_of
from gateway.verdict import ReplyFacts

_ANGLE = re.compile(r"<([^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,255})>")
_BARE = re.compile(r"(?<![^\s<>,;:\"()])[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,255}")
_FIELD_CHARACTERS = 1000
_BETWEEN_WORDS = re.compile(r"[^\w@*?-]+|(?<!\w)-|-(?!\w)")
_SIGN_OFF_LINES = 20
_SIGN_OFF_CHARACTERS = 200


def find_agent(facts: ReplyFacts, envelope: Envelope, user: str, config: Config) -> str:
    """Return the agent's mailbox, "" where nobody can be named.

    `user` is the AUTH user. Only mailboxes in our own domains count; a mail that a machine sent has no agent.
    """
    if facts.automatic:
        return ""
    candidates = _candidates(facts, envelope, user, config)
    return next((who for who in candidates if may_be_told(who, facts, envelope, config)), "")


def notice_recipient(agent: str, facts: ReplyFacts, envelope: Envelope, config: Config) -> str:
    """Return who gets the notice about a mail: the agent, else the fallback, "" where nobody may be told."""
    if agent and not facts.automatic and may_be_told(agent, facts, envelope, config):
        return agent
    return fallback(facts, envelope, config)


def fallback(facts: ReplyFacts, envelope: Envelope, config: Config) -> str:
    """Return the fallback mailbox, "" where there is none or where it is the customer of this mail.

    The mail admin named it, so it may stand outside our own domains; an outside recipient of the mail it may not be.
    """
    who = config.fallback
    return "" if not who or is_outside_recipient(who, facts, envelope, config.senders) else who


def may_be_told(who: str, facts: ReplyFacts, envelope: Envelope, config: Config) -> bool:
    """Tell whether a notice about this mail may go to an agent's mailbox."""
    return (
        _is_mailbox(who)
        and is_ours(who, config.senders)
        and not is_outside_recipient(who, facts, envelope, config.senders)
    )


def is_ours(address: str, senders: Collection[str]) -> bool:
    """Tell whether a mailbox is in one of our own domains, spelt in Unicode or as an A-label (RFC 5890)."""
    domain = domain_of(address).rstrip(".")
    return bool(domain) and any(_a_label(domain) == _a_label(own) for own in senders)


def is_outside_recipient(who: str, facts: ReplyFacts, envelope: Envelope, senders: Collection[str]) -> bool:
    """Tell whether a mailbox is a recipient of this mail, by envelope or header, outside our own domains."""
    if is_ours(who, senders):
        return False
    wanted = who.casefold()
    return any(wanted == address.casefold() for address in (*envelope.addresses, *facts.header_recipients))


def _candidates(facts: ReplyFacts, envelope: Envelope, user: str, config: Config) -> Iterator[str]:
    yield from _mailboxes(facts.agent_field[:_FIELD_CHARACTERS])
    yield user
    yield from _mapped(config.agents, (user, *facts.header_from, envelope.reverse_path), facts.sign_off)
    yield from facts.header_from


def _mailboxes(field: str) -> list[str]:
    """Find the mailboxes of a field's value: those in angle brackets, else those that stand bare.

    The standard library's address parser recurses as deep as a sender nests comments; this does not.
    """
    return _ANGLE.findall(field) or _BARE.findall(field)


def _mapped(agents: Mapping[str, str], addresses: Iterable[str], sign_off: tuple[str, ...]) -> Iterator[str]:
    """Yield the mailboxes whose pattern fits, in the order of the configuration.

    A pattern fits an address as a whole, or stands as whole words in a line of the sign-off; `*` and `?` are wild.
    """
    known = [address.casefold() for address in addresses if address]
    lines = [f" {_plain(line[:_SIGN_OFF_CHARACTERS])} " for line in sign_off[:_SIGN_OFF_LINES]]
    for pattern, who in agents.items():
        wanted = pattern.casefold()
        words = f"* {_plain(pattern)} *"
        if any(fnmatchcase(address, wanted) for address in known) or any(fnmatchcase(line, words) for line in lines):
            yield who


def _plain(text: str) -> str:
    """Write a line as lower-case words with one space between them; `*` and `?` stay, as the patterns' wild cards."""
    return " ".join(_BETWEEN_WORDS.sub(" ", text.casefold()).split())


def _is_mailbox(address: str) -> bool:
    try:
        mailbox(address)
    except ValueError:
        return False
    return True


def _a_label(domain: str) -> str:
    """Write a domain in ASCII where it can be; the length bound keeps the codec's quadratic case out."""
    lower = domain.lower()
    if lower.isascii() or len(lower) > 253:
        return lower
    try:
        return lower.encode("idna").decode("ascii")
    except UnicodeError:
        return lower
