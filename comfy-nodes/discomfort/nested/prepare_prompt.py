"""What becomes of our nodes in a posted prompt before ComfyUI validates it."""

from __future__ import annotations

from typing import Any

from nodes import NODE_CLASS_MAPPINGS

from ..ports.rewrite import is_link
from ..recipes.runners import OWN_INPUTS, is_runner
from ..recipes.targets import output_targets
from ..recipes.upstream_type import ANY
from ..recipes.wanted_outside import mark_wanted, outputs_wanted_outside
from ..reference_types import REFERENCE_TYPES
from .ports import MOST
from .prompt_types import ports_of, prompt_typer

_SOCKETS = frozenset(f"input_{number}" for number in range(MOST))


def prepare_runners(posted: dict[str, Any]) -> None:
    """Says which output nodes a prompt runs for, and marks which references have to be made here."""
    prompt = posted["prompt"]
    if not any(is_runner(node) and isinstance(node.get("inputs"), dict) for node in prompt.values()):
        return
    prompt = {node_id: _cleaned(node) for node_id, node in prompt.items()}
    targets = posted.get("partial_execution_targets")
    if targets is None:
        targets = output_targets(prompt, _is_output)
        if targets is not None:
            posted["partial_execution_targets"] = targets
    if targets is None:
        targets = [node_id for node_id, node in prompt.items() if _is_output(str((node or {}).get("class_type")))]
    posted["prompt"] = mark_wanted(prompt, outputs_wanted_outside(prompt, targets, _reference_test(prompt)))


def _cleaned(node: Any) -> Any:
    """The node without what we put into it when it was queued before. Links at sockets that do not exist become texts:
    ComfyUI would follow them unchecked, and the node tells what is wrong.
    """
    if not is_runner(node) or not isinstance(node.get("inputs"), dict):
        return node
    inputs = {
        name: f"{value[0]}:{value[1]}"
        if name.startswith("input_") and name not in _SOCKETS and is_link(value)
        else value
        for name, value in node["inputs"].items()
        if not name.startswith(OWN_INPUTS)
    }
    return {**node, "inputs": inputs}


def _reference_test(prompt: dict[str, Any]) -> Any:
    type_of = prompt_typer(prompt.get)
    ports = {node_id: ports_of(node) for node_id, node in prompt.items() if is_runner(node)}

    def is_reference(node_id: str, name: str) -> bool:
        if name not in _SOCKETS:
            return False
        found, number, told = type_of(prompt[node_id]["inputs"][name]).name, int(name[6:]), ports[node_id]
        if found == ANY and told is not None and number < len(told.inputs):
            found = told.inputs[number][1]
        return found in REFERENCE_TYPES

    return is_reference


def _is_output(class_type: str) -> bool:
    return getattr(NODE_CLASS_MAPPINGS.get(class_type), "OUTPUT_NODE", False) is True
