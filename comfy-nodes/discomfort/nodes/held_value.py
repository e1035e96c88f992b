"""The node that gives a value of the nested server to a node that is run here for one of ours."""

from __future__ import annotations

from typing import Any

from comfy_execution.graph_utils import ExecutionBlocker

from ..nested.held_values import held_values
from ..transport.problems import DiscomfortValueGone
from .any_type import ANY
from .context_loader import BLOCKED


class HeldValue:
    """Stands where the recipe has a loader: the context that it loads from belongs to the nested server."""

    CATEGORY = "discomfort/internal"
    DESCRIPTION = "Gives a value of a nested run. Nodes that run workflows put it into running prompts."
    FUNCTION = "give"
    RETURN_TYPES = (ANY,)
    RETURN_NAMES = ("value",)
    OUTPUT_IS_LIST = (True,)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"version": ("STRING", {"default": ""})}}

    def give(self, version: str) -> tuple[list]:
        if version == BLOCKED:
            return ([ExecutionBlocker(None)],)
        value = held_values.get(version)
        if value is None:
            raise DiscomfortValueGone(
                "A value that the nested run gave is not kept any more. Change an input of that run."
            )
        return (value,)
