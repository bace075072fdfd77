"""What binds a token that nothing names: `with X`, `type X`, `the word X`, `anna@example.org / X`.

Rules of this file: pure. From a token back, word by word, over small words, to the first that says something.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from gateway.checks.secrets.clues import Clue, Clues, Found
from gateway.checks.secrets.clues import Tongue as Speech
from gateway.checks.secrets.grammar import Context, opening
from gateway.checks.secrets.lexemes import Kind, Label, Tongue
from gateway.checks.secrets.oddness import WEAK, oddness
from gateway.checks.secrets.values import Token


class Frame(Enum):
    """What stands right before a token, or right behind it."""

    THROUGH = auto()
    """`opens with X`, `pääset sisään sanalla X`: it gets one in."""
    WITH = auto()
    """`with X`, `mit X`, `X:llä`."""
    TYPED = auto()
    """`type X`, `näppäile X`."""
    KEY = auto()
    """`the key is X`, `sanalla X`, `password X`."""
    NEW = auto()
    """`the new one is X`, `it is X`."""
    PAIR = auto()
    """`root and X`, `anna@example.org / X`."""
    BESIDE = auto()
    """`vicar4 and X`: the first may be a username."""
    COLON = auto()
    """`so you can sign in: X`."""
    SET = auto()
    """`I changed it to X`."""
    THEN = auto()
    """`then X`, `sedan X`: the second of what is typed."""
    ROLE = auto()
    """`X as the password`."""
    FIRST = auto()
    """`X, with that it should open`."""
    LINK = auto()
    """`is X`."""


WORTH = {
    Frame.THROUGH: 6,
    Frame.WITH: 3,
    Frame.TYPED: 5,
    Frame.KEY: 4,
    Frame.NEW: 4,
    Frame.ROLE: 4,
    Frame.SET: 4,
    Frame.THEN: 3,
    Frame.PAIR: 4,
    Frame.BESIDE: 3,
    Frame.COLON: 3,
    Frame.FIRST: 2,
    Frame.LINK: 1,
}
FIRM = frozenset({Frame.THROUGH, Frame.TYPED, Frame.KEY, Frame.NEW, Frame.COLON})
"""Only there a plain word can be a secret."""

_BACK = 5
_NEAR = 4
_OF = 2
"""`the code for the network is X`: words between what is named and where it fits."""
_FAR = 10
_NAMING = frozenset({Kind.SECRET, Kind.PIN, Kind.SHORT})
_MARKS = frozenset({"/", "+", "&", "|", "-", "–", "—", ":"})
_CASES = re.compile(r"[:’'-](?:l[lt][aä]|t[aä]|n|ga|ksi)\b")
"""Finnish and Estonian say `with` at the end of a word."""
_USERS = frozenset({"admin", "root", "demo", "guest", "editor"})
_USERLIKE = re.compile(r"\S+@\S+|[^\W\d_]+[._-][^\W_]+|[^\W\d_]+\d+|\d{4,}", re.IGNORECASE)

_NUMBERED = re.compile(r"[^\W\d_]+\d+|\d+")


@dataclass(slots=True)
class Sentence:
    """A sentence with what is said in it."""

    start: int
    end: int
    clues: list[Found] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    is_spotted: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """One look over a page."""

    context: Context
    clues: Clues
    tongues: tuple[Tongue, ...]
    speech: tuple[Speech, ...]

    def is_any(self, name: str, word: str) -> bool:
        """Tell whether a list of the page's languages holds a word."""
        return any(word in getattr(tongue, name) for tongue in self.tongues)

    def is_with(self, word: str) -> bool:
        """Tell whether a word says that something is done by means of the next."""
        return any(word in speech.withs for speech in self.speech)

    def is_small(self, word: str) -> bool:
        """Tell a word that says nothing here."""
        known = self.context.lexemes
        return word in known.talk or word in known.determiners or word in known.fillers


@dataclass(frozen=True, slots=True)
class Place:
    """The tokens of a sentence and what some of them are."""

    sentence: Sentence
    tokens: Sequence[Token]
    keys: frozenset[int]
    """Which may name a secret."""
    secrets: frozenset[int]
    """Which certainly do."""
    phrases: frozenset[int]
    """Which name words with spaces."""
    users: frozenset[int]
    """Which may name a username or a network."""
    places: frozenset[int]
    enters: frozenset[int]
    """Which speak of getting in."""
    clued: frozenset[int]
    """Which are clues or labels of any kind."""
    news: frozenset[int]
    """Positions in the text behind `the new one is`."""
    firm: bool
    """Whether the sentence or one beside it speaks of getting in, or of what opens."""


