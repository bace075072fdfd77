"""The docs name what there is: checks, policies, configuration keys with their defaults, verbs and log entry types."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from pydantic import BaseModel

from gateway.checks import CHECKS
from gateway.cli.main import saate
from gateway.config import Config, parse
from gateway.entry import EntryType

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
NOT_COMMENTED = {"listen", "next_hop", "store", "senders"}
ROW = re.compile(r"^\| `([a-z_.]+)` \| `(.*?)` \| ", re.MULTILINE)
COMMENTED_KEY = re.compile(r"^#((?:  )*[a-z_]+:.*)$", re.MULTILINE)


def doc(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def keys(model: type[BaseModel] = Config, above: str = "") -> Iterator[str]:
    """Every key that has a value of its own: `mode`, `pool.idle`."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel) and name != "next_hop":
            yield from keys(kind, f"{above}{name}.")
        else:
            yield above + name


def verbs(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that a person can type."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    ctx = click.Context(command)
    for name in command.list_commands(ctx):
        inner = command.get_command(ctx, name)
        assert inner is not None
        yield from verbs(inner, f"{path} {name}")


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in flat.items():
        *outer, last = key.split(".")
        place = made
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = value
    return made


def test_the_docs_name_every_configuration_key_with_its_real_default() -> None:
    told = {key: yaml.safe_load(value) for key, value in ROW.findall(doc("configuration.md"))}
    assert sorted(told) == sorted(keys())
    assert Config.model_validate(nested(told)) == Config()


def test_the_example_configuration_has_every_key_with_its_real_default() -> None:
    """Uncommented as a whole it is the defaults, but for the senders that everybody sets."""
    text = (ROOT / "deploy" / "saate.yaml").read_text(encoding="utf-8")
    assert parse("saate.yaml", text) == Config(senders=("example.com",))
    whole = COMMENTED_KEY.sub(r"\1", text)
    assert parse("saate.yaml", whole) == Config(senders=("example.com",))
    written = yaml.safe_load(whole)
    flat = {f"{key}.{name}" for key, value in written.items() if isinstance(value, dict) for name in value}
    flat |= {key for key, value in written.items() if not value or not isinstance(value, dict)}
    assert flat == set(keys())
    assert set(yaml.safe_load(text)) == NOT_COMMENTED


def test_the_docs_name_every_verb_and_every_option() -> None:
    commands = doc("commands.md")
    missing = []
    for path, command in verbs(saate, "saate"):
        if f"`{path}" not in commands:
            missing.append(path)
        names = [max(option.opts, key=len) for option in command.params if isinstance(option, click.Option)]
        missing += [f"{path} {name}" for name in names if f"`{name}" not in commands]
    assert not missing


@pytest.mark.parametrize("check", CHECKS)
def test_the_docs_name_every_check(check: str) -> None:
    assert f"`{check}`" in doc("policies.md")


@pytest.mark.parametrize("kind", EntryType)
def test_the_docs_name_every_log_entry_type(kind: EntryType) -> None:
    assert f"`{kind.value}`" in doc("policy-log.md")


def test_the_docs_name_every_dependency() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.findall(r'^    "([A-Za-z0-9-]+)(?:\[[a-z]+\])?[><=]', project, re.MULTILINE)
    missing = [name for name in listed if f"**{name.lower()}**" not in doc("dependencies.md").lower()]
    assert len(listed) > 15
    assert not missing


def test_the_docs_name_every_room_and_module() -> None:
    modules = {
        path.name for path in (ROOT / "gateway").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    architecture = doc("architecture.md")
    assert not [name for name in sorted(modules - {"__init__.py"}) if name.removesuffix(".py") not in architecture]


def test_the_readme_tells_the_commands_of_the_makefile_and_stays_short() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets
    assert readme.count("\n") < 150
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_link_between_the_docs_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    ]
    assert not [f"{page.relative_to(ROOT)}: {link}" for page, link in links if not (page.parent / link).exists()]
