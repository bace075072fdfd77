"""The search for secrets does bounded work for each label: twice the mail, twice the work.

Work is counted in calls, not in seconds.
"""

import sys
from types import FrameType
from typing import Any

import pytest

from gateway.reading.model import AgentReply
from judging import look, reply

FLOODS = [
    "PIN: ",
    "PIN\n",
    "salasana: ",
    "password ",
    "log in with ",
    "Password:\n",
    "avain on Kesä2024 ",
    "the key is X7a ",
]


def work(mail: AgentReply) -> int:
    """How many functions the check calls."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        look("plaintext-password", mail)
    finally:
        sys.setprofile(None)
    return calls


def flood(word: str, characters: int) -> AgentReply:
    return reply((word * (characters // len(word) + 1))[:characters], "fi")


@pytest.mark.parametrize("word", FLOODS)
def test_twice_as_many_labels_are_twice_the_work(word: str) -> None:
    look("plaintext-password", flood(word, 500))
    once, twice = work(flood(word, 4000)), work(flood(word, 8000))
    assert twice < 2.4 * once + 500


@pytest.mark.parametrize("word", ["PIN: ", "salasana: ", "Password:\n"])
def test_a_label_that_names_nothing_but_itself_costs_little(word: str) -> None:
    look("plaintext-password", flood(word, 500))
    few, many = work(flood(word, 2000)), work(flood(word, 6000))
    labels = 4000 / len(word)
    assert (many - few) / labels < 120


def test_a_mail_without_a_word_of_getting_in_is_not_searched() -> None:
    mail = reply("Kiitos viestistä. Paketti lähtee huomenna.\n" * 100, "fi")
    look("plaintext-password", mail)
    assert work(mail) < 100
