"""Nodes that make values here whose recipes came from the nested server."""

from __future__ import annotations

from typing import Any

from ..ports.rewrite import is_link
from .capture import WRAPPED
from .recipe import LOADER, RecipeValue, add_nodes

GATHER = "DiscomfortGather"
HELD = "DiscomfortHeldValue"


class Expansion:
    """The nodes that ComfyUI is to run in the place of one of ours. `prefix` makes their ids its own."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._prompt: dict[str, Any] = {}
        self._gathers: dict[str, Any] = {}

    def add(self, number: int, recipes: list[RecipeValue]) -> list:
        """Adds what makes the values of an output, and gives the link to them: all in one list."""
        for recipe in recipes:
            add_nodes(self._prompt, recipe)
        node_id = f"{self._prefix}output{number}"
        values = {f"value_{place}": list(recipe.link) for place, recipe in enumerate(recipes)}
        self._gathers[node_id] = {"class_type": GATHER, "inputs": self._linked(values)}
        return [node_id, 0]

    def graph(self) -> dict[str, Any]:
        """All nodes; empty where there is nothing to make."""
        if not self._gathers:
            return {}
        made = {f"{self._prefix}{node_id}": self._made(node) for node_id, node in self._prompt.items()}
        return {**made, **self._gathers}

    def _made(self, node: dict[str, Any]) -> dict[str, Any]:
        # The context that a loader of the nested server reads is not known to this one.
        class_type = HELD if node["class_type"] == LOADER else node["class_type"]
        return {**node, "class_type": class_type, "inputs": self._linked(node["inputs"])}

    def _linked(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [f"{self._prefix}{value[0]}", value[1]] if is_link(value) else _unwrapped(value)
            for name, value in inputs.items()
        }


def _unwrapped(value: Any) -> Any:
    # Nobody validates these nodes, which is what takes the wrapping off.
    return value[WRAPPED] if isinstance(value, dict) and WRAPPED in value else value
