"""How one value is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .runners import RecipeImpossible


@dataclass(frozen=True)
class RecipeValue:
    """A recipe in the place of the value, between nodes that run workflows: nothing of it is made here."""

    type: str
    is_list: bool
    prompt: dict[str, Any]
    link: list

    def to_json(self) -> dict[str, Any]:
        """As the bridge reads it."""
        return {"type": self.type, "list": self.is_list, "prompt": self.prompt, "link": self.link}


def recipe_from_json(told: dict[str, Any]) -> RecipeValue:
    """What the bridge gave."""
    return RecipeValue(told["type"], told["list"], told["prompt"], told["link"])


def add_nodes(prompt: dict[str, Any], recipe: RecipeValue) -> None:
    """Adds the nodes of a recipe to a prompt. Their ids tell what they are: what both have is there once."""
    for node_id, node in recipe.prompt.items():
        if prompt.setdefault(node_id, node) != node:
            raise RecipeImpossible(
                f"Two different nodes are called {node_id}. Give the values to the workflow by ports of their own."
            )
