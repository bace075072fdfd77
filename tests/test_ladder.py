"""The import ladder, the purity of rooms and the house sizes, read from the source itself.

A room imports only rooms above it. Which outside packages a room may name, and which parts of the standard library a
pure room may name, stands here and nowhere else: a new one is a line to be argued in review.
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GATEWAY = ROOT / "gateway"
FILES = sorted(path for path in GATEWAY.rglob("*.py") if "policies" not in path.relative_to(GATEWAY).parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LADDER = {
    "words": (
        *("mail", "path", "status", "verdict", "config", "entry", "hold", "lexicon", "reading.model"),
        *("trouble", "wire", "yamltext"),
    ),
    "reading": ("reading",),
    "judging": ("checks", "policy"),
    "composing": (
        "annotate",
        "letter",
        "notice",
        "phrases",
        "fixes",
        "agent",
        "scope",
        "entries",
        "workdays",
        "report",
        "rights",
        "orders",
        "answering",
        "ticket",
    ),
    "acting": ("policyfiles", "inspector", "nexthop", "store", "spool"),
    "the way": ("relay", "courier", "attempt", "clock", "ordering"),
    "doors": ("smtpd", "offers", "connection", "console", "reports"),
    "wiring": ("app", "cli", "metrics", "__main__"),
}
"""From the top down, as in docs/architecture.md. A name is a module or a package of gateway/."""
ROOMS = tuple(LADDER)
PURE = frozenset({"words", "reading", "judging", "composing"})
SIBLINGS_APART = frozenset({"acting"})
"""Rooms whose modules may not import each other."""

OUTSIDE = {
    "words": {"pydantic", "pydantic_core", "yaml"},
    "reading": {"mailparser", "pypdf", "re2", "selectolax"},
    "judging": {"pydantic", "re2"},
    "composing": {"holidays"},
    "acting": {"cryptography", "psycopg", "pydantic", "sqlalchemy"},
    "the way": set[str](),
    "doors": {"aiosmtpd"},
    "wiring": {"click", "rich", "uvloop"},
}
PURE_STANDARD_LIBRARY = frozenset(
    {
        *(
            "__future__",
            "abc",
            "binascii",
            "bisect",
            "collections",
            "contextlib",
            "dataclasses",
            "enum",
            "functools",
            "weakref",
        ),
        *("itertools", "math", "operator", "types", "typing"),
        *("base64", "codecs", "difflib", "encodings", "hashlib", "html", "io", "ipaddress", "json", "quopri", "re"),
        *("hmac", "string", "struct", "textwrap", "unicodedata", "urllib.parse", "zipfile", "zlib"),
        "zoneinfo",  # the time zones of the world, which nobody changes while we run
        *("datetime", "email", "fnmatch", "mmap"),  # types and parsing alone: see IMPURE_CALLS
    }
)
PURE_HERE = {"trouble": {"traceback", "pathlib"}}
"""What one pure module alone may name: frames and paths as values, nothing read."""
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "urandom"})
IMPURE_METHODS = frozenset(
    {
        *("now", "utcnow", "today", "localtime", "formatdate", "make_msgid", "urandom"),
        *("read_text", "read_bytes", "write_text", "write_bytes", "iterdir"),
    }
)
"""Names that reach a file, a terminal, a clock or chance in a pure room, as a call and as a method call."""


def module_of(path: Path) -> str:
    """`gateway/reading/model.py` is `reading.model`; a package is its `__init__`."""
    parts = path.relative_to(GATEWAY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place_of(module: str) -> tuple[str, str]:
    """The room of a module, and the name in LADDER that put it there (the longest one that fits)."""
    fits = [
        (name, room)
        for room, names in LADDER.items()
        for name in names
        if module == name or module.startswith(name + ".")
    ]
    name, room = max(fits, key=lambda fit: len(fit[0]), default=("", ""))
    return room, name


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every direct import of a file, inside functions and TYPE_CHECKING too: line and full module name."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom(level=0, module=str(module)):
                for alias in node.names:
                    inner = f"{module}.{alias.name}"
                    yield node.lineno, inner if _is_ours(inner) else module
            case ast.ImportFrom():
                yield node.lineno, "." * node.level + (node.module or "")


def _is_ours(module: str) -> bool:
    base = ROOT.joinpath(*module.split("."))
    return base.with_suffix(".py").exists() or (base / "__init__.py").exists()


def is_allowed(module: str, allowed: frozenset[str] | set[str]) -> bool:
    """`email.utils` is allowed by `email`; `urllib` is not allowed by `urllib.parse`."""
    return any(module == name or module.startswith(name + ".") for name in allowed)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file with its length in lines, docstring included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_module_stands_in_a_room(path: Path) -> None:
    module = module_of(path)
    assert not module or place_of(module)[0], f"{module} stands in no room; put it into LADDER and docs/architecture.md"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_room_imports_only_rooms_above_it(path: Path) -> None:
    room, name = place_of(module_of(path))
    wrong = []
    for line, module in imports(path):
        if module.startswith("."):
            wrong.append(f"{line}: write out the relative import {module}")
        if not module.startswith("gateway."):
            continue
        other_room, other_name = place_of(module.removeprefix("gateway."))
        if not other_room:
            wrong.append(f"{line}: {module} stands in no room")
        elif ROOMS.index(other_room) > ROOMS.index(room):
            wrong.append(f"{line}: {room} imports {module} of {other_room}, a room below")
        if room == other_room and room in SIBLINGS_APART and name != other_name:
            wrong.append(f"{line}: {name} imports its sibling {other_name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_room_names_only_the_outside_packages_it_is_allowed(path: Path) -> None:
    room, _ = place_of(module_of(path))
    wrong = [
        f"{line}: {module}"
        for line, module in imports(path)
        if module.partition(".")[0] not in {"", "gateway", *sys.stdlib_module_names}
        and not is_allowed(module, OUTSIDE[room])
    ]
    assert not wrong, f"{room} may not import " + "; ".join(wrong)


@pytest.mark.parametrize("path", [p for p in FILES if place_of(module_of(p))[0] in PURE], ids=named)
def test_a_pure_room_knows_no_clock_file_socket_or_logger(path: Path) -> None:
    allowed = PURE_STANDARD_LIBRARY | PURE_HERE.get(module_of(path), set())
    wrong = [
        f"{line}: {module}"
        for line, module in imports(path)
        if module.partition(".")[0] in sys.stdlib_module_names and not is_allowed(module, allowed)
    ]
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=called) if called in IMPURE_CALLS | IMPURE_METHODS:
                wrong.append(f"{node.lineno}: {called}()")
            case ast.Attribute(attr=called) if called in IMPURE_METHODS:
                wrong.append(f"{node.lineno}: .{called}()")
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=named)
def test_a_file_stays_within_400_lines_and_a_function_within_60(path: Path) -> None:
    long = [f"{name}: {lines} lines" for name, lines in functions(path) if lines > 60]
    lines = len(path.read_text().split("\n")) - 1
    assert lines <= 400, f"{lines} lines: it is two things with one name"
    assert not long, "\n".join(long)


def test_most_functions_are_short() -> None:
    """Median at most 10 lines, and at most one in twenty beyond 40."""
    sizes = [lines for path in FILES for _, lines in functions(path)]
    assert statistics.median(sizes) <= 10
    assert sum(lines > 40 for lines in sizes) <= len(sizes) / 20


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_opens_with_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "say what this file is, then its rules"
