"""docs/policy-log.md tells a stranger how to verify; here the stranger does exactly that."""

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gateway.entry import Entry, EntryType
from gateway.store import Store
from storing import NOON, disposed, judged

DOC = Path(__file__).parent.parent.parent / "docs" / "policy-log.md"


def verify_as_told(path: Path) -> tuple[int, str]:
    [program] = re.findall(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


async def written(path: Path) -> str:
    store = Store(f"sqlite:///{path}")
    for number in range(10):
        await store.append(judged(f"m{number}"), disposed(f"m{number}"), Entry(EntryType.STARTED, NOON))
    head = store.verify().head
    store.close()
    return head


async def test_the_program_in_the_docs_finds_the_same_head_as_ours(sqlite_path: Path) -> None:
    head = await written(sqlite_path)
    assert verify_as_told(sqlite_path) == (0, f"30 entries are as they were written; head {head}")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE log SET octets = CAST(replace(octets, '250', '251') AS BLOB) WHERE seq = 5", "entry 5 is not"),
        ("UPDATE log SET personal = x'7b7d' WHERE seq = 4", "entry 4 is not"),
        ("UPDATE log SET mail_id = 'm9' WHERE seq = 7", "entry 7 is not"),
        ("UPDATE log SET salt = NULL WHERE seq = 7", "entry 7 is not"),
        ("DELETE FROM log WHERE seq = 8", "entry 8 is not"),
        ("DELETE FROM log WHERE seq > 28", "cut or added to behind entry 28"),
    ],
)
async def test_the_program_in_the_docs_finds_every_change(sqlite_path: Path, change: str, said: str) -> None:
    await written(sqlite_path)
    copy = sqlite_path.with_name("changed.db")
    shutil.copy(sqlite_path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute(change).rowcount
        connection.commit()
    code, text = verify_as_told(copy)
    assert code == 1
    assert said in text
    store = Store(f"sqlite:///{copy}")
    assert store.verify().bad
    store.close()
