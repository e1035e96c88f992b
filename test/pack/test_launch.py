"""The launcher: nothing outlives its parent."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LAUNCH = Path(__file__).parents[2] / "comfy-nodes" / "discomfort" / "launch.py"

# Stands for ComfyUI: starts a child that ignores polite signals, tells both ids, and waits.
MAIN = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import signal, time; "
    "signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        if "stubborn" not in sys.argv:
            break
"""

# Stands for the script: holds the pipe, never closes it, and is killed.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
time.sleep(60)
"""


@pytest.fixture
def main(tmp_path: Path) -> Path:
    (tmp_path / "beside.py").write_text("")
    (tmp_path / "main.py").write_text(MAIN)
    return tmp_path / "main.py"


@pytest.fixture
def parent(main: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PARENT, sys.executable, str(LAUNCH), str(main), *request.param]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "DISCOMFORT_WATCH_STDIN": "1"}
    )
    yield process
    process.kill()
    process.wait()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pids: list[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, f"{pids} still live"
        time.sleep(0.02)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc who lives")


def guard_of(pid: int) -> int:
    """The process that looks after this one."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if "--guard" in Path(f"/proc/{child}/cmdline").read_text():
            return int(child)
    raise LookupError(pid)


@needs_proc
@pytest.mark.parametrize("parent", [[]], indirect=True)
def test_a_guard_that_is_killed_is_replaced(parent: subprocess.Popen[str]):
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    guard = guard_of(pids[0])
    os.kill(guard, signal.SIGKILL)
    wait_until_gone([guard], 5)
    parent.kill()
    wait_until_gone(pids, 5)


@needs_proc
@pytest.mark.parametrize("parent", [[]], indirect=True)
def test_nothing_is_left_where_main_is_killed(parent: subprocess.Popen[str]):
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    guard = guard_of(pids[0])
    os.kill(pids[0], signal.SIGKILL)
    wait_until_gone([*pids[1:], guard], 5)


@needs_proc
def test_a_parent_that_lets_go_leaves_main_alone(main: Path):
    with subprocess.Popen(
        [sys.executable, LAUNCH, main],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DISCOMFORT_WATCH_STDIN": "1"},
        start_new_session=True,
    ) as process:
        pids = [int(pid) for pid in process.stdout.readline().split()]
        guard = guard_of(process.pid)
        process.stdin.write("stay\n")
        process.stdin.close()
        wait_until_gone([guard], 5)
        assert not Path(f"/proc/{guard}").exists()  # No zombie.
        assert all(map(is_alive, pids))
        os.killpg(process.pid, signal.SIGKILL)


@needs_proc
@pytest.mark.parametrize("parent", [[], ["stubborn"]], ids=["clean", "stubborn"], indirect=True)
def test_a_killed_parent_leaves_no_process_behind(parent: subprocess.Popen[str]):
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert all(map(is_alive, pids))
    parent.kill()
    wait_until_gone(pids, 5)


def test_main_runs_as_if_python_had_started_it(main: Path):
    main.write_text("import os, sys, beside\nprint(__name__, __file__, sys.argv[1:], os.getcwd(), sys.stdin.read())")
    run = subprocess.run(
        [sys.executable, LAUNCH, main.name, "--port", "1"],
        cwd=main.parent,
        input="hello",
        capture_output=True,
        text=True,
    )
    assert run.stdout == f"__main__ {main} ['--port', '1'] {main.parent} hello\n", run.stderr


def test_the_exit_code_of_main_is_kept(main: Path):
    main.write_text("raise SystemExit(7)")
    assert subprocess.run([sys.executable, LAUNCH, main], stdin=subprocess.DEVNULL).returncode == 7


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no process groups here")
def test_a_closed_pipe_stops_main_as_ctrl_c_does(main: Path):
    main.write_text(
        "import time\nprint('up', flush=True)\ntry:\n  time.sleep(60)\nexcept KeyboardInterrupt:\n  print('stopped')"
    )
    with subprocess.Popen(
        [sys.executable, LAUNCH, main],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DISCOMFORT_WATCH_STDIN": "1"},
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == "up\n"
        process.stdin.close()
        assert process.stdout.read() == "stopped\n"
        assert process.wait(5) in (0, -signal.SIGKILL)


@pytest.fixture
def launcher() -> dict[str, Any]:
    return runpy.run_path(str(LAUNCH))


def test_a_log_over_its_limit_moves_aside_and_goes_on(launcher: dict[str, Any], tmp_path: Path):
    log = tmp_path / "comfyui.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"1" * 100)
        launcher["move_log"](str(log), 100)
        assert log.stat().st_size == 100
        writer.write(b"2")
        launcher["move_log"](str(log), 100)
        assert log.read_bytes() == b""
        writer.write(b"3")
    assert log.read_bytes() == b"3"
    assert (tmp_path / "comfyui.log.1").read_bytes() == b"1" * 99 + b"2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["comfyui.log", "comfyui.log.1"]


def test_a_log_that_cannot_be_moved_stays(launcher: dict[str, Any], tmp_path: Path):
    log = tmp_path / "comfyui.log"
    log.write_bytes(b"12")
    (tmp_path / "comfyui.log.1").mkdir()
    with pytest.raises(OSError):
        launcher["move_log"](str(log), 1)
    assert log.read_bytes() == b"12"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["comfyui.log", "comfyui.log.1"]


def test_the_log_of_a_process_that_writes_on_and_on_stays_small(main: Path, tmp_path: Path):
    main.write_text("import itertools\nfor number in itertools.count():\n  print(number)")
    log = tmp_path / "comfyui.log"
    environment = {**os.environ, "DISCOMFORT_LOG_FILE": str(log), "DISCOMFORT_LOG_MAX_BYTES": "1000000"}
    with log.open("ab") as output, subprocess.Popen(
        [sys.executable, LAUNCH, main], stdout=output, stdin=subprocess.DEVNULL, env=environment
    ) as process:
        deadline = time.monotonic() + 20
        # Until it was emptied and written again: the file aside is there a moment before that.
        while len(begin := _first_lines(log)) < 2 or begin == [b"0", b"1"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()
    lines = (tmp_path / "comfyui.log.1").read_bytes().split(b"\n")[1:-1]
    assert [int(line) for line in lines] == list(range(int(lines[0]), int(lines[0]) + len(lines)))
    assert int(log.read_bytes().split(b"\n")[1]) > int(lines[-1])


def _first_lines(file: Path) -> list[bytes]:
    with file.open("rb") as opened:
        return opened.read(100).split(b"\n")[:-1][:2]