def place_of(look: Look, sentence: Sentence, tokens: Sequence[Token], *, firm: bool) -> Place:
    """Read what the tokens of a sentence are."""
    news = look.context.told_again(sentence.start, sentence.end)
    clues, labels = sentence.clues, sentence.labels
    naming = [one for one in clues if one.clue in {Clue.KEY, Clue.PHRASE}]
    return Place(
        sentence,
        tokens,
        _covered(tokens, [*naming, *(one for one in labels if one.kind in _NAMING and not one.is_soft)]),
        _covered(tokens, [one for one in labels if one.kind in _NAMING and not one.is_soft]),
        _covered(
            tokens, [*(one for one in clues if one.clue is Clue.PHRASE), *(one for one in labels if one.is_phrase)]
        ),
        _covered(tokens, [one for one in labels if one.kind is Kind.USER]),
        _covered(tokens, [one for one in clues if one.clue is Clue.PLACE]),
        _covered(
            tokens,
            [*(one for one in clues if one.clue is Clue.ENTER), *(one for one in labels if one.kind is Kind.LOGIN)],
        ),
        _covered(tokens, [*clues, *labels], whole=True),
        frozenset(news),
        firm,
    )


def _covered(tokens: Sequence[Token], spans: Sequence[Found | Label], *, whole: bool = False) -> frozenset[int]:
    """Which tokens the spans touch, or hold whole."""
    ends = [token.end for token in tokens]
    found: set[int] = set()
    for one in spans:
        for at in range(bisect_right(ends, one.start), len(tokens)):
            if tokens[at].start >= one.end:
                break
            if not whole or one.end - one.start >= len(tokens[at].core):
                found.add(at)
    return frozenset(found)


def frames(look: Look, place: Place, at: int) -> set[Frame]:
    """What binds a token."""
    return {*_before(look, place, at), *_right_at(look, place, at)}


def _before(look: Look, place: Place, at: int) -> Iterator[Frame]:
    """What stands before a token, back to the first word that says something."""
    linked = False
    for back in range(at - 1, max(-1, at - 1 - _BACK), -1):
        token = place.tokens[back]
        if back in place.keys and (token.leads or not token.tail.strip("\"”»'")):
            yield from _keyed(look, place, back)
            return
        if token.leads:
            yield from (Frame.COLON,) if token.tail.endswith(":") else ()
            return
        if token.tail and (token.ends_clause or back < at - 1):
            return
        bound = _bound_by(look, place, back, beside=back == at - 1)
        if bound:
            yield from bound
            return
        if look.is_any("links", token.word):
            linked = True
            yield Frame.LINK
        elif not look.is_small(token.word) and not (linked and back in place.places):
            return


def _keyed(look: Look, place: Place, at: int) -> Iterator[Frame]:
    yield Frame.KEY
    if look.is_with(place.tokens[at].word) or (at and look.is_with(place.tokens[at - 1].word)):
        yield from _with(place, at)


def _bound_by(look: Look, place: Place, at: int, *, beside: bool) -> tuple[Frame, ...]:
    """What a word before a token binds it by; nothing for a word that binds nothing."""
    word = place.tokens[at].word
    if beside and look.is_with(word):
        return tuple(_with(place, at))
    if is_typed(look, place, at):
        return (Frame.TYPED,)
    if beside and any(word in speech.thens for speech in look.speech):
        return (Frame.THEN,)
    return (Frame.SET,) if look.is_any("into", word) and _is_set(look, place, at) else ()


def _with(place: Place, at: int) -> Iterator[Frame]:
    """`with`, and whether it is said of getting in: `opens with`, `opens for now with`."""
    yield Frame.WITH
    if any(back in place.enters and not place.tokens[back].ends_clause for back in range(max(0, at - _NEAR), at)):
        yield Frame.THROUGH


def _is_set(look: Look, place: Place, at: int) -> bool:
    setters = look.context.lexemes.setters
    return any(token.word in setters for token in place.tokens[max(0, at - _NEAR) : at + _NEAR])


def is_typed(look: Look, place: Place, at: int) -> bool:
    """Whether a verb of typing ends here; where nothing else speaks of getting in it is no noun: `output type X`."""
    before = place.tokens[at - 1] if at else place.tokens[at]
    if not place.firm and at and not (before.tail or look.is_small(before.word) or look.is_any("joins", before.word)):
        return False
    for speech in look.speech:
        for lead in speech.typed.get(place.tokens[at].word, ()):
            words = lead.split()
            if words == [token.word for token in place.tokens[max(0, at - len(words)) : at]]:
                return True
    return False


def is_typing(look: Look, place: Place, at: int) -> bool:
    """Whether something is to be typed, earlier in the sentence."""
    return any(is_typed(look, place, back) for back in range(max(0, at - _FAR), at))


