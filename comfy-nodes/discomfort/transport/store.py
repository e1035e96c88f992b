"""Where values lie on this machine. Ids are checked before a path is made of them."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from .problems import DiscomfortBadRequest

_CONTEXT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_RESERVED = "probes"
_RESERVED_NAMES = (_RESERVED, "named")


def is_uuid(text: object) -> bool:
    """Whether this is a UUID in lower case, the form of value ids and prompt ids."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def is_context_id(text: object) -> bool:
    """Whether this may name a context, and so a folder."""
    return isinstance(text, str) and _CONTEXT.fullmatch(text) is not None and text not in _RESERVED_NAMES


def disk_root() -> Path:
    """The root on disk, by the same rule as in the library."""
    chosen, home = os.environ.get("DISCOMFORT_STORE"), os.environ.get("DISCOMFORT_HOME")
    if chosen:
        return Path(os.path.abspath(chosen))
    return Path(os.path.abspath(home) if home else Path(os.path.expanduser("~"), ".discomfort"), "store")


def ram_root() -> Path | None:
    """The root in memory, by the same rule as in the library; None where there is none."""
    chosen = os.environ.get("DISCOMFORT_RAM_STORE")
    if chosen:
        return Path(os.path.abspath(chosen))
    shared = "/dev/shm"
    if os.environ.get("DISCOMFORT_STORE") or not hasattr(os, "getuid") or not os.access(shared, os.W_OK | os.X_OK):
        return None
    return Path(shared, f"discomfort-{os.getuid()}")


def roots() -> list[Path]:
    """Where values may lie, in the order in which they are looked for."""
    ram = ram_root()
    return [disk_root()] if ram is None else [ram, disk_root()]


def make_roots() -> None:
    """Makes the roots. One in a shared folder that somebody else owns is refused: they could replace our values."""
    for root in roots():
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if root == ram_root() and not os.environ.get("DISCOMFORT_RAM_STORE"):
            found = root.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                raise PermissionError(
                    f"{root} belongs to another user. Set DISCOMFORT_RAM_STORE to a folder of your own."
                )


def context_folders(context: str) -> list[Path]:
    """The folders of a context, one under each root. They need not be there."""
    if not is_context_id(context):
        raise DiscomfortBadRequest("The context id is not valid.", f"{context!r:.80}")
    return [root / context for root in roots()]


def value_name(value: str) -> str:
    """The name of a value's file."""
    if not is_uuid(value):
        raise DiscomfortBadRequest("The value id is not valid.", f"{value!r:.80}")
    return f"{value}.safetensors"


def lease_path(folder: Path, value: str) -> Path:
    """The file that stands for a value which stays alive in the server."""
    return folder / f"{value}.resident"


def read_probe(probe: str) -> str | None:
    """The short text that the library wrote to prove that both see one machine."""
    if not is_uuid(probe):
        raise DiscomfortBadRequest("The probe id is not valid.", f"{probe!r:.80}")
    for root in roots():
        try:
            descriptor = os.open(root / _RESERVED / probe, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            continue
        with os.fdopen(descriptor, "rb") as file:
            return file.read(4096).decode(errors="replace")
    return None
