"""The node with which a workflow says what comes in and what goes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import folder_paths
from comfy_execution.utils import get_executing_context
from server import PromptServer

from ..ports.picture import save_picture
from ..ports.show import show_items
from ..transport.problems import DiscomfortPortUnbound
from .any_type import ANY


class Port:
    """What is executed here are the ports that the library, or the rewriting of a posted prompt, left in a prompt."""

    CATEGORY = "discomfort"
    DESCRIPTION = (
        "A named place where values enter or leave a workflow. With nothing linked to its input it takes a value "
        "from outside, with nothing linked to its output it hands one out, with both it does both."
    )
    FUNCTION = "pass_on"
    RETURN_TYPES = (ANY,)
    RETURN_NAMES = ("value",)
    INPUT_IS_LIST = True
    OUTPUT_IS_LIST = (True,)
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        text = ("STRING", {"default": ""})
        return {"required": {"unique_id": text}, "optional": {"tags": text, "value": (ANY,)}}

    def pass_on(self, unique_id: list[str], tags: list[str] | None = None, value: list | None = None) -> dict[str, Any]:
        if value is None:
            raise DiscomfortPortUnbound(
                f'Port "{unique_id[0]}" has no value. Link something to its input, link its output to a widget that '
                "has a value of its own, or run the workflow with the Discomfort library, which gives it one."
            )
        shown = show_items(unique_id[0], value, _save_preview)
        _send_text(shown.get("text", []))
        return {"ui": shown, "result": (value,)}


def _save_preview(picture: Any) -> dict[str, str]:
    return save_picture(picture, Path(folder_paths.get_temp_directory()))


def _send_text(texts: list[str]) -> None:
    """Shows text on the node while the page watches; older pages and servers have no such message."""
    server, context = PromptServer.instance, get_executing_context()
    if texts and context is not None and server.client_id is not None and hasattr(server, "send_progress_text"):
        server.send_progress_text("\n".join(texts)[:20_000], context.node_id, server.client_id)
