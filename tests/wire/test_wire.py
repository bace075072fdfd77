"""The data on the wire, read and written in blocks cut anywhere, against a plain reading octet by octet."""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.wire import DataReader, DotStuffer, Flaw, UnsafeOctets

LETTER = b"Subject: Avaimet\r\n\r\nHei Maija,\r\n\r\n.piste alussa\r\n..kaksi\r\n.\xe4\r\nT: Ossi\r\n"
STUFFED = b"Subject: Avaimet\r\n\r\nHei Maija,\r\n\r\n..piste alussa\r\n...kaksi\r\n..\xe4\r\nT: Ossi\r\n"

mail_like = st.lists(
    st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"..", b"\0", b"a", b"Hei", b"\r\n.", b"\r\n.\r", b"\r\n.\r\n"]),
    max_size=30,
).map(b"".join)
clean_mail = st.lists(st.sampled_from([b".", b"..", b"a", b"", b".a", b"\xe4"]), max_size=20).map(
    lambda lines: b"".join(line + b"\r\n" for line in lines)
)


@dataclass
class Read:
    content: bytes
    ended: bool
    flawed: bool
    surplus: bytes


def read_plainly(wire: bytes) -> Read:
    """RFC 5321 §4.5.2 letter by letter: lines end in CRLF, a lone dot ends, a leading dot goes away."""
    lines: list[bytes] = []
    line, at, flawed = b"", 0, False
    while at < len(wire):
        if wire[at : at + 2] == b"\r\n":
            at += 2
            if line == b".":
                return Read(b"".join(lines), ended=True, flawed=flawed, surplus=wire[at:])
            lines.append(line.removeprefix(b".") + b"\r\n")
            line = b""
            continue
        # A CR that ends what has come so far may still find its LF.
        if wire[at] in b"\n\0" or (wire[at] == 13 and at + 1 < len(wire)):
            flawed = True
        line += wire[at : at + 1]
        at += 1
    return Read(b"".join(lines) + line, ended=False, flawed=flawed, surplus=b"")


def read_in_blocks(blocks: list[bytes]) -> tuple[DataReader, bytes]:
    reader, content = DataReader(), b""
    for at, block in enumerate(blocks):
        content += b"".join(reader.feed(block))
        if reader.ended:
            reader.surplus += b"".join(blocks[at + 1 :])
            break
    return reader, content


def split(octets: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(octets), *(cut % (len(octets) + 1) for cut in cuts)})
    return [octets[a:b] for a, b in itertools.pairwise(edges)]


def same_as_plain(wire: bytes, blocks: list[bytes]) -> None:
    plain = read_plainly(wire)
    reader, content = read_in_blocks(blocks)
    assert reader.ended == plain.ended
    assert reader.surplus == plain.surplus
    if plain.ended:
        assert bool(reader.flaw) == plain.flawed
    else:
        assert not reader.flaw or plain.flawed
    if plain.ended and not plain.flawed:
        assert content == plain.content


@settings(max_examples=500)
@given(mail_like, st.lists(st.integers(0, 400), max_size=8))
def test_reading_in_blocks_is_reading_plainly(wire: bytes, cuts: list[int]) -> None:
    same_as_plain(wire, split(wire, cuts))


@settings(max_examples=200)
@given(mail_like)
def test_reading_octet_by_octet_is_reading_plainly(wire: bytes) -> None:
    same_as_plain(wire, [wire[at : at + 1] for at in range(len(wire))])


@settings(max_examples=200)
@given(mail_like)
def test_every_single_border_may_part_the_data(wire: bytes) -> None:
    for at in range(len(wire) + 1):
        same_as_plain(wire, [wire[:at], wire[at:]])


@pytest.mark.parametrize("tail", [b"", b"RSET\r\n", b".\r\n", b"\r\n.\r\n"])
def test_what_comes_behind_the_end_is_given_back_untouched(tail: bytes) -> None:
    reader = DataReader()
    assert b"".join(reader.feed(STUFFED + b".\r\n" + tail)) == LETTER
    assert reader.ended
    assert reader.surplus == tail


def test_the_empty_mail_is_empty() -> None:
    for blocks in ([b".\r\n"], [b".", b"\r", b"\n"]):
        reader, content = read_in_blocks(blocks)
        assert (reader.ended, content, reader.flaw) == (True, b"", Flaw.NONE)


