"""The sockets of the nodes that run workflows: declared ones, since ComfyUI checks nothing behind undeclared ones."""

from __future__ import annotations

from typing import Any

from ..nested.ports import MOST
from .any_type import ANY

OUTPUT_TYPES = (ANY,) * MOST
OUTPUT_NAMES = tuple(f"output_{number}" for number in range(MOST))
OUTPUTS_ARE_LISTS = (True,) * MOST
HIDDEN = {"dynprompt": "DYNPROMPT", "unique_id": "UNIQUE_ID"}


def input_sockets() -> dict[str, Any]:
    """The optional inputs. They are lazy: what is known by its recipe need not run, and what is not needed neither."""
    return {f"input_{number}": (ANY, {"lazy": True}) for number in range(MOST)}


def models_widget() -> Any:
    """Whether models make room for each other."""
    return (["unload", "keep"], {"default": "unload"})


def one(values: Any) -> Any:
    """The value of a widget: ComfyUI gives lists to these nodes. None where a link has not been evaluated."""
    return values[0] if values else None
