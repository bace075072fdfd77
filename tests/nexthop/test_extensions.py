"""EHLO's offers, and commands that fit them."""

import pytest

from gateway.nexthop.extensions import Capabilities, capabilities, mail_command, rcpt_command
from gateway.status import (
    BAD_FORWARD_PATH,
    BAD_PARAMETER_SYNTAX,
    BAD_REVERSE_PATH,
    NEEDS_SMTPUTF8,
    NEXT_HOP_CHANGED,
    UNKNOWN_PARAMETER,
    Status,
)

ALL = Capabilities(size=0, eightbitmime=True, smtputf8=True, dsn=True, pipelining=True, enhanced=True)
NONE = Capabilities()


def test_the_offers_are_read_in_any_case() -> None:
    ehlo = Status(250, ("hop.example", "size 1000", "8BITMIME", "SmtpUtf8", "DSN", "PIPELINING", "ENHANCEDSTATUSCODES"))
    assert capabilities(ehlo) == Capabilities(1000, True, True, True, True, True)  # noqa: FBT003 - all of them


def test_the_servers_name_is_no_offer() -> None:
    assert capabilities(Status(250, ("DSN",))) == NONE


@pytest.mark.parametrize(("line", "size"), [("SIZE", 0), ("SIZE 0", 0), ("SIZE 52428800", 52428800), ("SIZE much", 0)])
def test_size_without_a_number_has_no_limit(line: str, size: int) -> None:
    assert capabilities(Status(250, ("hop.example", line))).size == size


def test_parameters_are_sent_as_they_were_written() -> None:
    parameters = ("size=10", "BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "ENVID=aB+2B")
    assert mail_command("ossi@example.com", parameters, ALL) == (
        b"MAIL FROM:<ossi@example.com> size=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=aB+2B\r\n"
    )
    assert rcpt_command("maija@example.org", ("NOTIFY=NEVER", "ORCPT=rfc822;Maija@example.org"), ALL) == (
        b"RCPT TO:<maija@example.org> NOTIFY=NEVER ORCPT=rfc822;Maija@example.org\r\n"
    )


def test_the_null_reverse_path_is_empty_brackets() -> None:
    assert mail_command("", (), NONE) == b"MAIL FROM:<>\r\n"


def test_what_nobody_misses_is_left_out_where_it_is_not_offered() -> None:
    assert mail_command("a@example.com", ("SIZE=10", "BODY=7BIT"), NONE) == b"MAIL FROM:<a@example.com>\r\n"


@pytest.mark.parametrize("parameter", ["BODY=8BITMIME", "SMTPUTF8", "RET=FULL", "ENVID=x", "notify=never", "ORCPT=x;y"])
def test_what_somebody_would_miss_is_never_dropped_in_silence(parameter: str) -> None:
    assert mail_command("a@example.com", (parameter,), NONE) is NEXT_HOP_CHANGED
    assert rcpt_command("a@example.com", (parameter,), NONE) is NEXT_HOP_CHANGED


def test_an_unknown_parameter_is_refused() -> None:
    assert mail_command("a@example.com", ("HOLDFOR=10",), ALL) is UNKNOWN_PARAMETER


@pytest.mark.parametrize(
    "path",
    [
        *("a@example.com\r\nRCPT TO:<evil@example.net", "a\n@example.com", "a\r@example.com", "a\0@example.com"),
        *("a@example.com> SIZE=1", "a b@example.com", '"a\r\n"@example.com', '"a', "a\x7f@example.com", "a<b"),
    ],
)
def test_nothing_in_a_path_can_end_the_command(path: str) -> None:
    assert mail_command(path, (), ALL) is BAD_REVERSE_PATH
    assert rcpt_command(path, (), ALL) is BAD_FORWARD_PATH


@pytest.mark.parametrize(
    "parameter", ["ENVID=a\r\nDATA", "ENVID=a b", "ENVID=a=b", "ENVID=", "", "=x", "ENVID=\0", "SIZE\n"]
)
def test_nothing_in_a_parameter_can_end_the_command(parameter: str) -> None:
    assert mail_command("a@example.com", (parameter,), ALL) is BAD_PARAMETER_SYNTAX


def test_a_quoted_local_part_may_hold_spaces_and_brackets() -> None:
    assert mail_command('"a > \\"b"@example.com', (), NONE) == b'MAIL FROM:<"a > \\"b"@example.com>\r\n'


def test_an_address_beyond_ascii_needs_smtputf8() -> None:
    assert mail_command("päivi@example.com", (), NONE) is NEEDS_SMTPUTF8
    assert mail_command("päivi@example.com", ("SMTPUTF8",), ALL) == (
        "MAIL FROM:<päivi@example.com> SMTPUTF8\r\n".encode()
    )


def test_no_recipient_is_empty() -> None:
    assert rcpt_command("", (), ALL) is BAD_FORWARD_PATH
