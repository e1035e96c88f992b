"""Makes a clone of the repository in custom_nodes a node pack: the real one is comfy-nodes/discomfort."""

import importlib.util
import logging
import sys
from pathlib import Path

_ROOT = Path(__file__).parent
_PACK = "comfy-nodes/discomfort"

NODE_CLASS_MAPPINGS = {}
NODE_DISPLAY_NAME_MAPPINGS = {}


def _load_pack():
    name = f"{__name__}_pack"
    spec = importlib.util.spec_from_file_location(name, _ROOT / _PACK / "__init__.py")
    pack = importlib.util.module_from_spec(spec)
    # Its modules look for it there while it is being loaded.
    sys.modules[name] = pack
    spec.loader.exec_module(pack)
    return pack


def _say_what_is_missing():
    parts = {
        "the packages that it uses": _ROOT / "node_modules" / "commander",
        "its program": _ROOT / "dist" / "cli" / "main.js",
        "its part of the page": _ROOT / _PACK / "web",
    }
    missing = [what for what, path in parts.items() if not path.exists()]
    if missing:
        logging.warning(
            "Discomfort: of the clone in %s, %s is missing. Nodes that run workflows do not work yet. "
            "Install Node.js 20.19 or later, type `npm ci` in that folder, and restart ComfyUI.",
            _ROOT,
            " and ".join(missing),
        )


# Tools that test and check Python code import this file too; there is no ComfyUI then.
if hasattr(getattr(sys.modules.get("server"), "PromptServer", None), "instance"):
    _say_what_is_missing()
    _pack = _load_pack()
    NODE_CLASS_MAPPINGS = _pack.NODE_CLASS_MAPPINGS
    NODE_DISPLAY_NAME_MAPPINGS = _pack.NODE_DISPLAY_NAME_MAPPINGS
    # A copy that stands down has none.
    if getattr(_pack, "WEB_DIRECTORY", None):
        WEB_DIRECTORY = f"{_PACK}/{_pack.WEB_DIRECTORY}"

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS"]
