"""Where the savers of a run write."""

from __future__ import annotations

import shutil
from pathlib import Path

from .problems import DiscomfortStoreFull
from .value_file import Layout, Written, write_value_file


class RunPlace:
    """The folders of the run's context: memory while the run's share of it lasts, then disk."""

    def __init__(self, folders: list[Path], share: int) -> None:
        *memory, self._disk = folders
        self._ram = memory[0] if memory else None
        self._share = share

    @property
    def is_open(self) -> bool:
        """Whether the context is still there; only the library makes its folders."""
        return self._disk.is_dir()

    @property
    def leases(self) -> Path:
        """The folder for the leases of what stays alive here."""
        return self._ram or self._disk

    def write(self, name: str, layout: Layout) -> Written:
        """Writes a value file. Where neither place has room it is an error, and nothing is left."""
        size = layout.size
        # A memory file system may be tiny: Docker gives its containers 64 MB.
        if self._ram is not None and size <= self._share and size <= shutil.disk_usage(self._ram).free:
            try:
                written = write_value_file(self._ram / name, layout)
                self._share -= size
                return written
            except DiscomfortStoreFull:
                pass  # Somebody else was quicker.
        return write_value_file(self._disk / name, layout, checksum=True)
