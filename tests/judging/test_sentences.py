"""Sentences with passwords and sentences about them, in twelve languages, one file each.

A line is one mail's text: `+` finds what stands in [[ ]] and nothing else, `-` finds nothing.
"""

import re
from pathlib import Path

import pytest

from gateway.verdict import MASK
from judging import look, reply

FILES = sorted((Path(__file__).parent / "sentences").glob("*.txt"))
MARKED = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


def sentences(sign: str) -> list[tuple[str, str]]:
    return [
        (path.stem, line[2:].replace("\\n", "\n").replace("\\t", "\t"))
        for path in FILES
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.startswith(sign + " ")
    ]


@pytest.mark.parametrize(("language", "text"), sentences("+"))
def test_a_password_that_is_written_out_is_found_and_nothing_beside_it(language: str, text: str) -> None:
    wanted = MARKED.findall(text)
    seen = look("plaintext-password", reply(MARKED.sub(r"\1", text), language))
    for sight in seen:
        assert any(form in wanted or form.rstrip("!?") in wanted for form in sight.secrets), sight.where
        assert MASK in sight.excerpt
        assert not any(secret in sight.excerpt for secret in sight.secrets)
    for value in wanted:
        assert any(value in sight.secrets for sight in seen), value


@pytest.mark.parametrize(("language", "text"), sentences("-"))
def test_talk_about_passwords_is_left_alone(language: str, text: str) -> None:
    assert not look("plaintext-password", reply(text, language))


def test_every_language_has_both_kinds() -> None:
    for sign in "+-":
        assert {language for language, _ in sentences(sign)} == {path.stem for path in FILES}
    assert len(FILES) == 12
