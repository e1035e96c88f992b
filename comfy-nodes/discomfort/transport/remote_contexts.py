"""The contexts of libraries that do not see this store. The server keeps their files, and removes them."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .limits import idle_seconds
from .owner import is_dead, own_owner
from .problems import DiscomfortBadRequest, DiscomfortContextTaken, DiscomfortValueGone
from .store import context_folders, lease_path, make_roots, roots, value_name
from .upload import Part, Upload
from .watcher import Watcher

_OWNER = "owner.json"
_SECONDS = 60.0


class _Context:
    """One context: its folders, what is being uploaded into it, and when somebody last asked for it."""

    def __init__(self, folders: list[Path], now: float) -> None:
        self.folders = folders
        self.uploads: dict[str, Upload] = {}
        self.touched = now

    @property
    def is_there(self) -> bool:
        return all(folder.is_dir() for folder in self.folders)


class RemoteContexts:
    """Knows the contexts that were made here: no other one is reachable. Safe to use from several threads."""

    def __init__(
        self, wait: Callable[[float], object] = time.sleep, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._known: dict[str, _Context] = {}
        self._lock = threading.Lock()
        self._now = now
        self._watcher = Watcher(
            "discomfort-remote-contexts",
            self.remove_idle,
            lambda: bool(self._known),
            lambda: min(_SECONDS, idle_seconds() / 2),
            wait,
        )
        self._is_swept = False

    def open(self, context: str) -> bool:
        """Makes the folders of a context. Whether they were not there already."""
        folders = context_folders(context)
        with self._lock:
            known = self._known.get(context)
            if known is not None and known.is_there:
                known.touched = self._now()
                return False
            make_roots()
            self._sweep_once()
            if known is None and any(os.path.lexists(folder) for folder in folders):
                raise DiscomfortContextTaken(errno.EEXIST, "A context of that id is there already.")
            for folder in folders:
                if not folder.is_dir():
                    _make_folder(folder)
            self._known[context] = _Context(folders, self._now())
            self._watcher.start()
            return True

    def touch(self, context: str) -> None:
        """Notes that a context is in use. One that is not known here is somebody else's."""
        known = self._known.get(context)
        if known is not None:
            known.touched = self._now()

    def find(self, context: str, value: str) -> Path | None:
        """The file of a value that is complete."""
        return _file_of(self._get(context), value_name(value))

    def received(self, context: str, value: str) -> int | None:
        """How many bytes of an upload are there; None without one. What an earlier request still brings is refused."""
        upload = self._get(context).uploads.get(value)
        return None if upload is None else upload.stop_writers()

    def upload(self, context: str, value: str, part: Part) -> Upload:
        """The upload that a part belongs to. Its first byte begins a new one."""
        known, name = self._get(context), value_name(value)
        with self._lock:
            upload = known.uploads.get(value)
            if part.begin == 0:
                if upload is not None:
                    upload.discard()
                # Leases may lie in memory; uploads go to disk, where checksums guard them.
                upload = known.uploads[value] = Upload(known.folders[-1] / name, part.total, part.digest)
        if upload is None or not upload.is_for(part):
            raise DiscomfortBadRequest("No upload of these bytes has begun here.")
        return upload

    def finish(self, context: str, value: str, upload: Upload) -> bool:
        """Makes an upload with all its bytes a value. Whether all were there."""
        known = self._get(context)
        is_complete = upload.finish()
        if is_complete and known.uploads.get(value) is upload:
            known.uploads.pop(value, None)
        return is_complete

    def remove_value(self, context: str, value: str) -> None:
        """Removes a value, its lease, or what of it was uploaded."""
        known, name = self._get(context), value_name(value)
        upload = known.uploads.pop(value, None)
        if upload is not None:
            upload.discard()
        for folder in known.folders:
            (folder / name).unlink(missing_ok=True)
            lease_path(folder, value).unlink(missing_ok=True)

    def remove(self, context: str) -> None:
        """Removes a context with all that is in it."""
        self._get(context)
        with self._lock:
            known = self._known.pop(context, None)
        if known is not None:
            _remove_folders(known)

    def remove_idle(self) -> None:
        """Removes the contexts that nobody asked for during a day, or what DISCOMFORT_REMOTE_HOURS says."""
        with self._lock:
            oldest = self._now() - idle_seconds()
            idle = [name for name, known in self._known.items() if known.touched < oldest]
            removed = [self._known.pop(name) for name in idle]
        for known in removed:
            _remove_folders(known)

    def close(self) -> None:
        """Removes all contexts: the server ends."""
        with self._lock:
            removed, self._known = list(self._known.values()), {}
        for known in removed:
            _remove_folders(known)

    def _get(self, context: str) -> _Context:
        context_folders(context)  # Refuses what is no id.
        known = self._known.get(context)
        if known is None or not known.is_there:
            raise DiscomfortValueGone("There is no such context here: it was removed, or the server was restarted.")
        known.touched = self._now()
        return known

    def _sweep_once(self) -> None:
        """Removes what servers that were killed left: on a machine without scripts nobody else does."""
        if self._is_swept:
            return
        self._is_swept = True
        for folder in [folder for root in roots() for folder in root.iterdir()]:
            owner = _read_owner(folder)
            if isinstance(owner, dict) and owner.get("remote") is True and is_dead(owner):
                shutil.rmtree(folder, ignore_errors=True)


def _file_of(known: _Context, name: str) -> Path | None:
    return next((folder / name for folder in known.folders if (folder / name).is_file()), None)


def _make_folder(folder: Path) -> None:
    """Makes a folder that appears together with the record of its owner, as the library does."""
    aside = folder.with_name(f".{folder.name}.{uuid.uuid4()}.tmp")
    aside.mkdir(mode=0o700)
    (aside / _OWNER).write_text(json.dumps({**own_owner(), "remote": True}), encoding="utf-8")
    aside.rename(folder)


def _read_owner(folder: Path) -> Any:
    if folder.is_symlink():
        return None
    try:
        return json.loads((folder / _OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _remove_folders(known: _Context) -> None:
    for folder in known.folders:
        shutil.rmtree(folder, ignore_errors=True)
