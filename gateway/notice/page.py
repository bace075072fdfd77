"""What every letter about a hold is built of: its facts, its findings, what somebody can do, and the end.

Rules of this file: pure. Excerpts, names and the subject come masked and stay so; `#` never stands beside a ticket's
number. A console's links would stand in `choices`, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.config import Config, Role
from gateway.hold import Actor, Hold
from gateway.letter import After, Block, Commands, Facts, Heading, Item, Paragraph, Place, Steps
from gateway.notice.texts import Addressee, Deadlines, PolicyText, Reader
from gateway.phrases import Phrases
from gateway.phrases.model import Facing
from gateway.rights import Action, actor, refusal
from gateway.verdict import Disposition, Finding, Fix, OnTimeout, PolicyStatus, Where
from gateway.workdays import Workdays

PLACES = 3
"""So many places of one policy are shown; the rest are counted."""
REASONS = 3
"""So many findings stand in a command with a reason for each; more end in dots."""
_RECIPIENTS = 3
_TEXT_PARTS = frozenset({"", "1", "1.1"})
"""Where the text of a mail stands unless it is an odd one: no number is shown for these."""
_TICKET = re.compile(r"#(?=\d)")
_MASKED = re.compile("\N{BULLET}{2,}")
_GREETING, _BLANK = "greeting", "blank-password"


@dataclass(frozen=True, slots=True)
class House:
    """The gateway in whose name letters are written."""

    config: Config
    hostname: str
    texts: Mapping[str, PolicyText]
    workdays: Workdays


@dataclass(frozen=True, slots=True)
class Page:
    """One letter about one hold, to one reader."""

    house: House
    say: Phrases
    hold: Hold
    whom: Addressee
    token: str = ""
    """With which the letter can be answered; "" where it cannot."""

    def facing(self, facing: Facing) -> str:
        """The words for who reads."""
        if self.hold.automatic:
            return facing.automatic
        return facing.agent if self.is_own else facing.other

    @property
    def is_own(self) -> bool:
        """Whether the agent reads of her own reply."""
        return bool(self.hold.agent) and self.hold.agent.casefold() == self.whom.to.casefold()

    @property
    def can_answer(self) -> bool:
        """Whether an answer to the letter is taken as an order: a note in a ticket never carries the token for it."""
        return bool(self.token) and self.whom.reader is not Reader.TICKET and _known(self) is not None

    @property
    def title(self) -> str:
        """What the policy that held says."""
        holding = self.hold.holding
        return title(self.house, self.say, holding[0][1].policy) if holding else ""


def title(house: House, say: Phrases, policy: str) -> str:
    """A policy's title."""
    return _in(house.texts.get(policy, PolicyText()).title, say) or policy


# --- what it is about


def told_instead(page: Page) -> tuple[Paragraph, ...]:
    """Why somebody else than the agent is told."""
    if page.hold.automatic:
        return (Paragraph(page.say.told_of_machine, soft=True),)
    if page.whom.reader is Reader.FALLBACK and not page.is_own:
        return (Paragraph(page.say.told_instead, soft=True),)
    return ()


def facts(page: Page, *, with_ticket: bool = False) -> Facts:
    """Which reply it is."""
    say, hold = page.say, page.hold
    rows = [(say.subject, subject(say, hold))]
    if not page.is_own:
        rows.append((say.sender, hold.header_from or hold.envelope.reverse_path or "<>"))
        if hold.agent and hold.agent.casefold() != hold.header_from.casefold():
            rows.append((say.agent, hold.agent))
    rows.append((say.recipient, recipients(say, hold)))
    if with_ticket and hold.ticket:
        rows.append((say.ticket, parted(hold.ticket)))
    rows.append((say.hold, hold.id))
    return Facts(tuple(rows))


def subject(say: Phrases, hold: Hold) -> str:
    """The reply's subject."""
    return parted(hold.subject[:200]) or say.no_subject


def parted(text: str) -> str:
    """Part `#` from a ticket's number with a zero-width space.

    A helpdesk that looks for its ticket numbers in bodies does not take the notice for mail of that ticket.
    """
    return _TICKET.sub("#\u200b", text)


def recipients(say: Phrases, hold: Hold) -> str:
    """The first recipients, and how many more there are."""
    addresses = hold.envelope.addresses
    more = len(addresses) - _RECIPIENTS
    shown = ", ".join(address[:100] for address in addresses[:_RECIPIENTS])
    return f"{shown} {say.and_more(more)}" if more > 0 else shown


