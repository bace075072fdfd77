"""The end of what the agent wrote: closing phrase, name, signature, disclaimer.

Rules of this file: pure; looks at one stretch of fresh rows from its end; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.reading.greeting import Names
from gateway.reading.model import Role
from gateway.reading.pieces import Piece
from gateway.reading.rows import Hint
from gateway.reading.words import Anywhere, Tokens, Words, first_word, tokens

_SIGNATURE_ROWS = 16
_FOOTER_ROWS = 4
DELIMITERS = frozenset({"--", "---", "\u2014", "\u2013"})
_NAME_MARKS = "-\u2013/~ *"
"""What people put before the name that they sign with."""
_MAX_CLOSING = 90
_MAX_CLOSING_WORDS = 8
_PHONE = re.compile(r"\+?\(?\d[\d ()./-]{5,18}\d")
_WHEN = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[:.]\d\d\b")
_POSTSCRIPT = re.compile(r"(?:PS|P\.S|P\. S|Ps)[.:,! -]")
_LINK = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,100}\.\w{2,}", re.IGNORECASE)


def close(run: Sequence[Piece], words: Words, names: Names) -> tuple[Piece, int] | None:
    """Give roles to the end of one stretch of fresh rows, and to disclaimers and mobile lines anywhere in it.

    Returns the piece in which a closing shares the row with the matter, and where it begins; the caller cuts it.
    """
    _disclaimers(run, words)
    for at, piece in enumerate(run):
        text = piece.row.text
        if piece.role is not None:
            continue
        if piece.row.hint is Hint.SIGNATURE:
            # A signature that the markup names; a closing phrase in it is the sign-off all the same.
            piece.role = Role.SIGN_OFF if is_closing(text, words) else Role.SIGNATURE
        elif text in DELIMITERS and len(run) - at <= 2 * _SIGNATURE_ROWS:
            for after in run[at:]:
                after.role = after.role or Role.SIGNATURE
            break
        elif words.mobile.open(text) and words.mobile.length(tokens(text, 60)):
            piece.role = Role.SIGNATURE
    tail = [piece for piece in run if piece.role is None][-_SIGNATURE_ROWS:]
    return _close_tail(tail, words, names) if tail else None


def _close_tail(tail: Sequence[Piece], words: Words, names: Names) -> tuple[Piece, int] | None:
    if (at := _closing_at(tail, words)) >= 0:
        _sign(tail[at:], words)
        return None
    for back, piece in enumerate(reversed(tail[-3:])):
        if begins := _closing_within(piece.row.text, words):
            _sign(tail[len(tail) - back :], words, named=has_name_after(piece.row.text[begins:], words))
            return piece, begins
    if (at := _unknown_closing_at(tail)) >= 0:
        tail[at].role = Role.SIGN_OFF
        _sign(tail[at + 1 :], words)
    elif (at := _name_at(tail, names)) >= 0:
        if _is_adverb_above(tail, at, words):
            tail[at - 1].role = Role.SIGN_OFF
        _sign(tail[at:], words)
    elif (at := _contacts_at(tail, words)) >= 0:
        for piece in tail[at:]:
            piece.role = Role.SIGNATURE
    return None


def _disclaimers(run: Sequence[Piece], words: Words) -> None:
    """Mark the rows in which a disclaimer's phrases stand, and those that go on in the next line."""
    _mark(run, words.disclaimers, words)
    _mark(run[-_FOOTER_ROWS:], words.privacy, words)


def _mark(run: Sequence[Piece], phrases: Anywhere, words: Words) -> None:
    spans = phrases.spans("\n".join(piece.row.text for piece in run))
    if not spans:
        return
    start, last, next_span = 0, -1, 0
    for piece in run:
        end = start + len(piece.row.text) + 1
        while next_span < len(spans) and spans[next_span][1] <= start:
            next_span += 1
        inside = next_span < len(spans) and spans[next_span][0] < end
        goes_on = piece.row.line == last + 1
        if piece.role is None and (goes_on or inside) and not is_closing(piece.row.text, words):
            piece.role, last = Role.DISCLAIMER, piece.row.line
        start = end


