"""Which ports the sockets of a node stand for."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .node_misused import NodeMisused

# How many sockets a node has on each side.
MOST = 32

# A port: its id and its ComfyUI type.
Port = tuple[str, str]


class Ports(NamedTuple):
    """`input_0` stands for the first of the inputs, and so on."""

    inputs: list[Port]
    outputs: list[Port]


def ports_from_text(text: str) -> Ports | None:
    """What the page wrote into the widget `ports`; None where it is empty, as in prompts written by hand."""
    if not text.strip():
        return None
    try:
        told = json.loads(text)
        ports = Ports(*([_port(port) for port in told[side]] for side in ("inputs", "outputs")))
    except (ValueError, TypeError, KeyError):
        raise NodeMisused(
            'The widget "ports" does not hold {"inputs": [["id", "TYPE"], …], "outputs": […]}. '
            "Leave it empty, or choose the workflow again in the page, which writes it."
        ) from None
    return checked(ports)


def ports_from_names(inputs: str, outputs: str) -> Ports:
    """Ports written as names with or without a type: `image: IMAGE, strength`."""
    return checked(Ports(_named(inputs, "inputs"), _named(outputs, "outputs")))


def checked(ports: Ports) -> Ports:
    """The same ports, if there are sockets for all of them and no id stands twice."""
    for side, listed in (("inputs", ports.inputs), ("outputs", ports.outputs)):
        if len(listed) > MOST:
            raise NodeMisused(
                f"There are {len(listed)} {side}, and a node has {MOST} sockets on each side. "
                "Join some of the values in the workflow, or split the workflow."
            )
        names = [name for name, _ in listed]
        for name in names:
            if names.count(name) > 1:
                raise NodeMisused(f'Two {side} are called "{name}". Give each a name of its own.')
    return ports


def _port(port: Any) -> Port:
    name, value_type = port
    if not isinstance(name, str) or not isinstance(value_type, str):
        raise TypeError(port)
    return name, value_type


def _named(text: str, widget: str) -> list[Port]:
    ports = []
    for part in (part.strip() for part in text.replace("\n", ",").split(",")):
        name, colon, value_type = (piece.strip() for piece in part.partition(":"))
        if not part:
            continue
        if not name or (colon and not value_type):
            raise NodeMisused(f'"{part}" in the widget "{widget}" is no name. Write: image: IMAGE, strength: FLOAT')
        ports.append((name, value_type or "*"))
    return ports
