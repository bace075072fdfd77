"""What speaks for a token's being a secret that nothing names, and what rules it out.

Rules of this file: pure. Points are added up: the token's shape, what binds it, what its sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.checks.secrets.frames import (
    FIRM,
    WORTH,
    Frame,
    Look,
    Place,
    frames,
    is_names,
    is_typed,
    is_typing,
    is_userlike,
)
from gateway.checks.secrets.grammar import hit
from gateway.checks.secrets.lexemes import Kind
from gateway.checks.secrets.oddness import ODD, PLAIN, RARE, STRANGE, WEAK, oddness
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade, Token

ENOUGH = 10
"""Points from which on a token is a secret."""
QUOTED = 2
QUOTES = tuple("\"'“”„‟«»‘’`*")
_CAPITAL = 2
"""A word with a capital is mostly a name."""
_BINDING = frozenset(Frame) - {Frame.LINK}
_TELLING = frozenset({Frame.THROUGH, Frame.TYPED, Frame.KEY, Frame.NEW})
_ALONE = frozenset({Frame.THROUGH, Frame.TYPED, Frame.PAIR})
"""Firm enough without a word of getting in."""
_TOLD = frozenset({Frame.NEW})
"""Firm enough for what nobody writes but to be typed."""
_SECOND = frozenset({Frame.THEN, Frame.TYPED, Frame.WITH, Frame.PAIR})
"""What follows a username."""
_LITTLE = 2
_MUCH = 4
"""Points of what is said that need no frame."""
_MODEL_LIKE = re.compile(
    r"[A-Z][a-z]?\d+\w*|[a-z]{1,4}\d+[a-z]?\d?|[^\W\d_]+[-_]\d|[^\W_]+#\d+|.*\d[.,]\d.*|.*\d{6}.*|\d+\W.*|[^\W_]+[+.][^\W\d_]+"
)
"""Models, versions, tickets, several things in one."""
_WORDLIKE = re.compile(r"[^\W\dA-Z_]{2}|\d[a-z]\d|[a-z]\d[a-z]")
TYPING = 2
"""Something is to be typed, earlier in the sentence."""
_LEAST_WORD = 4
_LONGEST_VALUE = 64
_SLASHED = re.compile(r"([^\W_][\w.@+-]{2,})/([^\s/]{5,})")
_PAIRED = 2
_FIGURES = range(4, 9)
_POSTAL = 6


def score(look: Look, place: Place, at: int, said: int) -> int:
    """The points of a token in a sentence that says so much; 0 for what is no secret."""
    token = place.tokens[at]
    shape = _shape(look, token)
    if shape < PLAIN or (token.core.isalpha() and shape < ODD and not _may_be_plain(look, place, at)):
        return 0
    if at in place.keys or at in place.users or not _may_be(look, place, at) or is_names(look, place, at):
        return 0
    found = frames(look, place, at)
    if not _stands_free(look, place, at, found):
        return 0
    joined = token.seams > 1 and "." not in token.core and found >= {Frame.KEY, Frame.LINK}
    if shape < WEAK and not joined and not (FIRM & found and _is_plain_value(look, place, at, found)):
        return 0
    found -= frozenset() if place.enters or place.users or shape >= STRANGE else {Frame.WITH}
    bound = _is_bound(look, place, at, found, shape) or _is_told_odd(place, at, found, said)
    if not bound or not (place.firm or said or (shape >= RARE and Frame.WITH in found)):
        return 0
    worth = sorted((WORTH[frame] for frame in found), reverse=True)
    name = shape == PLAIN and token.core[:1].isupper() and look.context.language != "de"
    typing = Frame.TYPED not in found and is_typing(look, place, at)
    return shape + sum(worth[:2]) + said + TYPING * typing - _CAPITAL * name


def _is_bound(look: Look, place: Place, at: int, found: set[Frame], shape: int) -> bool:
    """Whether what stands beside a token is firm enough for its shape."""
    if place.tokens[at].grade is Grade.DIGITS and not found & {Frame.THROUGH, Frame.TYPED} and not _is_pin(place, at):
        return False
    if shape >= RARE or (shape >= STRANGE and found & _BINDING and place.firm):
        return True
    firm = place.firm or look.context.topic > 0 or (shape >= ODD and bool(place.users) and bool(found & _SECOND))
    if not firm and not (found & _ALONE and shape >= ODD) and not (found & _TOLD and shape >= STRANGE):
        return False
    if found & _BINDING:
        return Frame.SET not in found or shape >= ODD
    named = bool(place.secrets) or (bool(place.keys) and Frame.LINK in found)
    return (shape >= ODD and named) or (shape >= STRANGE and (bool(place.enters) or look.context.topic > 0))


def _is_told_odd(place: Place, at: int, found: set[Frame], said: int) -> bool:
    """Whether an odd token needs no word of getting in: `it is M3adowlark until Friday`, `start with Autumn2033`."""
    token = place.tokens[at]
    shape = oddness(token)
    if shape < ODD or said < _LITTLE or not _WORDLIKE.search(token.core) or _MODEL_LIKE.fullmatch(token.core):
        return False
    alone = (token.ends_clause or at + 1 == len(place.tokens)) and said >= _MUCH
    return bool(found & _BINDING) or (alone and (shape >= STRANGE or _is_written(token)))


def _is_written(token: Token) -> bool:
    """A name or word with a capital and figures, as people make passwords: Autumn2033."""
    return token.core[0].isupper() and token.core[1:2].islower()


def slashed(look: Look, place: Place, said: int) -> Iterator[Hit]:
    """`sign in with admin/Otter2031x`: a username and a secret in one."""
    page = look.context.page
    for token in place.tokens:
        found = _SLASHED.fullmatch(token.core) if "/" in token.core else None
        if not found:
            continue
        start = token.start + found.start(2)
        second = page.tokens(start, token.end, 1)[0]
        least = ODD if said >= _PAIRED and (is_userlike(look, found[1]) or place.users) else RARE
        known = second.start != start or look.context.lexemes.is_product(second.core)
        if said and not known and oddness(second) >= least:
            yield hit(look.context, second)


def _is_pin(place: Place, at: int) -> bool:
    """Whether figures stand right behind the word PIN; behind a town it is an Indian postal code."""
    end = place.tokens[at - 1].end if at else -1
    town = place.tokens[at - 2] if at > 1 else place.tokens[0]
    if len(place.tokens[at].core) == _POSTAL and town.core[:1].isupper() and town.tail == ",":
        return False
    return any(one.kind is Kind.PIN and one.end == end for one in place.sentence.labels)


def _shape(look: Look, token: Token) -> int:
    """Points for how a token looks, quotes around it included; negative for what is certainly no secret."""
    quotes = QUOTED if _is_quoted(look, token) else 0
    if token.grade is Grade.DIGITS:
        year = token.core[:2] in {"19", "20"} and len(token.core) == _FIGURES.start
        return -1 if year or len(token.core) not in _FIGURES else PLAIN
    shape = oddness(token)
    return shape + quotes if shape >= PLAIN and shape != WEAK else shape


def _is_quoted(look: Look, token: Token) -> bool:
    text = look.context.page.text
    behind = text[token.end : token.end + 2].strip(" \xa0")[:1]
    return text[max(0, token.start - 1) : token.start].strip() in QUOTES and behind in QUOTES


def _may_be_plain(look: Look, place: Place, at: int) -> bool:
    """Whether a word can be a secret at all, before its surroundings are looked at."""
    if not (place.enters or (place.users and place.keys) or at - 1 in place.secrets):
        return False
    known = look.context.lexemes
    word = place.tokens[at].word
    if len(word) < _LEAST_WORD or at in place.clued or word in known.talk or word in known.states:
        return False
    small = word in known.setters or word in known.determiners or word in known.fillers
    return not small and word not in look.context.people


def _is_plain_value(look: Look, place: Place, at: int, found: set[Frame]) -> bool:
    """A word that no list knows, where a clause ends, in a sentence that speaks of getting in."""
    token = place.tokens[at]
    if token.grade is Grade.DIGITS:
        return True
    if not _may_be_plain(look, place, at):
        return False
    known = look.context.lexemes
    word = token.word
    key = max((one for one in place.keys if one < at), default=0)
    paired = Frame.KEY in found and any(user < key for user in place.users) and bool(token.tail)
    if paired and (place.enters or (look.context.topic and place.secrets)):
        return True
    if at - 1 in place.secrets and token.tail and is_typing(look, place, at) and not is_said_word(look, token):
        return True
    if not found & {Frame.THROUGH, Frame.TYPED} and (
        not (token.tail or at + 1 == len(place.tokens))
        or any(word.endswith(one.endings) for one in look.tongues)
        or any(back in place.secrets for back in range(at - 4, at))
        or (at - 1 in place.keys and place.tokens[max(0, at - 2)].word not in known.determiners)
    ):
        return False
    verb = place.tokens[at - 1].word
    article = _is_article(look, verb) and (look.is_any("uses", verb) or not is_typed(look, place, at - 1))
    if found & FIRM == {Frame.TYPED} and article:
        return False
    return bool(place.enters)


def _is_article(look: Look, word: str) -> bool:
    known = look.context.lexemes
    return (word in known.talk or word in known.determiners) and word not in known.fillers


def is_said_word(look: Look, token: Token) -> bool:
    """A word that says what a secret is like."""
    known = look.context.lexemes
    return token.word in known.states or any(token.word.endswith(tongue.endings) for tongue in look.tongues)


def _may_be(look: Look, place: Place, at: int) -> bool:
    known = look.context.lexemes
    token = place.tokens[at]
    if token.grade is Grade.NOTHING or known.is_label(token.core) or known.is_product(token.core):
        return False
    if token.word in look.context.people:
        return False
    text = look.context.page.text
    if text[max(0, token.start - 1) : token.start].isalnum() or len(token.core) > _LONGEST_VALUE:
        return False
    shape = oddness(token)
    before = [one.word for one in place.tokens[max(0, at - 4) : at]]
    if any(look.is_any("references", word) for word in before[-2:]):
        return False
    if shape < RARE and before and look.is_any("blocks", before[-1]) and not look.is_with(before[-1]):
        return False
    led = at > 0 and place.tokens[at - 1].leads
    before = before[-2:] if shape >= RARE else before
    linked = shape >= ODD and bool(before) and look.is_any("links", before[-1])
    alike = before[-2:] if linked else before
    forbidden = any(look.is_any("forbids", word) for word in before)
    if not led and (forbidden or any(look.is_any("examples", word) for word in alike)):
        return False
    behind = place.tokens[at + 1].word if at + 1 < len(place.tokens) else ""
    return not look.is_any("units", behind) and token.word not in look.clues.methods


def _stands_free(look: Look, place: Place, at: int, found: set[Frame]) -> bool:
    """Whether a token is no part of a noun phrase: `the N310 image`."""
    before = place.tokens[at - 1] if at else place.tokens[at]
    article = at > 0 and not before.tail and before.word in look.context.lexemes.determiners
    bound = look.is_with(before.word) or look.is_any("into", before.word) or bool(found & _TELLING)
    free = not article or bound or at - 1 in place.clued
    shape = oddness(place.tokens[at])
    if shape >= RARE:
        return free
    firm = place.firm or look.context.topic > 0
    strange = firm and shape >= STRANGE and not found & {Frame.FIRST, Frame.COLON, Frame.NEW}
    return free and (_ends(look, place, at) or strange)


def _ends(look: Look, place: Place, at: int) -> bool:
    """Whether a clause ends behind a token, or small words go on: no noun that it only describes."""
    token = place.tokens[at]
    if token.tail.strip("\"'”»“*_") or at + 1 >= len(place.tokens):
        return not token.tail.endswith(":") and (token.grade >= Grade.MIXED or not token.tail.endswith("?"))
    follows = place.tokens[at + 1]
    if "\n" in look.context.page.text[token.end : follows.start] or not follows.core[:1].isalpha():
        return True
    return at + 1 in place.clued or follows.word in look.context.lexemes.talk or look.is_any("joins", follows.word)
