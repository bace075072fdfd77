"""The labelled corpus, mended: what was found is gone, and what could not be mended is said."""

from __future__ import annotations

from functools import cache

import pytest

from gateway.cli.mails import crlf
from gateway.fixes import Reason, fresh_text, mend, replace_fresh
from gateway.fixes.diff import reply_of
from gateway.fixes.secrets import secrets_of
from gateway.policy import PolicySet
from gateway.reading.message import read
from judging import enforced, judged
from labelled import CORPUS, LABELS
from mending import is_sound

CANNOT = {Reason.FILE, Reason.FORWARDED}


def labelled(policy: str) -> list[str]:
    rows = [line.split("\t") for line in (CORPUS / LABELS).read_text("utf-8").split("\n")[1:] if line]
    return [name for name, _, expected, _ in rows if policy in expected.split(",") or not policy]


@cache
def policies() -> PolicySet:
    return enforced()


def octets_of(name: str) -> bytes:
    return crlf((CORPUS / name).read_bytes())


def found_in(octets: bytes) -> set[str]:
    return {finding.policy for finding in judged(octets, policies()).verdict.findings}


@pytest.mark.parametrize("name", labelled("plaintext-password"))
def test_no_value_is_left_but_in_files_and_forwarded_messages(name: str) -> None:
    octets = octets_of(name)
    secrets = secrets_of(reply_of(octets, policies()), policies())
    mended = mend(octets, ["blank-password"], policies())
    left = {one.part for one in mended.unmendable}
    assert {one.reason for one in mended.unmendable} <= CANNOT
    assert is_sound(octets, mended)
    for body in read(mended.octets).bodies:
        assert body.part in left or not any(secret in body.text for secret in secrets if len(secret) > 5)
    assert left or "plaintext-password" not in found_in(mended.octets)
    assert not any(secret in repr(mended) for secret in secrets if len(secret) > 5)


@pytest.mark.parametrize("name", labelled("missing-greeting"))
def test_the_salutation_is_there(name: str) -> None:
    octets = octets_of(name)
    mended = mend(octets, ["greeting"], policies())
    assert not mended.unmendable
    assert is_sound(octets, mended)
    assert "missing-greeting" not in found_in(mended.octets)
    assert all(not change.before for change in mended.changes)


@pytest.mark.parametrize("name", labelled("attachment-only"))
def test_a_note_is_there_and_waits_to_be_filled(name: str) -> None:
    octets = octets_of(name)
    mended = mend(octets, ["cover-note"], policies())
    assert mended.to_fill
    assert is_sound(octets, mended)
    assert "attachment-only" in found_in(mended.octets)


@pytest.mark.parametrize("name", labelled("uppercase-dump"))
def test_the_print_is_a_list_and_waits_to_be_filled(name: str) -> None:
    octets = octets_of(name)
    mended = mend(octets, ["dump-list"], policies())
    assert mended.to_fill
    assert not mended.unmendable
    assert is_sound(octets, mended)
    assert "uppercase-dump" in found_in(mended.octets)
    filled = mended.octets
    for change in mended.changes:
        assert any("[[" in line for line in change.after)
    assert "[[" in fresh_text(filled, policies())


@pytest.mark.parametrize("name", labelled("")[::7])
def test_an_edit_arrives_and_the_rest_stays(name: str) -> None:
    octets = octets_of(name)
    text = fresh_text(octets, policies())
    assert replace_fresh(octets, text, policies()).octets == octets
    lines = text.split("\n")
    middle = len(lines) // 2
    edited = "\n".join([*lines[:middle], "Yksi uusi rivi <x> & ä €.", "", *lines[middle + 1 :]])
    mended = replace_fresh(octets, edited, policies())
    if mended.unmendable:
        assert mended.octets == octets
        assert not text or {one.reason for one in mended.unmendable} <= {Reason.SIGNED, Reason.NO_TEXT}
    else:
        assert "".join(fresh_text(mended.octets, policies()).split()) == "".join(edited.split())
        assert is_sound(octets, mended)
