"""`saate demo`: the whole way, really walked, and nothing left running."""

from pathlib import Path

from commands import saate


def running(folder: Path) -> list[str]:
    """Processes whose command line names the folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words:
            found.append(words.replace(b"\0", b" ").decode())
    return found


def test_it_passes_annotates_holds_releases_and_stops(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    done = saate("demo", "--dir", folder)
    assert done.code == 0, done.out + done.err
    told = [line.split() for line in done.out.split("\n")]
    assert ["a", "good", "reply", "pass"] in told
    for policy, disposition in (("plaintext-password", "hold"), ("missing-greeting", "annotate")):
        assert any(words[-2:] == [disposition, policy] for words in told)
    assert "  | To: " in done.out
    assert "is delivered to" in done.out
    assert "each as it was written" in done.out
    assert running(folder) == []

    config = folder / "saate.yaml"
    assert saate("log", "verify", "--config", config).code == 0
    states = [hold["state"] for hold in saate("holds", "list", "--all", "--json", "--config", config).json]
    assert states.count("delivered") == 1
    assert states.count("held") >= 2
    filed = [path.read_bytes() for path in (folder / "next-hop" / "new").iterdir()]
    assert sum(b"\nX-Saate: annotate; id=" in mail for mail in filed) >= 1
    assert sum(b"X-Saate: released; id=" in mail for mail in filed) == 1


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    done = saate("demo", "--dir", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"saate: {tmp_path}: is not empty; name another folder with --dir\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
