"""`saate check --preview-fixes`: below the findings, what each fix would change, masked; nothing is changed."""

from pathlib import Path

from commands import saate

SECRET = "Kuura-7741"
HEAD = b"From: Aino <aino@example.com>\r\nTo: Liisa Virtanen <liisa@example.org>\r\nDKIM-Signature: v=1\r\n"
BODY = f"\r\nTunnuksesi on nyt valmis. Salasanasi on {SECRET}.\r\n\r\nTerveisin Aino\r\n".encode()
SIGNED = b'MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary="b"; protocol="application/pgp-signature"\r\n'


def test_each_fix_is_shown_as_a_diff_below_the_findings(tmp_path: Path) -> None:
    file = tmp_path / "bad.eml"
    file.write_bytes(HEAD + b"Subject: Re: tunnus\r\n" + BODY)
    done = saate("check", "--preview-fixes", file)
    assert done.code == 1
    for line in (
        "missing-greeting: greeting",
        "+Hei Liisa,",
        "plaintext-password: blank-password",
        "-Tunnuksesi on nyt valmis. Salasanasi on ••••••.",
        "+Tunnuksesi on nyt valmis. Salasanasi on [salasana poistettu].",
        "removed, since no longer true: DKIM-Signature",
    ):
        assert line in done.out, line
    assert SECRET not in done.out + done.err
    assert file.read_bytes() == HEAD + b"Subject: Re: tunnus\r\n" + BODY


def test_what_cannot_be_mended_is_told(tmp_path: Path) -> None:
    file = tmp_path / "signed.eml"
    signature = b"\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n"
    file.write_bytes(HEAD + SIGNED + b"\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n" + BODY + signature)
    done = saate("check", "--preview-fixes", file)
    assert "not mended: the mail: it is signed: a change would break the signature" in done.out
    assert SECRET not in done.out + done.err
