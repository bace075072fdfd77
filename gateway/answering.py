"""What is said to somebody who ordered something by mail, in the language of the notice that she answered.

Rules of this file: pure. Each function gives the lines of a letter; which reply it is, what is found in it now and what
can be answered next is added by the letter itself (`notice`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.hold import Actor, Hold, Outgoing
from gateway.letter import clean
from gateway.notice.page import recipients
from gateway.orders import Doubt, Remade, Unread
from gateway.phrases import Phrases, phrases_for
from gateway.phrases.answers import ANSWERS, ENGLISH, Answers

Lines = tuple[str, ...]
_UNFIT = "nothing"
"""Why a fix was not made: what it is for is no longer there."""


@dataclass(frozen=True, slots=True)
class Saying:
    """The words for one hold."""

    hold: Hold
    local: Callable[[datetime], datetime]
    """A moment as the clocks of the people show it."""

    @property
    def phrases(self) -> Phrases:
        return phrases_for(self.hold.language)

    @property
    def words(self) -> Answers:
        return ANSWERS.get(self.phrases.language, ENGLISH)

    @property
    def to(self) -> str:
        return recipients(self.phrases, self.hold)

    # --- done

    def released(self) -> Lines:
        return (self.words.released.format(to=self.to),)

    def discarded(self) -> Lines:
        return (self.words.discarded,)

    def asked(self, letters: Sequence[Outgoing]) -> Lines:
        whom = ", ".join(address for letter in letters for address in letter.envelope.addresses)
        return (self.words.asked.format(to=whom),) if whom else (self.words.nobody_to_ask,)

    def help(self) -> Lines:
        return (self.words.help,)

    # --- mended

    def mended(self, remade: Remade, left_out: Iterable[str], *, released: bool) -> Lines:
        """What was made, what was not, and where the reply stands; the hold is the mended one."""
        words, made = self.words, remade.mended
        if released:
            end = words.fixed_released.format(to=self.to)
        else:
            end = words.still_held if self.hold.open else words.fixed_open
        removed = (words.removed.format(fields=", ".join(made.removed)),) if made.removed else ()
        return (words.fixed.format(fixes=", ".join(made.fixes)), *removed, *self._unmade(remade, left_out), end)

    def not_mended(self, remade: Remade, left_out: Iterable[str]) -> Lines:
        return (*self._unmade(remade, left_out), self.words.nothing_done)

    def _unmade(self, remade: Remade, left_out: Iterable[str]) -> Lines:
        words = self.words
        kinds = dict.fromkeys((one.fix, one.why == _UNFIT) for one in remade.unmade)
        lines = [(words.unfit if is_unfit else words.unmendable).format(fix=fix) for fix, is_unfit in kinds]
        blank = ", ".join(left_out)
        return (*lines, *((words.to_fill.format(fixes=blank),) if blank else ()))

    def unknown_fix(self, unknown: Iterable[str], suggested: Iterable[str]) -> Lines:
        there = ", ".join(suggested)
        first = (
            self.words.unknown_fix.format(name=clean(", ".join(unknown))[:80], fixes=there)
            if there
            else self.words.no_fixes
        )
        return (first, self.words.nothing_done)

    def too_large(self) -> Lines:
        return (self.words.too_large, self.words.nothing_done)

    # --- not done

    def unread(self, said: Unread) -> Lines:
        words = self.words
        match said.doubt:
            case Doubt.EMPTY:
                first = words.empty
            case Doubt.UNKNOWN:
                first = words.unknown.format(said=clean(said.said))
            case Doubt.UNCLEAR:
                first = words.unclear.format(said=clean(said.said))
        return (first, words.nothing_done)

    def unreasoned(self, numbers: Sequence[int]) -> Lines:
        """A reason is missing: the one, or those of these findings."""
        many = len(self.hold.open) > 1 and numbers
        first = self.words.reasons.format(numbers=_listed(numbers)) if many else self.words.reason
        return (first, self.words.nothing_done)

    def no_such_finding(self, numbers: Iterable[int]) -> Lines:
        first = self.words.no_such_finding.format(numbers=_listed(numbers), count=len(self.hold.findings))
        return (first, self.words.nothing_done)

    def stranger(self, mailbox: str) -> Lines:
        return (self.words.stranger.format(mailbox=clean(mailbox)), self.words.nothing_done)

    def refused(self, who: Actor) -> Lines:
        own = bool(self.hold.agent) and self.hold.agent.casefold() == who.mailbox.casefold()
        return (self.words.needs_reviewer if own else self.words.not_hers, self.words.nothing_done)

    # --- too late

    def gone(self) -> Lines:
        """Somebody was quicker, or this very person."""
        hold = self.hold
        text = self.words.gone.get(hold.state, "")
        return (self._told(text, hold.acted_by, hold.acted_at or hold.held_at),)

    def changed(self, who: str, when: datetime) -> Lines:
        return (self._told(self.words.changed, who, when), self.words.nothing_done)

    def _told(self, text: str, who: str, when: datetime) -> str:
        return text.format(who=clean(who) or self.words.by_somebody, when=self.phrases.times.on(self.local(when)))


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
