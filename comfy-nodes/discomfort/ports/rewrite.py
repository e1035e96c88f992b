"""What becomes of the ports of a posted prompt before ComfyUI validates it.

A port's mode is read from its links. PASSTHRU ports become links: as output nodes they would force lazy branches to
run. INPUT ports become constants where one is known, so that ComfyUI checks ranges as if no port were there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

PORT = "DiscomfortPort"
NOTHING = object()
# What the socket is called in workflows made for the Python Discomfort.
_FORMER_NAME = "input_data"

# Gives the constant that an input of a node shall have instead of the link to a port, or NOTHING.
# Takes the node's id, the input's name, and the value given to the port in the prompt (or NOTHING).
Constant = Callable[[str, str, Any], Any]


def rewrite_ports(prompt: dict[str, Any], constant: Constant, targets: Iterable[str] = ()) -> dict[str, Any]:
    """The prompt without those ports that need not run. A prompt without ports comes back as it is."""
    ports = {node_id for node_id, node in prompt.items() if _is_node(node) and node.get("class_type") == PORT}
    if not ports:
        return prompt
    copy = {
        node_id: {**node, "inputs": dict(node["inputs"])} if _is_node(node) else node
        for node_id, node in prompt.items()
    }
    for port in ports:
        _rename_former_socket(copy[port]["inputs"])
    dissolved = _dissolve_passthru(copy, ports)
    settled = _settle_inputs(copy, ports - dissolved, constant)
    unneeded = (dissolved | settled).difference(targets)
    return {node_id: node for node_id, node in copy.items() if node_id not in unneeded}


def is_link(value: Any) -> bool:
    """Whether an input of a prompt is a link, as ComfyUI tells it from a constant."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    return isinstance(value[0], str) and isinstance(value[1], (int, float)) and not isinstance(value[1], bool)


def _is_node(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("inputs"), dict)


def _rename_former_socket(inputs: dict[str, Any]) -> None:
    if _FORMER_NAME in inputs:
        former = inputs.pop(_FORMER_NAME)
        inputs.setdefault("value", former)


def _dissolve_passthru(prompt: dict[str, Any], ports: set[str]) -> set[str]:
    """Joins what comes into PASSTHRU ports with whoever consumes them, and gives the ports that are now idle."""
    sources = {port: _source(prompt, ports, port) for port in ports}
    dissolved = set()
    for _, inputs, name, port in _consumers(prompt, ports):
        source = sources[port]
        if source is not None:
            inputs[name] = list(source)
            dissolved.add(port)
    return dissolved


def _source(prompt: dict[str, Any], ports: set[str], port: str) -> list | None:
    """Where the value of a port really comes from, through chains of ports; None if no link comes in."""
    seen = {port}
    link = prompt[port]["inputs"].get("value")
    if not is_link(link):
        return None
    while link[0] in ports and is_link(prompt[link[0]]["inputs"].get("value")):
        if link[0] in seen:
            return None  # A circle of ports: left as it is, for ComfyUI to refuse.
        seen.add(link[0])
        link = prompt[link[0]]["inputs"]["value"]
    return link


def _settle_inputs(prompt: dict[str, Any], ports: set[str], constant: Constant) -> set[str]:
    """Replaces links to INPUT ports by constants where one is known, and gives the ports that nobody needs then."""
    without_link = {port for port in ports if not is_link(prompt[port]["inputs"].get("value"))}
    # One that is given a value and has no consumer is an output port: it stays and shows it.
    needed = {port for port in without_link if "value" in prompt[port]["inputs"]}
    consumers = _consumers(prompt, without_link)
    needed.difference_update(port for *_, port in consumers)
    for node_id, inputs, name, port in consumers:
        value = constant(node_id, name, prompt[port]["inputs"].get("value", NOTHING))
        if value is NOTHING:
            needed.add(port)
        else:
            inputs[name] = value
    return without_link - needed


def _consumers(prompt: dict[str, Any], ports: set[str]) -> list[tuple[str, dict[str, Any], str, str]]:
    """Every input that is linked to one of these ports: node id, the node's inputs, the input's name, the port."""
    return [
        (node_id, node["inputs"], name, value[0])
        for node_id, node in prompt.items()
        if _is_node(node)
        for name, value in node["inputs"].items()
        if is_link(value) and value[0] in ports
    ]
