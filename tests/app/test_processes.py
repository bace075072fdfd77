"""The parent's work on processes that do nothing but live and die, in a parent of its own."""

import os
import signal
import subprocess
import sys
import textwrap
import time

from serving import lives

PREAMBLE = """
import os, signal, sys, time
from gateway.app import lines
from gateway.app.processes import HEARD, Role, Supervisor, fork, wait_for
signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
lines.begin("debug")

def say(text):
    os.write(1, f"{text}\\n".encode())  # in one piece, whoever else writes

def supervise(*roles):
    quiet = {"buried": lambda *_: None, "nudged": lambda: None, "stopping": lambda: say("stopping")}
    Supervisor(roles, reloaded=lambda: roles, **quiet).run()

def until_told(_number):
    signal.pause()
"""


def parent(script: str) -> subprocess.Popen[str]:
    code = PREAMBLE + textwrap.dedent(script)
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    return out, errors


def test_who_dies_at_once_is_started_again_after_longer_and_longer_pauses() -> None:
    process = parent("supervise(Role('short', 1, lambda _: sys.exit(3), 1))")
    assert process.stderr is not None
    pauses: list[str] = []
    for line in process.stderr:
        if "ended with code 1; another one takes its place" in line:
            pauses.append(line.strip().rpartition(" in ")[2])
        if len(pauses) == 4:
            break
    process.terminate()
    finish(process)
    assert pauses == ["0.1 s", "0.2 s", "0.4 s", "0.8 s"]


def test_who_wishes_to_be_a_fresh_one_or_met_its_deadline_is_replaced_at_once_and_without_a_word() -> None:
    out, errors = finish(
        parent("""
        def brief(number):
            say("born")
            if os.fstat(1).st_ino and time.monotonic() > end:
                os.kill(os.getppid(), signal.SIGTERM)
                signal.pause()
            os.kill(os.getpid(), signal.SIGALRM)
        end = time.monotonic() + 0.3
        supervise(Role("brief", 1, brief, 1))
        """)
    )
    assert out.count("born") > 5
    assert " error " not in errors


def test_roles_end_one_after_the_other_and_who_does_not_listen_is_killed() -> None:
    out, errors = finish(
        parent("""
        def first(_):
            signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.2), say("first ends"), os._exit(0)))
            signal.pause()
        def second(_):
            signal.signal(signal.SIGTERM, lambda *_: (say("second ends"), os._exit(0)))
            os.kill(os.getppid(), signal.SIGTERM)
            while True: signal.pause()
        def deaf(_):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True: signal.pause()
        supervise(Role("first", 1, first, 5), Role("deaf", 2, deaf, 0.2), Role("second", 1, second, 5))
        say("gone")
        """)
    )
    assert [*filter(None, out.split("\n"))] == ["stopping", "first ends", "second ends", "gone"]
    assert "deaf-0, deaf-1 did not end in time" in errors


def test_on_reload_successors_start_beside_those_who_finish_but_not_of_a_role_that_is_alone() -> None:
    """Each says its number at birth and waits a moment before it goes."""
    out, _ = finish(
        parent("""
        def life(name):
            def live(number):
                stop = []
                signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
                say(f"{name} {number} born")
                while not stop: time.sleep(0.01)
                time.sleep(0.5)
                say(f"{name} {number} gone")
            return live
        def roles(): return (Role("many", 2, life("many"), 5), Role("one", 1, life("one"), 5, alone=True))
        def helper():
            time.sleep(0.5); os.kill(os.getppid(), signal.SIGHUP)
            time.sleep(1.5); os.kill(os.getppid(), signal.SIGTERM)
        fork("helper", helper)
        quiet = {"buried": lambda *_: None, "nudged": lambda: None, "stopping": lambda: say("stopping")}
        Supervisor(roles(), reloaded=roles, **quiet).run()
        """)
    )
    told = out[: out.index("stopping")].split("\n")
    assert sorted(told[:3]) == ["many 0 born", "many 1 born", "one 0 born"]
    assert sorted(told[3:5]) == ["many 2 born", "many 3 born"], "beside those who finish, with numbers of their own"
    assert told.index("one 0 gone") < len(told) - 1 - told[::-1].index("one 0 born")


def test_a_child_is_told_when_the_parent_dies_and_never_runs_its_code() -> None:
    process = parent("""
        fork("child", lambda: (say(str(os.getpid())), signal.pause()))
        signal.sigtimedwait({signal.SIGUSR2}, 30)
        """)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)  # which waits for the pipes that the child holds, too
    for _ in range(1000):
        if not lives(child):
            break
        time.sleep(0.01)
    assert not lives(child)


def test_what_a_child_raises_is_told_by_place_and_never_by_its_text() -> None:
    process = parent("""
        def live():
            raise ValueError("Kesäyö-4417")
        sys.exit(wait_for(fork("child", live)) - 1)
        """)
    _, errors = finish(process)
    assert "ValueError at" in errors
    assert "4417" not in errors
