"""What a port shows in the page: scalars as text, images and masks as pictures, all else by its kind and shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..transport.problems import DiscomfortValueUnsupported
from ..transport.receipt import fits_inline
from ..transport.tagged_json import is_tensor
from ..transport.value_file import encode

_MOST_PICTURES = 16
_MOST_TEXTS = 100
_MOST_ENTRIES = 12
_LONGEST_TEXT = 20_000


def show_items(unique_id: str, items: list, save_picture: Callable[[Any], dict[str, str]]) -> dict[str, list]:
    """The `ui` of a port. `save_picture` takes the rows of one picture and gives ComfyUI's description of the file."""
    pictures = [picture for item in items for picture in _pictures(item)]
    texts = [_describe(item) for item in items[:_MOST_TEXTS] if not _pictures(item)]
    if len(items) > _MOST_TEXTS:
        texts.append(f"… ({len(items)} in all)")
    if len(pictures) > _MOST_PICTURES:
        texts.append(f"The first {_MOST_PICTURES} of {len(pictures)} pictures")
    shown = {
        "text": [text[:_LONGEST_TEXT] for text in texts],
        "images": [save_picture(picture) for picture in pictures[:_MOST_PICTURES]],
        "discomfort": _entries(unique_id, items),
    }
    return {kind: entries for kind, entries in shown.items() if entries}


def _entries(unique_id: str, items: list) -> list[dict[str, Any]]:
    """The value as data, for whoever reads the history of a prompt posted by hand."""
    try:
        encoded = encode(items[0] if len(items) == 1 else items)
    except DiscomfortValueUnsupported:
        return []
    return [{"v": 1, "unique_id": unique_id, "tree": encoded.tree}] if fits_inline(encoded) else []


def _pictures(item: Any) -> list:
    """The pictures of an IMAGE [batch, height, width, channels] or a MASK [batch, height, width]."""
    if not is_tensor(item) or not item.is_floating_point() or item.numel() == 0:
        return []
    is_image = item.dim() == 4 and item.shape[-1] in (1, 3, 4)
    return list(item) if is_image or item.dim() == 3 else []


def _describe(item: Any, nested: bool = False) -> str:
    if is_tensor(item):
        return f"{item.dtype} {list(item.shape)}"
    if isinstance(item, str):
        return repr(item) if nested else item
    if item is None or isinstance(item, (bool, int, float)):
        return str(item)
    if isinstance(item, dict):
        pairs = [f"{key}: {_inside(value)}" for key, value in list(item.items())[:_MOST_ENTRIES]]
        return "{" + _joined(pairs, len(item)) + "}"
    if isinstance(item, (list, tuple)):
        return "[" + _joined([_inside(value) for value in item[:_MOST_ENTRIES]], len(item)) + "]"
    kind = type(item)
    return str(item) if kind.__module__ == "numpy" else f"{kind.__module__}.{kind.__qualname__}"


def _inside(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        return f"{type(value).__name__} of {len(value)}"
    return _describe(value, nested=True)[:200]


def _joined(parts: list[str], count: int) -> str:
    return ", ".join(parts) + (f", … ({count} in all)" if count > len(parts) else "")
