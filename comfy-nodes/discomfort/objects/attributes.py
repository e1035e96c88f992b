"""Objects that are what their attributes hold."""

from __future__ import annotations

import inspect
from typing import Any


def take_attributes(value: Any) -> dict[str, Any]:
    """All attributes by name."""
    return dict(vars(value))


def rebuild_attributes(known: type, fields: dict[str, Any]) -> Any:
    """What the constructor takes goes through it, so that a version with more attributes has its defaults for them."""
    taken = inspect.signature(known).parameters
    made = known(**{name: field for name, field in fields.items() if name in taken})
    for name, field in fields.items():
        if name not in taken:
            setattr(made, name, field)
    return made
