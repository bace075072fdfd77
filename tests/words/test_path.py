"""Paths of MAIL and RCPT: what a mail server may say is read, what could smuggle is refused."""

import pytest

from gateway.path import BadParameters, BadPath, is_helo, is_mailbox, path_argument


@pytest.mark.parametrize(
    ("argument", "address", "parameters"),
    [
        ("FROM:<>", "", ()),
        ("from:<aino@example.com>", "aino@example.com", ()),
        ("FROM: <aino@example.com>", "aino@example.com", ()),
        ("FROM:<aino@example.com> SIZE=12 BODY=8BITMIME", "aino@example.com", ("SIZE=12", "BODY=8BITMIME")),
        ("FROM:<@relay.example,@other.example:aino@example.com>", "aino@example.com", ()),
        ('FROM:<"a> b\\"c"@example.com> RET=HDRS', '"a> b\\"c"@example.com', ("RET=HDRS",)),
        ("FROM:<åsa@exämple.se> SMTPUTF8", "åsa@exämple.se", ("SMTPUTF8",)),
        ("FROM:<aino@[IPv6:2001:db8::1]>", "aino@[IPv6:2001:db8::1]", ()),
        ("FROM:<aino@example.com> ENVID=QQ+3D+2B314", "aino@example.com", ("ENVID=QQ+3D+2B314",)),
    ],
)
def test_a_path_and_its_parameters_are_kept_as_they_were_written(
    argument: str, address: str, parameters: tuple[str, ...]
) -> None:
    found = path_argument(argument, "FROM:")
    assert (found.address, found.parameters) == (address, parameters)
    assert address == "" or is_mailbox(address)


@pytest.mark.parametrize("argument", ["", "TO:<a@example.com>", "FROM:a@example.com", "FROM:<a@example.com", "FROM:"])
def test_what_has_no_angle_brackets_is_no_path(argument: str) -> None:
    with pytest.raises(BadPath):
        path_argument(argument, "FROM:")


@pytest.mark.parametrize(
    "rest", ["SIZE=1", " SIZE=1 SIZE=2", " SIZE=1  BODY=7BIT", " =3", " SIZE=a=b", " SI\x00ZE=1", " ENVID=\r\nRSET"]
)
def test_broken_parameters_are_refused(rest: str) -> None:
    with pytest.raises(BadParameters):
        path_argument(f"FROM:<a@example.com>{rest}", "FROM:")


@pytest.mark.parametrize(
    "address",
    [
        "aino",
        "aino@",
        "@example.com",
        "a b@example.com",
        "a@b@example.com",
        "a\x00b@example.com",
        "a\r\nRSET@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a@-example.com",
        "a@[300.1.2.3]",
        "a@[IPv6:zz]",
        "a" * 65 + "@example.com",
        "a@" + "x" * 255,
        "a\udcff@example.com",
        "a<b@example.com",
    ],
)
def test_what_is_no_mailbox_is_told_apart(address: str) -> None:
    assert not is_mailbox(address)


@pytest.mark.parametrize("name", ["mail.example.com", "localhost", "[192.0.2.1]", "[IPv6:::1]", "win_pc-1"])
def test_names_and_literals_greet(name: str) -> None:
    assert is_helo(name)


@pytest.mark.parametrize("name", ["", "a b", "a\x00", "<x>", "[1.2.3]", "x" * 256, "a;b", "a(b)", "-a"])
def test_what_could_disturb_a_received_field_does_not_greet(name: str) -> None:
    assert not is_helo(name)
