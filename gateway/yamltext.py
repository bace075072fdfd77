"""YAML with places: every value knows the file and line it was written on, and every mistake is one clear line.

Rules of this file: text in, values or `YamlError` out; no I/O. Booleans are only `true` and `false` (YAML 1.2), so that
`status: off` and a language called `no` stay the words that a person wrote.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class YamlError(ValueError):
    """What a person wrote is wrong. `str()` is one line: `file:line: key: what; mend`."""

    def __init__(self, file: str, line: int, text: str, others: Iterable[YamlError] = ()) -> None:
        super().__init__(f"{file}:{line}: {text}" if line else f"{file}: {text}")
        self.file = file
        self.line = line
        self.others = tuple(others)
        """Further mistakes of the same file, so that a person can mend them all at once."""


_BOOLEAN = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """SafeLoader with the booleans of YAML 1.2 and without timestamps."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rx) for tag, rx in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOLEAN, list("tTfF"))


class Document:
    """A YAML file read once: its value, and the line of each key."""

    def __init__(self, file: str, text: str) -> None:
        """Read `text`. Raises YamlError for anything that is not one YAML document with unique keys."""
        self.file = file
        self.lines: dict[Path, int] = {}
        self._walked: set[int] = set()
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            self._walk(node, ())
            self.value: Any = None if node is None else loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 0
            raise YamlError(file, line, f"not YAML: {error.problem or error.context}") from error
        except (yaml.YAMLError, ValueError) as error:
            if isinstance(error, YamlError):
                raise
            raise YamlError(file, 0, f"not YAML: {' '.join(str(error).split())}") from error
        except RecursionError as error:
            raise YamlError(file, 0, "nested too deep; write it flat") from error
        finally:
            loader.dispose()

    def _walk(self, node: yaml.Node | None, path: Path) -> None:
        if node is None:
            return
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._walked:  # an alias (`*name`) is a second way to the same node, or a circle
            return
        self._walked.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for at, item in enumerate(node.value):
                self._walk(item, (*path, at))
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, key.value if isinstance(key, yaml.ScalarNode) else "?")
                if inner in self.lines:
                    raise YamlError(self.file, key.start_mark.line + 1, f"{key.value}: given twice; keep one")
                self.lines[inner] = key.start_mark.line + 1
                self._walk(value, inner)

    def line(self, path: Path) -> int:
        """The line of a key, or of the nearest key around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: Path, text: str) -> YamlError:
        """A YamlError at a key: `file:line: a.b: text`; the second item of a list is `a[2]`."""
        name = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
        return YamlError(self.file, self.line(path), f"{name}: {text}" if name else text)

    def into(self, kind: type[Model], path: Path = ()) -> Model:
        """Validate the value (at `path`) as a pydantic model. Raises YamlError with the line of the first mistake."""
        value = self.value
        for step in path:
            value = value[step]
        try:
            return kind.model_validate({} if value is None else value)
        except ValidationError as invalid:
            mistakes = [self._mistake(kind, path, one) for one in invalid.errors(include_url=False)]
            first, *rest = sorted(mistakes, key=lambda mistake: mistake.line)
            first.others = tuple(rest)
            raise first from None  # pydantic's own text repeats the values, which may be secret

    def _mistake(self, kind: type[BaseModel], path: Path, one: ErrorDetails) -> YamlError:
        where = (*path, *one["loc"])
        match one["type"]:
            case "missing":
                return self.error(where, "missing; add it")
            case "extra_forbidden":
                return self.error(where, f"unknown key; {_nearest(kind, one['loc'])}")
            case "value_error":
                return self.error(self._written(where), str(one["ctx"]["error"]))
            case _:
                return self.error(self._written(where), _plain(one))

    def _written(self, where: Path) -> Path:
        """The steps that a person wrote: pydantic adds names of its own (members of a union, `[key]`)."""
        while len(where) > 1 and where not in self.lines:
            where = where[:-1]
        return where


def _nearest(kind: type[BaseModel], loc: Path) -> str:
    """The mend for an unknown key: the known one that it looks like, or where the known ones stand."""
    *outer, key = loc
    for step in outer:
        inner = kind.model_fields[step].annotation if step in kind.model_fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return "take it out"
        kind = inner
    close = difflib.get_close_matches(str(key), kind.model_fields, n=1)
    return f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(kind.model_fields)}"


_NOT_A = {
    "bool": "is neither true nor false",
    "int": "is no whole number",
    "float": "is no number",
    "string": "is no text; put it into quotes",
    "tuple": "is no list; write [one, two]",
    "list": "is no list; write [one, two]",
    "dict": "has no keys; write `key: value` lines under it",
    "mapping": "has no keys; write `key: value` lines under it",
    "model": "has no keys; write `key: value` lines under it",
}
_LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _plain(one: ErrorDetails) -> str:
    """What pydantic found, in the words of somebody who writes YAML."""
    kind = one["type"]
    value = f"{one['input']!r}" if isinstance(one["input"], str | int | float) else "this"
    if kind in _LIMITS:
        words, bound = _LIMITS[kind]
        return f"{value} must be {words} {one['ctx'][bound]:g}"
    if kind in {"literal_error", "enum"}:
        return f"{value} is not known; write {one['ctx']['expected'].replace(chr(39), '')}"
    if kind == "too_short":
        return "is empty; write at least one"
    family = kind.partition("_")[0]
    if family in _NOT_A:
        return f"{value} {_NOT_A[family]}"
    return one["msg"][0].lower() + one["msg"][1:]
