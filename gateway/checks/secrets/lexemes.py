"""The words around passwords, compiled from the lexicons: what names one, links it to its value, or rules it out.

Rules of this file: pure. Lists of all languages are searched together, since replies mix them; only a link (`on`, `is`,
`är`) counts in the languages of the label before it: `on` is a link in Finnish and none in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import re2

from gateway.checks.words import WordSet
from gateway.lexicon import Lexicon, Resources, compiled_once


class Kind(Enum):
    """What a lexeme names."""

    SECRET = auto()
    """password, salasana, lösenord …"""
    PIN = auto()
    """PIN, tunnusluku …: its value is figures."""
    SHORT = auto()
    """pw, pass, lösen …: a label only before a colon or beside a username."""
    USER = auto()
    """username, käyttäjätunnus …"""
    ACCOUNT = auto()
    """credentials, tunnukset, Zugangsdaten …: a username and a password together."""
    LOGIN = auto()
    """log in, kirjaudu, logga in …"""


_LISTS = {
    "password.labels": Kind.SECRET,
    "password.pins": Kind.PIN,
    "password.short": Kind.SHORT,
    "password.users": Kind.USER,
    "password.accounts": Kind.ACCOUNT,
    "password.logins": Kind.LOGIN,
}
_URL_LENGTH = 300
_TONGUE = (
    "links",
    "names",
    "into",
    "joins",
    "uses",
    "types",
    "relatives",
    "units",
    "examples",
    "blocks",
    "forbids",
    "references",
)
_TALK = ("common", "password.blocks", "password.fillers", "password.uses")
_URL_HINT = r"[?&;#](?:p(?:ass\w*|wd?|in|sw)|mdp|haslo|losen|contrasena)=|://[^\s/@:]*:[^\s/@]+@|-u(?:ser)?[ =]\S+:\S"
"""Other keys of a query are labels themselves."""
_BEFORE_SHORT = " \t\n\xa0,;:/|([{\"'>*&"
_AFTER_SHORT = " \t\n\xa0:=-/|)\"'*"
_SHORT_RUN = 40
_CLITICS = frozenset({"'s ", "’s "})
"""The password's X."""
_HOLDERS = frozenset({"[]", "{}"})
"""`[password]` stands for a value."""
_PHRASES = ("phras", "fras", "laus", "mening", "setning", "sætning", "fraz")
_COMPOUND = 5
"""Labels of fewer letters are whole words only."""


@dataclass(frozen=True, slots=True)
class Label:
    """A lexeme where it stands in a page."""

    start: int
    """Of the whole word, a compound's first part included."""
    end: int
    kind: Kind
    text: str
    """In small letters, the whole word."""
    languages: frozenset[str]
    is_account: bool = False
    """A username's label that may stand for the whole account: `Login: A / B`."""
    is_soft: bool = False
    """A word that mostly means something else: `pin` in small letters."""

    @property
    def is_phrase(self) -> bool:
        """Whether it names words with spaces: passphrase, salalause."""
        return self.kind is Kind.SECRET and any(stem in self.text for stem in _PHRASES)


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of one language that mean something else in another: `on`, `an`, `es`."""

    endings: tuple[str, ...]
    """Of words that are said of a password, not its value: -ttu, -ed."""
    cases: tuple[str, ...]
    """Endings of what stands in a sentence and is no value: Wilma-palvelussa."""
    links: WordSet
    """is, on, är: between a label and its value."""
    names: WordSet
    """lautet, lyder: a link that a plain word may follow."""
    into: WordSet
    """to, till, muotoon: link only where something was set or changed."""
    joins: WordSet
    """and, ja, och."""
    uses: WordSet
    """use, with, käytä: before a value to log in with."""
    types: WordSet
    """enter, type, kirjoita: right before what is to be typed."""
    relatives: WordSet
    """which, joka, som."""
    units: WordSet
    """characters, merkkiä: behind a number in a rule."""
    examples: WordSet
    """e.g., esim.: what follows is nobody's password."""
    blocks: WordSet
    """must, by, if: no value follows in this sentence."""
    forbids: WordSet
    """never, do not: shortly before a label."""
    references: WordSet
    """ticket, order: right before a number that is no password."""


