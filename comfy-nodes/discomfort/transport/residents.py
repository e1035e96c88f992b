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

_SECONDS = 1.0


class _Resident(NamedTuple):
    out: Outgoing
    lease: Path


class Residents:
    """Safe to use from the thread that executes prompts and from the one that looks after the leases."""

    def __init__(self, wait: Callable[[float], object] = time.sleep) -> None:
        self._known: dict[str, _Resident] = {}
        self._lock = threading.Lock()
        self._wait = wait
        self._is_watched = False

    def keep(self, value: str, out: Outgoing, folder: Path) -> None:
        """Keeps a value as long as its lease is there."""
        lease = lease_path(folder, value)
        try:
            lease.touch(mode=0o600)
        except OSError as error:
            raise DiscomfortStoreFull(error.errno, f"The store has no room for a value: {error.strerror}") from error
        with self._lock:
            self._known[value] = _Resident(out, lease)
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, name="discomfort-residents", daemon=True).start()

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

    def _watch(self) -> None:
        """Looks after the leases while there are any: memory is freed although no prompt comes any more."""
        while True:
            self._wait(_SECONDS)
            self.forget_released()
            with self._lock:
                if not self._known:
                    self._is_watched = False
                    return
