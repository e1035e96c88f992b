"""Runs ComfyUI's main.py so that it never outlives whoever started it.

    python launch.py MAIN_PY [ComfyUI arguments…]

With DISCOMFORT_WATCH_STDIN=1 standard input is a lifeline: a pipe that the parent holds. The system closes it when the
parent ends, however it ends, even by SIGKILL. Then ComfyUI is asked to stop as by Ctrl-C, and what is left of its
process group afterwards is killed. A process of its own watches the pipe, so that nothing that ComfyUI does can keep it
from that. A parent that writes STAYS lets go: ComfyUI stays until somebody stops it. Without that variable main.py runs
as if started itself.

With DISCOMFORT_LOG_FILE that file, where all output goes, is kept small: see keep_log_small.
"""

from __future__ import annotations

import os
import runpy
import select
import shutil
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 2.0
GUARD = "--guard"
STAYS = b"stay\n"
LOG_MAX_BYTES = 16 * 1024 * 1024
LOG_CHECK_SECONDS = 2.0


def watch_stdin() -> None:
    """Has the end of standard input, and of this process, followed by the end of this process and its children."""
    lifeline = os.dup(0)  # Not inherited; children get an empty standard input instead of the pipe.
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    if not hasattr(os, "killpg"):
        threading.Thread(target=_wait_and_exit, args=(lifeline,), name="discomfort-lifeline", daemon=True).start()
        return
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # Otherwise the group would be that of whoever started us.
    guard = _start_guard(lifeline)
    threading.Thread(target=_keep_guarded, args=(guard, lifeline), name="discomfort-guard", daemon=True).start()


def _start_guard(lifeline: int) -> subprocess.Popen[bytes]:
    # Outside the group, since it outlives it. Isolated and without site packages it starts at once.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", os.path.abspath(__file__), GUARD, str(os.getpid())],
        stdin=lifeline,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _keep_guarded(guard: subprocess.Popen[bytes], lifeline: int) -> None:
    """Starts another guard where one was killed, until one ends because the parent let go."""
    while guard.wait() < 0:
        guard = _start_guard(lifeline)
    os.close(lifeline)


def _wait_and_exit(lifeline: int) -> None:
    if _parent_has_ended(lifeline):
        os._exit(1)


def _parent_has_ended(lifeline: int, watched: int | None = None) -> bool:
    """Waits for the end of the pipe, or of the parent process if it is `watched`. False where the pipe says STAYS."""
    said = b""
    while True:
        if watched is not None:
            if os.getppid() != watched:
                return True
            if not select.select([lifeline], [], [], 0.25)[0]:
                continue
        try:
            more = os.read(lifeline, 4096)
        except OSError:
            return True  # A broken pipe means the same as a closed one.
        if not more:
            return True
        said = (said + more)[-len(STAYS) :]
        if said == STAYS:
            return False


def guard(leader: int) -> None:
    """Waits until the parent lets go of a process group, or its leader or the parent ends; then ends the group."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    if not _parent_has_ended(0, leader):
        return
    deadline = time.monotonic() + GRACE_SECONDS
    if os.getppid() == leader:
        os.kill(leader, signal.SIGINT)
    while os.getppid() == leader and time.monotonic() < deadline:
        time.sleep(0.05)
    # Children may outlive a clean stop of ComfyUI.
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass  # Nobody is left.


def keep_log_small(file: str, most: int) -> None:
    """Starts a thread that moves what a log holds beyond `most` bytes to FILE.1. It must be open for appending."""

    def watch() -> None:
        while True:
            time.sleep(LOG_CHECK_SECONDS)
            try:
                move_log(file, most)
            except OSError:
                pass  # The disk may be full. The next time may do.

    threading.Thread(target=watch, name="discomfort-log", daemon=True).start()


def move_log(file: str, most: int) -> None:
    """Copies the end of a log that is over `most` bytes to FILE.1 and empties it: whoever has it open writes on."""
    with open(file, "r+b") as log:
        size = os.fstat(log.fileno()).st_size
        if size <= most:
            return
        log.seek(size - most)
        aside = f"{file}.new"
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as older:
            try:
                shutil.copyfileobj(log, older, 1 << 20)
                older.flush()
                os.replace(aside, f"{file}.1")
            except OSError:
                os.unlink(aside)
                raise
            # What came in the meantime follows, so that hardly anything falls between the last look and the emptying.
            shutil.copyfileobj(log, older)
            log.truncate(0)


def _log_limit() -> int:
    """0 means no limit."""
    try:
        return max(0, int(os.environ.get("DISCOMFORT_LOG_MAX_BYTES") or LOG_MAX_BYTES))
    except ValueError:
        return LOG_MAX_BYTES


def run_main(arguments: list[str]) -> None:
    """Runs main.py as Python itself would: as __main__, with its folder first on the path and as working folder."""
    main = os.path.abspath(arguments[0])
    folder = os.path.dirname(main)
    sys.argv = [main, *arguments[1:]]
    sys.path[0] = folder
    os.chdir(folder)
    runpy.run_path(main, run_name="__main__")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python launch.py MAIN_PY [ComfyUI arguments]")
    if sys.argv[1] == GUARD:
        guard(int(sys.argv[2]))
        sys.exit()
    if os.environ.get("DISCOMFORT_WATCH_STDIN") == "1":
        watch_stdin()
    if os.environ.get("DISCOMFORT_LOG_FILE") and _log_limit() > 0:
        keep_log_small(os.environ["DISCOMFORT_LOG_FILE"], _log_limit())
    run_main(sys.argv[1:])
