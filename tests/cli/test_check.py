"""`saate check`: what scripts rely on, keys and exit codes, and what a person sees."""

from pathlib import Path

import pytest

from commands import saate

HEAD = (
    b"From: Aino <aino@example.com>\r\nTo: Liisa <liisa@example.org>\r\n"
    b"Message-ID: <1@example.com>\r\nSubject: Re: tunnus\r\n"
)
GOOD = HEAD + b"\r\nHei Liisa!\r\n\r\nVarauksesi on nyt vahvistettu, ja huone on hiljainen.\r\n\r\nTerveisin Aino\r\n"
SECRET = "Kuura-7741"
BAD = HEAD + f"\r\nHei Liisa!\r\n\r\nTunnuksesi on valmis. Salasanasi on {SECRET}.\r\n\r\nTerveisin Aino\r\n".encode()
BLUNT = HEAD + b"\r\nVarauksesi on nyt vahvistettu, ja huone on hiljainen, kuten toivoit.\r\n\r\nTerveisin Aino\r\n"
KEYS = ["file", "number", "message_id", "verdict", "language", "findings"]
FINDING_KEYS = ["policy", "check", "status", "disposition", "part", "line", "column", "excerpt", "fixes"]


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    for name, octets in (("good", GOOD), ("bad", BAD), ("blunt", BLUNT)):
        (tmp_path / f"{name}.eml").write_bytes(octets)
    return tmp_path


def test_a_good_reply_passes_with_exit_0(mails: Path) -> None:
    done = saate("check", "--json", mails / "good.eml")
    assert done.code == 0
    (told,) = done.json
    assert list(told) == KEYS
    assert told == {
        "file": str(mails / "good.eml"),
        "number": 1,
        "message_id": "1@example.com",
        "verdict": "pass",
        "language": "fi",
        "findings": [],
    }


def test_what_was_found_has_its_place_and_no_secret_and_exit_1(mails: Path) -> None:
    done = saate("check", "--json", mails / "bad.eml")
    assert done.code == 1
    (told,) = done.json
    (finding,) = told["findings"]
    assert told["verdict"] == "hold"
    assert list(finding) == FINDING_KEYS
    assert {key: finding[key] for key in FINDING_KEYS[:6]} == {
        "policy": "plaintext-password",
        "check": "plaintext-password",
        "status": "enforced",
        "disposition": "hold",
        "part": "1",
        "line": 3,
    }
    assert finding["fixes"] == ["blank-password"]
    for options in ((), ("--json",), ("--explain",)):
        done = saate("check", *options, mails / "bad.eml")
        assert SECRET not in done.out + done.err
        assert "alasanasi on" in done.out


def test_each_mail_of_a_folder_is_one_line_in_the_order_of_names(mails: Path) -> None:
    done = saate("check", "--json", mails)
    assert [(Path(told["file"]).name, told["number"], told["verdict"]) for told in done.json] == [
        ("bad.eml", 1, "hold"),
        ("blunt.eml", 1, "annotate"),
        ("good.eml", 1, "pass"),
    ]


def test_standard_input_is_a_file_called_dash() -> None:
    mbox = b"".join(b"From x Mon Nov  2 10:00:00 2026\n" + octets + b"\n" for octets in (GOOD, BAD))
    told = saate("check", "--json", "-", stdin=mbox).json
    assert [(one["file"], one["number"], one["verdict"]) for one in told] == [("-", 1, "pass"), ("-", 2, "hold")]


def test_a_person_sees_what_was_found_and_a_count_of_the_rest(mails: Path) -> None:
    done = saate("check", mails)
    assert "good.eml" not in done.out
    assert "plaintext-password" in done.out
    assert done.out.endswith("3 mails judged by 6 policies: 1 pass, 1 would be annotated, 1 would be held\n")
    assert "good.eml" in saate("check", "--all", mails).out


def test_explain_shows_the_role_of_every_line(mails: Path) -> None:
    shown = saate("check", "--explain", mails / "good.eml").out
    roles = {words[1] for line in shown.split("\n") if len(words := line.split()) > 2 and words[0].isdigit()}
    assert {"greeting", "body"} <= roles


def test_a_policy_in_trial_is_shown_and_changes_neither_verdict_nor_exit_code(mails: Path) -> None:
    (mails / "ours").mkdir()
    (mails / "ours" / "quiet.yaml").write_text("id: plaintext-password\nstatus: trial\n")
    (mails / "saate.yaml").write_text("policies: [builtin, ours]\n")
    done = saate("check", "--json", "--config", mails / "saate.yaml", mails / "bad.eml")
    (told,) = done.json
    assert (done.code, told["verdict"], told["findings"][0]["status"]) == (0, "pass", "trial")


def test_a_mail_that_nobody_can_read_in_time_is_a_finding(mails: Path) -> None:
    (mails / "saate.yaml").write_text("inspection: {deadline: 100 ms}\n")
    deep = HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 2_000_000
    (mails / "deep.eml").write_bytes(deep)
    done = saate("check", "--json", "--config", mails / "saate.yaml", mails / "deep.eml", mails / "good.eml")
    first, second = done.json
    assert [finding["policy"] for finding in first["findings"]] == ["could-not-inspect"]
    assert (first["verdict"], second["verdict"], done.code) == ("hold", "pass", 1)


def test_what_cannot_be_read_is_one_line_and_exit_2(mails: Path) -> None:
    done = saate("check", mails / "missing.eml")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"saate: {mails}/missing.eml: there is no such file; name a mail, a mailbox or a folder of mails\n"
    )
    (mails / "ours").mkdir()
    (mails / "ours" / "odd.yaml").write_text("id: odd\ncheck: no-such-check\n")
    (mails / "saate.yaml").write_text("policies: [builtin, ours]\n")
    done = saate("check", "--config", mails / "saate.yaml", mails / "good.eml")
    assert (done.code, done.out) == (2, "")
    assert "odd.yaml:" in done.err


def test_any_octets_get_a_verdict(tmp_path: Path) -> None:
    shapes = [
        b"\xff\xfe" * 50,
        b"Subject\n\n\n",
        b"Content-Type: multipart/mixed; boundary=\n\n--\n----\n",
        b":" * 999,
        b"a",
    ]
    for number, octets in enumerate(shapes):
        (tmp_path / f"{number}.eml").write_bytes(octets)
    done = saate("check", "--json", tmp_path)
    assert len(done.json) == len(shapes)
    assert done.err == ""
