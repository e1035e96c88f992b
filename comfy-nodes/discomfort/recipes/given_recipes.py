"""What nodes that run workflows gave by reference, for whoever needs the recipe while the value was made here."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ..ports.rewrite import is_link
from ..transport.bounded import BoundedMap
from .ancestors import ancestors
from .recipe import RecipeValue
from .runners import OWN_INPUTS, GetNode

_MOST = 1000


class GivenRecipes:
    """Kept by what a node is and by all that stands before it, as ComfyUI keeps outputs in its cache."""

    def __init__(self) -> None:
        self._known: BoundedMap[tuple[str, int], list[RecipeValue]] = BoundedMap(_MOST)

    def note(self, key: str, number: int, recipes: list[RecipeValue]) -> None:
        """What the output of that number gave last."""
        self._known.put((key, number), recipes)

    def find(self, key: str, number: int) -> RecipeValue | None:
        """The same again; None where it is not known any more, or where there were several."""
        recipes = self._known.get((key, number))
        return recipes[0] if recipes is not None and len(recipes) == 1 else None


def node_key(node_id: str, get_node: GetNode) -> str:
    """Tells a node by its class, its inputs and all before it, whatever their ids are."""
    keys: dict[str, str] = {}
    for each in ancestors(node_id, get_node):
        node: Any = get_node(each)
        inputs = {
            name: [keys[value[0]], int(value[1])] if is_link(value) else [value]
            for name, value in sorted(node["inputs"].items())
            if not name.startswith(OWN_INPUTS)
        }
        text = json.dumps([node["class_type"], inputs], default=repr)
        keys[each] = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    return keys[node_id]