@dataclass(frozen=True)
class Lexemes:
    """Everything the detector asks of the lexicons."""

    hint: Any
    """RE2 over UTF-8 octets: cheap, and without a match there is nothing to find."""
    pattern: Any
    """RE2 over a text: every lexeme, longest first."""
    kinds: dict[str, Kind]
    languages: dict[str, frozenset[str]]
    bare: frozenset[str]
    """Lexemes without spaces and hyphens."""
    accounts: frozenset[str]
    """Lexemes that name a whole account, whatever else they are."""
    tongues: dict[str, Tongue]
    """By language."""
    mixed: dict[frozenset[str], Tongue]
    """Of several languages, once asked for."""
    setters: WordSet
    fillers: WordSet
    """now, temporarily, seuraava: may stand between a link and a value."""
    determiners: WordSet
    states: WordSet
    """expired, vanhentunut, required: said of a password, not its value."""
    roles: WordSet
    """salasanaksi: a label that says what something becomes, whatever the verb."""
    talk: WordSet
    """What any sentence holds, one about rules too."""
    anaphora: re.Pattern[str]
    """`it is`, `the new one is`: in the sentence after a label's."""
    products: WordSet
    """Names with figures that are no passwords: Office365."""
    once: tuple[str, ...]
    """Beginnings of what names a login code of one use."""
    meetings: tuple[str, ...]
    suffixes: tuple[str, ...]
    """Labels that a compound may end in."""

    def is_label(self, text: str) -> bool:
        """Tell whether a text is the name of a value and no value: `PASSWORD`, `your_password`, `käyttäjätunnus`."""
        bare = _bare(text)
        if any(character.isdigit() for character in bare):
            return False
        return bare in self.bare or bare.endswith(self.suffixes)

    def tongue(self, languages: frozenset[str]) -> Tongue:
        """The words of some languages together, so that a word is asked for once: a PIN is one in ten of them."""
        mixed = self.mixed.get(languages)
        if mixed is None:
            mixed = self.mixed[languages] = _mixed([self.tongues[one] for one in languages if one in self.tongues])
        return mixed

    def is_product(self, text: str) -> bool:
        """Tell a product's name with figures in it, inflected or as the first part of a compound."""
        return text.lower() in self.products or re.split(r"[-:’']", text.lower())[0] in self.products

    def labels(self, text: str) -> Iterator[Label]:
        """Every lexeme of a text that stands as a word of its own or as the last part of a compound."""
        for found in self.pattern.finditer(text):
            label = self._label(text, found)
            if label:
                yield label

    def _label(self, text: str, found: Any) -> Label | None:  # noqa: ANN401  # RE2 has no types
        begin, end = found.span()
        lexeme = " ".join(found[0].lower().split())
        kind = self.kinds[lexeme]
        if text[end : end + 3] in _CLITICS:
            end += 2
        after = text[end : end + 2]
        if after[:1].isalnum() or (after[:1] in "-_’'" and after[1:].isalpha()):
            return None
        while begin and (text[begin - 1].isalnum() or text[begin - 1] in "-_"):
            begin -= 1
        first = text[begin : found.start()]
        if _is_in_address(text, begin):
            return None
        if first and (len(lexeme) < _COMPOUND or kind in {Kind.LOGIN, Kind.SHORT}) and not first.endswith(("-", "_")):
            return None
        if begin and text[begin - 1] + text[end : end + 1] in _HOLDERS:
            return None
        if kind is Kind.SHORT and not _stands_alone(text, begin, end):
            return None
        soft = lexeme in {"pin", "pins"} and not found[0].startswith("PIN")
        return Label(begin, end, kind, text[begin:end].lower(), self.languages[lexeme], lexeme in self.accounts, soft)


