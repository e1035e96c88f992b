"""A bounded map of what loader nodes gave out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

# Nodes that only patch a model make small entries of their own; a sweep over a patch must not pile them up.
_ENTRIES_A_LOADER = 8


class Kept(NamedTuple):
    """The outputs of one node, as ComfyUI's cache holds them: a list for each output."""

    outputs: list[list[Any]]
    ui: Any
    # The loaders whose models are in it: its own first, then those of the nodes before it.
    loaders: tuple[Hashable, ...]


class KeptModels:
    """Keeps the models of so many loaders; the one that was used longest ago goes first, with all that is made of it.

    What counts are loaders and not entries: a model with a LoRA on top is one object in memory for both nodes, and to
    drop only one of the two entries would free nothing. Safe to use from several threads.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.hits = 0
        self.stores = 0
        self._entries: OrderedDict[Hashable, Kept] = OrderedDict()
        # Every loader that some entry needs, the latest used last.
        self._loaders: OrderedDict[Hashable, None] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            kept = self._entries.get(key)
            if kept is not None:
                self.hits += 1
                self._use(key, kept)
            return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keeps an entry. One that needs more loaders than may be kept is not taken: it would push its own out."""
        with self._lock:
            if len(kept.loaders) > self.limit:
                return
            self.stores += 1
            self._entries[key] = kept
            self._use(key, kept)
            while len(self._loaders) > self.limit:
                self._drop(next(iter(self._loaders)))
            while len(self._entries) > self.limit * _ENTRIES_A_LOADER:
                self._entries.popitem(last=False)
            self._forget_unneeded()

    def drop_oldest(self, but: Iterable[Hashable] = ()) -> bool:
        """Drops the loader that was used longest ago and is not among `but`. False where there is none."""
        spared = set(but)
        with self._lock:
            oldest = next((loader for loader in self._loaders if loader not in spared), None)
            if oldest is None:
                return False
            self._drop(oldest)
            return True

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._loaders.clear()

    def describe(self) -> dict[str, int]:
        with self._lock:
            return {
                "limit": self.limit,
                "loaders": len(self._loaders),
                "entries": len(self._entries),
                "hits": self.hits,
                "stores": self.stores,
            }

    def _use(self, key: Hashable, kept: Kept) -> None:
        self._entries.move_to_end(key)
        # What stands before in the chain counts as used later, so that a LoRA goes before the model that it patches.
        for loader in kept.loaders:
            self._loaders[loader] = None
            self._loaders.move_to_end(loader)

    def _drop(self, loader: Hashable) -> None:
        self._entries = OrderedDict((key, kept) for key, kept in self._entries.items() if loader not in kept.loaders)
        self._loaders.pop(loader, None)
        self._forget_unneeded()

    def _forget_unneeded(self) -> None:
        needed = {loader for kept in self._entries.values() for loader in kept.loaders}
        for loader in [loader for loader in self._loaders if loader not in needed]:
            del self._loaders[loader]
