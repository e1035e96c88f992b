"""Where the workflows lie that nodes name: among those saved in the page, or anywhere by an absolute path."""

from __future__ import annotations

import os
from pathlib import Path

import folder_paths

# What a nested server is told, since its own user folder is empty.
_VARIABLE = "DISCOMFORT_WORKFLOWS"


def workflows_folder() -> Path:
    """The folder of the workflows that were saved in the page."""
    told = os.environ.get(_VARIABLE)
    return Path(told) if told else Path(folder_paths.get_user_directory(), "default", "workflows")


def find_workflow(name: str) -> Path | None:
    """The file that a node names, by a path inside the folder of saved workflows or an absolute one."""
    # A path that leads out of the folder has to say where to, as an absolute one does.
    if not name.strip() or ("\0" in name) or (not os.path.isabs(name) and ".." in Path(name).parts):
        return None
    path = Path(os.path.normpath(workflows_folder() / name.strip()))
    return path if path.is_file() else None
