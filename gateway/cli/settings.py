"""The configuration as a command gets it: the file read, references followed, paths made whole.

Rules of this file: what is wrong is a `YamlError` or a `Problem`, one line with the mend; a secret is never part of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gateway.config import DEFAULT_PATH, Config, parse
from gateway.yamltext import YamlError

VARIABLE = "SAATE_CONFIG"
_Command = TypeVar("_Command", bound=Callable[..., Any])
_RELATIVE_SQLITE = re.compile(r"sqlite:///(?!/)(.+)")


class Problem(click.ClickException):
    """Something that a person can mend: one line, exit 2."""

    exit_code = 2


def config_option(command: _Command) -> _Command:
    """Every command takes `--config FILE`."""
    return click.option(
        "--config",
        "config_file",
        envvar=VARIABLE,
        metavar="FILE",
        default="",
        help=f"The configuration; else ${VARIABLE}, else {DEFAULT_PATH}.",
    )(command)


def load(config_file: str) -> Config:
    """Read the configuration of a command that needs one."""
    path = Path(config_file or DEFAULT_PATH)
    return _resolved(parse(str(path), _text(path)), path.parent)


def load_if_there(config_file: str) -> Config:
    """The same for a command that works without one: a file that was named must be there, the default may not."""
    if config_file or Path(DEFAULT_PATH).exists():
        return load(config_file)
    return Config()


def base(config_file: str) -> Path:
    """The directory that relative paths of the configuration start from."""
    return Path(config_file or DEFAULT_PATH).parent


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        msg = f"{path}: there is no such file; name the configuration with --config FILE or {VARIABLE}"
        raise Problem(msg) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise YamlError(str(path), line, "is no UTF-8; save the file as UTF-8") from error
    except OSError as error:
        msg = f"{path}: {error.strerror}; the user who runs saate must be able to read it"
        raise Problem(msg) from error


def _resolved(config: Config, start: Path) -> Config:
    changes = {"store": _absolute(_referred("store", config.store), start)}
    if config.key_file:
        changes["key_file"] = str(start / config.key_file)
    return config.model_copy(update=changes)


def _absolute(url: str, start: Path) -> str:
    found = _RELATIVE_SQLITE.fullmatch(url)
    return f"sqlite:///{(start / found[1]).absolute()}" if found else url


def _referred(key: str, value: str) -> str:
    """Follow `file:…` and `env:…`; anything else is the value itself."""
    kind, _, name = value.partition(":")
    if kind == "env":
        if name not in os.environ:
            msg = f"{key}: env:{name}: there is no such variable in the environment; set it"
            raise Problem(msg)
        return os.environ[name].strip()
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            said = error.strerror if isinstance(error, OSError) else "is no UTF-8"
            msg = f"{key}: file:{name}: {said}; put the value into that file, readable for saate"
            raise Problem(msg) from error
    return value
