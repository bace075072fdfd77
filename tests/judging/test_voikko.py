"""Voikko as a resource: opened once, asked after a fork, by several threads, with anything."""

from __future__ import annotations

import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.policyfiles import voikko
from gateway.policyfiles.voikko import word_forms

pytestmark = pytest.mark.skipif(not word_forms().source, reason="apt-get install -y libvoikko1 voikko-fi")


def test_it_says_what_it_is() -> None:
    assert word_forms().source.startswith("Voikko ")
    assert word_forms().source.endswith(" with voikko-fi")


@pytest.mark.parametrize(
    ("word", "base"),
    [("liisalle", "liisa"), ("Virtasen", "virtanen"), ("mäen", "mäki"), ("Jyrin", "jyri"), ("salasanasi", "salasana")],
)
def test_it_gives_base_forms_in_small_letters(word: str, base: str) -> None:
    assert base in word_forms().bases(word)


@pytest.mark.parametrize(
    "word", ["", "x", "qzxqzx", "a" * 10_000, "\x00", "a\x00b", "\ud800\ud800", "日本語", "-" * 50, "🙂🙂"]
)
def test_what_is_no_word_has_no_base(word: str) -> None:
    assert word_forms().bases(word) == ()


def test_a_forked_process_asks_the_handle_that_it_was_given() -> None:
    assert word_forms().bases("liisalle") == ("liisa",)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:  # nothing of pytest may run on here
        try:
            os.write(writer, " ".join(word_forms().bases("virtasen")).encode())
        finally:
            os._exit(0)
    os.close(writer)
    said = os.read(reader, 100)
    os.close(reader)
    assert os.waitpid(child, 0)[1] == 0
    assert said == b"virtanen"


def test_it_crosses_to_another_process_by_name() -> None:
    assert pickle.loads(pickle.dumps(word_forms())).bases("liisalle") == ("liisa",)


def test_threads_may_ask_at_once() -> None:
    words = ["liisalle", "virtasen", "matille", "hämäläisen"] * 500
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(word_forms().bases, words))
    assert answers == [word_forms().bases(word) for word in words]


def test_without_the_library_there_is_no_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voikko, "LIBRARY", "libvoikko-is-not-here.so.1")
    voikko._opened.cache_clear()
    try:
        assert word_forms().source == ""
        assert word_forms().bases("liisalle") == ()
    finally:
        voikko._opened.cache_clear()


def test_without_the_finnish_words_there_is_no_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voikko, "LANGUAGE", b"xx-none")
    voikko._opened.cache_clear()
    try:
        assert word_forms().source == ""
    finally:
        voikko._opened.cache_clear()
