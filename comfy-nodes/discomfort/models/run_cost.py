"""What ComfyUI pays for asking a cache provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ports.rewrite import is_link


def count_ancestors(prompt: Mapping[str, Any], most: int) -> int:
    """How many ancestors all nodes of a prompt have together, or something over `most` once that is clear.

    ComfyUI writes the key of a node, which holds all of its ancestors, as text before each question.
    """
    places = {node_id: place for place, node_id in enumerate(prompt)}
    if len(places) * (len(places) - 1) // 2 <= most:
        return 0
    masks: dict[str, int] = {}
    total = 0
    for start in prompt:
        stack = [start]
        while stack:
            node_id = stack[-1]
            sources = _sources(prompt[node_id], places)
            waiting = [source for source in sources if source not in masks]
            # A circle ends where the stack is longer than the prompt.
            if node_id not in masks and waiting and len(stack) <= len(places):
                stack.append(waiting[0])
                continue
            stack.pop()
            if node_id in masks:
                continue
            masks[node_id] = 0
            for source in sources:
                masks[node_id] |= masks.get(source, 0) | (1 << places[source])
            total += masks[node_id].bit_count()
            if total > most:
                return total
    return total


def _sources(node: Any, places: Mapping[str, int]) -> list[str]:
    inputs = node.get("inputs") if isinstance(node, dict) else None
    if not isinstance(inputs, dict):
        return []
    return [value[0] for value in inputs.values() if is_link(value) and value[0] in places]
