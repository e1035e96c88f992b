"""Which output nodes a prompt runs for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ports.rewrite import is_link
from .runners import is_runner


def output_targets(prompt: dict[str, Any], is_output: Callable[[str], bool]) -> list[str] | None:
    """The output nodes less those that run workflows for another one: as outputs of their own they would force the lazy
    branch on which they stand to run. None where all count.
    """
    outputs = [node_id for node_id, node in prompt.items() if isinstance(node, dict) and is_output(_class_of(node))]
    runners = [node_id for node_id in outputs if is_runner(prompt[node_id])]
    others = [node_id for node_id in outputs if not is_runner(prompt[node_id])]
    reached = _before(others, prompt)
    own = [node_id for node_id in runners if node_id not in reached]
    # Of those that no other output needs, one that runs for another one of them need not count either.
    last = [node_id for node_id in own if node_id not in _before([other for other in own if other != node_id], prompt)]
    kept = [node_id for node_id in outputs if node_id in others or node_id in last]
    return kept if kept and len(kept) < len(outputs) else None


def _class_of(node: dict[str, Any]) -> str:
    return str(node.get("class_type"))


def _before(starts: list[str], prompt: dict[str, Any]) -> set[str]:
    """The nodes that stand before some of these."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        node = prompt.get(waiting.pop())
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for value in inputs.values() if isinstance(inputs, dict) else ():
            if is_link(value) and value[0] not in found:
                found.add(value[0])
                waiting.append(value[0])
    return found
