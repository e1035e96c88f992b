"""Which references that nodes give have to be made here, since a node that runs here takes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from ..ports.rewrite import is_link
from .runners import OWN_INPUTS, Output, is_runner, output_of

# Written into prompts before they are queued: `0,2` for these outputs. It is part of what tells a node in ComfyUI's
# cache, so that a value is made here as soon as somebody takes it.
MARK = f"{OWN_INPUTS}outside"

# Whether an input of a node that runs workflows is passed on by its recipe: what stands before it does not run here.
IsReference = Callable[[str, str], bool]


def outputs_wanted_outside(prompt: dict[str, Any], targets: Iterable[str], is_reference: IsReference) -> set[Output]:
    """The outputs of nodes that run workflows which other nodes take while the prompt runs. Lazy inputs count too."""
    wanted: set[Output] = set()
    waiting, seen = list(targets), set()
    while waiting:
        node_id = waiting.pop()
        node = prompt.get(node_id)
        if node_id in seen or not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
            continue
        seen.add(node_id)
        for name, link in node["inputs"].items():
            if not is_link(link):
                continue
            if not is_runner(node):
                if is_runner(prompt.get(link[0])):
                    wanted.add(output_of(link))
                waiting.append(link[0])
            elif is_reference(node_id, name):
                waiting.extend(_runners_before(link[0], prompt))
            else:
                waiting.append(link[0])
    return wanted


def mark_wanted(prompt: dict[str, Any], wanted: Collection[Output]) -> dict[str, Any]:
    """The prompt with a mark at each node that runs workflows."""
    return {node_id: _marked(node_id, node, wanted) if is_runner(node) else node for node_id, node in prompt.items()}


def read_mark(node: dict[str, Any]) -> set[int] | None:
    """The outputs that others take; None where that is not known, as in nodes that came while the prompt ran."""
    text = node["inputs"].get(MARK)
    if not isinstance(text, str):
        return None
    return {int(number) for number in text.split(",") if number}


def _marked(node_id: str, node: dict[str, Any], wanted: Collection[Output]) -> dict[str, Any]:
    numbers = sorted(number for wanted_id, number in wanted if wanted_id == node_id)
    return {**node, "inputs": {**node["inputs"], MARK: ",".join(map(str, numbers))}}


def _runners_before(node_id: str, prompt: dict[str, Any]) -> list[str]:
    """The nodes that run workflows and stand before a node, up to the first on each way."""
    found, waiting, seen = [], [node_id], set()
    while waiting:
        each = waiting.pop()
        node = prompt.get(each)
        if each in seen or not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
            continue
        seen.add(each)
        if is_runner(node):
            found.append(each)
        else:
            waiting.extend(value[0] for value in node["inputs"].values() if is_link(value))
    return found
