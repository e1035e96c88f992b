"""Types of links by the classes of this ComfyUI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nodes import NODE_CLASS_MAPPINGS

from ..recipes.runners import GetNode
from ..recipes.upstream_type import ANY, LinkType, create_typer
from .ports import Ports, ports_from_names, ports_from_text


def prompt_typer(get_node: GetNode) -> Callable[[list], LinkType]:
    """A function that tells types of links, for one look at a prompt."""
    return create_typer(get_node, _declared, _runner_type)


def ports_of(node: dict[str, Any]) -> Ports | None:
    """The ports that a node of ours tells itself; None where only the bridge knows them."""
    inputs = node["inputs"]
    try:
        if node["class_type"] == "DiscomfortScript":
            return ports_from_names(str(inputs.get("inputs", "")), str(inputs.get("outputs", "")))
        return ports_from_text(inputs["ports"]) if isinstance(inputs.get("ports"), str) else None
    except ValueError:
        return None  # It is told when the node runs.


def _declared(class_type: str) -> tuple[tuple[Any, ...], tuple[bool, ...]] | None:
    found = NODE_CLASS_MAPPINGS.get(class_type)
    try:
        return tuple(found.RETURN_TYPES or ()), tuple(getattr(found, "OUTPUT_IS_LIST", None) or ())
    except Exception:
        return None  # No class, or one that cannot be looked at.


def _runner_type(node: dict[str, Any], number: int) -> str:
    ports = ports_of(node)
    return ports.outputs[number][1] if ports is not None and number < len(ports.outputs) else ANY
