"""What goes into a nested run: which inputs have to be evaluated here, and how each is sent."""

from __future__ import annotations

from typing import Any

from ..bridge.call import Place
from ..objects.known_objects import known_objects
from ..recipes.capture import capture, runner_outputs
from ..recipes.given_recipes import GivenRecipes, node_key
from ..recipes.recipe import RecipeValue, WriteEntry
from ..recipes.runners import Output, is_runner
from ..reference_types import REFERENCE_TYPES
from ..transport.problems import DiscomfortValueUnsupported
from ..transport.receipt import Outgoing, outgoing, saver_entry
from ..transport.run_place import RunPlace
from ..transport.store import context_folders
from .node_misused import NodeMisused
from .node_view import NodeView, is_paid
from .ports import Port, Ports
from .values_here import with_values_here

given_recipes = GivenRecipes()


def wanted_inputs(ports: Ports, others: dict[str, Any], taken: set[str] | None = None) -> list[str]:
    """For check_lazy_status: the inputs that have to be there. `taken` are the ports of the workflow, where the node
    has more. What stands before a reference does not run, but for nodes that run workflows: they tell their recipe.
    """
    view = NodeView(others)
    sockets: list[str] = []
    for socket, port in _given(view, ports, taken):
        link = view.link(socket)
        if link is None:
            continue
        if not view.is_reference(socket, port) or is_runner(view.get_node(link[0])):
            sockets.append(socket)
        else:
            sockets += [view.need(output) for output in runner_outputs(link, view.get_node)]
    return view.to_ask_for(sockets)


def write_inputs(view: NodeView, ports: Ports, taken: set[str] | None, place: Place) -> list[dict[str, Any]]:
    """The inputs as the bridge reads them; values that are no references lie in the context of the call afterwards."""
    run_place = RunPlace(context_folders(place.context), place.ram)
    # By port, and by the ids of what recipes read: what several of them read is written once.
    written: dict[str, dict[str, Any]] = {}

    def write(name: str, out: Outgoing) -> dict[str, Any]:
        if name not in written:
            written[name] = saver_entry(name, out, lambda: run_place, known_objects.take_apart)
        return written[name]

    return [_input(view, socket, port, write) for socket, port in _given(view, ports, taken)]


def _given(view: NodeView, ports: Ports, taken: set[str] | None) -> list[tuple[str, Port]]:
    numbered = [(f"input_{number}", port) for number, port in enumerate(ports.inputs)]
    return [
        (socket, port) for socket, port in numbered if view.is_given(socket) and (taken is None or port[0] in taken)
    ]


def _input(view: NodeView, socket: str, port: Port, write: WriteEntry) -> dict[str, Any]:
    name, link = port[0], view.link(socket)
    items = view.items(socket)
    recipe = items[0] if items and isinstance(items[0], RecipeValue) else None
    if recipe is not None:
        return _by_recipe(port, _only(items or [], name), write)
    if link is not None and view.is_reference(socket, port):
        return _by_recipe(port, _captured(view, link, port), write)
    if items is None:
        raise NodeMisused(f'Nothing came for "{name}": the node that is linked to it has no such output.')
    value_type = port[1] if link is None else view.input_type(link, port).name
    try:
        entry = write(name, outgoing(items, value_type))
    except DiscomfortValueUnsupported as error:
        if link is None:
            raise
        # Its type told nothing. It was made here in vain, but it can be made inside.
        try:
            return _by_recipe(port, _captured(view, link, port), write)
        except ValueError:
            raise NodeMisused(
                f'What is linked to "{name}" cannot be passed on: {error.reason}. Turn it into an image, a latent, a '
                "number or a text first, or put the node that makes it into the workflow that is run."
            ) from error
    return {"unique_id": name, "entry": entry}


def _only(items: list, name: str) -> RecipeValue:
    if len(items) > 1:
        raise NodeMisused(
            f'"{name}" is given {len(items)} values of a type that only lives inside a server; one can be passed on. '
            'Where they come from a loop, set its results to "last".'
        )
    return items[0]


def _captured(view: NodeView, link: list, port: Port) -> RecipeValue:
    shape = view.input_type(link, port)
    given = {output: _given_by_runner(view, output) for output in runner_outputs(link, view.get_node)}
    return with_values_here(capture(link, (shape.name, shape.is_list), view.get_node, given, is_paid))


def _given_by_runner(view: NodeView, output: Output) -> RecipeValue | Outgoing | None:
    """The recipe that a node gave, or the value itself; None where it is neither known nor data."""
    socket = view.needed_sockets().get(output)
    items = view.items(socket) if socket is not None else None
    if items and isinstance(items[0], RecipeValue):
        return _only(items, str(output[0]))
    known = given_recipes.find(node_key(output[0], view.get_node), output[1])
    if known is not None:
        return known
    if items is None:
        return None
    found = view.type_of(list(output))
    return None if found.name in REFERENCE_TYPES else outgoing(items, found.name)


def _by_recipe(port: Port, recipe: RecipeValue, write: WriteEntry) -> dict[str, Any]:
    return {"unique_id": port[0], "recipe": recipe.to_json(write)}
