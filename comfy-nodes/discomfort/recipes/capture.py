"""Cuts out of a prompt what makes one value.

A node that runs workflows is never part of a recipe: it would run them nested in the nested server. What such a node
gave takes its place: the recipe of a value, a text or number as a constant, or a loader of any other value.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..ports.rewrite import is_link
from ..transport.receipt import Outgoing
from .ancestors import ancestors, sources_of
from .recipe import LOADER, VERSION, RecipeValue, add_nodes
from .runners import OWN_INPUTS, GetNode, Output, RecipeImpossible, is_runner, output_of

# The key under which a prompt holds a list that is a constant.
WRAPPED = "__value__"

# What stands for an output of a node that runs workflows: its recipe, or the value itself.
Given = Mapping[Output, "RecipeValue | Outgoing | None"]


class _Making(NamedTuple):
    """A recipe that is being made."""

    prompt: dict[str, Any]
    reads: dict[str, Outgoing]
    get_node: GetNode
    given: Given


def runner_outputs(link: list, get_node: GetNode) -> list[Output]:
    """The outputs of nodes that run workflows that a value is made of: they have to run before."""
    found = dict.fromkeys([output_of(link)] if is_runner(get_node(link[0])) else [])
    for node_id in ancestors(link[0], get_node, _is_cut_out):
        node = get_node(node_id)
        if node is None or is_runner(node):
            continue
        found.update(dict.fromkeys(output_of(source) for source in sources_of(node) if is_runner(get_node(source[0]))))
    return list(found)


def capture(
    link: list,
    shape: tuple[str, bool],
    get_node: GetNode,
    given: Given,
    is_paid: Callable[[str], bool] = lambda _: False,
) -> RecipeValue:
    """The recipe of what a link carries. `shape` is its type and whether it is a list of ComfyUI."""
    if is_runner(get_node(link[0])):
        value = given.get(output_of(link))
        if isinstance(value, RecipeValue):
            return value
        raise RecipeImpossible(_no_recipe(output_of(link), get_node))
    prompt: dict[str, Any] = {}
    reads: dict[str, Outgoing] = {}
    for value in given.values():
        if isinstance(value, RecipeValue):
            reads.update(value.reads)
    for node_id in ancestors(link[0], get_node, _is_cut_out):
        node = get_node(node_id)
        if node is None or is_runner(node):
            continue
        if is_paid(node["class_type"]):
            raise RecipeImpossible(
                f"{_name(node_id, node)} is a paid node: what it makes cannot be made again inside. Put it into the "
                "workflow that is run, or link something that can be passed on as it is, such as an image."
            )
        prompt[node_id] = _copied(node_id, node, _Making(prompt, reads, get_node, given))
    return RecipeValue(*shape, prompt, list(output_of(link)), reads)


def _is_cut_out(node: dict[str, Any]) -> bool:
    return not is_runner(node)


def _copied(node_id: str, node: dict[str, Any], making: _Making) -> dict[str, Any]:
    inputs = {}
    for name, value in node["inputs"].items():
        if name.startswith(OWN_INPUTS):
            continue
        if is_link(value):
            inputs[name] = _source(value, making)
        else:
            plain = _plain(value, name, node_id, node)
            # ComfyUI unwraps lists when it validates a prompt, and would take them for links the next time.
            inputs[name] = {WRAPPED: plain} if isinstance(plain, list) else plain
    title = (node.get("_meta") or {}).get("title")
    titled = {"_meta": {"title": title}} if isinstance(title, str) else {}
    return {"class_type": node["class_type"], "inputs": inputs, **titled}


def _source(link: list, making: _Making) -> Any:
    """What an input is linked to inside the recipe, or its constant."""
    output = output_of(link)
    if not is_runner(making.get_node(link[0])):
        return list(output)
    value = making.given.get(output)
    if value is None:
        raise RecipeImpossible(_no_recipe(output, making.get_node))
    if isinstance(value, RecipeValue):
        add_nodes(making.prompt, value)
        return list(value.link)
    if isinstance(value.value, (str, int, float)):
        return value.value
    loader = f"{output[0]}:{output[1]}"
    if loader not in making.prompt:
        # The same in all recipes of a call: what they have in common is made once.
        version = str(uuid.uuid5(uuid.NAMESPACE_OID, loader))
        making.prompt[loader] = {"class_type": LOADER, "inputs": {VERSION: version}}
        making.reads[version] = value
    return [loader, 0]


def _plain(value: Any, name: str, node_id: str, node: dict[str, Any]) -> Any:
    # Packs that put nodes into running prompts may give them anything.
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise RecipeImpossible(
            f'The input "{name}" of {_name(node_id, node)} holds a {type(value).__name__}, which is no JSON. '
            "Put the node into the workflow that is run."
        ) from error


def _no_recipe(output: Output, get_node: GetNode) -> str:
    node_id, number = output
    return (
        f"{_name(node_id, get_node(node_id))} made a value at its output {number}, of which it is not known any more "
        "how. Change one of its inputs, so that it runs again."
    )


def _name(node_id: str, node: dict[str, Any] | None) -> str:
    title = ((node or {}).get("_meta") or {}).get("title") or (node or {}).get("class_type")
    return f'"{title}" (node {node_id})'
