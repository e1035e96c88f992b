"""Tensors of different shapes that go as one, like the video and the audio of one latent."""

from __future__ import annotations

from typing import Any


def take_nested(nested: Any) -> dict[str, Any]:
    return {"tensors": list(nested.tensors)}


def rebuild_nested(known: type, fields: dict[str, Any]) -> Any:
    return known(fields["tensors"])
