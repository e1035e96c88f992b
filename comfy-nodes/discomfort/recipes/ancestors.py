"""The nodes in front of a node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..ports.rewrite import is_link
from .runners import GetNode, RecipeImpossible


def ancestors(start: str, get_node: GetNode, goes_past: Callable[[dict[str, Any]], bool] = lambda _: True) -> list[str]:
    """The ids of a node and all before it, each behind what it takes values from. A node that `goes_past` refuses is
    listed without those before it. Raises RecipeImpossible for a circle and for a link to nowhere.
    """
    order: dict[str, None] = {}
    # To meet one of these again is a circle.
    open_ids: set[str] = set()
    stack: list[tuple[str, Iterator[str]]] = [_entered(start, get_node, goes_past, open_ids)]
    while stack:
        node_id, sources = stack[-1]
        source = next(sources, None)
        if source is None:
            stack.pop()
            open_ids.discard(node_id)
            order[node_id] = None
        elif source in open_ids:
            raise RecipeImpossible(f"The nodes before node {source} form a circle. Take one of the links away.")
        elif source not in order:
            stack.append(_entered(source, get_node, goes_past, open_ids))
    return list(order)


def sources_of(node: dict[str, Any]) -> list[list]:
    """The links of a node's inputs."""
    return [value for value in node["inputs"].values() if is_link(value)]


def _entered(
    node_id: str, get_node: GetNode, goes_past: Callable[[dict[str, Any]], bool], open_ids: set[str]
) -> tuple[str, Iterator[str]]:
    node = get_node(node_id)
    if node is None:
        raise RecipeImpossible(f"A link comes from node {node_id}, which is not there. Draw it again.")
    open_ids.add(node_id)
    return node_id, iter([link[0] for link in sources_of(node)] if goes_past(node) else [])
