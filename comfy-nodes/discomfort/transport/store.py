"""Where values lie on this machine. Ids are checked before a path is made of them."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from pathlib import Path

from .problems import DiscomfortBadRequest

_CONTEXT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_RESERVED = "probes"


def is_uuid(text: object) -> bool:
    """Whether this is a UUID in lower case, the form of value ids and prompt ids."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def is_context_id(text: object) -> bool:
    """Whether this may name a context, and so a folder."""
    return isinstance(text, str) and _CONTEXT.fullmatch(text) is not None and text != _RESERVED


def store_root() -> Path:
    """The root of all contexts, by the same rule as in the library."""
    chosen = os.environ.get("DISCOMFORT_STORE")
    if chosen:
        return Path(os.path.abspath(chosen))
    if not hasattr(os, "getuid"):
        return Path(tempfile.gettempdir(), "discomfort")
    name = f"discomfort-{os.getuid()}"
    if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK | os.X_OK):
        return Path("/dev/shm", name)
    return Path(tempfile.gettempdir(), name)


def make_root() -> Path:
    """Makes the root. One that somebody else owns is refused: they could read and replace our values."""
    root = store_root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        found = root.lstat()
        chosen = bool(os.environ.get("DISCOMFORT_STORE"))
        if not chosen and (not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid()):
            raise PermissionError(f"{root} belongs to another user. Set DISCOMFORT_STORE to a folder of your own.")
    return root


def context_folder(context: str) -> Path:
    """The folder of a context."""
    if not is_context_id(context):
        raise DiscomfortBadRequest("The context id is not valid.", f"{context!r:.80}")
    return store_root() / context


def value_path(context: str, value: str) -> Path:
    """The file of a value."""
    if not is_uuid(value):
        raise DiscomfortBadRequest("The value id is not valid.", f"{value!r:.80}")
    return context_folder(context) / f"{value}.safetensors"


def lease_path(folder: Path, value: str) -> Path:
    """The file that stands for a value which stays alive in the server."""
    return folder / f"{value}.resident"


def read_probe(probe: str) -> str | None:
    """The short text that the library wrote to prove that both see one machine."""
    if not is_uuid(probe):
        raise DiscomfortBadRequest("The probe id is not valid.", f"{probe!r:.80}")
    try:
        descriptor = os.open(store_root() / _RESERVED / probe, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(4096).decode(errors="replace")
