"""What happens to every posted prompt before ComfyUI validates it."""

from __future__ import annotations

import logging
from typing import Any

import nodes

from .nested.prepare_prompt import prepare_runners
from .ports.drawn_values import drawn_value, input_is_widget
from .ports.rewrite import NOTHING, rewrite_ports


def add_prompt_handler(server: Any) -> None:
    """Has a PromptServer show us each prompt."""
    server.add_on_prompt_handler(on_prompt)


def on_prompt(posted: Any) -> Any:
    """Rewrites the ports of a posted prompt. Never raises: at worst the prompt goes on as it came."""
    try:
        # A note to our own route; nobody after us has a use for it.
        posted.pop("discomfort", None)
        prompt = posted.get("prompt")
        if isinstance(prompt, dict):
            posted["prompt"] = rewrite_ports(
                prompt,
                lambda node_id, name, given: _constant(posted, prompt[node_id], node_id, name, given),
                posted.get("partial_execution_targets") or (),
            )
            prepare_runners(posted)
    except Exception:
        logging.exception("Discomfort: the ports of a prompt could not be prepared")
    return posted


def _constant(posted: dict[str, Any], node: dict[str, Any], node_id: str, name: str, given: Any) -> Any:
    """The constant for an input that a port feeds: what the prompt gives to the port, else what is drawn."""
    node_class = nodes.NODE_CLASS_MAPPINGS.get(node["class_type"])
    if node_class is None:
        return NOTHING
    input_types = node_class.INPUT_TYPES()
    if given is not NOTHING:
        takes_it = isinstance(given, (str, int, float)) and input_is_widget(input_types, name)
        return given if takes_it else NOTHING
    workflow = ((posted.get("extra_data") or {}).get("extra_pnginfo") or {}).get("workflow")
    return drawn_value(workflow, node_id, node["class_type"], input_types, name)
