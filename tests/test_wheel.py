"""What is built can be installed: sdist and wheel hold the policies, and `builtin` works far from this tree."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAIL = (
    b"From: aino@example.com\r\nTo: liisa@example.org\r\nSubject: tunnus\r\n\r\nHei!\r\n\r\nSalasanasi on Kuura88.\r\n"
)


def run(*argv: object, stdin: bytes = b"", cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    words = [sys.executable, *(str(word) for word in argv)]
    env = os.environ | environment
    return subprocess.run(words, input=stdin, capture_output=True, cwd=cwd, env=env, timeout=300, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = run("-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def policy_files() -> set[str]:
    """What stands in policies/, as it must stand in the package."""
    found = (ROOT / "policies").rglob("*")
    return {f"gateway/policies/{path.relative_to(ROOT / 'policies')}" for path in found if path.is_file()}


def test_sdist_and_wheel_hold_every_policy_file_once(built: tuple[Path, Path]) -> None:
    sdist, wheel = built
    with tarfile.open(sdist) as archive:
        in_sdist = [name.partition("/")[2] for name in archive.getnames()]
    with zipfile.ZipFile(wheel) as zipped:
        in_wheel = zipped.namelist()
    for names in (in_sdist, in_wheel):
        assert policy_files() <= set(names)
        assert len(names) == len(set(names))


def test_builtin_works_after_a_plain_install_of_the_wheel_and_of_the_sdist(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    for number, archive in enumerate(built):
        place = tmp_path / str(number)
        pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", place)
        done = run(*pip, archive)
        assert done.returncode == 0, done.stderr
        where = run("-c", "import gateway; print(gateway.__file__)", cwd=tmp_path, PYTHONPATH=str(place))
        assert where.stdout.decode().startswith(str(place))
        judged = run("-m", "gateway", "check", "--json", "-", stdin=MAIL, cwd=tmp_path, PYTHONPATH=str(place))
        assert judged.returncode == 1, judged.stderr
        assert json.loads(judged.stdout)["verdict"] == "hold"
        tested = run("-m", "gateway", "policies", "test", cwd=tmp_path, PYTHONPATH=str(place))
        assert tested.returncode == 0, tested.stdout + tested.stderr
