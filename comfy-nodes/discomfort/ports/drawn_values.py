"""The value that a workflow draws in a widget, although the prompt has a link there."""

from __future__ import annotations

from typing import Any

from .rewrite import NOTHING

_CONTROL_WORDS = ("fixed", "increment", "decrement", "randomize", "increment-wrap")
_SEEDS = ("seed", "noise_seed")
_PLAIN = {
    "INT": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "FLOAT": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "STRING": lambda value: isinstance(value, str),
    "BOOLEAN": lambda value: isinstance(value, bool),
    "COMBO": lambda value: isinstance(value, (str, int, float)),
}


def drawn_value(workflow: Any, node_id: str, class_type: str, input_types: dict[str, Any], name: str) -> Any:
    """What the widget `name` of a node shows in the drawn workflow, or NOTHING where that cannot be told for sure."""
    specs = _specs(input_types)
    node = _find_node(workflow, node_id)
    if node is None or node.get("type") != class_type or not is_widget(specs.get(name)):
        return NOTHING
    drawn = node.get("widgets_values")
    if isinstance(drawn, list):
        value = _by_position(node, drawn, specs, name)
    elif isinstance(drawn, dict):
        value = drawn.get(name, NOTHING)
    else:
        return NOTHING
    return value if _suits(value, specs[name]) else NOTHING


def input_is_widget(input_types: dict[str, Any], name: str) -> bool:
    """Whether a node shows this input as a widget, so that it takes a constant."""
    return is_widget(_specs(input_types).get(name))


def is_widget(spec: Any) -> bool:
    """Whether an entry of INPUT_TYPES is shown as a widget."""
    if not isinstance(spec, (list, tuple)) or not spec or _options(spec).get("forceInput"):
        return False
    return isinstance(spec[0], (list, tuple)) or spec[0] in _PLAIN


def _specs(input_types: dict[str, Any]) -> dict[str, Any]:
    return {**(input_types.get("required") or {}), **(input_types.get("optional") or {})}


def _options(spec: Any) -> dict[str, Any]:
    return spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}


def _by_position(node: dict[str, Any], drawn: list, specs: dict[str, Any], name: str) -> Any:
    place = 0
    for widget in _widget_names(node, specs):
        if place >= len(drawn):
            break
        if widget == name:
            return drawn[place]
        place += 1
        # The page keeps what it does with a seed after each run as an entry of its own.
        if _is_controlled(widget, specs.get(widget)) and place < len(drawn) and drawn[place] in _CONTROL_WORDS:
            place += 1
    return NOTHING


def _widget_names(node: dict[str, Any], specs: dict[str, Any]) -> list[str]:
    """The names of a node's widgets in order: as the workflow tells them, else as the node is defined."""
    defined = [name for name, spec in specs.items() if is_widget(spec)]
    told = [
        entry["widget"].get("name")
        for entry in node.get("inputs") or []
        if isinstance(entry, dict) and isinstance(entry.get("widget"), dict)
    ]
    return told if set(told).issuperset(defined) else defined


def _is_controlled(name: str, spec: Any) -> bool:
    return name in _SEEDS or (spec is not None and bool(_options(spec).get("control_after_generate")))


def _suits(value: Any, spec: Any) -> bool:
    kind, options = ("COMBO", spec[0]) if isinstance(spec[0], (list, tuple)) else (spec[0], _options(spec))
    if not _PLAIN[kind](value):
        return False
    choices = options.get("options") if isinstance(options, dict) else options
    return kind != "COMBO" or not choices or value in choices


def _find_node(workflow: Any, node_id: str) -> dict[str, Any] | None:
    """A node of the drawing by its id in the prompt, which is `outer:inner` inside subgraphs."""
    if not isinstance(workflow, dict):
        return None
    subgraphs = (workflow.get("definitions") or {}).get("subgraphs") or []
    nodes, found = workflow.get("nodes"), None
    for part in node_id.split(":"):
        found = next((node for node in nodes or [] if str(node.get("id")) == part), None)
        if found is None:
            return None
        nodes = next((graph.get("nodes") for graph in subgraphs if graph.get("id") == found.get("type")), None)
    return found
