"""What a wait for the bridge does in ComfyUI: the stop button, the bar of the node, models."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

import comfy.model_management as memory
import comfy.utils
from PIL import Image
from server import PromptServer

from ..bridge.call import Hooks
from ..loaded_models import loaded_bytes

_STEPS = 1000
_LARGEST_PREVIEW = 512
_LONGEST_TEXT = 20_000


def comfy_hooks(node_id: str) -> Hooks:
    """For the node that waits."""
    bar = comfy.utils.ProgressBar(_STEPS, node_id=node_id)
    shown = ""

    def progress(told: dict[str, Any]) -> None:
        nonlocal shown
        text = str(told.get("text", ""))
        if text and text != shown:
            show_text(node_id, text)
            shown = text
        bar.update_absolute(int(float(told.get("value", 0)) * _STEPS), _STEPS, _picture(told.get("preview")))

    return Hooks(memory.throw_exception_if_processing_interrupted, progress, _make_room)


def shows_previews() -> bool:
    """Whether somebody looks at the page."""
    return PromptServer.instance.client_id is not None


def show_text(node_id: str, text: str) -> None:
    """Shows text on a node while the page watches; older pages and servers have no such message."""
    server = PromptServer.instance
    if server.client_id is not None and hasattr(server, "send_progress_text"):
        server.send_progress_text(text[:_LONGEST_TEXT], node_id, server.client_id)


def _picture(preview: Any) -> tuple[str, Image.Image, int] | None:
    if not isinstance(preview, dict):
        return None
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(preview["data"])))
        picture.load()
        return preview["format"], picture, _LARGEST_PREVIEW
    except (KeyError, OSError, ValueError, binascii.Error):
        return None  # A picture less is no reason to stop.


def _make_room() -> int:
    before = loaded_bytes()
    memory.unload_all_models()
    memory.soft_empty_cache()
    return before - loaded_bytes()