def is_closing(text: str, words: Words) -> bool:
    """`Ystävällisin terveisin`, alone or with a name after it; also `Best wishes from all of us`."""
    if len(text) > _MAX_CLOSING:
        return False
    first = first_word(text)
    if first not in words.closing_openers and not _is_compound(first, words.closing_cores):
        return False
    line = tokens(text, _MAX_CLOSING)
    size = words.closings.length(line)
    return (size > 0 and _only_a_name(text, line, size)) or _is_made_up(text, line, words)


def _is_made_up(text: str, line: Tokens, words: Words) -> bool:
    """A closing that no list has whole: nothing but its words in a short row, and perhaps a name behind them."""
    if not line or len(line) > _MAX_CLOSING_WORDS or text[-1] in "?:" or line.words[0] in words.connectors:
        return False
    last = -1
    for at, word in enumerate(line.words):
        if word in words.closing_cores or _is_compound(word, words.closing_cores):
            last = at
        elif word not in words.closing_company:
            return last >= 0 and text[line.start(at)].isupper() and _only_a_name(text, line, at)
    if len(line) == 1:
        return _is_compound(line.words[0], words.closing_cores)  # `Kesäterveisin`
    if len(line) == 2 and line.words[0] in words.function_words:
        return False  # `All week`
    return last > 0 or (last == 0 and words.closings.length(line) > 0)


def _is_compound(word: str, cores: frozenset[str]) -> bool:
    return any(word[cut:] in cores for cut in range(3, len(word) - 7))


def _only_a_name(text: str, line: Tokens, at: int) -> bool:
    """After a closing phrase stands nothing, or a name; after a comma or a slash perhaps a title."""
    named = 0
    while at < len(line):
        gap = text[line.end(at - 1) : line.start(at)]
        if named and any(c in ",/|\u2013\u2014(" for c in gap):
            return True
        if not text[line.start(at)].isupper() or named > 4:
            return False
        named += 1
        at += 1
    return True


def _closing_at(tail: Sequence[Piece], words: Words) -> int:
    """The first of the last closing rows that stand together."""
    found = -1
    for at in range(len(tail) - 1, -1, -1):
        text = tail[at].row.text
        if is_closing(text, words) and (found == at + 1 or not _is_mere_thanks(tail, at, words)):
            found = at
        elif found >= 0:
            break
    return found


def _is_mere_thanks(tail: Sequence[Piece], at: int, words: Words) -> bool:
    """`Kiitos!` in the midst of the matter closes nothing; at the end, or with a name after it, it does."""
    text = tail[at].row.text
    if at + 1 == len(tail) or not words.thanks.length(tokens(text)):
        return False
    return not is_signed(tail[at + 1].row.text)


_SENTENCE_END = re.compile(r"[.!?)\]:] +(?=[^\W\d_])")


def _closing_within(text: str, words: Words) -> int:
    """Where a closing begins that stands in one row with the matter: `Lähetämme uuden. Terveisin Aino`. 0 for none."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, max(0, len(text) - 200))]
    for begins in ends[-3:]:
        rest = text[begins:]
        if is_closing(rest, words) and (len(tokens(rest).words) > 1 or not words.thanks.open(rest)):
            return begins
    return 0


def _unknown_closing_at(tail: Sequence[Piece]) -> int:
    """In a language that we do not know: a short row that ends in a comma, then a name."""
    for at in range(max(1, len(tail) - 6), len(tail) - 1):
        text = tail[at].row.text
        if text.endswith(",") and text.count(" ") < 4 and text[0].isupper() and is_signed(tail[at + 1].row.text):
            return at
    return -1


def _name_at(tail: Sequence[Piece], names: Names) -> int:
    """A name alone near the end: the agent's, or whatever is written like one on the last row."""
    for at in range(len(tail) - 1, max(-1, len(tail) - 8), -1):
        text = tail[at].row.text.lstrip(_NAME_MARKS)
        line = tokens(text, 60)
        if line and line.words[0] in names.agent and is_signed(text):
            return at
    last = tail[-1].row.text
    return len(tail) - 1 if len(tail) > 1 and is_signed(last) and last[-1] not in ".!?:," else -1


