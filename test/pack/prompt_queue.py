"""A queue of prompts as ComfyUI has it, as far as the pack looks at it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class PromptQueue:
    """Items are (number, prompt id, prompt, extra data, outputs)."""

    def __init__(self) -> None:
        self.mutex = threading.RLock()
        self.queue: list[tuple[Any, ...]] = []
        self.currently_running: dict[int, tuple[Any, ...]] = {}
        self.history: dict[str, Any] = {}

    def add(self, prompt_id: str, client_id: str) -> None:
        self.queue.append((len(self.queue), prompt_id, {}, {"client_id": client_id}, []))

    def begin(self) -> None:
        """The next prompt starts."""
        self.currently_running[0] = self.queue.pop(0)

    def end(self) -> None:
        """The prompt that runs is done."""
        self.history[self.currently_running.pop(0)[1]] = {}

    def delete_queue_item(self, function: Callable[[tuple[Any, ...]], bool]) -> bool:
        found = [item for item in self.queue if function(item)]
        self.queue = [item for item in self.queue if item not in found]
        return bool(found)
