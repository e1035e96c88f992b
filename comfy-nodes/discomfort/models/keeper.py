"""Keeps the models of a server loaded from run to run: what ComfyUI's cache asks and tells, node by node."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from .kept_models import Kept, KeptModels
from .model_files import ModelFiles, stamp_of
from .model_nodes import ModelNode, find_model_nodes, stand_first
from .run_cost import count_ancestors

# Over this ComfyUI would take seconds for writing keys, more than most models take to load.
_MOST_ANCESTORS = 20_000


class _Run:
    """The prompt that is being executed."""

    def __init__(self, nodes: dict[str, ModelNode], come_first: bool) -> None:
        self.nodes = nodes
        # Whether all of `nodes` stand before all others in the prompt, so that they are looked up before those.
        self.come_first = come_first
        self.looked_up: set[str] = set()
        # Nodes that were looked up and not found: they run now, and their outputs come.
        self.awaited: set[str] = set()
        self.loaders: set[Hashable] = set()
        self.all_looked_up = False

    @property
    def is_served(self) -> bool:
        return self.all_looked_up and not self.awaited


class ModelKeeper:
    """`make_room` is called with the bytes that a loader is about to read, and a way to drop one model at a time."""

    def __init__(
        self,
        kept: KeptModels,
        classes: Callable[[], Mapping[str, Any]],
        files: Callable[[], ModelFiles],
        make_room: Callable[[int, Callable[[], bool]], None] = lambda size, drop: None,
    ) -> None:
        self.kept = kept
        self._classes = classes
        self._files = files
        self._make_room = make_room
        self._run: _Run | None = None
        # The server's event loop clears while the thread that executes prompts asks.
        self._lock = threading.RLock()

    def start(self, prompt: Mapping[str, Any]) -> bool:
        """Begins a run. False where nothing in it can be kept, or asking would cost too much."""
        nodes = find_model_nodes(prompt, self._classes(), self._files())
        is_worth_it = bool(nodes) and count_ancestors(prompt, _MOST_ANCESTORS) <= _MOST_ANCESTORS
        with self._lock:
            self._run = _Run(nodes, stand_first(nodes, prompt)) if is_worth_it else None
        return is_worth_it

    def end(self) -> None:
        with self._lock:
            self._run = None

    def is_kept(self, node_id: str) -> bool:
        """Whether a node's outputs are of interest. Asked for every node that ComfyUI does not have itself."""
        with self._lock:
            run = self._run
            if run is None:
                return False
            if node_id in run.nodes:
                return True
            # ComfyUI looks all nodes up before the first runs; those before this one that it did not ask for it has.
            if run.come_first or node_id in run.looked_up:
                run.all_looked_up = True
            run.looked_up.add(node_id)
            return False

    @property
    def is_served(self) -> bool:
        """Whether the running prompt has got, and given, all that there is for it."""
        with self._lock:
            return self._run is None or self._run.is_served

    def look_up(self, node_id: str, key: str) -> Kept | None:
        with self._lock:
            run = self._run
            node = run.nodes.get(node_id) if run else None
            if run is None or node is None:
                return None
            run.loaders.update(node.loaders)
            kept = self.kept.get((key, node.stamps))
            is_about_to_run = node_id in run.looked_up
            run.looked_up.add(node_id)
            if kept is not None:
                run.awaited.discard(node_id)
                return kept
            run.awaited.add(node_id)
        if is_about_to_run and node.size:
            self._make_room(node.size, lambda: self.kept.drop_oldest(but=run.loaders))
        return None

    def store(self, node_id: str, key: str, outputs: Any, ui: Any) -> None:
        with self._lock:
            run = self._run
            node = run.nodes.get(node_id) if run else None
            # After `clear` the run is over for us: what it still loads would bring back what should go.
            if run is None or node is None:
                return
            run.awaited.discard(node_id)
            if _can_be_kept(outputs) and all(stamp_of(stamp.path) == stamp for stamp in node.stamps):
                self.kept.put((key, node.stamps), Kept([list(values) for values in outputs], ui, node.loaders))

    def clear(self) -> None:
        """Lets go of all models, and of those that the running prompt may still load."""
        with self._lock:
            self._run = None
            self.kept.clear()


def _can_be_kept(outputs: Any) -> bool:
    """Whether outputs are lists of values, none of them a message to ComfyUI that there is no value."""
    return (
        isinstance(outputs, (list, tuple))
        and all(isinstance(values, (list, tuple)) for values in outputs)
        and not any(type(value).__name__ == "ExecutionBlocker" for values in outputs for value in values)
    )
