"""Values that recipes of the nested server read, kept for the nodes that make these recipes real here."""

from __future__ import annotations

from typing import Any

from ..recipes.recipe import RecipeValue
from ..transport.bounded import BoundedMap

_MOST = 16

# The value as a list of ComfyUI, by the id that the loader names.
held_values: BoundedMap[str, list[Any]] = BoundedMap(_MOST)


def hold_values(recipes: list[RecipeValue]) -> None:
    """Keeps what recipes load."""
    for recipe in recipes:
        for version, out in recipe.reads.items():
            held_values.put(version, out.value if out.is_list else [out.value])