@compiled_once
def lexemes(resources: Resources) -> Lexemes:
    """Compile the lists."""
    kinds: dict[str, Kind] = {}
    languages: dict[str, frozenset[str]] = {}
    for name, kind in _LISTS.items():
        for lexicon in resources.lexicons:
            for entry in lexicon.words(name):
                kinds.setdefault(entry.lower(), kind)
                languages[entry.lower()] = languages.get(entry.lower(), frozenset()) | {lexicon.language}

    def words(name: str) -> WordSet:
        return WordSet(resources.words("password." + name))

    hints = [word.lower() for name in _LISTS if name != "password.users" for word in resources.words(name)]
    return Lexemes(
        hint=re2.compile("(?i)" + "|".join((*map(_spelled, _stems(hints)), _URL_HINT))),
        pattern=re2.compile("(?i)" + "|".join(map(_spelled, sorted(kinds, key=len, reverse=True)))),
        kinds=kinds,
        languages=languages,
        bare=frozenset(_bare(entry) for entry in kinds),
        accounts=frozenset(
            word.lower() for name in ("accounts", "logins") for word in resources.words("password." + name)
        ),
        tongues={lexicon.language: _tongue(lexicon) for lexicon in resources.lexicons},
        mixed={},
        setters=words("setters"),
        fillers=words("fillers"),
        determiners=words("determiners"),
        states=WordSet((*resources.words("password.states"), *resources.words("password.units"))),
        roles=words("roles"),
        talk=WordSet(word for name in _TALK for word in resources.words(name)),
        anaphora=_anaphora(resources.words("password.anaphora")),
        products=words("products"),
        once=tuple(word.lower() for word in resources.words("password.once")),
        meetings=tuple(word.lower() for word in resources.words("password.meetings")),
        suffixes=tuple(entry for entry in kinds if len(entry) > _COMPOUND),
    )


def _bare(text: str) -> str:
    return "".join(character for character in text.lower() if character not in " \t\n_-")


def _stands_alone(text: str, begin: int, end: int) -> bool:
    """Whether a short word is a word, and not by chance in encoded octets."""
    before, after = text[begin - 1 : begin], text[end : end + 1]
    run = text[begin : end + _SHORT_RUN].split(maxsplit=1)[0]
    return before in _BEFORE_SHORT and after in _AFTER_SHORT and len(run) < _SHORT_RUN


def _is_in_address(text: str, position: int) -> bool:
    """Whether a word is part of a URL."""
    start = max(text.rfind(space, max(0, position - _URL_LENGTH), position) for space in " \n\t")
    return "://" in text[start + 1 : position]


def _tongue(lexicon: Lexicon) -> Tongue:
    def words(name: str) -> WordSet:
        return WordSet(lexicon.words("password." + name))

    lists = map(words, _TONGUE)
    endings, cases = (tuple(lexicon.words("password." + name)) for name in ("endings", "cases"))
    return Tongue(endings, cases, *lists)


def _mixed(tongues: Sequence[Tongue]) -> Tongue:
    def words(name: str) -> WordSet:
        return WordSet(entry for tongue in tongues for entry in getattr(tongue, name).entries)

    endings, cases = (
        tuple(dict.fromkeys(ending for tongue in tongues for ending in getattr(tongue, name)))
        for name in ("endings", "cases")
    )
    return Tongue(endings, cases, *map(words, _TONGUE))


def _spelled(entry: str) -> str:
    """A short word is found as a whole only; the spaces of a phrase may be a line's end."""
    spelled = r"\s+".join(map(re2.escape, entry.split()))
    return rf"\b{spelled}\b" if len(entry) < _COMPOUND and entry.isascii() else spelled


def _anaphora(entries: Iterable[str]) -> re.Pattern[str]:
    spelled = "|".join(r"\s+".join(map(re.escape, entry.split())) for entry in entries)
    return re.compile(rf"(?<!\w)(?:{spelled})(?!\w):?\s*" if spelled else r"(?!)", re.IGNORECASE)


def _stems(entries: Iterable[str]) -> list[str]:
    """Only entries that no other entry begins: `salasana` finds `salasanasi` too."""
    kept: list[str] = []
    for entry in sorted(set(entries)):
        if not kept or len(kept[-1]) < _COMPOUND or not entry.startswith(kept[-1]):
            kept.append(entry)
    return kept
