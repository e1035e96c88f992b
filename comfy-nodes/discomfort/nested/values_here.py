"""Values of this server's own contexts in recipes: its prompts may come from a library, or from a bridge of its own."""

from __future__ import annotations

import dataclasses

from ..nodes.context_loader import BLOCKED
from ..objects.known_objects import known_objects
from ..recipes.recipe import LOADER, VERSION, RecipeValue
from ..runs import residents, runs
from ..transport.receipt import Outgoing
from ..transport.value_file import read_value_file


def with_values_here(recipe: RecipeValue) -> RecipeValue:
    """The recipe with the values that its loaders read here. The nested server cannot look for them itself."""
    versions = {node["inputs"].get(VERSION) for node in recipe.prompt.values() if node["class_type"] == LOADER}
    missing = [version for version in versions if isinstance(version, str) and version not in recipe.reads]
    reads = {version: _read(version) for version in missing if version != BLOCKED}
    return dataclasses.replace(recipe, reads={**recipe.reads, **reads}) if reads else recipe


def _read(version: str) -> Outgoing:
    resident = residents.get(version)
    if resident is not None:
        return resident
    path, digest = runs.find(version)
    found = read_value_file(path, known_objects.rebuild, digest)
    return Outgoing(found.value, found.type, found.is_list)
