"""The bridge of this ComfyUI."""

from __future__ import annotations

import atexit
import math
import os
import sys
from pathlib import Path

import folder_paths

from ..bridge.environment import bridge_environment
from ..bridge.find_bridge import find_bridge
from ..bridge.process import Launch
from ..bridge.server_arguments import server_arguments
from ..bridge.shared_bridge import SharedBridge
from ..transport.store import make_roots
from ..workflow_files import workflows_folder
from .depth import depth

_IDLE_SECONDS = 600.0


def _launch() -> Launch:
    pack = Path(__file__).parents[1]
    home = Path(os.environ.get("DISCOMFORT_HOME") or Path.home() / ".discomfort").absolute()
    make_roots()
    return Launch(
        find_bridge(pack, os.environ),
        bridge_environment(os.environ),
        home,
        {
            "v": 1,
            "comfyui": os.path.dirname(os.path.abspath(folder_paths.__file__)),
            "python": sys.executable,
            "args": server_arguments(sys.argv[1:], os.getcwd()),
            "output": os.path.abspath(folder_paths.get_output_directory()),
            "workflows": os.path.abspath(workflows_folder()),
            "user": os.path.abspath(folder_paths.get_user_directory()),
            "depth": depth(),
        },
    )


def _idle_seconds() -> float:
    try:
        seconds = float(os.environ["DISCOMFORT_BRIDGE_IDLE_SECONDS"])
    except (KeyError, ValueError):
        return _IDLE_SECONDS
    return seconds if math.isfinite(seconds) and seconds > 0 else _IDLE_SECONDS


bridge = SharedBridge(_launch, _idle_seconds)
atexit.register(bridge.close)
