"""Several values as one batch."""

from __future__ import annotations

from typing import Any

from ..recipes.recipe import RecipeValue
from ..transport.tagged_json import is_tensor
from .node_misused import NodeMisused


def batch(name: str, items: list) -> Any:
    """Images, masks or latents behind each other along their first dimension. Raises NodeMisused for all else."""
    if items and all(is_tensor(item) and item.dim() > 0 for item in items):
        return _joined(name, items)
    if items and all(isinstance(item, dict) and is_tensor(item.get("samples")) for item in items):
        return {"samples": _joined(name, [item["samples"] for item in items])}
    kinds = ", ".join(dict.fromkeys(_kind(item) for item in items)) or "no values"
    raise NodeMisused(
        f'The rounds gave {kinds} at "{name}", which cannot be a batch: only images, masks and latents can. '
        'Set results to "list".'
    )


def _joined(name: str, tensors: list) -> Any:
    import torch

    shapes = list(dict.fromkeys(tuple(tensor.shape[1:]) for tensor in tensors))
    if len(shapes) > 1:
        told = " and ".join(" x ".join(map(str, shape)) or "no size" for shape in shapes[:2])
        raise NodeMisused(
            f'The rounds gave values of different sizes at "{name}" ({told}), which cannot be a batch. '
            'Set results to "list", or make them equal inside the workflow.'
        )
    return torch.cat(tensors)


def _kind(item: Any) -> str:
    return f"{item.type} references" if isinstance(item, RecipeValue) else f"values of the type {type(item).__name__}"
