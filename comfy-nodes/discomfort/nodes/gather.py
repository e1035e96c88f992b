"""The node behind values that were made here for one of ours: it joins them to one list."""

from __future__ import annotations

from typing import Any

from .any_type import ANY


class Gather:
    """Gives a list as one value, since ComfyUI takes the values of nodes that it runs for others one by one."""

    CATEGORY = "discomfort/internal"
    DESCRIPTION = (
        "Joins values to one list. Nodes that run workflows put it into running prompts; it is not for drawing."
    )
    FUNCTION = "gather"
    RETURN_TYPES = (ANY,)
    RETURN_NAMES = ("values",)
    INPUT_IS_LIST = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {}, "optional": {"value_0": (ANY,)}}

    def gather(self, **values: list) -> tuple[list]:
        order = sorted(values, key=lambda name: int(name.rpartition("_")[2]))
        return ([item for name in order for item in values[name]],)
