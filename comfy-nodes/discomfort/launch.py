"""Runs ComfyUI's main.py so that it never outlives whoever started it.

    python launch.py MAIN_PY [ComfyUI arguments…]

With DISCOMFORT_WATCH_STDIN=1 standard input is a lifeline: a pipe that the parent holds and never writes to. The
system closes it when the parent ends, however it ends, even by SIGKILL. Then ComfyUI is asked to stop as by Ctrl-C,
and what is left of its process group afterwards is killed. Without that variable main.py runs as if started itself.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 3.0
END_GROUP = "--end-group"


def watch_stdin() -> None:
    """Starts a thread that waits for the end of standard input and then ends this process and its children."""
    lifeline = os.dup(0)  # Not inherited; children get an empty standard input instead of the pipe.
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    if hasattr(os, "setpgid") and os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # Otherwise the group would be that of whoever started us.
    threading.Thread(target=_wait_and_end, args=(lifeline,), name="discomfort-lifeline", daemon=True).start()


def _wait_and_end(lifeline: int) -> None:
    try:
        while os.read(lifeline, 4096):
            pass
    except OSError:
        pass  # A broken pipe means the same as a closed one.
    if not hasattr(os, "killpg"):
        os._exit(1)
    try:
        # Children may outlive a clean stop of ComfyUI, so somebody outside the group has to look after it.
        subprocess.Popen(
            [sys.executable, "-E", "-S", os.path.abspath(__file__), END_GROUP, str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    finally:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(GRACE_SECONDS)
        os.killpg(os.getpid(), signal.SIGKILL)


def end_group(leader: int) -> None:
    """Waits a while for the leader of a process group to stop by itself, then kills what is left of the group."""
    deadline = time.monotonic() + GRACE_SECONDS
    try:
        while time.monotonic() < deadline:
            os.kill(leader, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        pass
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass  # Nobody is left.


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
    if sys.argv[1] == END_GROUP:
        end_group(int(sys.argv[2]))
        sys.exit()
    if os.environ.get("DISCOMFORT_WATCH_STDIN") == "1":
        watch_stdin()
    run_main(sys.argv[1:])
