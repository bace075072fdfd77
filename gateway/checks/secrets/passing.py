"""Secrets told in passing: `the album opens with jordbærgrød`, `verkko Lumme-Asiakas, avain lummelampi2`.

Rules of this file: pure. No single word names the value, so evidence is added up: how odd a token is (`oddness`), what
stands right beside it (`frames`), what its sentence and the ones next to it speak of (`_SAID`). From `ENOUGH` points on
it is a secret. A plain word must besides stand in a firm frame, close its clause, and be no word of the lexicons. Only
sentences with a clue, and those next to them, are looked at, and each token of them once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import re2

from gateway.checks.secrets.clues import Clue, Clues, octets_of, octetwise, within
from gateway.checks.secrets.evidence import ENOUGH, score, slashed
from gateway.checks.secrets.frames import Frame, Look, Place, Sentence, frames, place_of
from gateway.checks.secrets.grammar import Context, hit
from gateway.checks.secrets.lexemes import Kind, Label
from gateway.checks.secrets.oddness import ODD, RARE, STRANGE, oddness
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.phrases import phrases
from gateway.checks.secrets.values import Token
from gateway.reading.model import Role

_SAID = {Clue.ENTER: 3, Clue.KEY: 2, Clue.PHRASE: 2, Clue.PLACE: 2, Clue.SPELLING: 3, Clue.CARE: 2, Clue.MEANWHILE: 2}
"""What a clue in the same sentence is worth; half of it in a sentence beside."""
_NAMED = 4
"""What a label for secrets or accounts in the same sentence is worth; half of it beside."""
_USER = 2
"""What a username's label is worth."""
_MOST_SAID = 10
_FIRM_CLUES = frozenset({Clue.ENTER, Clue.KEY, Clue.PHRASE})
_AMONG = 3
"""Another secret stands in the same sentence."""
_AMONG_PROGRAMS = 8
"""Points more that a secret needs where programs are talked of."""
_LONGEST = 400
"""Characters of a sentence; a longer one is looked at in pieces."""
_TOKENS = 80
_ENDS = re.compile(r"(?:[.!?…][\"”»“')\]]*\s+|\n\s*\n\s*)(?=[^\Wa-zà-ÿ]|[^\w\s])")
_CODE = re.compile(
    r"\w\(\)|\w::\w|->\w|[;{}]\n|\b0x[\da-f]|\n#(?:include|define|!)|\n\w+ ?= ?[\w\"'(]|(?<![\w/?&=.%-])\w+_\w+_\w"
    r"|(?<![:/\w.])/\w+/\w|\n[$%] |\w\.\w+\(|[ \n]--?\w{2}"
)
_MUCH_CODE = 3
"""Where programs are talked of, any word may be odd, and everything opens."""
_KIN = {"da": ("nb",), "nb": ("da",)}
"""Languages that are easily taken for each other."""
_ODD_SPOT = re2.compile(
    rb"[a-z\x80-\xff][0-9]|[0-9][a-z\x80-\xff]|[0-9a-z\x80-\xff][!#$&*+_%][0-9a-z\x80-\xff]|[a-z\x80-\xff]{4}[.-][0-9]{2}"
    rb"|[a-z\x80-\xff]{3}-[a-z\x80-\xff]{2,}-[a-z\x80-\xff]{3}",
    octetwise(),
)
_FEW = 3
"""A word of more languages tells none: PIN."""
_NO_WORDS = "\n\"'“”„‟«»‘’`*"


def may_tell(clues: Clues, language: str, text: str) -> bool:
    """A quick look: whether a text speaks of getting in at all, or holds what nobody writes but to be typed."""
    octets = octets_of(text)
    if _ODD_SPOT.search(octets) is not None:
        return True
    return any(clues.tongues[one].hint.search(octets) is not None for one in _spoken(clues, {language}))


def _spoken(clues: Clues, languages: Iterable[str]) -> list[str]:
    """The languages whose clues count: all where none is known."""
    spoken = {one for language in languages for one in (language, *_KIN.get(language, ()))}
    return [language for language in sorted(spoken) if language in clues.tongues] or list(clues.tongues)


def in_passing(context: Context, clues: Clues) -> Iterator[Hit]:
    """What the sentences of a page tell in passing."""
    labelled = (one for label in context.labels if len(label.languages) <= _FEW for one in label.languages)
    languages = _spoken(clues, {context.language, *labelled})
    look = Look(
        context,
        clues,
        (context.lexemes.tongue(frozenset(languages)),),
        tuple(clues.tongues[language] for language in languages),
    )
    spots = _spots(look)
    if not spots or len(_CODE.findall(context.page.text)) >= _MUCH_CODE:
        return
    least = ENOUGH + _AMONG_PROGRAMS * clues.is_technical(context.page.text)
    topic = context.topic if least == ENOUGH else 0
    sentences, among = _sentences(look, spots)
    points = [0, *map(_points, sentences), 0]
    firm = [False, *map(_is_firm, sentences), False]
    for at in among:
        said = points[at + 1] + max(points[at], points[at + 2]) // 2
        if not any(map(_counts, sentences[at].labels)):
            said += topic
        if said or sentences[at].is_spotted:
            place = _Beside(min(said, _MOST_SAID), least, any(firm[at : at + 3]))
            yield from _in_sentence(look, sentences[at], place)


