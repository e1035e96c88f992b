"""The one bridge of a ComfyUI: there when it is needed, and gone some time after."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .process import BridgeProcess, Launch, start_bridge


class SharedBridge:
    """Starts a bridge on first use and after the end of the last one; stops it when nobody used it for a while."""

    def __init__(self, launch: Callable[[], Launch], idle_seconds: Callable[[], float]) -> None:
        self._launch, self._idle_seconds = launch, idle_seconds
        # Held while a bridge starts or stops: whoever comes then waits for what becomes of it.
        self._lock = threading.Lock()
        self._process: BridgeProcess | None = None
        self._users = 0
        self._timer: threading.Timer | None = None
        self._is_closed = False

    @contextmanager
    def use(self, check: Callable[[], None] = lambda: None) -> Iterator[BridgeProcess]:
        """The bridge, which stays at least to the end of the block. `check` may raise to give up the wait for it."""
        process = self._enter(check)
        try:
            yield process
        finally:
            self._leave()

    def close(self) -> None:
        """Stops the bridge, at the end of this process."""
        with self._lock:
            self._is_closed = True
            self._stop_timer()
            self._stop()

    @property
    def pid(self) -> int | None:
        """The id of the process; None where there is none."""
        process = self._process
        return None if process is None or process.has_ended else process.pid

    def _enter(self, check: Callable[[], None]) -> BridgeProcess:
        while not self._lock.acquire(timeout=0.05):
            check()
        try:
            self._stop_timer()
            if self._process is None or self._process.has_ended:
                self._process = None
                self._process = start_bridge(self._launch(), check)
            self._users += 1
            return self._process
        finally:
            if self._users == 0:
                self._start_timer()
            self._lock.release()

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._process is not None:
                self._process.keep_log_small()
            if self._users == 0 and not self._is_closed:
                self._start_timer()

    def _start_timer(self) -> None:
        if self._process is None:
            return
        timer = threading.Timer(self._idle_seconds(), self._end_idle)
        timer.daemon = True
        self._timer = timer
        timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end_idle(self) -> None:
        with self._lock:
            # Somebody may have come while this waited for the lock.
            if self._users == 0 and self._timer is threading.current_thread():
                self._timer = None
                self._stop()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.has_ended:
            return
        try:
            process.stop()
        except Exception:
            logging.exception("Discomfort: the bridge could not be stopped")
