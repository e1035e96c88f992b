"""Runs what a node wants on the nested server."""

from __future__ import annotations

from typing import Any, NamedTuple

from comfy_execution.graph_utils import GraphBuilder

from ..bridge.call import Place, Work, run_call
from ..recipes.given_recipes import node_key
from ..recipes.real_values import Expansion
from ..recipes.wanted_outside import read_mark
from .comfy_hooks import comfy_hooks, show_text, shows_previews
from .depth import refuse_depth
from .held_values import hold_values
from .inputs import given_recipes, write_inputs
from .login import login
from .node_view import NodeView
from .outputs import read_outputs, references
from .ports import Ports
from .the_bridge import bridge

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")
_MOST_PICTURES = 64


class Nested(NamedTuple):
    """What one of the nodes wants to be run."""

    # The request to the bridge, and its fields beyond those that all have.
    method: str
    fields: dict[str, Any]
    ports: Ports
    models: str
    # What becomes of the values of several rounds: last, list or batch.
    results: str = "last"
    # The ports of the workflow itself, where the node's are those of several.
    own: Ports | None = None


def run_nested(nested: Nested, others: dict[str, Any]) -> dict[str, Any]:
    """What the function of a node gives to ComfyUI."""
    refuse_depth()
    view = NodeView(others)
    view.refuse_wrong_links(nested.ports)
    own = nested.own or nested.ports
    taken = {name for name, _ in own.inputs}
    given = {name for name, _ in own.outputs}
    ran: dict[str, Any] = {}

    def write(place: Place) -> list[dict[str, Any]]:
        return write_inputs(view, nested.ports, taken, place)

    def read(place: Place, answer: dict[str, Any]) -> dict[str, Any]:
        ran.update(answer)
        return _results(view, read_outputs(answer, nested.ports, nested.results, place, view.is_taken))

    fields = {
        "outputs": [name for name, _ in nested.ports.outputs if name in given],
        "models": nested.models,
        "previews": shows_previews(),
        **login(),
        **nested.fields,
    }
    try:
        found = run_call(bridge, comfy_hooks(view.id), Work(nested.method, fields, write, read))
    finally:
        view.forget_needs()
    return {"ui": _shown(view.id, nested.method, ran), **found}


def _results(view: NodeView, values: list[list]) -> dict[str, Any]:
    """The outputs; those references that other nodes take are made here, by nodes that ComfyUI runs in our place."""
    wanted = read_mark(view.node)
    expansion = Expansion(GraphBuilder.alloc_prefix())
    # A list of two could be taken for a link.
    results: list[Any] = [tuple(items) for items in values]
    for number, recipes in references(values).items():
        given_recipes.note(node_key(view.id, view.get_node), number, recipes)
        if wanted is None or number in wanted:
            hold_values(recipes)
            results[number] = expansion.add(number, recipes)
    graph = expansion.graph()
    return {"result": tuple(results), **({"expand": graph} if graph else {})}


def _counted(rounds: int) -> str:
    return "1 round" if rounds == 1 else f"{rounds} rounds"


def _shown(node_id: str, method: str, ran: dict[str, Any]) -> dict[str, list]:
    lines = [
        *([_counted(ran["rounds"])] if method == "loop" else []),
        *([ran["memory"]] if ran.get("memory") else []),
        *ran.get("warnings", []),
    ]
    show_text(node_id, "\n".join(lines))
    pictures = [file for file in ran.get("files", []) if str(file.get("filename", "")).lower().endswith(_PICTURES)]
    shown = {"text": lines, "images": pictures[:_MOST_PICTURES]}
    return {kind: entries for kind, entries in shown.items() if entries}
