"""Replies as octets, without a connection."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.nexthop.replies import LINE_OCTETS, LINES, ReplyParser
from gateway.status import Status

GARBAGE = [
    b"hello\r\n",
    b"\r\n",
    b" 250 ok\r\n",
    b"25 ok\r\n",
    b"2500 ok\r\n",
    b"250_ok\r\n",
    b"250\tok\r\n",
    b"150 wait\r\n",
    b"650 ok\r\n",
    b"\xb2\xb5\xb0 ok\r\n",
    b"250 ok\n",
    b"250 ok\r\r\n",
    b"250 o\rk\r\n",
    b"250 o\0k\r\n",
    b"250-ok\r\n251 ok\r\n",
    b"250-ok\r\n550 no\r\n",
    b"250-ok\r\nok\r\n",
    b"HTTP/1.1 400 Bad Request\r\n",
    b"250 " + b"x" * LINE_OCTETS + b"\r\n",
    b"x" * (LINE_OCTETS + 1),
    b"250-more\r\n" * (LINES + 1),
    (b"250-" + b"x" * 1500 + b"\r\n") * 44,
]

texts = st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=20)
statuses = st.builds(Status, st.integers(200, 559), st.lists(texts, min_size=1, max_size=4).map(tuple))


def read(blocks: list[bytes]) -> list[Status]:
    parser = ReplyParser()
    heard = [status for block in blocks for status in parser.feed(block)]
    assert not parser.is_midway
    assert not parser.garbled
    return heard


@given(st.lists(statuses, max_size=4), st.lists(st.integers(0, 500), max_size=6))
def test_replies_come_out_as_they_went_in_wherever_the_octets_are_cut(said: list[Status], cuts: list[int]) -> None:
    wire = b"".join(status.wire() for status in said)
    edges = sorted({0, len(wire), *(cut % (len(wire) + 1) for cut in cuts)})
    assert read([wire[a:b] for a, b in itertools.pairwise(edges)]) == said


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda octets: repr(octets[:20]))
def test_what_is_no_reply_is_garbled_at_every_cut(garbage: bytes) -> None:
    for at in (*range(min(len(garbage), 30)), len(garbage)):
        parser = ReplyParser()
        heard = parser.feed(b"250 Yes\r\n" + garbage[:at]) + parser.feed(garbage[at:]) + parser.feed(b"250 Yes\r\n")
        assert heard == [Status(250, ("Yes",))], "what came whole before the garbage counts, nothing after it does"
        assert parser.garbled


def test_a_code_alone_is_a_reply() -> None:
    """RFC 5321 §4.2: clients must take a reply without text."""
    assert ReplyParser().feed(b"250\r\n354 \r\n") == [Status(250, ("",)), Status(354, ("",))]


def test_octets_beyond_utf_8_go_back_as_they_came() -> None:
    wire = b"550-5.7.1 \xe4 ei\r\n550 k\xc3\xa4y\r\n"
    [status] = ReplyParser().feed(wire)
    assert status.wire() == wire


def test_a_reply_that_has_begun_is_midway_until_its_last_line() -> None:
    parser = ReplyParser()
    for block, midway in ((b"250-a\r\n", True), (b"2", True), (b"50 b\r", True), (b"\n", False)):
        parser.feed(block)
        assert parser.is_midway is midway


def test_the_reason_quotes_nothing() -> None:
    parser = ReplyParser()
    parser.feed(b"salasana Kesa2024\r\n")
    assert parser.garbled == "a line without a reply code"
