"""Values that recipes of the nested server read, kept for the nodes that make these recipes real here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..objects.known_objects import known_objects
from ..recipes.real_values import versions_read
from ..recipes.recipe import RecipeValue
from ..transport.bounded import BoundedMap
from ..transport.problems import DiscomfortValueGone
from ..transport.store import context_folders, is_uuid, value_name
from ..transport.value_file import read_value_file

_MOST = 16

# The value as a list of ComfyUI, by the id of its version.
held_values: BoundedMap[str, list[Any]] = BoundedMap(_MOST)


def hold_values(context: str, recipes: list[RecipeValue]) -> None:
    """Reads what recipes load, as long as the context of their call is there."""
    for version in versions_read(recipes):
        if is_uuid(version) and held_values.get(version) is None:
            found = read_value_file(value_path(context, version), known_objects.rebuild)
            held_values.put(version, found.value if found.is_list else [found.value])


def value_path(context: str, version: str) -> Path:
    """Where a value of a context lies: in memory, or on disk."""
    name = value_name(version)
    for folder in context_folders(context):
        if (folder / name).is_file():
            return folder / name
    raise DiscomfortValueGone("The file of a value that the nested server gave is gone. Queue again.")