def _spots(look: Look) -> list[int]:
    """Where a page speaks of getting in, or holds what nobody writes but to be typed."""
    octets = octets_of(look.context.page.text)
    if len(octets) != len(look.context.page.text):
        octets = look.context.page.text.encode("latin-1", "replace")
    spots = [found.start() for speech in look.speech for found in speech.hint.finditer(octets)]
    spots += [found.start() for found in _ODD_SPOT.finditer(octets)]
    return spots + [label.start for label in look.context.labels if label.kind is not Kind.USER]


def _points(sentence: Sentence) -> int:
    """What the clues of a sentence are worth, each kind once."""
    said = {one.clue for one in sentence.clues}
    named = max((_NAMED if _counts(label) else _USER for label in sentence.labels), default=0)
    return sum(_SAID[clue] for clue in said) + named


def _is_firm(sentence: Sentence) -> bool:
    """Whether a sentence speaks of getting in or of what opens, not only of a place or a time."""
    return any(one.clue in _FIRM_CLUES for one in sentence.clues) or any(map(_counts, sentence.labels))


def _counts(label: Label) -> bool:
    return label.kind is not Kind.USER and not label.is_soft


def _sentences(look: Look, spots: Sequence[int]) -> tuple[list[Sentence], list[int]]:
    """The page's sentences, and which to look at: those with a spot, and those beside them."""
    text = look.context.page.text
    starts = [0]
    for found in _ENDS.finditer(text):
        if _is_shortened(look, text, found.start()):
            continue
        starts += range(starts[-1] + _LONGEST, found.end(), _LONGEST)
        starts.append(found.end())
    starts += range(starts[-1] + _LONGEST, len(text), _LONGEST)
    made = [Sentence(start, end) for start, end in pairwise([*starts, len(text)])]
    spotted = {bisect_right(starts, spot) - 1 for spot in spots}
    for at in spotted:
        made[at].is_spotted = True
    among = sorted({at + step for at in spotted for step in (-1, 0, 1) if 0 <= at + step < len(made)})
    low = text.lower()
    low = low if len(low) == len(text) else text
    for at in among:
        for speech in look.speech:
            made[at].clues += within(speech, low, made[at].start, made[at].end)
    for label in look.context.labels:
        made[bisect_right(starts, label.start) - 1].labels.append(label)
    return made, among


def _is_shortened(look: Look, text: str, position: int) -> bool:
    """Whether a full stop ends a word only: `e.g. Summer2024`, `nr. 5`."""
    word = text[max(text.rfind(" ", 0, position), text.rfind("\n", 0, position)) + 1 : position]
    return text[position] == "." and (look.is_any("examples", word.lower()) or look.is_any("references", word.lower()))


class _Beside(NamedTuple):
    """What a sentence gives its tokens."""

    said: int
    """Points of what it and its neighbours speak of."""
    least: int
    """Points that make a secret here."""
    firm: bool


def _in_sentence(look: Look, sentence: Sentence, beside: _Beside) -> Iterator[Hit]:
    page = look.context.page
    said, least, firm = beside
    tokens = [one for one in page.tokens(sentence.start, sentence.end, _TOKENS) if one.core.strip(_NO_WORDS)]
    place = place_of(look, sentence, tokens, firm=firm)
    scores = [score(look, place, at, said) for at in range(len(tokens))]
    spoken = list(phrases(look, place, said)) if firm and least == ENOUGH else []
    if (spoken or any(scores)) and _is_refused(look, sentence):
        scores = [points if _is_odd_pair(look, place, at) else 0 for at, points in enumerate(scores)]
        spoken = []
    best = max(scores, default=0)
    yield from slashed(look, place, said)
    yield from spoken
    for token, points in zip(tokens, scores, strict=True):
        if page.lines[page.line_at(token.start)].role is Role.ATTRIBUTION and oddness(token) < ODD:
            continue  # `Sent: Monday,`
        if points >= least or (best >= least and points >= least - _AMONG and oddness(token) >= ODD):
            yield _whole(look, token)


def _is_refused(look: Look, sentence: Sentence) -> bool:
    low = look.context.page.text[sentence.start : sentence.end].lower()
    return any(word in low for word in look.clues.refusals)


def _is_odd_pair(look: Look, place: Place, at: int) -> bool:
    """Whether a token is a secret even beside other codes: `I log in as anna.k and Zebra10foal but get error 500`."""
    found = frames(look, place, at) - {Frame.LINK, Frame.KEY}
    least = ODD if Frame.COLON in found else STRANGE if place.firm else RARE
    return oddness(place.tokens[at]) >= least and bool(found)


def _whole(look: Look, token: Token) -> Hit:
    """The secret that a token is, with a mark at its end that cannot be the sentence's: `raclette!.`."""
    mark = token.core.isalpha() and token.tail[:1] in ("!", "?") and token.tail[1:2] in (".", ",", ";", ")", ":")
    if not mark:
        return hit(look.context, token)
    return Hit(look.context.page, token.start, token.end + 1, (token.core,))
