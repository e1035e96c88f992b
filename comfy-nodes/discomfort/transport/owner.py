"""Which process a folder of the store belongs to, in the form that the library reads and writes."""

from __future__ import annotations

import os
import socket
from typing import Any


def own_owner() -> dict[str, Any]:
    """The record of this process."""
    return {"v": 1, "pid": os.getpid(), "startTime": _start_time(os.getpid()), "place": _place()}


def is_dead(owner: Any) -> bool:
    """Whether the owner certainly does not run any more. Where that cannot be known, it is taken to live."""
    if not isinstance(owner, dict) or owner.get("place") != _place():
        return False
    pid, noted = owner.get("pid"), owner.get("startTime")
    if not isinstance(pid, int) or pid <= 0:
        return False
    now = _start_time(pid)
    if noted is not None and now is not None:
        return now != noted
    return os.name == "posix" and not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # It runs, under another user.
    return True


def _start_time(pid: int) -> str | None:
    """Linux: the boot and the ticks since then. None elsewhere, and of a process that does not run."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            stat = file.read()
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
    except OSError:
        return None
    # The name of the program may hold anything, also spaces and brackets; field 22 is the 20th behind it.
    return f"{boot}:{stat[stat.rindex(')') + 2 :].split(' ')[19]}"


def _place() -> str:
    """Where a process id counts: the machine, and on Linux the namespace of a container."""
    try:
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    except (OSError, AttributeError):
        return socket.gethostname()
