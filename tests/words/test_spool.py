"""The spool: pieces in, one buffer out, in memory or in a file without a name."""

import hashlib
import mmap

import pytest

from gateway.spool import Spool


@pytest.mark.parametrize("above", [5, 1000])
def test_pieces_become_one_buffer_with_their_digest(above: int) -> None:
    spool = Spool(1000, above)
    for piece in (b"From: a\r\n", b"\r\n", b"Hei\r\n"):
        spool.write(piece)
    octets = spool.finish()
    assert octets[:] == b"From: a\r\n\r\nHei\r\n"
    assert isinstance(octets, mmap.mmap) == (above == 5)
    assert spool.digest == hashlib.sha256(octets[:]).hexdigest()


def test_an_empty_mail_is_an_empty_buffer() -> None:
    assert Spool(10, 5).finish() == b""


def test_more_than_the_limit_is_dropped_and_said() -> None:
    spool = Spool(10, 5)
    spool.write(b"123456")
    assert not spool.too_big
    spool.write(b"78901")
    spool.write(b"2")
    assert spool.too_big