def _right_at(look: Look, place: Place, at: int) -> Iterator[Frame]:
    """What a token's own ending says, and what stands right beside it."""
    text = look.context.page.text
    token = place.tokens[at]
    if _is_told_again(look, place, at):
        yield Frame.NEW
    if _CASES.match(text, token.end):
        yield from _with(place, at)
    if at and _is_pair(look, place, at):
        first = place.tokens[_first_of_pair(look, place, at)]
        yield Frame.BESIDE if _NUMBERED.fullmatch(first.core) else Frame.PAIR
    elif at > 1 and place.tokens[at - 1].core in {"/", "+"}:
        yield Frame.BESIDE
    if at == 0 and (token.tail.strip("\"'”»“*") or any(one.core in _MARKS for one in place.tokens[1:2])):
        yield Frame.FIRST
    apposed = at > 0 and at - 1 in place.keys and place.tokens[at - 1].tail == "," and token.ends_clause
    if apposed and oddness(token) >= WEAK:
        yield Frame.BESIDE
    yield from _behind(look, place, at)


def _is_told_again(look: Look, place: Place, at: int) -> bool:
    """Whether `the new one is` stands before a token, words of getting in between."""
    back = at
    fillers = look.context.lexemes.fillers
    while back and at - back < _NEAR and (back - 1 in place.clued or place.tokens[back - 1].word in fillers):
        back -= 1
    text = look.context.page.text
    return any(opening(text, place.tokens[one].start) in place.news for one in range(back, at + 1))


def _behind(look: Look, place: Place, at: int) -> Iterator[Frame]:
    """`X as the password`, `X is what you type as a password`."""
    if any(one > at + 1 and look.is_any("into", place.tokens[one - 1].word) for one in place.secrets):
        yield Frame.ROLE
    for offset in range(at + 1, min(at + 4, len(place.tokens))):
        word = place.tokens[offset].word
        if offset in place.keys and offset > at + 1:
            yield Frame.ROLE
        if place.tokens[offset - 1].tail or not (look.is_small(word) or look.is_any("into", word)):
            return


def _is_pair(look: Look, place: Place, at: int) -> bool:
    """`anna.k and X`, `admin / X`."""
    first = _first_of_pair(look, place, at)
    if first < 0:
        return False
    if is_userlike(look, place.tokens[first].core):
        return True
    return bool(place.users & set(range(max(0, first - 3), first + 1)))


def is_userlike(look: Look, core: str) -> bool:
    """Whether a word looks like a username, or is one of the people of this mail."""
    return core.lower() in look.context.people or core.lower() in _USERS or bool(_USERLIKE.fullmatch(core))


def _first_of_pair(look: Look, place: Place, at: int) -> int:
    before = place.tokens[at - 1]
    if look.is_any("joins", before.word) or before.core in _MARKS:
        return at - 2
    return at - 1 if before.tail.endswith((",", "/", ":")) and at - 1 not in place.clued else -1


def is_names(look: Look, place: Place, at: int) -> bool:
    """Whether a token is what something is called: a username, a network, a folder, the first of a pair."""
    return _is_called(look, place, at) or _opens_pair(look, place, at)


def _is_called(look: Look, place: Place, at: int) -> bool:
    """`the folder is Notes2024`, `user X`."""
    for back in range(at - 1, max(-1, at - 4), -1):
        token = place.tokens[back]
        if back in place.keys or token.ends_clause:
            return False
        if back in place.users or (back in place.places and not token.leads):
            return not any(key in place.keys for key in range(back - _OF, back))
        then = any(token.word in speech.thens for speech in look.speech)
        if then or look.is_with(token.word) or not (look.is_any("links", token.word) or look.is_small(token.word)):
            return False
    return False


def _opens_pair(look: Look, place: Place, at: int) -> bool:
    """`X, password …`, `X / Snow2023`: what stands before a secret is its username."""
    behind = at + 1
    while behind < len(place.tokens) and (
        look.is_any("joins", place.tokens[behind].word)
        or place.tokens[behind].core in _MARKS
        or look.is_small(place.tokens[behind].word)
    ):
        behind += 1
    passed = place.tokens[at + 1 : behind]
    if any(mark in place.tokens[at].tail for mark in ";.:"):
        return False
    if behind >= len(place.tokens) or place.tokens[at].ends_sentence:
        return False
    role = any(look.is_any("into", token.word) for token in passed)
    if behind in place.secrets and behind < at + 4 and not role:
        return True
    if behind > at + 2 or oddness(place.tokens[behind]) < WEAK or _first_of_pair(look, place, behind) != at:
        return False
    return any(token.core in _MARKS for token in passed) or _is_pair(look, place, behind)
