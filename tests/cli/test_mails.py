"""Mails from files: every form that a mailbox has, and one plain line for what is none."""

import io
import sys
from pathlib import Path

import pytest

from gateway.cli.mails import FiledMail, Source, mails, sources
from gateway.cli.settings import Problem

ONE = b"From: Aino <aino@example.com>\nSubject: one\n\nHei Liisa!\n"
TWO = b"From: Aino <aino@example.com>\nSubject: two\n\nFrom here on it rains.\n\nFrom Monday to Friday too.\n"
MBOX = (
    b"From aino@example.com Mon Nov  2 10:00:00 2026\n" + ONE + b"\n"
    b"From aino@example.com Mon Nov  2 10:01:00 2026\n" + TWO.replace(b"\nFrom Monday", b"\n>From Monday") + b"\n"
    b"From - Mon Nov  2 10:02:00 2026\n" + ONE
)


def crlf(octets: bytes) -> bytes:
    return octets.replace(b"\n", b"\r\n")


def read(*paths: object) -> list[FiledMail]:
    return [mail for source in sources(str(path) for path in paths) for mail in mails(source)]


def test_a_file_is_one_mail_with_the_line_ends_of_smtp(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(ONE)
    (tmp_path / "b.eml").write_bytes(crlf(TWO))
    assert read(tmp_path / "a.eml", tmp_path / "b.eml") == [
        FiledMail(f"{tmp_path}/a.eml", 1, crlf(ONE)),
        FiledMail(f"{tmp_path}/b.eml", 1, crlf(TWO)),
    ]


def test_an_mbox_is_split_at_separator_lines_alone_and_counted_from_one(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_bytes(MBOX)
    found = read(tmp_path / "inbox")
    assert [mail.number for mail in found] == [1, 2, 3]
    assert [mail.octets for mail in found] == [crlf(ONE), crlf(TWO), crlf(ONE)]


def test_a_maildir_is_its_cur_and_new_and_its_folders(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("new/1", "cur/2:2,S", "tmp/3", ".Sent/cur/4:2,", "dovecot.index"):
        (tmp_path / name).write_bytes(ONE)
    names = [mail.file.removeprefix(f"{tmp_path}/") for mail in read(tmp_path)]
    assert names == ["cur/2:2,S", "new/1", ".Sent/cur/4:2,"]


def test_a_folder_is_every_file_below_it_but_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "b.eml").write_bytes(ONE)
    (tmp_path / "deep" / "er" / "a").write_bytes(MBOX)
    (tmp_path / ".hidden").write_bytes(ONE)
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (tmp_path / "none.mbox").write_bytes(b"")
    names = [(mail.file.removeprefix(f"{tmp_path}/"), mail.number) for mail in read(tmp_path)]
    assert names == [("b.eml", 1), ("deep/er/a", 1), ("deep/er/a", 2), ("deep/er/a", 3), ("picture", 1)]


def test_a_glob_that_no_shell_expanded_is_expanded(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", "c.txt"):
        (tmp_path / name).write_bytes(ONE)
    assert [mail.file for mail in read(f"{tmp_path}/*.eml")] == [f"{tmp_path}/a.eml", f"{tmp_path}/b.eml"]


def test_standard_input_is_a_mail_or_an_mbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for octets, numbers in ((ONE, [1]), (MBOX, [1, 2, 3])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))
        assert [(mail.file, mail.number) for mail in read("-")] == [("-", number) for number in numbers]


def test_a_text_without_a_header_is_read_as_the_gateway_would(tmp_path: Path) -> None:
    (tmp_path / "reply.txt").write_bytes(b"Hei! Asia on kunnossa.\n")
    assert [mail.octets for mail in read(tmp_path / "reply.txt")] == [b"Hei! Asia on kunnossa.\r\n"]


@pytest.mark.parametrize(
    ("name", "octets", "said"),
    [
        ("missing.eml", None, "there is no such file"),
        ("*.eml", None, "there is no such file"),
        ("empty.eml", b"\n", "is empty"),
        ("list.mbox", ONE, "is no mailbox: it does not begin with a `From ` line"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is no mail"),
    ],
)
def test_what_is_no_mailbox_is_one_line_with_its_name(
    tmp_path: Path, name: str, octets: bytes | None, said: str
) -> None:
    if octets is not None:
        (tmp_path / name).write_bytes(octets)
    with pytest.raises(Problem) as caught:
        read(tmp_path / name)
    assert caught.value.message.startswith(f"{tmp_path / name}: {said}")
    assert "\n" not in caught.value.message


def test_a_device_is_no_mailbox() -> None:
    with pytest.raises(Problem, match="neither a file nor a folder"):
        sources(["/dev/null"])


def test_an_empty_mailbox_holds_no_mail(tmp_path: Path) -> None:
    (tmp_path / "new.mbox").write_bytes(b"")
    assert read(tmp_path / "new.mbox") == []
    assert sources([str(tmp_path / "new.mbox")]) == (Source(f"{tmp_path}/new.mbox"),)