# --- what was found


def findings(page: Page, *, with_fixes: bool = True) -> Iterable[Block]:
    """What holds the reply, then what was noticed beside."""
    say = page.say
    enforced = [(n, one) for n, one in enumerate(page.hold.findings, 1) if one.status is PolicyStatus.ENFORCED]
    beside = [(n, one) for n, one in enforced if one.disposition is Disposition.ANNOTATE]
    yield Heading(say.found)
    yield from _items(page, page.hold.holding, numbered=len(page.hold.holding) > 1, with_fixes=with_fixes)
    if beside:
        yield Heading(say.also_found)
        yield Paragraph(say.also_found_note, soft=True)
        yield from _items(page, beside, numbered=False, with_fixes=with_fixes)


def reasons_why(page: Page) -> Iterable[Block]:
    """Why what holds the reply matters, in a lower voice, after all that is to be done."""
    texts = page.house.texts
    policies = dict.fromkeys(finding.policy for _, finding in page.hold.holding)
    whys = {policy: _in(texts.get(policy, PolicyText()).why, page.say) for policy in policies}
    if any(whys.values()):
        yield Heading(page.say.why)
    for policy, why in whys.items():
        named = f"{title(page.house, page.say, policy)}: " if len(policies) > 1 else ""
        yield from (Paragraph(named + why, soft=True),) if why else ()


def _items(page: Page, found: Iterable[tuple[int, Finding]], *, numbered: bool, with_fixes: bool) -> Iterable[Item]:
    """One item a policy, in the order of findings; equal places are one, with all their numbers."""
    by_policy: dict[str, dict[Place, list[int]]] = {}
    for number, one in found:
        after = _after(page, one) if with_fixes else ()
        is_in_it = any(parted(one.excerpt) in each.lines for each in after)  # it need not be read twice
        place = Place(_where(page.say, one.where), "" if is_in_it else parted(one.excerpt), after)
        by_policy.setdefault(one.policy, {}).setdefault(place, []).append(number)
    for policy, places in by_policy.items():
        shown = [
            Place(_numbered(place.where, numbers) if numbered else place.where, place.excerpt, place.after)
            for place, numbers in list(places.items())[:PLACES]
        ]
        # One suggestion shows what is meant: those of the same kind would say it again.
        shown = [shown[0], *(replace(one, after=()) if one.excerpt else one for one in shown[1:])]
        advice = _in(page.house.texts.get(policy, PolicyText()).advice, page.say)
        yield Item(
            title(page.house, page.say, policy),
            tuple(place for place in shown if place.where or place.excerpt or place.after),
            ((page.say.mend, advice),) if advice else (),
            more=page.say.more_places(len(places) - PLACES) if len(places) > PLACES else "",
        )


def _numbered(where: str, numbers: Iterable[int]) -> str:
    """A place with the numbers by which commands know its findings."""
    return f"[{', '.join(map(str, numbers))}] {where}".rstrip()


def _after(page: Page, finding: Finding) -> tuple[After, ...]:
    """The text after each fix, made from what is masked already."""
    return tuple(
        After(
            page.say.fixed.get(fix.name, fix.name),
            tuple(parted(line) for line in _mended(finding.excerpt, fix)) or (page.say.fixed_away,),
            page.say.fill_in if _leaves_blank(fix) else "",
        )
        for fix in finding.fixes
    )


def _mended(excerpt: str, fix: Fix) -> tuple[str, ...]:
    words = tuple(line for line in fix.preview.split("\n") if line.strip())
    if fix.name == _BLANK and _MASKED.search(excerpt):
        return (_MASKED.sub(lambda _: fix.preview, excerpt),)
    if fix.name == _GREETING and excerpt:
        return (*words, excerpt)
    return words


def _where(say: Phrases, where: Where) -> str:
    if where.part.casefold() == "header:subject":
        return say.in_subject
    if where.part.startswith("header:"):
        return say.in_field.format(name=where.part.removeprefix("header:"))
    if where.line and where.part in _TEXT_PARTS:
        return say.in_line.format(line=where.line)
    if where.line:
        return say.in_line_of_part.format(line=where.line, part=where.part)
    return say.in_part.format(part=where.part) if where.part else ""


# --- until when, and what somebody can do


