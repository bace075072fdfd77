"""The command itself: help is quick and whole, and whatever goes wrong is one line and exit 2."""

import subprocess
import sys
from pathlib import Path

import pytest

from commands import ROOT, saate
from gateway import __version__
from gateway.cli.main import VERBS


def test_help_lists_every_verb_without_importing_any() -> None:
    done = saate("--help")
    assert done.code == 0
    assert all(f"  {verb} " in done.out for verb in VERBS)
    code = "import sys, gateway.cli.main; print({'rich', 'sqlalchemy', 'aiosmtpd', 'selectolax'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT).stdout
    assert said == b"set()\n"


def test_the_version_is_the_packages() -> None:
    assert saate("--version").out == f"saate {__version__}\n"


def test_without_a_verb_the_help_is_shown() -> None:
    done = saate()
    assert (done.code, done.out) == (2, "")
    assert "Commands:" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope"], "No such command 'nope'"),
        (["holds", "nope"], "No such command 'nope'"),
        (["holds", "list", "--state", "lost"], "Invalid value for '--state'"),
        (["holds", "list", "--config", "missing.yaml"], "missing.yaml: there is no such file; name the configuration"),
        (["log", "tail", "-n", "x"], "Invalid value for '-n'"),
    ],
)
def test_a_mistake_is_one_line_on_standard_error_and_exit_2(words: list[str], said: str) -> None:
    done = saate(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"saate: {said}")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"nexthop: 127.0.0.1:25\n", "1: nexthop: unknown key; did you mean next_hop?"),
        (b"mode: off\nworkers: 0\n", "1: mode: 'off' is not known; write enforce or trial"),
        (b"senders: [example.com\n", "2: not YAML: "),
        (b"mode: trial\n# t\xe4m\xe4\n", "2: is no UTF-8; save the file as UTF-8"),
        (b"next_hop: 127.0.0.1:2525\n", "1: next_hop: 127.0.0.1:2525 is where we listen ourselves"),
    ],
)
def test_a_broken_configuration_names_file_line_and_mend(tmp_path: Path, octets: bytes, said: str) -> None:
    (tmp_path / "saate.yaml").write_bytes(octets)
    done = saate("holds", "list", SAATE_CONFIG=str(tmp_path / "saate.yaml"))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"saate: {tmp_path}/saate.yaml:{said}")


def test_a_store_behind_a_reference_is_followed(tmp_path: Path) -> None:
    (tmp_path / "saate.yaml").write_text(f"store: file:{tmp_path}/url\n")
    config = tmp_path / "saate.yaml"
    done = saate("log", "verify", "--config", config)
    assert done.err.startswith(f"saate: store: file:{tmp_path}/url: No such file or directory; put the value")
    (tmp_path / "url").write_text(f"sqlite:///{tmp_path}/none.db\n")
    assert saate("log", "verify", "--config", config).err.startswith(f"saate: the store {tmp_path}/none.db ")
    config.write_text("store: env:SAATE_STORE\n")
    assert "env:SAATE_STORE: there is no such variable" in saate("log", "verify", "--config", config).err
    done = saate("log", "verify", "--config", config, SAATE_STORE=f"sqlite:///{tmp_path}/none.db")
    assert done.err.startswith(f"saate: the store {tmp_path}/none.db ")


def test_relative_paths_start_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "saate.yaml").write_text("store: sqlite:///none/saate.db\nkey_file: keys/saate.key\n")
    done = saate("log", "verify", "--config", tmp_path / "saate.yaml")
    assert done.err.startswith(f"saate: the store {tmp_path}/none/saate.db ")
