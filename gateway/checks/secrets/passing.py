"""Secrets told in passing: `the album opens with jordbærgrød`, `verkko Lumme-Asiakas, avain lummelampi2`.

Rules of this file: pure. No single word names the value, so evidence is added up: how odd the token is (`oddness`), what
stands right before it (`frames`), what its sentence and the ones beside it speak of (`_SAID`). A token is a secret from
`_ENOUGH` points on. A plain word must besides stand in a firm frame, close its clause, and be no word of the lexicons.
Only sentences with a clue, and those beside them, are looked at, and each token of them once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import re2

from gateway.checks.secrets.clues import Clue, Clues, octets_of, octetwise, within
from gateway.checks.secrets.frames import FIRM, WORTH, Frame, Look, Place, Sentence, frames, is_names, is_typing, place_of
from gateway.checks.secrets.grammar import Context, hit
from gateway.checks.secrets.lexemes import Kind, Label
from gateway.checks.secrets.oddness import ODD, PLAIN, STRANGE, WEAK, oddness
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade, Token

_ENOUGH = 10
_SAID = {Clue.ENTER: 3, Clue.KEY: 2, Clue.PHRASE: 2, Clue.PLACE: 2, Clue.SPELLING: 3, Clue.CARE: 2, Clue.MEANWHILE: 2}
"""What a clue in the same sentence is worth; half of it in a sentence beside."""
_NAMED = 4
"""What a label for secrets or accounts in the same sentence is worth; half of it beside."""
_MOST_SAID = 10
_FIRM_CLUES = frozenset({Clue.ENTER, Clue.KEY, Clue.PHRASE})
_QUOTED = 2
_CAPITAL = 2
"""A word with a capital is mostly a name."""
_AMONG = 3
"""Another secret stands in the same sentence."""
_BINDING = frozenset(Frame) - {Frame.LINK}
_TELLING = frozenset({Frame.THROUGH, Frame.TYPED, Frame.KEY, Frame.NEW})
_ALONE = frozenset({Frame.THROUGH, Frame.TYPED, Frame.PAIR})
"""Firm enough without a word of getting in."""
_TOLD = frozenset({Frame.NEW, Frame.THEN})
"""Firm enough for what nobody writes but to be typed."""
_TYPING = 2
"""Something is to be typed, earlier in the sentence."""
_LONGEST = 400
"""Characters of a sentence; a longer one is looked at in pieces."""
_TOKENS = 80
_ENDS = re.compile(r"(?:[.!?…][\"”»“')\]]*\s+|\n\s*\n\s*)(?=[^\Wa-zà-ÿ]|[^\w\s])")
_CODE = re.compile(r"\w\(\)|\w::\w|->\w|[;{}]\n|\b0x[\da-f]|\n[ \t]*#|\w=[\w\"']|\w_\w+_\w|(?<![:/\w])/\w+/\w|\n[$>%] |\w\.\w+\(|\n--? ?\w")
_MUCH_CODE = 3
"""Where programs are talked of, any word may be odd, and everything opens."""
_KIN = {"da": ("nb",), "nb": ("da",)}
"""Languages that are easily taken for each other."""
_ODD_SPOT = re2.compile(
    rb"[a-z\x80-\xff][0-9]|[0-9][a-z\x80-\xff]|[0-9a-z\x80-\xff][!#&*+_%][0-9a-z\x80-\xff]", octetwise()
)
_LEAST_WORD = 4
_LONGEST_VALUE = 64
_FEW = 3
"""A word of more languages tells none: PIN."""
_FIGURES = range(4, 9)
_WORDS = range(2, 8)
_NO_WORDS = "\n\"'“”„‟«»‘’`*"
_QUOTES = tuple("\"'“”„‟«»‘’`*")


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
    sentences, among = _sentences(look, spots)
    points = [0, *map(_points, sentences), 0]
    firm = [False, *map(_is_firm, sentences), False]
    for at in among:
        said = points[at + 1] + max(points[at], points[at + 2]) // 2
        if said or sentences[at].is_spotted:
            yield from _in_sentence(look, sentences[at], min(said, _MOST_SAID), firm=any(firm[at : at + 3]))


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
    return sum(_SAID[clue] for clue in said) + _NAMED * any(map(_counts, sentence.labels))


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


def _in_sentence(look: Look, sentence: Sentence, said: int, *, firm: bool) -> Iterator[Hit]:
    page = look.context.page
    low = page.text[sentence.start : sentence.end].lower()
    if any(word in low for word in look.clues.refusals):
        return
    tokens = [one for one in page.tokens(sentence.start, sentence.end, _TOKENS) if one.core.strip(_NO_WORDS)]
    place = place_of(look, sentence, tokens, firm=firm)
    scores = [_score(look, place, at, said) for at in range(len(tokens))]
    best = max(scores, default=0)
    if firm:
        yield from _phrases(look, place, said)
    for at, score in enumerate(scores):
        if score >= _ENOUGH or (best >= _ENOUGH and score >= _ENOUGH - _AMONG and oddness(tokens[at]) >= ODD):
            yield _whole(look, tokens[at])


def _whole(look: Look, token: Token) -> Hit:
    """The secret that a token is, with a mark at its end that cannot be the sentence's: `raclette!.`."""
    mark = token.core.isalpha() and token.tail[:1] in ("!", "?") and token.tail[1:2] in (".", ",", ";", ")", ":")
    if not mark:
        return hit(look.context, token)
    return Hit(look.context.page, token.start, token.end + 1, (token.core,))


