"""When memory gets scarce."""

from __future__ import annotations

import gc
from collections.abc import Callable

_GIGABYTE = 1024**3


def headroom(total: int) -> int:
    """How much memory stays free: a tenth, at least 2 and at most 10 GB."""
    return min(10 * _GIGABYTE, max(2 * _GIGABYTE, total // 10))


def make_room(size: int, drop: Callable[[], bool], available: Callable[[], int], reserve: int) -> None:
    """Drops models until there is room for `size` bytes more, or none is left that may go."""
    while available() < size + reserve and drop():
        # Models hold themselves by circles, which only the collector takes apart.
        gc.collect()
