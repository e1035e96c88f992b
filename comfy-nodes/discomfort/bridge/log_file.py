"""Where the bridge writes what it has to say beside its messages."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ..launch import move_log

_MOST_BYTES = 1024 * 1024
_KEPT_SECONDS = 7 * 24 * 3600.0
_TAIL_BYTES = 4000
_TAIL_LINES = 20


class LogFile:
    """One for each ComfyUI. What a bridge wrote is told from what an earlier one did."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_old(folder)
        self.path = folder / f"bridge-{os.getpid()}.log"
        self._begin = 0

    def open(self) -> int:
        """A descriptor for a new bridge, to be closed by the caller."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.keep_small()
        self._begin = os.fstat(descriptor).st_size
        return descriptor

    def keep_small(self) -> None:
        """Moves what is too much aside."""
        try:
            move_log(str(self.path), _MOST_BYTES)
        except OSError:
            pass  # The disk may be full. The next time may do.

    def remove_empty(self) -> None:
        """Leaves nothing behind where nothing was said."""
        try:
            if self.path.stat().st_size == 0:
                self.path.unlink()
        except OSError:
            pass  # It is gone, or somebody has it open.

    def tail(self) -> str:
        """The last lines of the bridge that was started last."""
        try:
            with self.path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                # After it was made small all in it is of this one.
                begin = self._begin if self._begin <= size else 0
                file.seek(max(begin, size - _TAIL_BYTES))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-_TAIL_LINES:]).strip()


def _remove_old(folder: Path) -> None:
    oldest = time.time() - _KEPT_SECONDS
    for file in folder.glob("bridge-*.log*"):
        try:
            if file.stat().st_mtime < oldest:
                file.unlink()
        except OSError:
            pass  # Somebody else was quicker.
