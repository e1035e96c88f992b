"""What a saver tells about a value: a receipt, and the value itself where it is small."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from .problems import WAYS_OUT, DiscomfortValueUnsupported
from .run_place import RunPlace
from .store import value_name
from .tagged_json import TakeApart, is_tensor, no_object, tree_depth, tree_to_text
from .value_file import Encoded, encode, lay_out

INLINE_CHARACTERS = 65_536
# ComfyUI copies its history by recursion: a tree nested deeper would make every question for it fail.
INLINE_DEPTH = 32


class Outgoing(NamedTuple):
    """A value on its way out of a run."""

    value: Any
    type: str
    is_list: bool


def outgoing(items: list, value_type: str, stays_list: bool = False) -> Outgoing:
    """A list of one is a plain value unless it is said to stay a list; other lengths are ComfyUI lists."""
    if len(items) == 1 and not stays_list:
        return Outgoing(items[0], value_type, False)
    return Outgoing(items, value_type, True)


def fits_inline(encoded: Encoded) -> bool:
    """Whether a value may travel inside ComfyUI's own messages."""
    if encoded.tensors or tree_depth(encoded.tree) > INLINE_DEPTH:
        return False
    return len(tree_to_text(encoded.tree)) <= INLINE_CHARACTERS


def saver_entry(
    unique_id: str, out: Outgoing, place: Callable[[], RunPlace], take_apart: TakeApart = no_object
) -> dict[str, Any]:
    """Saves a value and gives the entry about it. `place()` is asked for only where a file is needed."""
    try:
        return _save(unique_id, out, place, take_apart)
    except DiscomfortValueUnsupported as error:
        raise DiscomfortValueUnsupported(
            f'Port "{unique_id}": {error} and cannot be passed by value. {WAYS_OUT}'
        ) from None


def resident_entry(unique_id: str, out: Outgoing, keep: Callable[[str, Outgoing], None]) -> dict[str, Any]:
    """Keeps a value alive in the server and gives the entry about it. It may be anything, also what is no data."""
    receipt = _receipt(out)
    keep(receipt["id"], out)
    return {"v": 1, "unique_id": unique_id, "receipt": {**receipt, "bytes": 0}, "resident": True}


def _save(unique_id: str, out: Outgoing, place: Callable[[], RunPlace], take_apart: TakeApart) -> dict[str, Any]:
    encoded = encode(out.value, take_apart)
    receipt = _receipt(out)
    entry = {"v": 1, "unique_id": unique_id, "receipt": receipt}
    if fits_inline(encoded):
        return {**entry, "receipt": {**receipt, "bytes": 0}, "tree": encoded.tree}
    written = place().write(value_name(receipt["id"]), lay_out(encoded, out.type, out.is_list))
    digest = {} if written.digest is None else {"digest": written.digest}
    return {**entry, "receipt": {**receipt, "bytes": written.bytes, **digest}}


def _receipt(out: Outgoing) -> dict[str, Any]:
    return {"v": 1, "id": str(uuid.uuid4()), "type": out.type, "list": out.is_list, **_describe(out.value)}


def _describe(value: Any) -> dict[str, Any]:
    tensor = value.get("samples") if isinstance(value, dict) else value
    if not is_tensor(tensor):
        return {"dtype": None, "shape": None}
    from .tensor_bytes import dtype_name

    return {"dtype": dtype_name(tensor), "shape": list(tensor.shape)}
