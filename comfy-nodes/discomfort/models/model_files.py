"""Which files the constants of a node name, and in which state they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

_LONGEST_NAME = 1024
_MODEL_ENDINGS = (".safetensors", ".sft", ".ckpt", ".pt", ".pt2", ".pth", ".bin", ".gguf", ".onnx", ".pkl")

# ComfyUI's folder_paths: the folders of each kind of model file, and which endings it takes.
Places = Callable[[], Mapping[str, tuple[Iterable[str], Any]]]


class Stamp(NamedTuple):
    """A file in one state. A file that was written anew, or replaced by another, has another stamp."""

    path: str
    size: int
    modified: int
    # When it was last written or renamed; unlike the time of modification no program can set it.
    changed: int
    inode: int


class ModelFiles:
    """Finds the files that names in a prompt stand for. Looks at each file once, so that one run sees one state."""

    def __init__(self, places: Places) -> None:
        self._folders = sorted({folder for folders, _ in places().values() for folder in folders})
        self._found: dict[str, tuple[Stamp, ...]] = {}

    def named_by(self, value: Any) -> tuple[Stamp, ...]:
        """Every model file that a constant names: a loader's kind of file is not declared, so all kinds count."""
        # What has no ending is a setting (a precision, a device) and is not looked for on disk.
        if not isinstance(value, str) or "." not in value or len(value) > _LONGEST_NAME or "\0" in value:
            return ()
        if value not in self._found:
            paths = [value] if os.path.isabs(value) else [os.path.join(folder, value) for folder in self._folders]
            stamps = (stamp_of(path) for path in paths)
            self._found[value] = tuple(stamp for stamp in stamps if stamp is not None)
        return self._found[value]

    def note(self, name: str) -> str:
        """Size and time of the files that a name stands for; empty where there is none."""
        return ",".join(f"{stamp.size}:{stamp.modified}" for stamp in self.named_by(name))

    def misses(self, value: Any) -> bool:
        """Whether a constant looks like a model file that cannot be found, so that its changes cannot be seen."""
        return isinstance(value, str) and value.lower().endswith(_MODEL_ENDINGS) and not self.named_by(value)


def stamp_of(path: str) -> Stamp | None:
    """The state of a file; None where there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not os.path.isfile(path):
        return None
    return Stamp(path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
