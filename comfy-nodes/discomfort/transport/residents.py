"""Values that stay alive in this server instead of leaving it.

Each has a lease: an empty file in the folder of its context, which goes when the library lets the value go, when the
context is closed, and when what a dead script left is swept. Without its lease a value is forgotten.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .problems import DiscomfortStoreFull
from .receipt import Outgoing
from .store import lease_path
from .watcher import Watcher

_SECONDS = 1.0


class _Resident(NamedTuple):
    out: Outgoing
    lease: Path


class Residents:
    """Safe to use from the thread that executes prompts and from the one that looks after the leases."""

    def __init__(self, wait: Callable[[float], object] = time.sleep) -> None:
        self._known: dict[str, _Resident] = {}
        self._lock = threading.Lock()
        # Memory is freed although no prompt comes any more.
        self._watcher = Watcher(
            "discomfort-residents", self.forget_released, lambda: bool(self._known), lambda: _SECONDS, wait
        )

    def keep(self, value: str, out: Outgoing, folder: Path) -> None:
        """Keeps a value as long as its lease is there."""
        lease = lease_path(folder, value)
        try:
            lease.touch(mode=0o600)
        except OSError as error:
            raise DiscomfortStoreFull(error.errno, f"The store has no room for a value: {error.strerror}") from error
        with self._lock:
            self._known[value] = _Resident(out, lease)
        self._watcher.start()

    def get(self, value: str) -> Outgoing | None:
        resident = self._known.get(value)
        return None if resident is None else resident.out

    def forget_released(self) -> None:
        """Forgets the values whose lease is gone."""
        with self._lock:
            released = [value for value, resident in self._known.items() if not resident.lease.exists()]
            for value in released:
                del self._known[value]

    def __len__(self) -> int:
        return len(self._known)
