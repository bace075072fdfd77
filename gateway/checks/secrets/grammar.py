"""What the searches share: the page with its labels, how firmly a place binds a value, and what may stand there.

Rules of this file: pure. A label says that a secret may follow; how firmly the words between bind a value to it
(`Place`) decides how much the value must look like one (`Grade`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from gateway.checks.secrets.lexemes import Kind, Label, Lexemes, Tongue
from gateway.checks.secrets.pages import Hit, Page
from gateway.checks.secrets.values import CLOSERS, Grade, Token

_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"[*_]*([\"“”„‟«»‘’'`´])([^\n\"“”„‟«»`´]{2,60}?)[\"“”»«‘’'`´](?!\w)")
_MINUTES = re.compile(r"\d{1,3}\s?min", re.IGNORECASE)
_NEARBY = 200
_BLOCK = 256
_RIVALS = 2
_REPEATED = 4
_CLAUSE = re.compile(r"[,;|/\t(:!?]\s*|\.\s|\s[-–]\s")
_LONG_LINE = 50
_PIN_AND_PUK = 40
_PAIR_WORDS = 5
_MARKS = frozenset({"&", "+", "/"})
_OWN = ("asi", "anne")
"""Finnish says `your` at the end of the word."""
_OPENING = frozenset({" (", "\t"})


class Place(IntEnum):
    """How firmly a value is bound to its label."""

    BESIDE = 0
    """`with password X`."""
    SET = 1
    """`password was set X`, as Finnish puts it."""
    LED = 2
    """`password for the portal: X`."""
    TURNED = 3
    """`password was changed to X`."""
    LINKED = 4
    """`password is X`."""
    NAMED = 5
    """`Passwort lautet X`, and `password is X` where the language uses it so."""
    FIELD = 6
    """`Password: X`."""


_LOOSE = frozenset({Place.SET, Place.LED, Place.TURNED})
"""Where words in quotes may be a name as well."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a search knows beside the label it starts from."""

    page: Page
    lexemes: Lexemes
    labels: tuple[Label, ...]
    starts: tuple[int, ...]
    """Of the labels."""
    language: str
    people: frozenset[str]
    """Names that a username may be, in small letters."""
    topic: int = 0
    """Points for what the mail speaks of anywhere: its subject, its thread, another sentence."""

    asked: dict[frozenset[str], tuple[Tongue, ...]] = field(default_factory=dict)
    """What `tongues` answered."""
    told: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """What `told_again` found, by block."""

    def tongues(self, label: Label) -> tuple[Tongue, ...]:
        """The languages of a label and of the reply, as one."""
        answer = self.asked.get(label.languages)
        if answer is None:
            answer = (self.lexemes.tongue(label.languages | {self.language}),)
            self.asked[label.languages] = answer
        return answer

    def told_again(self, start: int, end: int) -> Iterator[int]:
        """Where `the new one is` ends, for each that stands between two positions. Neighbours share the search."""
        text = self.page.text
        for block in range(start // _BLOCK, end // _BLOCK + 1):
            if block not in self.told:
                found = self.lexemes.anaphora.finditer(text, block * _BLOCK, min(len(text), (block + 2) * _BLOCK))
                self.told[block] = tuple(one.span() for one in found if one.start() < (block + 1) * _BLOCK)
            yield from (behind for begin, behind in self.told[block] if start <= begin and behind <= end)

    def links(self, label: Label, word: str) -> bool:
        """Tell whether a word links a value to this label."""
        return any(word in tongue.links for tongue in self.tongues(label))

    def joins(self, label: Label, word: str) -> bool:
        """Tell whether a word means `and`, or a mark stands for it."""
        return word in _MARKS or any(word in tongue.joins for tongue in self.tongues(label))

    def names(self, label: Label, word: str) -> bool:
        """Tell whether a word says what the label is called, so that a plain word may follow."""
        return any(word in tongue.names for tongue in self.tongues(label))

    def next_label(self, position: int) -> Label | None:
        """The first label at or behind a position."""
        at = bisect_left(self.starts, position)
        return self.labels[at] if at < len(self.labels) else None

    def rivals(self, label: Label) -> int:
        """Where the second label of the same word begins behind one: from there on theirs is what follows."""
        first = bisect_left(self.starts, label.end)
        same = [one for one in self.labels[first : first + _RIVALS + 1] if one.text == label.text]
        return same[_RIVALS - 1].start if len(same) >= _RIVALS else len(self.page.text)

    def rivals_before(self, label: Label) -> int:
        """Where the second label of the same word ends before one."""
        last = bisect_left(self.starts, label.start)
        same = [one for one in self.labels[max(0, last - _RIVALS - 1) : last] if one.text == label.text]
        return same[-_RIVALS].end if len(same) >= _RIVALS else 0

    def is_repeated(self, label: Label) -> bool:
        """Whether the same word follows twice with nothing between: `PIN: PIN: PIN:` names nothing but by its last."""
        end = self.rivals(label)
        gap = end - label.end
        return (
            end < len(self.page.text)
            and gap <= _REPEATED * len(label.text)
            and not any(word != label.text for word in _WORD.findall(self.page.text[label.end : end].lower()))
        )

    def labels_before(self, label: Label, distance: int) -> Iterator[Label]:
        """Labels that end within so many characters before this one, nearest first."""
        for at in range(bisect_left(self.starts, label.start) - 1, -1, -1):
            if self.labels[at].end < label.start - distance:
                return
            if self.labels[at].end <= label.start:
                yield self.labels[at]

    def labels_within(self, start: int, end: int) -> Iterator[Label]:
        """Labels that begin between two positions."""
        for at in range(bisect_left(self.starts, start), len(self.labels)):
            if self.labels[at].start >= end:
                return
            yield self.labels[at]

    def words_before(self, label: Label, most: int, characters: int = 80) -> list[str]:
        """The last words before a label, in small letters."""
        return _WORD.findall(self.page.text[max(0, label.start - characters) : label.start].lower())[-most:]

    def is_forbidden(self, label: Label) -> bool:
        """Whether what stands before a label forbids rather than tells: `do not use password X`."""
        tongues = self.tongues(label)
        return any(word in tongue.forbids for word in self.words_before(label, 4) for tongue in tongues)

    def partner(self, label: Label) -> Label | None:
        """The username's label of `username and password`, `tunnus / salasana`."""
        for other in self.labels_before(label, 25):
            between = self.page.text[other.end : label.start].lower().split()
            near = [word for word in between if word not in self.lexemes.determiners]
            if other.kind is Kind.USER and near and all(self.joins(label, word) for word in near):
                return other
            if other.kind is Kind.USER and not between:
                return other
        return None

    def follows_user(self, label: Label) -> bool:
        """`user A, password B`: a username and its value stand right before a label."""
        for other in self.labels_before(label, 60):
            between = self.page.text[other.end : label.start].lower()
            words = between.split()
            if other.kind is Kind.USER and "\n\n" not in between:
                near = words
                while near and near[-1] in self.lexemes.determiners:
                    near = near[:-1]
                joined = any(self.joins(label, word) for word in near[1:][-2:])
                return 0 < len(near) <= _PAIR_WORDS and (joined or near[-1].endswith(","))
        return False

    def repeats_user(self, label: Label, word: str) -> bool:
        """`log in as demo with the password demo`: the same word stands right before, and a login before that."""
        if word not in self.words_before(label, 4):
            return False
        return any(other.kind in {Kind.LOGIN, Kind.USER} for other in self.labels_before(label, 60))

    def beside_account(self, label: Label) -> bool:
        """Whether a username's label stands on the line of a label or within two lines of it."""
        line = self.page.line_at(label.start)
        lines = self.page.starts
        start = lines[max(0, line - 2)]
        end = lines[line + 3] if line + 3 < len(lines) else len(self.page.text)
        return any(other.kind in {Kind.USER, Kind.ACCOUNT} for other in self.labels_within(start, end))


def is_field(context: Context, label: Label) -> bool:
    """Whether a label opens its line, or a clause of it, as a form's field does: hardly a word before it."""
    clause = _CLAUSE.split(context.page.before(label.start))[-1]
    words = clause.lower().split()
    joins = [at for at, word in enumerate(words) if context.joins(label, word)]
    words = words[joins[-1] + 1 :] if joins else words
    return len(words) <= 1 or all(word in context.lexemes.determiners for word in words)


def is_subject(context: Context, label: Label) -> bool:
    """Whether a label is what its sentence is about: it opens a clause, or says whose it is."""
    if is_field(context, label) or label.text.endswith(_OWN):
        return True
    words = context.words_before(label, 1)
    return bool(words) and words[0] in context.lexemes.determiners


def is_prose(context: Context, label: Label, token: Token) -> bool:
    """Whether a word is said about passwords, or in any sentence, and is none itself."""
    known = context.lexemes
    if token.seams:
        cases = any(token.word.endswith(tongue.cases) for tongue in context.tongues(label))
        return cases or token.word in known.states
    return is_talk(known, token) or is_said(context, label, token)


def is_talk(known: Lexemes, token: Token) -> bool:
    """A word that any sentence holds."""
    return token.word in known.talk


def is_said(context: Context, label: Label, token: Token) -> bool:
    """A word that says what a password is like."""
    word = token.word
    if word in context.lexemes.states or word in context.lexemes.setters:
        return True
    return any(word.endswith(tongue.endings) for tongue in context.tongues(label))


def takes(context: Context, label: Label, found: Sequence[Token], at: int, place: Place) -> bool:
    """Whether a token is the value of a label in that place."""
    known = context.lexemes
    token = found[at]
    follows = _next(context, found, at)
    if token.grade is Grade.NOTHING or known.is_label(token.core) or known.is_product(token.core):
        return False
    if follows and any(follows.word in tongue.units for tongue in context.tongues(label)):
        return False
    ends = follows is None or follows.core == "\n" or token.ends_clause
    if token.grade is Grade.DIGITS:
        return _takes_figures(context, label, token, place, ends=ends)
    if token.grade >= Grade.MIXED:
        return _takes_mixed(context, label, token, place)
    ends = ends or context.page.text[token.after : token.after + 2] in _OPENING
    ends = ends or (follows is not None and context.joins(label, follows.word))
    return _takes_word(context, label, token, place, ends=ends)


def _next(context: Context, found: Sequence[Token], at: int) -> Token | None:
    """The token that follows; behind the end of a long line the sentence goes on."""
    page = context.page
    here = found[at].start
    if at + 2 < len(found) and found[at + 1].core == "\n" and found[at + 2].core[:1].islower():
        wrapped = page.line_end(here) - page.line_start(here) >= _LONG_LINE
        return found[at + 2] if wrapped else found[at + 1]
    return found[at + 1] if at + 1 < len(found) else None


def _takes_mixed(context: Context, label: Label, token: Token, place: Place) -> bool:
    if label.kind is Kind.PIN:
        return False
    match place:
        case Place.BESIDE:
            return not context.is_forbidden(label)
        case Place.SET:
            return token.grade is Grade.STRONG or any(character.islower() for character in token.core)
        case _:
            return True


def _takes_word(context: Context, label: Label, token: Token, place: Place, *, ends: bool) -> bool:
    """A plain word: only where nothing else can stand, and only if it is not said about passwords."""
    if label.kind is Kind.PIN or is_prose(context, label, token) or token.tail.endswith(("?", ":", "=", "->")):
        return False
    match place:
        case Place.FIELD:
            return ends
        case Place.NAMED:
            alone = is_subject(context, label) and context.partner(label) is None
            return ends and (token.seams > 0 or (len(token.core) >= 4 and alone))
        case Place.LINKED:
            return ends and token.seams > 0
        case Place.TURNED | Place.LED:
            return ends and token.seams > 1
        case Place.BESIDE:
            if context.is_forbidden(label):
                return False
            paired = len(token.core) >= 5 and context.follows_user(label)
            return token.seams > 1 or (ends and (paired or context.repeats_user(label, token.word)))
        case _:
            return False


def _takes_figures(context: Context, label: Label, token: Token, place: Place, *, ends: bool) -> bool:
    """Figures: a PIN, or a password of figures; never a login code of one use."""
    if is_for_one_use(context, label, token.start):
        return False
    if label.kind is Kind.PIN:
        return _takes_pin(context, label, token, place, ends=ends)
    if place is Place.BESIDE:
        return ends and len(token.core) >= 6 and context.beside_account(label)
    return ends and place is not Place.SET


def _takes_pin(context: Context, label: Label, token: Token, place: Place, *, ends: bool) -> bool:
    """Four figures beside the word PIN; more may be an Indian postal code, unless it is somebody's."""
    length = len(token.core)
    if place is not Place.BESIDE:
        return length <= 12 and (not label.is_soft or place >= Place.LINKED)
    owned = any(word in context.lexemes.determiners for word in context.words_before(label, 2))
    owned = owned or any(other.kind is Kind.PIN for other in context.labels_before(label, _PIN_AND_PUK))
    return (length == 4 and (ends or not label.is_soft)) or (length <= 8 and owned and not label.is_soft)


def is_for_one_use(context: Context, label: Label, position: int) -> bool:
    """Whether figures are a login code that lapses in minutes."""
    text = context.page.text
    spoken = " ".join(text[max(0, label.start - 40) : label.end].lower().split())
    near = text[max(0, position - _NEARBY) : position + _NEARBY]
    named = any(" " + word in spoken or spoken.startswith(word) for word in context.lexemes.once)
    return named or _MINUTES.search(near) is not None


def looks_typed(context: Context, label: Label, token: Token) -> bool:
    """A value that nobody takes for a name, a product or a number."""
    known = context.lexemes
    if (
        known.is_product(token.core)
        or known.is_label(token.core)
        or is_talk(known, token)
        or is_said(context, label, token)
    ):
        return False
    small = any(character.islower() for character in token.core)
    figures = sum(character.isdigit() for character in token.core)
    return small and figures >= 1 and (token.grade is Grade.STRONG or (token.grade is Grade.MIXED and figures >= 2))


def quoted(context: Context, label: Label, start: int, end: int, place: Place = Place.FIELD) -> Hit | None:
    """A value in quotes, words with spaces included; firm enough in every place that says what the password is."""
    text = context.page.text
    found = _QUOTED.match(text, start, end)
    if not found:
        return None
    known = context.lexemes
    start, end = found.start(2), found.end(2)
    inner = context.page.tokens(start, end)
    if not inner or any(known.is_label(token.core) for token in inner):
        return None
    if all(is_prose(context, label, token) or token.grade is Grade.NOTHING for token in inner):
        return None
    if label.kind is Kind.PIN and all(token.grade <= Grade.NAME for token in inner):
        return None
    if len(inner) > 1 and sum(is_talk(known, token) for token in inner) * 2 > len(inner):
        return None
    loose = place in _LOOSE and all(token.grade <= Grade.NAME for token in inner)
    if loose and (len(inner) > 1 or not _ends_clause(text, found.end())):
        return None
    inside = text[start:end]
    return Hit(context.page, start + len(inside) - len(inside.lstrip()), start + len(inside.rstrip()))


def _ends_clause(text: str, position: int) -> bool:
    """Whether a clause or line ends at a position."""
    return position >= len(text) or text[position] in ".,;!?\n)"


def opening(text: str, position: int) -> int:
    """Where the quote or bracket before a position opens."""
    while position and text[position - 1] in CLOSERS + "„‟‚(":
        position -= 1
    return position


def hit(context: Context, token: Token) -> Hit:
    """The secret that a token is."""
    return Hit(context.page, token.start, token.end, (token.core,))
