"""The nodes that run workflows, as they stand in prompts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RUNNERS = frozenset(("DiscomfortTestRunner", "DiscomfortLoop", "DiscomfortSwitch", "DiscomfortScript"))
# Inputs that we put into prompts ourselves begin with it. No class reads them.
OWN_INPUTS = "discomfort_"

# A node of the prompt by its id; None where there is none.
GetNode = Callable[[str], "dict[str, Any] | None"]
# An output: the id of its node and its number.
Output = tuple[str, int]


class RecipeImpossible(ValueError):
    """A value that cannot be passed on by how it is made. The message says what to change."""


def is_runner(node: Any) -> bool:
    """Whether this is one of them."""
    return isinstance(node, dict) and node.get("class_type") in RUNNERS


def output_of(link: list) -> Output:
    """The output that a link comes from."""
    return link[0], int(link[1])
