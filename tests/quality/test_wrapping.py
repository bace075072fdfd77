"""A reply is judged alike in whatever MIME shape its words travel, and whatever thread stands below.

What still changes is in changes.tsv with its reason; `make quality ARGS=--shapes` lists it all.
"""

from dataclasses import replace

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from labelled import Labelled, judge, labelled
from properties import LENGTHS, tried
from rewrapped import ANY, all_changes, changes_of, gone, known, letters, rejudged, unknown
from rewrapping import CHARSETS, CONTAINERS, ENCODINGS, FORMS, Letter, Wrapping
from threads import STYLES, WORDS

EVERY = 32
"""`make test` judges each mail in one of so many shapes, `make soak` in all."""
UNWRAPPED = letters(labelled())
GOOD = {mail.language: (mail, letter) for mail, letter in UNWRAPPED if mail.name.startswith("good/")}
THREADS = [Wrapping(form, thread=style) for style in STYLES for form in ("plain", "html of divs", "both of Outlook")]
WRAPPINGS = st.builds(
    Wrapping,
    *(st.sampled_from(list(values)) for values in (FORMS, CHARSETS, ENCODINGS, CONTAINERS, ("", *STYLES))),
)
PRINT = (
    "VARAUS 7AKL2Q  LIISA ASIAKAS MRS",
    "1 AY 831 Y 10MAY HELLHR HK1 0800 0910",
    "2 AY 834 Y 14MAY LHRHEL HK1 1020 1515",
    "FARE EUR 240.00 TAX 61.20 TOTAL EUR 301.20",
)
SECRET = "Kuutamo-4417"


def test_most_of_the_corpus_can_be_rewrapped() -> None:
    assert len(UNWRAPPED) > 400
    assert {mail.language for mail, _ in UNWRAPPED} == set(WORDS)


def test_a_rewrapped_mail_has_the_same_words() -> None:
    """Else this file would measure itself: the usual shape is judged as the corpus itself is, without any exception."""
    for mail, letter in UNWRAPPED:
        assert rejudged(mail, letter, Wrapping()).found == judge(mail).found, mail.name


def test_a_verdict_does_not_change_with_the_shape() -> None:
    changes = [change for mail, _ in UNWRAPPED for change in changes_of(mail, EVERY)]
    assert not unknown(changes)
    assert not gone(changes, [line for line in known() if line.name != ANY])  # a sample cannot tell that of all mails


@pytest.mark.soak
def test_no_verdict_changes_in_any_shape() -> None:
    changes = all_changes(labelled())
    assert not unknown(changes)
    assert not gone(changes, known())


@pytest.mark.parametrize("length", LENGTHS)
def test_a_verdict_does_not_change_with_all_of_the_shape_at_once(length: int) -> None:
    @tried(300, length)
    @given(st.sampled_from(UNWRAPPED), WRAPPINGS)
    def holds(unwrapped: tuple[Labelled, Letter], wrapping: Wrapping) -> None:
        mail, letter = unwrapped
        assume(not any(line.covers(mail.name, wrapping) for line in known()))
        try:
            after = rejudged(mail, letter, wrapping)
        except UnicodeEncodeError:
            reject()
        assert after.found == judge(mail).found, f"{mail.name} [{wrapping}]"

    holds()


def quoting(letter: Letter, *said: str) -> Letter:
    return replace(letter, asked=replace(letter.asked, said=said))


@pytest.mark.parametrize("wrapping", THREADS, ids=str)
def test_capitals_in_the_words_of_the_customer_are_no_dump(wrapping: Wrapping) -> None:
    _xfail_if_known(wrapping)
    for mail, letter in GOOD.values():
        assert not rejudged(mail, quoting(letter, *PRINT), wrapping).found, mail.name


@pytest.mark.parametrize("wrapping", THREADS, ids=str)
def test_a_password_in_the_thread_below_is_found_in_every_style(wrapping: Wrapping) -> None:
    """It goes out again with the reply; and no excerpt shows it."""
    for mail, letter in GOOD.values():
        judged = rejudged(mail, quoting(letter, f"password: {SECRET}"), wrapping)
        assert "plaintext-password" in judged.found, mail.name
        assert SECRET.casefold() not in repr(judged).casefold()


@pytest.mark.parametrize("wrapping", THREADS, ids=str)
def test_a_greeting_and_words_in_the_thread_do_not_count_as_the_agents(wrapping: Wrapping) -> None:
    _xfail_if_known(wrapping)
    for mail, letter in UNWRAPPED:
        if mail.name.startswith("attachment/") and {"attachment-only", "missing-greeting"} <= judge(mail).found:
            found = rejudged(mail, quoting(letter, "Hello again", "Ask me anything."), wrapping).found
            assert {"attachment-only", "missing-greeting"} <= found, mail.name


def _xfail_if_known(wrapping: Wrapping) -> None:
    for line in known():
        if line.covers("*", wrapping):
            pytest.xfail(line.reason)
