"""Where a submitted prompt stands in ComfyUI's queue, and how exactly one is cancelled."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from .bounded import BoundedMap

# One for each process: a library that sees another one knows that its jobs are gone.
INSTANCE = str(uuid.uuid4())

_MOST_IDS = 10_000
_PROMPT_ID, _EXTRA_DATA = 1, 3

State = Literal["unknown", "refused", "pending", "running", "ended"]


class JobState(NamedTuple):
    state: State
    # How many jobs come before it; None unless it waits.
    position: int | None = None


class Jobs:
    """Looks at a PromptQueue under its own lock, so that a job is never between two places."""

    def __init__(self, queue: Any, interrupt: Callable[[], None]) -> None:
        self._queue = queue
        self._interrupt = interrupt
        self._refused: BoundedMap[str, bool] = BoundedMap(_MOST_IDS)
        self._coming: set[str] = set()
        self._worker: threading.Thread | None = None

    def look(self, prompt_id: str) -> JobState:
        with self._queue.mutex:
            return self._look(prompt_id)

    def _look(self, prompt_id: str) -> JobState:
        if any(item[_PROMPT_ID] == prompt_id for item in self._queue.currently_running.values()):
            return JobState("running")
        waiting = next((item for item in self._queue.queue if item[_PROMPT_ID] == prompt_id), None)
        if waiting is not None:
            before = sum(1 for item in self._queue.queue if item[:2] < waiting[:2])
            return JobState("pending", before + len(self._queue.currently_running))
        if prompt_id in self._queue.history:
            return JobState("ended")
        if prompt_id in self._coming:
            return JobState("pending")
        return JobState("unknown" if self._refused.get(prompt_id) is None else "refused")

    def cancel(self, prompt_id: str) -> JobState:
        """Takes a job that waits out of the queue, interrupts one that runs, and refuses one that has not come yet."""
        with self._queue.mutex:
            state = self._look(prompt_id).state
            if state == "running":
                self._interrupt()
            elif state != "ended":
                self._queue.delete_queue_item(lambda item: item[_PROMPT_ID] == prompt_id)
                self._refused.put(prompt_id, True)
            return self._look(prompt_id)

    def is_refused(self, prompt_id: str) -> bool:
        return self._refused.get(prompt_id) is not None

    def coming(self, prompt_id: str) -> None:
        """It is on its way to the queue: ComfyUI validates it."""
        self._coming.add(prompt_id)

    def came(self, prompt_id: str) -> None:
        self._coming.discard(prompt_id)
        # Somebody cancelled it while it was on its way.
        if self.is_refused(prompt_id):
            self.cancel(prompt_id)

    def follow(self, prompt_ids: Iterable[str], client_id: str, tell_running: Callable[[str], None]) -> list[str]:
        """Has the messages of these jobs go to another client. Those that ended, or are unknown, are left out."""
        wanted, followed = set(prompt_ids), []
        with self._queue.mutex:
            for item in self._queue.queue:
                if item[_PROMPT_ID] in wanted:
                    item[_EXTRA_DATA]["client_id"] = client_id
                    followed.append(item[_PROMPT_ID])
            for item in self._queue.currently_running.values():
                if item[_PROMPT_ID] in wanted:
                    tell_running(item[_PROMPT_ID])
                    followed.append(item[_PROMPT_ID])
        return followed

    def worker_lives(self) -> bool | None:
        """Whether ComfyUI's thread that executes prompts is there. None where it was never seen."""
        if self._worker is None:
            self._worker = next((thread for thread in threading.enumerate() if _is_worker(thread)), None)
        return None if self._worker is None else self._worker.is_alive()


def _is_worker(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    return getattr(target, "__name__", None) == "prompt_worker"