def _phrases(look: Look, place: Place, said: int) -> Iterator[Hit]:
    """Words with spaces behind what names such, or in quotes in a firm frame, up to the clause's end."""
    for at, token in enumerate(place.tokens):
        before = at - 1
        while before >= 0 and look.is_any("links", place.tokens[before].word):
            before -= 1
        marked = _is_quoted_from(look, token)
        if not marked and not _is_after_phrase(look, place, before):
            continue
        run = _run(look, place, at, marked=marked)
        if len(run) not in _WORDS or any(one.grade is Grade.NOTHING or look.context.lexemes.is_label(one.core) for one in run):
            continue
        if not marked and (look.is_small(token.word) or _is_said(look, token)):
            continue
        if any(one in place.clued for one in range(at, at + len(run))):
            continue
        worth = max((WORTH[frame] for frame in frames(look, place, at) & FIRM), default=0)
        if worth and PLAIN + _QUOTED * marked + worth + said >= (_ENOUGH if marked else _ENOUGH - _AMONG):
            yield Hit(look.context.page, token.start, run[-1].end)


def _is_said(look: Look, token: Token) -> bool:
    known = look.context.lexemes
    return token.word in known.states or any(token.word.endswith(tongue.endings) for tongue in look.tongues)


def _is_after_phrase(look: Look, place: Place, at: int) -> bool:
    """Whether a token names words with spaces: `the passphrase`, `type the three words`."""
    if at not in place.phrases or (place.tokens[at].tail and not place.tokens[at].leads):
        return False
    if at in place.secrets or look.is_with(place.tokens[at].word):
        return True
    while at and at - 1 in place.phrases:
        at -= 1
    return bool(frames(look, place, at) & {Frame.TYPED, Frame.WITH})


def _is_quoted_from(look: Look, token: Token) -> bool:
    text = look.context.page.text
    return token.start > 0 and text[token.start - 1] in _QUOTES[:9] and not token.tail


def _run(look: Look, place: Place, at: int, *, marked: bool) -> list[Token]:
    """The words of a phrase: to the closing quote, or to the clause's end."""
    run: list[Token] = []
    text = look.context.page.text
    for token in place.tokens[at : at + _WORDS.stop]:
        if run and "\n" in text[run[-1].end : token.start]:
            return run
        run.append(token)
        if token.tail and (not marked or set(token.tail) & set(_QUOTES)):
            return run
    return run if not marked else []


def _score(look: Look, place: Place, at: int, said: int) -> int:
    """The points of a token, 0 for what is no secret."""
    if at in place.keys or at in place.users or not _may_be(look, place, at):
        return 0
    shape = _shape(look, place.tokens[at])
    found = frames(look, place, at)
    if shape < PLAIN or is_names(look, place, at):
        return 0
    if shape < WEAK and not (FIRM & found and _is_plain_value(look, place, at, found)):
        return 0
    if place.tokens[at].grade is Grade.DIGITS and not found & {Frame.THROUGH, Frame.TYPED} and not _is_pin(place, at):
        return 0
    if not _stands_free(look, place, at, found):
        return 0
    if not place.enters:
        found -= {Frame.WITH}
    if not place.firm and not (found & _ALONE and shape >= ODD) and not (found & _TOLD and shape >= STRANGE):
        return 0
    if Frame.SET in found and shape < ODD:
        return 0
    named = bool(place.secrets) or (bool(place.keys) and Frame.LINK in found)
    if not found & _BINDING and (shape < ODD or not named) and (shape < STRANGE or not place.enters):
        return 0
    said += _TYPING if Frame.TYPED not in found and is_typing(look, place, at) else 0
    worth = sorted((WORTH[frame] for frame in found), reverse=True)
    if shape == PLAIN and place.tokens[at].core[:1].isupper() and look.context.language != "de":
        shape -= _CAPITAL
    return shape + sum(worth[:2]) + said


