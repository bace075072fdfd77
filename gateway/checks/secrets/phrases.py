"""Passphrases told in passing: `type the three words purple walrus capo`, `unpacks with the phrase …`.

Rules of this file: pure. They begin behind what names words with spaces, or in quotes in a firm frame, and end with the
clause or the quotes.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.checks.secrets.evidence import ENOUGH, QUOTED, QUOTES, TYPING, is_said_word
from gateway.checks.secrets.frames import FIRM, WORTH, Frame, Look, Place, frames, is_typing
from gateway.checks.secrets.pages import Hit
from gateway.checks.secrets.values import Grade, Token

_WORDS = range(2, 8)
_LESS = 3
"""Points fewer are enough behind what names such words."""


def phrases(look: Look, place: Place, said: int) -> Iterator[Hit]:
    """Words with spaces that are a secret."""
    for at, token in enumerate(place.tokens):
        before = at - 1
        while before >= 0 and look.is_any("links", place.tokens[before].word):
            before -= 1
        marked = _is_quoted_from(look, token)
        if not marked and not _is_after_phrase(look, place, before):
            continue
        run = _run(look, place, at, marked=marked)
        if not _is_phrase(look, place, at, run) or not (marked or _begins(look, token)):
            continue
        firm = FIRM - {Frame.KEY} if marked and not place.phrases else FIRM
        worth = max((WORTH[frame] for frame in frames(look, place, at) & firm), default=0)
        worth += TYPING * (marked and worth > 0 and is_typing(look, place, at))
        if worth and QUOTED * marked + worth + said >= (ENOUGH if marked else ENOUGH - _LESS):
            yield Hit(look.context.page, token.start, run[-1].end)


def _begins(look: Look, token: Token) -> bool:
    return not look.is_small(token.word) and not is_said_word(look, token)


def _is_phrase(look: Look, place: Place, at: int, run: list[Token]) -> bool:
    """Several words, none of which speaks of secrets or of getting in."""
    if len(run) not in _WORDS or any(one in place.clued for one in range(at, at + len(run))):
        return False
    return not any(one.grade is Grade.NOTHING or look.context.lexemes.is_label(one.core) for one in run)


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
    return token.start > 0 and text[token.start - 1] in QUOTES[:9] and not token.tail


def _run(look: Look, place: Place, at: int, *, marked: bool) -> list[Token]:
    """The words of a phrase: to the closing quote, or to the clause's end."""
    run: list[Token] = []
    text = look.context.page.text
    for token in place.tokens[at : at + _WORDS.stop]:
        if run and "\n" in text[run[-1].end : token.start]:
            return run
        run.append(token)
        if token.tail and (not marked or set(token.tail) & set(QUOTES)):
            return run
    return run if not marked else []
