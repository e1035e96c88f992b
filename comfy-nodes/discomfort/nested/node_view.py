"""One of our nodes while a prompt runs: its place in the prompt, and what came in."""

from __future__ import annotations

import weakref
from typing import Any

from nodes import NODE_CLASS_MAPPINGS

from ..ports.rewrite import is_link
from ..recipes.runners import OWN_INPUTS, Output, output_of
from ..recipes.upstream_type import ANY, LinkType
from ..reference_types import REFERENCE_TYPES
from .node_misused import NodeMisused
from .ports import MOST, Port, Ports
from .prompt_types import prompt_typer

NEEDS = f"{OWN_INPUTS}needs_"

# Which inputs were asked for, by the run of a prompt. One that stays missing is not asked for again and again.
_asked: weakref.WeakKeyDictionary[Any, set[tuple[str, str]]] = weakref.WeakKeyDictionary()


class NodeView:
    """`others` are the arguments that ComfyUI gives beside the widgets."""

    def __init__(self, others: dict[str, Any]) -> None:
        self._dynprompt = others["dynprompt"][0]
        self.id = others["unique_id"][0]
        self._values = others
        self.node = self._dynprompt.get_node(self.id)
        self.type_of = prompt_typer(self.get_node)

    def get_node(self, node_id: str) -> dict[str, Any] | None:
        """A node of the prompt that runs."""
        return self._dynprompt.get_node(node_id) if self._dynprompt.has_node(node_id) else None

    def link(self, socket: str) -> list | None:
        """Where a socket is linked to."""
        value = self.node["inputs"].get(socket)
        return value if is_link(value) else None

    def is_given(self, socket: str) -> bool:
        """Whether something is linked to a socket, or written into it."""
        return socket in self.node["inputs"]

    def items(self, socket: str) -> list | None:
        """What came in, as a list of ComfyUI; None where it has not been evaluated."""
        value = self._values.get(socket)
        # What is missing is told from a None by the kind of the list.
        return value if isinstance(value, list) else None

    def input_type(self, link: list, port: Port) -> LinkType:
        """The type of a value that comes in: as it is declared where it comes from, else that of the port."""
        found = self.type_of(link)
        return LinkType(port[1] if found.name == ANY else found.name, found.is_list)

    def is_reference(self, socket: str, port: Port) -> bool:
        """Whether a value is passed on by how it is made."""
        link = self.link(socket)
        return link is not None and self.input_type(link, port).name in REFERENCE_TYPES

    def needed_sockets(self) -> dict[Output, str]:
        """The inputs that we gave the node ourselves, for outputs that recipes are made of."""
        return {output_of(value): name for name, value in self.node["inputs"].items() if name.startswith(NEEDS)}

    def need(self, output: Output) -> str:
        """Gives the node an input for an output that stands somewhere before it."""
        known = self.needed_sockets()
        if output not in known:
            known[output] = f"{NEEDS}{len(known)}"
            self.node["inputs"][known[output]] = list(output)
        return known[output]

    def forget_needs(self) -> None:
        """Leaves the node as it was drawn."""
        for name in self.needed_sockets().values():
            del self.node["inputs"][name]

    def to_ask_for(self, sockets: list[str]) -> list[str]:
        """Those of the inputs that are missing and were not asked for in this run of the prompt."""
        asked = _asked.setdefault(self._dynprompt, set())
        missing = [name for name in sockets if self.items(name) is None and (self.id, name) not in asked]
        asked.update((self.id, name) for name in missing)
        return missing

    def is_taken(self, number: int) -> bool:
        """Whether something is linked to an output."""
        return number in self._taken()

    def _taken(self) -> dict[int, tuple[str, str]]:
        """The outputs that something is linked to: for each a node and its input."""
        return {
            int(value[1]): (node_id, name)
            for node_id in self._dynprompt.all_node_ids()
            for name, value in (self.get_node(node_id) or {"inputs": {}})["inputs"].items()
            if is_link(value) and value[0] == self.id
        }

    def refuse_wrong_links(self, ports: Ports) -> None:
        """Raises NodeMisused for links at sockets that stand for no port."""
        known = {f"input_{number}" for number in range(len(ports.inputs))}
        for name in self.node["inputs"]:
            if name.startswith("input_") and name not in known:
                raise NodeMisused(
                    f"Something is linked to {name}, and there are {len(ports.inputs)} inputs (at most {MOST}). "
                    "Take the link away, or choose the workflow again."
                )
        for number, (node_id, name) in self._taken().items():
            if number >= len(ports.outputs):
                raise NodeMisused(
                    f'The input "{name}" of node {node_id} is linked to output {number} of this one, which has '
                    f"{len(ports.outputs)}. Take the link away, or choose the workflow again."
                )


def is_paid(class_type: str) -> bool:
    """Whether a node costs money each time it runs."""
    return bool(getattr(NODE_CLASS_MAPPINGS.get(class_type), "API_NODE", False))
