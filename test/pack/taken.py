"""Objects of ComfyUI's classes as the transport sees them, for tests without ComfyUI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Taken:
    """An object as the transport sees it: the name of its class, and its fields."""

    name: str
    fields: dict[str, Any]


def take_apart(value: Any) -> tuple[str, dict[str, Any]] | None:
    """What the pack's table of classes does for ComfyUI's own objects."""
    return (value.name, value.fields) if isinstance(value, Taken) else None
