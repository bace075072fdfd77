"""`saate holds fix`: mended, shown, judged again, kept, sent; and every way in which nothing is done."""

from pathlib import Path

import pytest

from commands import saate
from kept import Kept
from terminal import at_terminal

ID = "k3v7aaaabbbbcccc"
SECRET = "Kuura-7741"
HEAD = (
    "From: Aino <aino@example.com>\nTo: Liisa Virtanen <liisa@example.org>\nSubject: Re: tunnus\nDKIM-Signature: v=1\n"
    "MIME-Version: 1.0\n"
)
TEXT = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
BODY = f"Tunnuksesi on nyt valmis. Salasanasi on {SECRET}.\n\nTerveisin Aino\n"
MAIL = (HEAD + TEXT + BODY).encode()


def editor(folder: Path, script: str) -> str:
    """An editor that does this to the file in $1."""
    file = folder / "editor"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o700)
    return str(file)


def is_there(path: str) -> bool:
    return Path(path).exists()


async def test_a_preview_shows_the_change_and_what_is_still_found_and_keeps_nothing(kept: Kept) -> None:
    hold = await kept.judged(ID, MAIL)
    done = saate("holds", "fix", "k3v7", "--apply", "greeting", "--preview", "--config", kept.config)
    assert done.code == 1
    for words in ("+Hei Liisa,", "removed, since no longer true: DKIM-Signature", "still found", "plaintext-password"):
        assert words in done.out, words
    assert SECRET not in done.out + done.err
    (shown,) = saate("holds", "show", ID, "--json", "--config", kept.config).json
    assert (shown["mended"], shown["digest"]) == (False, hold.octets_digest)


async def test_fixes_that_leave_nothing_are_kept_and_sent_in_one_go(kept: Kept) -> None:
    hold = await kept.judged(ID, MAIL)
    words = ("--apply", "greeting,blank-password", "--release", "--json")
    done = saate("holds", "fix", ID, *words, "--config", kept.config)
    (said,) = done.json
    assert (done.code, said["state"], said["holding"], said["removed"]) == (0, "released", [], ["DKIM-Signature"])
    assert "+Hei Liisa," in said["diff"]
    octets = saate("holds", "show", ID, "--octets", "--config", kept.config).octets
    assert b"Hei Liisa," in octets
    assert SECRET.encode() not in octets
    (shown,) = saate("holds", "show", ID, "--json", "--config", kept.config).json
    assert (shown["original_digest"], shown["digest"]) == (hold.octets_digest, said["new_digest"])
    assert shown["reason"] == "mended: blank-password, greeting"


async def test_what_still_holds_is_kept_mended_and_never_sent(kept: Kept) -> None:
    await kept.judged(ID, MAIL)
    done = saate("holds", "fix", ID, "--apply", "greeting", "--release", "--config", kept.config)
    assert done.code == 1
    assert "Not released: it is still held." in done.out
    (shown,) = saate("holds", "show", ID, "--json", "--config", kept.config).json
    assert (shown["state"], shown["mended"]) == ("held", True)


async def test_the_text_is_edited_in_a_file_of_ones_own_that_is_gone_afterwards(kept: Kept, tmp_path: Path) -> None:
    await kept.judged(ID, MAIL)
    seen = tmp_path / "seen"
    script = (
        f'stat -c "%a %n" "$1" "$(dirname "$1")" > {seen}; sed -i "s/{SECRET}/sama kuin ennen/; 1i Hei Liisa," "$1"'
    )
    done = saate("holds", "fix", ID, "--edit", "--config", kept.config, VISUAL=editor(tmp_path, script))
    assert (done.code, done.err) == (0, "")
    assert "+Tunnuksesi on nyt valmis. Salasanasi on sama kuin ennen." in done.out
    (file_mode, file), (folder_mode, folder) = (line.split(" ") for line in seen.read_text().split("\n")[:2])
    assert (file_mode, folder_mode) == ("600", "700")
    assert not is_there(file)
    assert not is_there(folder)
    octets = saate("holds", "show", ID, "--octets", "--config", kept.config).octets
    assert b"Salasanasi on sama kuin ennen.\r\n\r\nTerveisin Aino" in octets


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (': > "$1"', "the editor left nothing"),
        (":", "the text is as it was"),
        ("exit 3", "ended with 3"),
        ('rm "$1"', "the editor left no file"),
        ("printf 'Hei \\377\\n' > \"$1\"", "saved no UTF-8"),
    ],
)
async def test_an_editor_that_leaves_nothing_of_use_changes_nothing(
    kept: Kept, tmp_path: Path, script: str, said: str
) -> None:
    await kept.judged(ID, MAIL)
    done = saate("holds", "fix", ID, "--edit", "--config", kept.config, VISUAL=editor(tmp_path, script))
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err
    assert not saate("holds", "show", ID, "--json", "--config", kept.config).json[0]["mended"]


async def test_an_editor_that_is_not_there_is_said(kept: Kept) -> None:
    await kept.judged(ID, MAIL)
    done = saate("holds", "fix", ID, "--edit", "--config", kept.config, VISUAL="no-such-editor", EDITOR="")
    assert done.err == "saate: the editor no-such-editor is not there; set VISUAL or EDITOR to one that is\n"


async def test_signed_mail_is_said_to_be_beyond_mending(kept: Kept) -> None:
    kind = 'Content-Type: multipart/signed; boundary="b"; protocol="application/pgp-signature"\n'
    signature = "\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n"
    await kept.judged(ID, (HEAD + kind + "\n--b\n" + TEXT + BODY + signature).encode())
    done = saate("holds", "fix", ID, "--apply", "blank-password", "--config", kept.config)
    assert (done.code, done.out) == (2, "")
    assert "it is signed: a change would break the signature; nothing was done" in done.err


async def test_a_template_is_not_sent_unfilled_and_is_filled_in_the_editor(kept: Kept, tmp_path: Path) -> None:
    pdf = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=lasku.pdf\n\n%PDF-1.4"
    mixed = 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
    greeted = "Hei Liisa,\n\nTerveisin\nAino\n"
    await kept.judged(ID, (HEAD + mixed + TEXT + greeted + "\n--b\n" + pdf + "\n--b--\n").encode())
    first = saate("holds", "fix", ID, "--apply", "cover-note", "--release", "--config", kept.config)
    assert first.code == 1
    assert "cover-note: fill what stands in [[…]]" in first.out
    words = "Eräpäivä on 15.11., ja summa on sama kuin ennen."
    edit = editor(tmp_path, f'sed -i "s/\\[\\[.*\\]\\]/{words}/" "$1"')
    filled = saate("holds", "fix", ID, "--edit", "--release", "--json", "--config", kept.config, VISUAL=edit)
    assert (filled.code, filled.json[0]["state"], filled.json[0]["fixes"]) == (0, "released", ["edit"])


async def test_unknown_fixes_and_none_at_all_name_those_that_there_are(kept: Kept) -> None:
    await kept.judged(ID, MAIL)
    for words in (("--apply", "greting"), ()):
        done = saate("holds", "fix", ID, *words, "--config", kept.config)
        assert done.code == 2
        assert "blank-password, dump-list, cover-note, greeting" in done.err


async def test_at_a_terminal_it_is_asked_whether_to_send(kept: Kept) -> None:
    await kept.judged(ID, MAIL)
    words = ["holds", "fix", ID, "--apply", "greeting,blank-password", "--config", kept.config]
    code, said = at_terminal(words, [("Send it now?", "y")])
    assert (code, "the courier sends it to liisa@example.org" in said) == (0, True)