def deadline(page: Page, deadlines: Deadlines) -> Paragraph:
    """Until when somebody can decide, and what happens then."""
    say = page.say
    by = say.times.until(page.house.workdays.local(deadlines.give_back_at))
    if page.hold.on_timeout is OnTimeout.RELEASE:
        return Paragraph(page.facing(say.decide_or_sent).format(by=by))
    own = page.is_own and may(page, Action.RELEASE)
    return Paragraph((say.decide if own else page.facing(say.decide_reviewer)).format(by=by))


def choices(page: Page) -> Iterable[Block]:
    """What the reader can do: in the helpdesk, by answering, or on the command line."""
    say = page.say
    yield Heading(say.next)
    yield Steps(tuple(_steps(page)))
    if page.can_answer:
        yield Paragraph(say.orders)
        yield Commands(tuple(_orders(page)))
    else:
        yield Paragraph(say.commands, soft=True)
        yield Commands(tuple(_commands(page)))


def may(page: Page, action: Action) -> bool:
    """Whether the agent may do something to her reply."""
    known = _known(page)
    return known is not None and not refusal(known, action, page.hold)


def _known(page: Page) -> Actor | None:
    """Who reads, as `people:` knows her; where it names nobody, an agent, whoever may use the command line."""
    who = page.whom.to
    return actor(who, page.house.config) if page.house.config.people else Actor(who, who, Role.AGENT)


def _steps(page: Page) -> Iterable[str]:
    say = page.say
    yield page.facing(say.mend_and_resend)
    yield say.release_ask if page.is_own and not may(page, Action.RELEASE) else say.release_may


def _fixes(hold: Hold, *, whole: bool = False) -> str:
    """The names of all fixes that enforced findings suggest; `whole` are those that leave no blank to fill."""
    enforced = (finding for finding in hold.findings if finding.status is PolicyStatus.ENFORCED)
    fixes = (fix for finding in enforced for fix in finding.fixes)
    return ",".join(dict.fromkeys(fix.name for fix in fixes if not (whole and _leaves_blank(fix))))


def _leaves_blank(fix: Fix) -> bool:
    """Whether the words of a fix have a place that a person must fill."""
    return "[[" in fix.preview


def _orders(page: Page) -> Iterable[tuple[str, str]]:
    """Lines that answer a letter; the words are those of the command line."""
    say, hold, reason = page.say, page.hold, f"<{page.say.reason}>"
    if fixes := _fixes(hold, whole=True):
        yield f"fix {fixes}", say.fix_and_send
    if page.is_own and not may(page, Action.RELEASE):
        yield f"ask {reason}", say.ask
    elif len(hold.open) > 1:
        yield " ".join(("release", *_reasons(page, "{number}={reason}"))), say.release_each
    else:
        yield f"release {reason}", say.release
    yield f"discard {reason}", say.discard


def _commands(page: Page) -> Iterable[tuple[str, str]]:
    say, hold, reason = page.say, page.hold, f'"<{page.say.reason}>"'
    if fixes := _fixes(hold):
        yield f"saate holds fix {hold.id} --apply {fixes}", say.fix
    if page.is_own and not may(page, Action.RELEASE) and page.house.config.people:
        yield f"saate holds ask {hold.id} --reason {reason}", say.ask
    elif len(hold.open) > 1:
        each = " ".join(_reasons(page, '--override {number}="{reason}"'))
        yield f"saate holds release {hold.id} {each}", say.release_each
    else:
        yield f"saate holds release {hold.id} --reason {reason}", say.release
    yield f"saate holds discard {hold.id} --reason {reason}", say.discard
    yield f"saate holds show {hold.id}", say.show


def _reasons(page: Page, form: str) -> Iterable[str]:
    """A reason for each open finding."""
    numbers = [number for number, _ in page.hold.open]
    yield from (form.format(number=number, reason=f"<{page.say.reason}>") for number in numbers[:REASONS])
    if len(numbers) > REASONS:
        yield "…"


# --- the end


def closing(house: House, say: Phrases, to: str, *, can_answer: bool = False) -> Paragraph:
    """Who writes, and whom to ask."""
    who = house.config.fallback
    words = [say.about.format(hostname=house.hostname)]
    words += [] if can_answer else [say.no_answer]
    words += [say.questions.format(fallback=who)] if who and who.casefold() != to.casefold() else []
    return Paragraph(" ".join(words), soft=True)


def _in(words: Mapping[str, str], say: Phrases) -> str:
    """Words in the notice's language, else in English, else in any."""
    return words.get(say.language) or words.get("en") or next(iter(words.values()), "")
