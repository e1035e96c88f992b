"""A map that forgets its oldest entries: what a long-lived server remembers has to end somewhere."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Entry = TypeVar("Entry")


class BoundedMap(Generic[Key, Entry]):
    """Safe to use from the server's event loop and from the thread that executes prompts."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Entry | None:
        with self._lock:
            return self._entries.get(key)

    def put(self, key: Key, entry: Entry) -> None:
        with self._lock:
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)

    def replace(self, key: Key, entry: Entry) -> None:
        """Changes an entry that is still there, which stays as old as it is."""
        with self._lock:
            if key in self._entries:
                self._entries[key] = entry

    def pop(self, key: Key) -> Entry | None:
        with self._lock:
            return self._entries.pop(key, None)

    def items(self) -> list[tuple[Key, Entry]]:
        with self._lock:
            return list(self._entries.items())

    def __len__(self) -> int:
        return len(self._entries)
