"""The last prompts that came from scripts, for people who look at the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from .bounded import BoundedMap

MOST_RUNS = 50

State = Literal["pending", "running", "success", "error", "cancelled", "unknown"]


class ScriptRun(NamedTuple):
    """One of them. `at` is in seconds since 1970."""

    name: str | None
    at: float
    # Once it cannot change any more: the history may forget it.
    state: State | None = None


class ScriptRuns:
    """Remembers the last ones, and how each ended."""

    def __init__(self, ask: Callable[[str], State], now: Callable[[], float] = time.time) -> None:
        self._ask = ask
        self._now = now
        self._runs: BoundedMap[str, ScriptRun] = BoundedMap(MOST_RUNS)

    def note(self, prompt_id: str, name: str | None) -> None:
        """A prompt was submitted. One that is submitted again is still the same."""
        if self._runs.get(prompt_id) is None:
            self._runs.put(prompt_id, ScriptRun(name, self._now()))

    def settle(self, prompt_id: str) -> State:
        """How a run stands. Called before the history forgets it, too."""
        run = self._runs.get(prompt_id)
        if run is None:
            return "unknown"
        if run.state is not None:
            return run.state
        state = self._ask(prompt_id)
        if state in ("success", "error", "cancelled"):
            self._runs.replace(prompt_id, run._replace(state=state))
        return state

    def list(self) -> list[dict[str, Any]]:
        """The runs, the last one first."""
        return [
            {"id": prompt_id, "name": run.name, "at": run.at, "state": self.settle(prompt_id)}
            for prompt_id, run in reversed(self._runs.items())
        ]


def state_in_history(entry: Any) -> State:
    """How a run ended, by its entry in ComfyUI's history. A failed and an interrupted one differ by their messages."""
    status = entry.get("status") if isinstance(entry, dict) else None
    if not isinstance(status, dict):
        return "unknown"
    if status.get("status_str") == "success":
        return "success"
    messages = status.get("messages") or []
    return "cancelled" if any(message[0] == "execution_interrupted" for message in messages) else "error"
