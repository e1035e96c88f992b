"""How one value is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..transport.receipt import Outgoing
from .runners import RecipeImpossible

# The class of the nodes of recipes that read values, and the input that names them.
LOADER, VERSION = "DiscomfortContextLoader", "version"

# The value of an entry, and the entry of a value that lies in a context under an id of its own then.
ReadEntry = Callable[[Mapping[str, Any]], Outgoing]
WriteEntry = Callable[[str, Outgoing], "dict[str, Any]"]


@dataclass(frozen=True)
class RecipeValue:
    """A recipe in the place of the value, between nodes that run workflows: nothing of it is made here."""

    type: str
    is_list: bool
    prompt: dict[str, Any]
    link: list
    # What its loaders read, by the ids that they name. It outlives the context from which it was read.
    reads: dict[str, Outgoing] = field(default_factory=dict, compare=False)

    def to_json(self, write: WriteEntry) -> dict[str, Any]:
        """As the bridge reads it."""
        entries = {version: write(version, out) for version, out in self.reads.items()}
        prompt = {node_id: _reading(node, entries) for node_id, node in self.prompt.items()}
        recipe = {"type": self.type, "list": self.is_list, "prompt": prompt, "link": self.link}
        return {**recipe, "reads": list(entries.values())} if entries else recipe


def recipe_from_json(told: dict[str, Any], read: ReadEntry) -> RecipeValue:
    """What the bridge gave."""
    reads = {entry["receipt"]["id"]: read(entry) for entry in told.get("reads", ())}
    return RecipeValue(told["type"], told["list"], told["prompt"], told["link"], reads)


def add_nodes(prompt: dict[str, Any], recipe: RecipeValue) -> None:
    """Adds the nodes of a recipe to a prompt. Their ids tell what they are: what both have is there once."""
    for node_id, node in recipe.prompt.items():
        if not _are_same(prompt.setdefault(node_id, node), node):
            raise RecipeImpossible(
                f"Two different nodes are called {node_id}. Give the values to the workflow by ports of their own."
            )


def _reading(node: dict[str, Any], entries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The node, where it is a loader with the new id of what it reads."""
    entry = entries.get(node["inputs"].get(VERSION)) if node["class_type"] == LOADER else None
    return node if entry is None else {**node, "inputs": {**node["inputs"], VERSION: entry["receipt"]["id"]}}


def _are_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    # A value has another id in each call, and nodes keep theirs.
    return one == other or one["class_type"] == other["class_type"] == LOADER
