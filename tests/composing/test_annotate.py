"""The fields on top: what they say, that they fold, and that nothing rides in on them."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.annotate import annotated, loops, received, released
from gateway.config import Limits
from gateway.mail import Client

AT = datetime(2026, 11, 2, 8, 0, 5, tzinfo=UTC)
ID = "abcdefghij234567"
HOST = "gw.example.com"


def unfolded(field: bytes) -> str:
    return field.decode("ascii").replace("\r\n ", " ").removesuffix("\r\n")


def test_received_names_client_protocol_and_id() -> None:
    field = received(Client("192.0.2.7", "desk.example.com", "ESMTPSA", "maija"), HOST, ID, AT)
    assert unfolded(field) == (
        "Received: from desk.example.com ([192.0.2.7]) by gw.example.com (Saate) with ESMTPSA "
        "id abcdefghij234567; Mon, 02 Nov 2026 08:00:05 +0000"
    )


def test_received_has_no_for_clause_and_no_user() -> None:
    """A `for` clause would tell of a Bcc recipient, the user's name is nobody's business further on."""
    field = received(Client("192.0.2.7", "desk.example.com", "ESMTPA", "maija@example.com"), HOST, ID, AT)
    assert b" for " not in field
    assert b"maija" not in field


def test_received_writes_an_ipv6_literal() -> None:
    field = received(Client("2001:db8::7", "[IPv6:2001:db8::7]"), HOST, ID, AT)
    assert b"from [IPv6:2001:db8::7] ([IPv6:2001:db8::7])" in field


def test_received_time_is_utc() -> None:
    field = received(Client("192.0.2.7", "a.example"), HOST, ID, AT.astimezone(timezone(timedelta(hours=2))))
    assert field.endswith(b"Mon, 02 Nov 2026 08:00:05 +0000\r\n")


def test_received_without_client_facts_is_still_a_field() -> None:
    field = received(Client("", "", ""), HOST, ID, AT)
    assert unfolded(field).startswith("Received: from unknown by gw.example.com (Saate) id abcdefghij234567; ")


@pytest.mark.parametrize(
    "helo",
    [
        "a.example\r\nBcc: x@example.org",
        "a.example\nX: y",
        "a\x00b.example",
        "a.example) by evil.example (",
        "höyry.example",
        "a.example ;",
        "x" * 300,
    ],
)
def test_received_takes_no_odd_helo(helo: str) -> None:
    """What is no plain name gives way to the address that TCP showed us."""
    field = received(Client("192.0.2.7", helo), HOST, ID, AT)
    assert unfolded(field).startswith("Received: from [192.0.2.7] ([192.0.2.7]) by gw.example.com")


@given(
    st.text(max_size=300),
    st.text(max_size=300),
    st.text(max_size=300),
    st.lists(st.text(min_size=1, max_size=60), max_size=30),
)
def test_fields_are_one_field_each_whatever_comes(one: str, two: str, three: str, many: list[str]) -> None:
    """Invariant: ASCII, CRLF only, every continuation begins with a space, and a parser sees one field."""
    for field in (received(Client(one, two, three), one, two, AT), annotated(one, many), released(two)):
        lines = field.split(b"\r\n")
        assert lines[-1] == b""
        assert all(re.fullmatch(rb"[ -~]*[!-~][ -~]*", line) for line in lines[:-1])
        assert all(line.startswith(b" ") for line in lines[1:-1])
        assert len(email.message_from_bytes(field + b"\r\n", policy=email.policy.compat32).items()) == 1


def test_fields_fold_before_they_grow_too_long() -> None:
    client = Client("2001:db8:1111:2222:3333:4444:5555:6666", f"{'desk.' * 12}example.com", "UTF8SMTPSA")
    ids = [f"a-rather-long-policy-{n}" for n in range(20)]
    for field in (received(client, HOST, ID, AT), annotated(ID, ids)):
        assert max(map(len, field.split(b"\r\n"))) <= 78
    assert unfolded(annotated(ID, ids)).replace(", ", ",").endswith(f"; policies={','.join(ids)}")


def test_annotated_names_the_policies_only_when_given() -> None:
    assert annotated(ID) == b"X-Saate: annotate; id=abcdefghij234567\r\n"
    assert annotated(ID, ["missing-greeting", "vague-product"]) == (
        b"X-Saate: annotate; id=abcdefghij234567;\r\n policies=missing-greeting,vague-product\r\n"
    )
    assert annotated(ID, ["misspelling"]) == b"X-Saate: annotate; id=abcdefghij234567; policies=misspelling\r\n"


def test_released_field() -> None:
    assert released(ID) == b"X-Saate: released; id=abcdefghij234567\r\n"


def _mail(foreign: int, own: int, host: str = HOST) -> bytes:
    theirs = b"Received: from a.example by b.example with ESMTP id 1;\r\n Mon, 02 Nov 2026 08:00:00 +0000\r\n"
    ours = received(Client("192.0.2.7", "desk.example.com"), host, ID, AT)
    return ours * own + theirs * foreign + b"Subject: Received: x\r\n\r\nReceived: in the body\r\n" * 3


def test_fifty_received_fields_are_many_but_no_loop() -> None:
    assert not loops(_mail(50, 0), HOST, Limits())
    assert loops(_mail(51, 0), HOST, Limits())


def test_three_of_ours_are_no_loop_and_four_are() -> None:
    assert not loops(_mail(5, 3), HOST, Limits())
    assert loops(_mail(5, 4), HOST, Limits())


def test_our_mark_with_another_hostname_is_not_ours() -> None:
    """Two gateways in a row are no loop."""
    assert not loops(_mail(0, 20, "other.example.com"), HOST, Limits())


def test_our_mark_is_known_in_any_case_and_folding() -> None:
    odd = b"RECEIVED : from a.example\r\n\tBY GW.Example.COM\r\n (saate) id 1; now\r\n"
    assert loops(odd * 4 + b"\r\n", HOST, Limits())


def test_a_name_within_a_name_is_not_our_mark() -> None:
    near = b"Received: from by-gw.example.com (Saate) by b.example id 1; now\r\n"
    assert not loops(near * 9 + b"\r\n", HOST, Limits())


def test_the_loop_guard_reads_the_header_block_only() -> None:
    assert not loops(b"Subject: x\r\n\r\n" + b"Received: from a by b\r\n" * 100, HOST, Limits())
    assert not loops(b"\r\n" + b"Received: from a by b\r\n" * 100, HOST, Limits())
    assert not loops(b"", HOST, Limits())
    assert loops(b"Received: from a by b\r\n" * 51, HOST, Limits())


def test_the_loop_guard_reads_a_bounded_piece_of_an_endless_header() -> None:
    """Hops put their fields on top; what lies a quarter of a megabyte down is not read."""
    assert not loops(b"X-Pad: " + b"x" * 300_000 + b"\r\n" + b"Received: from a by b\r\n" * 60, HOST, Limits())
