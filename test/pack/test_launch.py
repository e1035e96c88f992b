"""The launcher: nothing outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

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
