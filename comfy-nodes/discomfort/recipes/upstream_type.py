"""Of which type the value of a link is, as the class at its other end declares it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..ports.rewrite import PORT, is_link
from .runners import GetNode, is_runner, output_of

ANY = "*"
# Outputs of this type have that of the inputs of the same template.
_MATCHING = "COMFY_MATCHTYPE_V3"
_SCALARS = frozenset(("STRING", "INT", "FLOAT", "BOOLEAN", "COMBO"))


class LinkType(NamedTuple):
    """The type of a value, `*` where nothing tells it, and whether it is a list of ComfyUI."""

    name: str
    is_list: bool


_UNKNOWN = LinkType(ANY, False)

# What a class declares: RETURN_TYPES and OUTPUT_IS_LIST; None where it is not known.
Outputs = Callable[[str], "tuple[tuple[Any, ...], tuple[bool, ...]] | None"]
# The type of an output of a node that runs a workflow, by its number; `*` where it is not known.
RunnerType = Callable[[dict[str, Any], int], str]


def create_typer(get_node: GetNode, outputs: Outputs, runner_type: RunnerType) -> Callable[[list], LinkType]:
    """A function that tells types of links. It remembers what it found: one for each look at a prompt."""
    known: dict[tuple[str, int], LinkType] = {}

    def type_of(link: list) -> LinkType:
        place = output_of(link)
        if place not in known:
            # Until it is known: a circle must end.
            known[place] = _UNKNOWN
            known[place] = _look(*place)
        return known[place]

    def _look(node_id: str, number: int) -> LinkType:
        node = get_node(node_id)
        if node is None:
            return _UNKNOWN
        if is_runner(node):
            return LinkType(runner_type(node, number), False)
        if node["class_type"] == PORT:
            value = node["inputs"].get("value")
            return type_of(value) if is_link(value) else _UNKNOWN
        declared = outputs(node["class_type"])
        if declared is None or number >= len(declared[0]):
            return _UNKNOWN
        types, lists = declared
        is_list = number < len(lists) and bool(lists[number])
        name = "COMBO" if isinstance(types[number], (list, tuple)) else str(types[number])
        if name not in (ANY, _MATCHING):
            return LinkType(ANY if "," in name else name, is_list)
        sources = [type_of(value) for value in node["inputs"].values() if is_link(value)]
        return _of_sources(sources, is_list, name == _MATCHING)

    return type_of


def _of_sources(sources: list[LinkType], is_list: bool, by_template: bool) -> LinkType:
    """The type of an output that takes that of an input: known where only one input comes into question."""
    if by_template and len(sources) > 1:
        # A switch has another input, by which it chooses.
        all_names = {source.name for source in sources}
        names = all_names - _SCALARS or all_names
        return LinkType(names.pop(), is_list) if len(names) == 1 else LinkType(ANY, is_list)
    return LinkType(sources[0].name, is_list or sources[0].is_list) if len(sources) == 1 else LinkType(ANY, is_list)
