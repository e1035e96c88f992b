"""Tells whether somebody wrote into a private mapping of a value file.

ComfyUI keeps what a loader gave out and hands it to later runs. A node that writes in place changes it there (never in
the file), and torch's own counters do not tell in inference mode. So the pages are asked: a page of a private mapping
is one of the file until the first write copies it.
"""

from __future__ import annotations

import ctypes
import mmap
import weakref
from pathlib import Path
from typing import NamedTuple

import numpy

from .bounded import BoundedMap

_PAGES = Path("/proc/self/pagemap")
_BYTES_A_PAGE = 8
_HERE = (1 << 63) | (1 << 62)  # in memory or swapped out
_OF_A_FILE = 1 << 61
_FEW = 256


def was_written(buffer: mmap.mmap, path: Path) -> bool:
    """Whether a private mapping differs from its file. Where the system tells nothing of pages, bytes are compared."""
    if len(buffer) == 0:
        return False
    try:
        return _has_copied_pages(buffer)
    except OSError:
        return _differs(buffer, path)


class _GivenOut(NamedTuple):
    buffer: weakref.ref[mmap.mmap]
    path: Path
    generation: int


class GivenOut:
    """Remembers what loaders gave out, so that a value that was written to is loaded anew."""

    def __init__(self, limit: int = 10_000) -> None:
        self._known: BoundedMap[str, _GivenOut] = BoundedMap(limit)
        self._many = _FEW

    def note(self, version: str, buffer: mmap.mmap, path: Path) -> None:
        """A loader gave out this mapping of a value."""
        known = self._known.get(version)
        self._known.put(version, _GivenOut(weakref.ref(buffer), path, known.generation if known else 0))
        if len(self._known) > self._many:
            self._drop_unused()

    def __len__(self) -> int:
        return len(self._known)

    def _drop_unused(self) -> None:
        """Forgets what nobody holds and nobody wrote to: it counts as never given out."""
        for version, known in self._known.items():
            if known.generation == 0 and known.buffer() is None:
                self._known.pop(version)
        self._many = max(_FEW, 2 * len(self._known))

    def generation(self, version: str) -> int:
        """A number that grows whenever the latest mapping of a value turns out to have been written to."""
        known = self._known.get(version)
        if known is None:
            return 0
        buffer = known.buffer()
        if buffer is not None and was_written(buffer, known.path):
            known = known._replace(generation=known.generation + 1, buffer=_nothing)
            self._known.put(version, known)
        return known.generation


def _nothing() -> None:
    """Stands for the mapping that was found written to: it is counted once."""


def _has_copied_pages(buffer: mmap.mmap) -> bool:
    address = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
    count = -(-len(buffer) // mmap.PAGESIZE)
    with _PAGES.open("rb") as pages:
        pages.seek(address // mmap.PAGESIZE * _BYTES_A_PAGE)
        entries = numpy.frombuffer(pages.read(count * _BYTES_A_PAGE), dtype=numpy.uint64)
    return bool(((entries & numpy.uint64(_HERE) != 0) & (entries & numpy.uint64(_OF_A_FILE) == 0)).any())


def _differs(buffer: mmap.mmap, path: Path) -> bool:
    try:
        file = numpy.memmap(path, dtype=numpy.uint8, mode="r")
    except FileNotFoundError:
        return False  # Nobody can load it anew anyway.
    return not numpy.array_equal(numpy.frombuffer(buffer, dtype=numpy.uint8), file)