def _is_pin(place: Place, at: int) -> bool:
    """Whether figures stand right behind the word PIN."""
    end = place.tokens[at - 1].end if at else -1
    return any(one.kind is Kind.PIN and one.end == end for one in place.sentence.labels)


def _shape(look: Look, token: Token) -> int:
    """Points for how a token looks, quotes around it included; negative for what is certainly no secret."""
    quotes = _QUOTED if _is_quoted(look, token) else 0
    if token.grade is Grade.DIGITS:
        year = token.core[:2] in {"19", "20"} and len(token.core) == _FIGURES.start
        return -1 if year or len(token.core) not in _FIGURES else PLAIN
    shape = oddness(token)
    return shape + quotes if shape >= PLAIN and shape != WEAK else shape


def _is_quoted(look: Look, token: Token) -> bool:
    text = look.context.page.text
    behind = text[token.end : token.end + 2].strip(" \xa0")[:1]
    return text[max(0, token.start - 1) : token.start].strip() in _QUOTES and behind in _QUOTES


def _is_plain_value(look: Look, place: Place, at: int, found: set[Frame]) -> bool:
    """A word that no list knows, where a clause ends, in a sentence that speaks of getting in."""
    token = place.tokens[at]
    if token.grade is Grade.DIGITS:
        return True
    known = look.context.lexemes
    word = token.word
    if len(word) < _LEAST_WORD or at in place.clued or word in known.talk or word in known.states:
        return False
    if word in known.setters or word in known.determiners or word in known.fillers or word in look.context.people:
        return False
    paired = Frame.KEY in found and any(user < at for user in place.users) and bool(token.tail)
    if paired:
        return True
    if at - 1 in place.secrets and token.tail and is_typing(look, place, at) and not _is_said(look, token):
        return True
    if not found & {Frame.THROUGH, Frame.TYPED} and (
        not (token.tail or at + 1 == len(place.tokens))
        or any(word.endswith(one.endings) for one in look.tongues)
        or any(back in place.secrets for back in range(at - 4, at))
    ):
        return False
    if found & FIRM == {Frame.TYPED} and _is_article(look, place.tokens[at - 1].word):
        return False
    return bool(place.enters)


def _is_article(look: Look, word: str) -> bool:
    known = look.context.lexemes
    return (word in known.talk or word in known.determiners) and word not in known.fillers


def _may_be(look: Look, place: Place, at: int) -> bool:
    known = look.context.lexemes
    token = place.tokens[at]
    if token.grade is Grade.NOTHING or known.is_label(token.core) or known.is_product(token.core):
        return False
    text = look.context.page.text
    if text[max(0, token.start - 1) : token.start].isalnum() or len(token.core) > _LONGEST_VALUE:
        return False
    before = [one.word for one in place.tokens[max(0, at - 4) : at]]
    if any(look.is_any("references", word) for word in before[-2:]):
        return False
    if before and look.is_any("blocks", before[-1]) and not look.is_with(before[-1]):
        return False
    led = at > 0 and place.tokens[at - 1].leads
    if not led and any(look.is_any("forbids", word) or look.is_any("examples", word) for word in before):
        return False
    behind = place.tokens[at + 1].word if at + 1 < len(place.tokens) else ""
    return not look.is_any("units", behind) and token.word not in look.clues.methods


def _stands_free(look: Look, place: Place, at: int, found: set[Frame]) -> bool:
    """Whether a token is no part of a noun phrase: `the N310 image`."""
    before = place.tokens[at - 1] if at else place.tokens[at]
    article = at > 0 and not before.tail and before.word in look.context.lexemes.determiners
    bound = look.is_with(before.word) or look.is_any("into", before.word) or bool(found & _TELLING)
    free = not article or bound or at - 1 in place.clued
    strange = place.firm and oddness(place.tokens[at]) >= STRANGE and not found & {Frame.FIRST, Frame.COLON}
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
