"""Which node classes check inputs themselves, which /object_info does not tell."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

ALL = "*"


def list_validators(classes: Mapping[str, type]) -> dict[str, list[str]]:
    """The inputs that each class takes over from ComfyUI's checks: by name, or "*" for all of them."""
    told = {}
    for name, node_class in classes.items():
        try:
            validator = find_validator(node_class)
            if validator is not None:
                told[name] = _taken_over(validator)
        except Exception:
            # A class of a pack that cannot be looked at is not worth the answer about all others.
            continue
    return told


def find_validator(node_class: type) -> Callable[..., Any] | None:
    """`validate_inputs` of a class of the new kind, where it is not that of its base; `VALIDATE_INPUTS` of others."""
    base_of = getattr(node_class, "GET_BASE_CLASS", None)
    if base_of is None:
        return getattr(node_class, "VALIDATE_INPUTS", None)
    base = base_of()
    for one in node_class.__mro__:
        if one is base:
            return None
        if "validate_inputs" in one.__dict__:
            return node_class.validate_inputs
    return None


def _taken_over(validator: Callable[..., Any]) -> list[str]:
    told = inspect.getfullargspec(validator)
    # Bound or not, the class comes first.
    names = told.args[1:]
    return [*names, ALL] if told.varkw is not None else names
