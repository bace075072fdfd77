"""What our policies say to people, in every language that notices speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.phrases import LANGUAGES
from gateway.policyfiles import load
from gateway.yamltext import YamlError

BUILTIN = load(["builtin"], Path.cwd())


@pytest.mark.parametrize("policy", BUILTIN.policies, ids=lambda policy: policy.id)
def test_every_builtin_policy_speaks_every_language_of_notices(policy: object) -> None:
    for words in ("titles", "whys", "advice"):
        assert set(LANGUAGES) <= set(getattr(policy, words)), words


def test_a_plain_title_of_ones_own_stands_for_every_language(tmp_path: Path) -> None:
    """A house that writes its own words in its own language needs no second one."""
    (tmp_path / "own.yaml").write_text("id: plaintext-password\ntitle: Oma otsikko\nwhy: >\n  Näin on\n  meillä.\n")
    policy = load(["builtin", str(tmp_path)], tmp_path)["plaintext-password"]
    assert (policy.titles, policy.title) == ({"en": "Oma otsikko"}, "Oma otsikko")
    assert policy.whys == {"en": "Näin on meillä."}


@pytest.mark.parametrize("title", ["5", "[a]", "''", "{}", "{english: x}", "{en: ''}"])
def test_a_title_that_is_no_words_is_one_clear_line(tmp_path: Path, title: str) -> None:
    (tmp_path / "own.yaml").write_text(f"id: plaintext-password\ntitle: {title}\n")
    with pytest.raises(YamlError) as caught:
        load(["builtin", str(tmp_path)], tmp_path)
    assert "own.yaml:2" in str(caught.value)
    assert "title" in str(caught.value)
    assert "\n" not in str(caught.value)
