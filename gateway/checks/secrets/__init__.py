"""The check for secrets that a reply writes out: passwords, passphrases and PINs.

Rules of this file: pure. One quick look over the whole mail, and without a word around passwords in it nothing more is
done. Every place is searched, the thread below and attachments too: what goes out, goes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.checks.check import Params, at, language_for, phrase
from gateway.checks.mask import Mask
from gateway.checks.secrets.addresses import in_addresses
from gateway.checks.secrets.clues import Clues, clues
from gateway.checks.secrets.gone import is_gone, masked
from gateway.checks.secrets.grammar import Context
from gateway.checks.secrets.lexemes import Kind, Label, lexemes
from gateway.checks.secrets.lists import in_lists, in_rows, in_stack
from gateway.checks.secrets.pages import Hit, pages, whole
from gateway.checks.secrets.pairs import in_pairs
from gateway.checks.secrets.passing import in_passing, may_tell
from gateway.checks.secrets.sentences import after, before, in_next_sentence
from gateway.checks.secrets.tables import in_tables
from gateway.checks.secrets.typed import at_login, typed
from gateway.lexicon import Resources
from gateway.reading.model import AgentReply
from gateway.verdict import Fix, Seen

_MEETING_LINES = 5
_TOPICS = {Kind.SECRET: 4, Kind.PIN: 3, Kind.ACCOUNT: 3, Kind.LOGIN: 2, Kind.SHORT: 2}
"""What a word anywhere in a mail is worth to an odd token anywhere else in it."""
_SHORT = 5000
"""Characters of a mail that has one topic; in a longer one each sentence has its own."""
_LEAST_NAME = 3
_ABOUT = 200
_WINDOW = 50
"""Characters of a long line that an excerpt shows before a value."""


class PlaintextPassword(Params):
    """What a house may leave alone."""

    ignore: tuple[str, ...] = ()
    """Values that are no secret: the guest network's password that hangs on the wall."""


def plaintext_password(reply: AgentReply, params: PlaintextPassword, resources: Resources) -> Iterator[Seen]:
    """One sight for each value in each group of alternatives, at its first place."""
    known = lexemes(resources)
    passing = clues(resources)
    text = whole(reply)
    if known.hint.search(text.encode("utf-8", "replace")) is None and not may_tell(passing, reply.language, text):
        return
    contexts = _contexts(reply, resources)
    hits = _distinct(hit for context in contexts for hit in search(context, passing))
    hits = [hit for hit in hits if hit.value not in params.ignore and not is_gone(hit, resources)]
    secrets = [form for hit in hits for form in (hit.value, *hit.forms)]
    mask = Mask(secrets)
    preview = phrase(resources, language_for(reply, resources), "fixes.blank_password")
    for hit in hits:
        line = hit.page.lines[hit.page.line_at(hit.start)]
        column = hit.start - hit.page.starts[hit.page.line_at(hit.start)]
        excerpt = _window(mask(line.text[:column]), mask(line.text[column:]))
        yield Seen(at(line, column), excerpt, (Fix("blank-password", preview),), (hit.value, *hit.forms))


def _people(reply: AgentReply) -> frozenset[str]:
    """Words that a username in this mail may be: names and local parts of who writes and who is written to."""
    words = set(reply.customer.forms)
    for mailbox in (*reply.to, *reply.cc, *reply.from_):
        local = mailbox.address.partition("@")[0].lower()
        words |= {local, *local.split("."), *mailbox.name.lower().split()}
    return frozenset(word for word in words if len(word) >= _LEAST_NAME)


def _contexts(reply: AgentReply, resources: Resources) -> list[Context]:
    """Every page that a quick look says may tell something, with its labels and what the whole mail speaks of."""
    known = lexemes(resources)
    passing = clues(resources)
    people = _people(reply)
    read = []
    for page in masked(pages(reply), resources):
        named = known.hint.search(page.text.encode()) is not None
        if named or may_tell(passing, reply.language, page.text):
            read.append((page, tuple(known.labels(page.text))))
    short = sum(len(page.text) for page, _ in read) <= _SHORT
    said = [label.kind for _, labels in read for label in labels if not label.is_soft] if short else []
    topic = max((_TOPICS.get(kind, 0) for kind in said), default=0)
    return [
        Context(page, known, labels, tuple(label.start for label in labels), reply.language, people, topic)
        for page, labels in read
    ]


def search(context: Context, passing: Clues) -> Iterator[Hit]:
    """Every secret on a page, in no particular order, some twice."""
    yield from in_addresses(context.page, context.lexemes)
    for label in context.labels:
        if not context.is_repeated(label):
            yield from (hit for hit in _around(context, label) if not _is_of_meeting(context, label))
    if context.topic:
        yield from in_rows(context)
    yield from in_passing(context, passing)


def _around(context: Context, label: Label) -> Iterator[Hit]:
    match label.kind:
        case Kind.SECRET | Kind.PIN | Kind.SHORT:
            yield from _named(context, label)
        case Kind.ACCOUNT:
            found = list(in_pairs(context, label, label.end))
            yield from found or in_stack(context, label) or in_lists(context, label)
        case Kind.USER:
            if label.is_account or _is_among_secrets(context, label):
                yield from in_pairs(context, label, label.end)
        case Kind.LOGIN:
            yield from in_pairs(context, label, label.end)
            yield from at_login(context, label)


def _named(context: Context, label: Label) -> Iterator[Hit]:
    """What a label for secrets names. The first way that finds something is the right one."""
    if label.kind is Kind.SHORT:
        yield from after(context, label)
        return
    ways = [in_tables, after, before, typed, in_next_sentence, _listed, in_lists]
    if context.partner(label):
        ways.insert(1, _listed)
    for way in ways:
        found = list(way(context, label))
        if found:
            yield from found
            yield from in_next_sentence(context, label)
            return


def _listed(context: Context, label: Label) -> Iterator[Hit]:
    return in_pairs(context, label, label.end)


def _is_among_secrets(context: Context, label: Label) -> bool:
    """Whether anything near a username's label speaks of logging in."""
    near = context.labels_within(label.start - _ABOUT, label.end + _ABOUT)
    return any(other.kind is not Kind.USER for other in near)


def _is_of_meeting(context: Context, label: Label) -> bool:
    """An invitation's passcode is meant for everybody who got the invitation."""
    lines = context.page.starts
    line = context.page.line_at(label.start)
    start = lines[max(0, line - _MEETING_LINES)]
    end = lines[min(len(lines) - 1, line + _MEETING_LINES)] + 200
    near = context.page.text[start:end].lower()
    return any(word in near for word in context.lexemes.meetings)


def _distinct(hits: Iterable[Hit]) -> list[Hit]:
    """Each value once in each group, where it stands first."""
    found: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        key = (hit.page.group, hit.value.casefold())
        if key not in found or (found[key].page is hit.page and hit.start < found[key].start):
            found[key] = hit
    return list(found.values())


def _window(before: str, after: str) -> str:
    """The masked line around a value."""
    if len(before) <= _WINDOW:
        return before + after
    cut = before[-_WINDOW:]
    return "…" + cut[cut.find(" ") + 1 :] + after
