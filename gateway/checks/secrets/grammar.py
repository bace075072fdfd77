"""What the searches share: the page with its labels, how firmly a place binds a value, and what may stand there.

Rules of this file: pure. A label says that a secret may follow; how firmly the words between bind a value to it
(`Place`) decides how much the value must look like one (`Grade`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from gateway.checks.secrets.lexemes import Kind, Label, Lexemes, Tongue
from gateway.checks.secrets.pages import Hit, Page
from gateway.checks.secrets.values import CLOSERS, Grade, Token, token_at

WALK = 16
"""Tokens between a label and its value at most."""
_RUN = re.compile(r"\n|\S+")
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"[*_]*([\"“”„‟«»‘’'`´])([^\n\"“”„‟«»`´]{2,60}?)[\"“”»«‘’'`´](?!\w)")
_MINUTES = re.compile(r"\d{1,3}\s?min", re.IGNORECASE)
_NEARBY = 200
_CLAUSE = re.compile(r"[,;|/\t(:!?]\s*|\.\s|\s[-–]\s")
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

    def tongues(self, label: Label) -> list[Tongue]:
        """The languages of a label and of the reply."""
        known = self.lexemes.tongues
        return [known[language] for language in {*label.languages, self.language} if language in known]

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

    def beside_account(self, label: Label) -> bool:
        """Whether a username's label stands on the line of a label or within two lines of it."""
        line = self.page.line_at(label.start)
        lines = self.page.starts
        start = lines[max(0, line - 2)]
        end = lines[line + 3] if line + 3 < len(lines) else len(self.page.text)
        return any(other.kind in {Kind.USER, Kind.ACCOUNT} for other in self.labels_within(start, end))


def tokens(text: str, start: int, end: int, most: int = WALK) -> list[Token]:
    """At most `most` tokens; a line feed is a token of its own, and its own core."""
    found: list[Token] = []
    for run in _RUN.finditer(text, start, end):
        if len(found) >= most:
            break
        if run[0] == "\n":
            found.append(Token(run.start(), run.end(), run.end(), "\n", Grade.NOTHING, ""))
        else:
            found.append(token_at(text, run.start(), run.end()))
    return found


def is_field(context: Context, label: Label) -> bool:
    """Whether a label opens its line, or a clause of it, as a form's field does: hardly a word before it."""
    text = context.page.text
    clause = _CLAUSE.split(text[context.page.line_start(label.start) : label.start])[-1]
    words = _WORD.findall(clause.lower())
    known = context.lexemes
    return len(words) <= 1 or all(word in known.determiners or context.joins(label, word) for word in words)


def is_subject(context: Context, label: Label) -> bool:
    """Whether a label is what its sentence is about: it opens a clause, or says whose it is."""
    if is_field(context, label) or label.text.endswith(_OWN):
        return True
    words = context.words_before(label, 1)
    return bool(words) and words[0] in context.lexemes.determiners


def is_prose(known: Lexemes, token: Token) -> bool:
    """Whether a word is said about passwords, or in any sentence, and is none itself."""
    return is_talk(known, token) or is_said(known, token)


def is_talk(known: Lexemes, token: Token) -> bool:
    """A word that any sentence holds."""
    return token.word in known.talk


def is_said(known: Lexemes, token: Token) -> bool:
    """A word that says what a password is like."""
    word = token.word
    return word in known.states or word in known.setters or word.endswith(known.endings)


def takes(context: Context, label: Label, found: Sequence[Token], at: int, place: Place) -> bool:
    """Whether a token is the value of a label in that place."""
    known = context.lexemes
    token = found[at]
    follows = found[at + 1] if at + 1 < len(found) else None
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
    joined = follows is not None and context.joins(label, follows.word)
    return _takes_word(context, label, token, place, ends=ends or joined)


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
    known = context.lexemes
    if label.kind is Kind.PIN or is_prose(known, token) or token.tail.endswith(("?", ":", "=", "->")):
        return False
    match place:
        case Place.FIELD:
            return ends
        case Place.NAMED:
            return ends and len(token.core) >= 4 and is_subject(context, label)
        case _:
            return False


def _takes_figures(context: Context, label: Label, token: Token, place: Place, *, ends: bool) -> bool:
    """Figures: a PIN, or a password of figures; never a login code of one use."""
    if is_for_one_use(context, label, token.start):
        return False
    if label.kind is Kind.PIN:
        return len(token.core) <= 12 and (not label.is_soft or place >= Place.LINKED)
    if place is Place.BESIDE:
        return ends and len(token.core) >= 6 and context.beside_account(label)
    return ends and place is not Place.SET


def is_for_one_use(context: Context, label: Label, position: int) -> bool:
    """Whether figures are a login code that lapses in minutes."""
    text = context.page.text
    spoken = text[max(0, label.start - 40) : label.end].lower()
    near = text[max(0, position - _NEARBY) : position + _NEARBY]
    return any(word in spoken for word in context.lexemes.once) or _MINUTES.search(near) is not None


def quoted(context: Context, label: Label, start: int, end: int, place: Place = Place.FIELD) -> Hit | None:
    """A value in quotes, words with spaces included; firm enough in every place that says what the password is."""
    text = context.page.text
    found = _QUOTED.match(text, start, end)
    if not found:
        return None
    known = context.lexemes
    start, end = found.start(2), found.end(2)
    inner = tokens(text, start, end)
    if not inner or any(known.is_label(token.core) for token in inner):
        return None
    if all(is_prose(known, token) or token.grade is Grade.NOTHING for token in inner):
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
