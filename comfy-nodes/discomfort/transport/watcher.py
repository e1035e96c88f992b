"""A thread that looks after things while there are any."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Watcher:
    """Looks again and again, until nothing is left to look after. Started anew with each thing that comes."""

    def __init__(
        self,
        name: str,
        look: Callable[[], None],
        has_any: Callable[[], bool],
        seconds: Callable[[], float],
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._name = name
        self._look = look
        self._has_any = has_any
        self._seconds = seconds
        self._wait = wait
        self._is_running = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Called after something came that has to be looked after."""
        with self._lock:
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while True:
            self._wait(self._seconds())
            self._look()
            with self._lock:
                if not self._has_any():
                    self._is_running = False
                    return