LOOK_ALIKES = [
    *(
        b"\n.\n",
        b"\r.\r",
        b"\r\n.\n",
        b"\r\n.\r",
        b"\n.\r\n",
        b"\r.\r\n",
        b"\r\r\n.\r\r\n",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
    ),
    *(b"\r\n.\r\r\n", b"\r\n.\n\r\n", b"\n\r\n.\n", b"\r\n.\r \n"),
]


@pytest.mark.parametrize("alike", LOOK_ALIKES)
def test_a_look_alike_of_the_end_is_a_flaw_and_the_true_end_still_ends(alike: bytes) -> None:
    """What a lenient server would take for the end of the data, and then for commands."""
    wire = b"From: a\r\n\r\nHei" + alike + b"MAIL FROM:<evil@example.net>\r\n.\r\nNOOP\r\n"
    for at in range(len(wire) + 1):
        reader, _ = read_in_blocks([block for block in (wire[:at], wire[at:]) if block])
        assert reader.flaw
        assert reader.ended
        assert reader.surplus == b"NOOP\r\n"


def test_the_flaw_names_a_line_end_or_a_nul() -> None:
    assert read_in_blocks([b"a\nb\r\n.\r\n"])[0].flaw is Flaw.LINE_END
    assert read_in_blocks([b"a\rb\r\n.\r\n"])[0].flaw is Flaw.LINE_END
    assert read_in_blocks([b"a\0b\r\n.\r\n"])[0].flaw is Flaw.NUL


def test_as_many_bare_cr_as_bare_lf_do_not_cancel_out() -> None:
    assert read_in_blocks([b"a\nb\rc\r\n.\r\n"])[0].flaw is Flaw.LINE_END
    assert read_in_blocks([b"a\n\rc\r\n.\r\n"])[0].flaw is Flaw.LINE_END


def test_no_content_is_given_out_behind_a_flaw() -> None:
    reader = DataReader()
    assert reader.feed(b"clean\r\n") == (b"clean",)
    assert reader.feed(b"bad\n") == ()
    assert reader.feed(b"clean again\r\n.\r\n") == ()
    assert reader.ended


def stuff(blocks: list[bytes]) -> bytes:
    stuffer = DotStuffer()
    return b"".join(stuffer.stuff(block) for block in blocks) + stuffer.end()


def test_stuffing_is_the_same_at_every_cut() -> None:
    for at in range(len(LETTER) + 1):
        assert stuff([LETTER[:at], LETTER[at:]]) == STUFFED + b".\r\n"


@settings(max_examples=300)
@given(clean_mail, st.lists(st.integers(0, 200), max_size=6), st.lists(st.integers(0, 200), max_size=6))
def test_what_is_stuffed_and_read_is_what_it_was(mail: bytes, cuts: list[int], others: list[int]) -> None:
    wire = stuff(split(mail, cuts))
    reader, content = read_in_blocks(split(wire, others))
    assert (content, reader.ended, reader.flaw, reader.surplus) == (mail, True, Flaw.NONE, b"")


def test_a_last_line_without_its_end_is_given_one() -> None:
    assert stuff([b"Hei"]) == b"Hei\r\n.\r\n"
    assert stuff([]) == b".\r\n"


@settings(max_examples=300)
@given(mail_like, st.lists(st.integers(0, 400), max_size=8))
def test_nothing_that_could_smuggle_is_ever_written(mail: bytes, cuts: list[int]) -> None:
    """Either the very octets go out, or the stuffer raises before the flawed octets are out."""
    whole = mail.replace(b"\r\n", b"")
    unsafe = any(octet in whole for octet in b"\r\n\0")
    try:
        wire = stuff(split(mail, cuts))
    except UnsafeOctets:
        assert unsafe
    else:
        assert not unsafe
        arrived = mail if mail.endswith(b"\r\n") or not mail else mail + b"\r\n"
        assert read_plainly(wire) == Read(arrived, ended=True, flawed=False, surplus=b"")


def test_a_block_without_dots_at_line_starts_is_not_copied() -> None:
    block = b"Hei. Kaikki hyvin.\r\n" * 100
    assert DotStuffer().stuff(block) is block
