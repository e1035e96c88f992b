"""Where the scripts lie that nodes name. It only says where one is: whether it may run is for the bridge to decide."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import folder_paths

# As the bridge knows them.
_FILE = "discomfort.bridge.json"
_VARIABLE = "DISCOMFORT_BRIDGE_CONFIG"
_FOLDERS = ["scripts"]


def script_folders() -> list[Path] | None:
    """The folders that relative paths are looked for in; None where the config does not say it as the bridge reads it,
    which tells what is wrong when the script is run.
    """
    file = Path(os.path.abspath(folder_paths.get_user_directory()), os.environ.get(_VARIABLE) or _FILE)
    try:
        config: Any = json.loads(file.read_bytes())
    except FileNotFoundError:
        config = {}
    except (OSError, ValueError, RecursionError):
        return None
    folders = config.get("scriptFolders", _FOLDERS) if isinstance(config, dict) else None
    if not isinstance(folders, list) or not all(isinstance(folder, str) and folder for folder in folders):
        return None
    return [Path(os.path.normpath(file.parent / folder)) for folder in folders]


def find_script(name: str) -> Path | None:
    """The file that a node names, by a path inside a folder of scripts or an absolute one; None where there is none."""
    if "\0" in name:
        return None
    folders = [Path()] if os.path.isabs(name) else script_folders() or []
    places = (Path(os.path.normpath(folder / name)) for folder in folders)
    return next((place for place in places if place.is_file()), None)
