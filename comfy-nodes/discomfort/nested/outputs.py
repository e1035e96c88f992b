"""What comes out of a nested run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from comfy_execution.graph_utils import ExecutionBlocker

from ..bridge.call import Place
from ..objects.known_objects import known_objects
from ..recipes.recipe import ReadEntry, RecipeValue, recipe_from_json
from ..transport.problems import DiscomfortValueGone
from ..transport.receipt import Outgoing
from ..transport.store import context_folders, value_name
from ..transport.tagged_json import decode_tree
from ..transport.value_file import read_value_file
from .batch import batch
from .node_misused import NodeMisused
from .ports import MOST, Ports


def read_outputs(
    ran: dict[str, Any], ports: Ports, results: str, place: Place, is_taken: Callable[[int], bool]
) -> list[list]:
    """The values of all outputs of the node, each a list of ComfyUI; of references their recipes. `results` says what
    becomes of those of several rounds. `is_taken` tells whether something is linked to an output.
    """
    told = {output["unique_id"]: output["values"] for output in ran["outputs"]}
    values = [
        _joined(name, _rounds(told.get(name, ()), place), results, is_taken(number))
        for number, (name, _) in enumerate(ports.outputs)
    ]
    # Nothing is behind the other sockets.
    return values + [[ExecutionBlocker(None)] for _ in range(MOST - len(values))]


def _rounds(values: Any, place: Place) -> list[list]:
    return [_items(value, lambda entry: _read(entry, place)) for value in values]


def _items(told: dict[str, Any], read: ReadEntry) -> list:
    if "recipe" in told:
        return [recipe_from_json(told["recipe"], read)]
    out = read(told["entry"])
    return out.value if out.is_list else [out.value]


def _read(entry: Mapping[str, Any], place: Place) -> Outgoing:
    receipt = entry["receipt"]
    if "tree" in entry:
        value = decode_tree(entry["tree"], _no_tensor, known_objects.rebuild)
    else:
        path = _find(place.context, receipt["id"])
        value = read_value_file(path, known_objects.rebuild, receipt.get("digest")).value
    return Outgoing(value, receipt["type"], receipt["list"])


def _find(context: str, version: str) -> Path:
    """The file of a value: in memory, or on disk."""
    name = value_name(version)
    for folder in context_folders(context):
        if (folder / name).is_file():
            return folder / name
    raise DiscomfortValueGone("The file of a value that the nested server gave is gone. Queue again.")


def _no_tensor(name: str) -> Any:
    raise NodeMisused(f"The nested server gave a value that names the tensor {name}, which did not come with it.")


def _joined(name: str, rounds: list[list], results: str, is_taken: bool) -> list:
    if not rounds:
        return [ExecutionBlocker(None)]
    if results == "list":
        return [item for items in rounds for item in items]
    if results == "batch":
        try:
            return [batch(name, [item for items in rounds for item in items])]
        except NodeMisused as error:
            if is_taken:
                raise
            # A number beside the images, which nobody needs here. Whoever links it later is told.
            return [ExecutionBlocker(str(error))]
    # An empty list of ComfyUI stays one.
    return rounds[-1]


def references(values: list[list]) -> dict[int, list[RecipeValue]]:
    """The outputs that are references, by their numbers."""
    return {number: items for number, items in enumerate(values) if items and isinstance(items[0], RecipeValue)}