def _is_adverb_above(tail: Sequence[Piece], at: int, words: Words) -> bool:
    """A closing that no list knows stands right above the name: `Nöyrästi`."""
    if at < 2:
        return False
    above = tail[at - 1].row
    is_short = len(above.text) <= 40 and above.text.count(" ") < 3 and above.text[0].isupper()
    is_plain = not any(c.isdigit() for c in above.text) and above.text[-1] not in ".!?:;"
    return is_short and is_plain and tail[at].row.line == above.line + 1 and not _tells(above.text, words)


def _tells(text: str, words: Words) -> bool:
    return any(word in words.function_words for word in tokens(text).words)


def _contacts_at(tail: Sequence[Piece], words: Words) -> int:
    """Two or more short rows of contacts at the end, with nothing like a sentence among them."""
    first, contacts = len(tail), 0
    for at in range(len(tail) - 1, -1, -1):
        text = tail[at].row.text
        if len(text) > 70 or text[-1] in ".!?:" or sum(word in words.function_words for word in tokens(text).words) > 1:
            break
        first = at
        contacts += is_contact(text)
    if first == 0 and not any(has_phone(piece.row.text) for piece in tail):
        return -1  # links and dates alone are what the mail is about
    return first if contacts and len(tail) - first >= 2 else -1


def is_name_like(text: str) -> bool:
    """One to four words with capitals and nothing else."""
    bare = text.strip(_NAME_MARKS + ",.")
    parts = bare.split()
    return 0 < len(parts) <= 4 and len(bare) <= 40 and all(_is_name(part) for part in parts)


def _is_name(part: str) -> bool:
    return part[0].isupper() and part.replace("-", "").replace(".", "").replace("'", "").isalpha()


def is_signed(text: str) -> bool:
    """A name, perhaps with a title after it: `Ossi, paistovuoron päällikkö`, `- Aino / Matkatoimisto`."""
    bare = text.lstrip(_NAME_MARKS)
    end = min(
        (at for mark in (",", "/", "|", "(", " - ", " \u2013 ") if (at := bare.find(mark)) > 0), default=len(bare)
    )
    return len(bare) <= 80 and is_name_like(bare[:end])


def _sign(tail: Sequence[Piece], words: Words, *, named: bool = False) -> None:
    """Closing phrases and one name are the sign-off; the rest is the signature, but for a postscript."""
    closings, postscript = True, -1
    for piece in tail:
        text = piece.row.text
        if closings and not named and is_closing(text, words):
            piece.role = Role.SIGN_OFF
            named = has_name_after(text, words)
            continue
        closings = False
        if is_postscript(text) or (postscript >= 0 and piece.row.line == postscript + 1):
            piece.role, postscript = Role.BODY, piece.row.line
        elif not named and is_signed(text):
            piece.role, named = Role.SIGN_OFF, True
        else:
            piece.role = Role.SIGNATURE


def has_name_after(text: str, words: Words) -> bool:
    """Tell whether a closing row goes on after the phrase."""
    line = tokens(text)
    return words.closings.length(line) < len(line)


def name_signed(lines: Sequence[str], words: Words) -> str:
    """The name that somebody signed with, among the lines of a mail or of its sign-off; "" where there is none."""
    for at in range(len(lines) - 1, max(-1, len(lines) - _SIGNATURE_ROWS), -1):
        text = lines[at]
        if not is_closing(text, words):
            continue
        line = tokens(text)
        size = words.closings.length(line)
        if size < len(line):
            return text[line.start(size) :]
        if at + 1 < len(lines) and is_signed(lines[at + 1]):
            return lines[at + 1].lstrip(_NAME_MARKS)
    return ""


def is_postscript(text: str) -> bool:
    """Tell whether a row begins a postscript: `PS.`, `P.S.`."""
    return _POSTSCRIPT.match(text) is not None


def is_contact(text: str) -> bool:
    """Tell whether a row has a phone number, or an address of the web or of mail."""
    return _LINK.search(text) is not None or has_phone(text)


def has_phone(text: str) -> bool:
    """Tell whether a phone number stands in a row, outside of links, dates and times."""
    return _PHONE.search(text) is not None and _PHONE.search(_LINK.sub("", text)) is not None and not _WHEN.search(text)
