"""Cuts out of a prompt what makes one value.

A node that runs workflows is never part of a recipe: it would run them nested in the nested server. What such a node
gave takes its place: the recipe of a value, or a text or number as a constant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..ports.rewrite import is_link
from .ancestors import ancestors, sources_of
from .recipe import RecipeValue, add_nodes
from .runners import OWN_INPUTS, GetNode, Output, RecipeImpossible, is_runner, output_of

# The key under which a prompt holds a list that is a constant.
WRAPPED = "__value__"

# What stands for an output of a node that runs workflows: its recipe, or a plain value.
Given = Mapping[Output, Any]


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
    reads = {version: out for recipe in _recipes(given) for version, out in recipe.reads.items()}
    for node_id in ancestors(link[0], get_node, _is_cut_out):
        node = get_node(node_id)
        if node is None or is_runner(node):
            continue
        if is_paid(node["class_type"]):
            raise RecipeImpossible(
                f"{_name(node_id, node)} is a paid node: what it makes cannot be made again inside. Put it into the "
                "workflow that is run, or link something that can be passed on as it is, such as an image."
            )
        prompt[node_id] = _copied(node_id, node, prompt, get_node, given)
    return RecipeValue(*shape, prompt, list(output_of(link)), reads)


def _recipes(given: Given) -> list[RecipeValue]:
    return [value for value in given.values() if isinstance(value, RecipeValue)]


def _is_cut_out(node: dict[str, Any]) -> bool:
    return not is_runner(node)


def _copied(
    node_id: str, node: dict[str, Any], prompt: dict[str, Any], get_node: GetNode, given: Given
) -> dict[str, Any]:
    inputs = {}
    for name, value in node["inputs"].items():
        if name.startswith(OWN_INPUTS):
            continue
        if is_link(value):
            inputs[name] = _source(value, prompt, get_node, given)
        else:
            plain = _plain(value, name, node_id, node)
            # ComfyUI unwraps lists when it validates a prompt, and would take them for links the next time.
            inputs[name] = {WRAPPED: plain} if isinstance(plain, list) else plain
    title = (node.get("_meta") or {}).get("title")
    titled = {"_meta": {"title": title}} if isinstance(title, str) else {}
    return {"class_type": node["class_type"], "inputs": inputs, **titled}


def _source(link: list, prompt: dict[str, Any], get_node: GetNode, given: Given) -> Any:
    """What an input is linked to inside the recipe, or its constant."""
    output = output_of(link)
    if not is_runner(get_node(link[0])):
        return list(output)
    value = given.get(output)
    if isinstance(value, RecipeValue):
        add_nodes(prompt, value)
        return list(value.link)
    if isinstance(value, (str, int, float)):
        return value
    raise RecipeImpossible(_no_recipe(output, get_node))


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
        f"{_name(node_id, get_node(node_id))} gives data at its output {number}, of which another node makes something "
        "that only lives inside a server. Link that output to an input of its own here, and put the node between them "
        "into the workflow that is run."
    )


def _name(node_id: str, node: dict[str, Any] | None) -> str:
    title = ((node or {}).get("_meta") or {}).get("title") or (node or {}).get("class_type")
    return f'"{title}" (node {node_id})'
