"""Policy files: directories of YAML into the set in force, or one clear line about what is wrong.

Rules of this file: reads files and writes none. Strict: an unknown key, check, parameter or list is an error with file
and line, and whoever asked keeps the set that was in force. Later directories win, key by key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from gateway.checks import CHECKS
from gateway.lexicon import Lexicon, Resources
from gateway.policy import AppliesTo, Policy, PolicySet, header_pattern, warm
from gateway.policyfiles.forms import AppliesToForm, PolicyForm
from gateway.policyfiles.voikko import word_forms
from gateway.verdict import Disposition, OnTimeout, PolicyStatus, ReleaseBy
from gateway.yamltext import Document, YamlError

BUILTIN = "builtin"
REQUIRED = ("id", "title", "why", "check", "disposition", "advice")
CASE_KINDS = ("finds", "ok", "todo")


def load(sources: Sequence[str], base: Path) -> PolicySet:
    """Read the policies of `sources`: `builtin` and directories, relative to `base`. Raises YamlError.

    The word lists are always the builtin ones, with what the directories' `lexicon/` replaces in them.
    """
    places = [_place(source, base) for source in sources]
    found: dict[str, _Layers] = {}
    for place in places:
        _read_policies(place, found)
    lexicons = _read_lexicons([_builtin(), *places])
    policies = tuple(_policy(layers) for _, layers in sorted(found.items()))
    digest = _digest(policies, lexicons)
    loaded = PolicySet(policies, Resources(lexicons, digest, word_forms()), digest)
    warm(loaded)
    return loaded


def cases(sources: Sequence[str], base: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """Every case of the policies in `sources`: policy id, kind (`finds`, `ok`, `todo`), file name, octets.

    Raises YamlError for a folder without a policy and for a file whose name does not say its kind.
    """
    known = {policy.id for policy in load(sources, base).policies}
    for source in sources:
        place = _place(source, base)
        for folder in _sorted(place.path / "cases"):
            if not folder.is_dir():
                continue
            if folder.name not in known:
                raise YamlError(f"{place.name}/cases/{folder.name}", 0, "no policy has this id; mend the folder's name")
            for path in _sorted(folder):
                kind = path.name.partition("-")[0]
                if not path.name.endswith(".eml"):
                    continue
                if kind not in CASE_KINDS:
                    text = "a case's name begins with finds-, ok- or todo-; rename it"
                    raise YamlError(f"{place.name}/cases/{folder.name}/{path.name}", 0, text)
                yield folder.name, kind, path.name, path.read_bytes()


def schema() -> dict[str, Any]:
    """The JSON Schema of a policy file, the parameters of each check included."""
    form = PolicyForm.model_json_schema(by_alias=True)
    form["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    form["title"] = "A policy of Saate"
    form["properties"]["check"] = {"enum": sorted(CHECKS), "description": "What is looked for"}
    form["allOf"] = [
        {
            "if": {"properties": {"check": {"const": name}}, "required": ["check"]},
            "then": {"properties": {"params": _params_schema(name)}},
        }
        for name in sorted(CHECKS)
    ]
    return form


def _params_schema(name: str) -> dict[str, Any]:
    inner = CHECKS[name].params.model_json_schema()
    inner.pop("title", None)
    return inner


@dataclass(frozen=True, slots=True)
class _Place:
    """A source, and its name for people."""

    path: Traversable
    name: str


@dataclass(slots=True)
class _Layers:
    """What the files say of one id: each key as the last of them gives it."""

    documents: list[Document] = field(default_factory=list)
    origin: dict[str, Document] = field(default_factory=dict)

    def value(self, key: str) -> Any:  # noqa: ANN401  # YAML holds anything; the forms have judged it
        return self.origin[key].value[key]


def _builtin() -> _Place:
    return _Place(resources.files("gateway") / "policies", BUILTIN)


def _place(source: str, base: Path) -> _Place:
    if source == BUILTIN:
        return _builtin()
    path = base / source
    if not path.is_dir():
        raise YamlError(str(path), 0, "no such directory; make it, or mend `policies:` in the configuration")
    return _Place(path, str(path))


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else []


def _documents(place: _Place, folder: str = "") -> Iterator[tuple[str, Document]]:
    """The YAML files of a folder by name, hidden ones left out: stem and content."""
    where = place.path / folder if folder else place.path
    for path in _sorted(where):
        stem, dot, suffix = path.name.rpartition(".")
        if not stem or stem.startswith(".") or not dot or suffix not in {"yaml", "yml"} or not path.is_file():
            continue
        name = "/".join(part for part in (place.name, folder, path.name) if part)
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise YamlError(name, 0, f"not UTF-8 (at octet {error.start}); save it as UTF-8") from error
        except OSError as error:
            raise YamlError(name, 0, f"cannot be read: {error.strerror}") from error
        document = Document(name, text)
        if not isinstance(document.value, dict):
            raise YamlError(name, 1, "a file here is a list of `key: value` lines; see docs/policies.md")
        yield stem, document


def _read_policies(place: _Place, found: dict[str, _Layers]) -> None:
    here: dict[str, str] = {}
    for _, document in _documents(place):
        form = document.into(PolicyForm)
        if not form.id:
            raise document.error(("id",), "missing; add it")
        if form.id in here:
            raise document.error(("id",), f"{form.id} stands in {here[form.id]} too; keep one")
        here[form.id] = document.file
        layers = found.setdefault(form.id, _Layers())
        layers.documents.append(document)
        layers.origin.update(dict.fromkeys(document.value, document))


def _policy(layers: _Layers) -> Policy:
    last = layers.documents[-1]
    for key in REQUIRED:
        if key not in layers.origin:
            raise YamlError(last.file, 1, f"{key}: missing; add it")
    merged = PolicyForm.model_validate({key: layers.value(key) for key in layers.origin})
    if merged.check not in CHECKS:
        names = ", ".join(sorted(CHECKS))
        raise layers.origin["check"].error(("check",), f"there is no check {merged.check!r}; there are {names}")
    check = CHECKS[merged.check]
    params = layers.origin["params"].into(check.params, ("params",)) if "params" in layers.origin else check.params()
    titles, whys = _told(merged.title), _told(merged.why)
    return Policy(
        id=merged.id,
        title=_english(titles),
        why=_english(whys),
        titles=titles,
        whys=whys,
        check=merged.check,
        disposition=Disposition[merged.disposition.upper()],
        advice=_told(merged.advice),
        status=PolicyStatus(merged.status),
        params=params,
        applies_to=_applies_to(layers),
        release_by=ReleaseBy(merged.release_by),
        on_timeout=OnTimeout(merged.on_timeout),
        false_positives=merged.false_positives,
        file=layers.documents[0].file,
    )


def _told(words: str | Mapping[str, str]) -> Mapping[str, str]:
    """Language → words on one line; a plain text stands for English."""
    by_language = {"en": words} if isinstance(words, str) else words
    return {language: " ".join(text.split()) for language, text in by_language.items()}


def _english(words: Mapping[str, str]) -> str:
    return words.get("en") or next(iter(words.values()))


def _applies_to(layers: _Layers) -> AppliesTo:
    if "applies_to" not in layers.origin:
        return AppliesTo()
    document = layers.origin["applies_to"]
    form = document.into(AppliesToForm, ("applies_to",))
    patterns = []
    for name, pattern in form.header.items():
        try:
            patterns.append((name, header_pattern(pattern)))
        except ValueError as error:
            raise document.error(("applies_to", "header", name), str(error)) from error
    return AppliesTo(
        recipients=tuple(glob.lower() for glob in form.recipients),
        senders=tuple(glob.lower() for glob in form.senders),
        language=tuple(language.lower() for language in form.language),
        auto_submitted=form.auto_submitted,
        header=tuple(patterns),
    )


def _read_lexicons(places: Sequence[_Place]) -> tuple[Lexicon, ...]:
    """Word lists by language; a later directory replaces list by list. Only lists that the builtin ones know."""
    merged: dict[str, dict[str, tuple[str, ...]]] = {}
    known: set[str] = set()
    for number, place in enumerate(places):
        for language, document in _documents(place, "lexicon"):
            lists = dict(_lists(document, document.value, ()))
            unknown = [name for name in lists if number and name not in known]
            if unknown:
                raise document.error(
                    tuple(unknown[0].split(".")), "no such list; see the builtin lexicons for the names"
                )
            merged.setdefault(language, {}).update(lists)
        if not number:
            known = {name for lists in merged.values() for name in lists}
    return tuple(Lexicon(language, lists) for language, lists in sorted(merged.items()))


def _lists(
    document: Document, value: Mapping[Any, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`password: {labels: […]}` is the list `password.labels`."""
    for key, inner in value.items():
        where = (*path, str(key))
        if isinstance(inner, dict):
            yield from _lists(document, inner, where)
        elif isinstance(inner, list) and all(isinstance(word, str) for word in inner):
            yield ".".join(where), tuple(inner)
        else:
            raise document.error(where, "a list of words is wanted; put words that YAML takes for numbers in quotes")


def _digest(policies: Sequence[Policy], lexicons: Sequence[Lexicon]) -> str:
    """Over what is in force, not how it is written: comments and order of keys change nothing."""
    value = {
        "policies": [
            {
                "id": policy.id,
                "title": policy.titles,
                "why": policy.whys,
                "check": policy.check,
                "disposition": policy.disposition.word,
                "advice": policy.advice,
                "status": policy.status,
                "params": policy.params.model_dump(mode="json"),
                "applies_to": [
                    policy.applies_to.recipients,
                    policy.applies_to.senders,
                    policy.applies_to.language,
                    policy.applies_to.auto_submitted,
                    [[name, pattern.pattern] for name, pattern in policy.applies_to.header],
                ],
                "release_by": policy.release_by,
                "on_timeout": policy.on_timeout,
            }
            for policy in policies
        ],
        "lexicons": {lexicon.language: lexicon.lists for lexicon in lexicons},
    }
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
