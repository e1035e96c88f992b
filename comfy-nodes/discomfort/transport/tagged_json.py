"""Tagged JSON: one tree of data for Python and TypeScript. docs/values.md holds the grammar."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from .problems import DiscomfortValueDamaged, DiscomfortValueUnsupported

MAX_DEPTH = 200
MAX_DIGITS = 4300

_TOO_LARGE = 10**MAX_DIGITS
_SPECIAL_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_SURROGATE = re.compile("[\ud800-\udfff]")

# An object of a known class as its name and fields, or None; and the object again.
TakeApart = Callable[[Any], "tuple[str, dict[str, Any]] | None"]
Rebuild = Callable[[str, "dict[str, Any]"], Any]


def no_object(_value: Any) -> None:
    """Where no class is known."""


def unknown_object(name: str, _fields: dict[str, Any]) -> Any:
    """Where no class is known."""
    raise DiscomfortValueDamaged(f"The tree holds an object {name!r:.60}, which is not known here.")


def encode_tree(value: Any, name_tensor: Callable[[Any], str], take_apart: TakeApart = no_object) -> Any:
    """Turns a value into its tree. `name_tensor` takes each tensor in the order of the tree and gives its name."""
    try:
        return _encode(value, _Encoding(name_tensor, take_apart), 0)
    except RecursionError:
        raise _too_deep() from None


def decode_tree(tree: Any, tensor_named: Callable[[str], Any], rebuild: Rebuild = unknown_object) -> Any:
    """Turns a tree back into the value. `tensor_named` gives the tensor of a name."""
    try:
        return _decode(tree, _Decoding(tensor_named, rebuild), 0)
    except RecursionError:
        raise DiscomfortValueDamaged("The tree is nested too deeply to be read.") from None


def tree_to_text(tree: Any) -> str:
    """Writes a tree as JSON. Lone surrogates become escapes, so that the text is always valid UTF-8."""
    try:
        text = json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except RecursionError:
        raise _too_deep() from None
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def tree_from_text(text: str) -> Any:
    """Reads a tree from JSON. Every number is a float, as the grammar says."""

    def refuse(constant: str) -> None:
        raise DiscomfortValueDamaged(f"The tree holds {constant}, which is no JSON.")

    try:
        return json.loads(text, parse_int=float, parse_constant=refuse)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DiscomfortValueDamaged(f"The tree is no JSON: {error}") from error


def tree_depth(tree: Any) -> int:
    """How many lists, tuples and dicts lie inside each other."""
    depth, level = 0, _containers([tree])
    while level:
        depth += 1
        level = _containers([item for node in level for item in _items(node)])
    return depth


def is_tensor(value: Any) -> bool:
    """Whether a value is a torch tensor. Where torch was never imported there is none."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


class _Encoding(NamedTuple):
    name_tensor: Callable[[Any], str]
    take_apart: TakeApart


class _Decoding(NamedTuple):
    tensor_named: Callable[[str], Any]
    rebuild: Rebuild


def _encode(value: Any, parts: _Encoding, depth: int) -> Any:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return {"int": _digits(int(value))}
    if isinstance(value, float):
        return _encode_float(float(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if is_tensor(value):
        return {"tensor": parts.name_tensor(value)}
    if isinstance(value, (list, tuple, dict)):
        if depth == MAX_DEPTH:
            raise _too_deep()
        return _encode_container(value, parts, depth + 1)
    taken = parts.take_apart(value)
    if taken is not None:
        name, fields = taken
        return {"object": [name, _encode(fields, parts, depth)]}
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        plain = value.item()
        if isinstance(plain, (bool, int, float, str, bytes)):
            return _encode(plain, parts, depth)
    kind = type(value)
    raise DiscomfortValueUnsupported(f"A value of the Python type {kind.__module__}.{kind.__qualname__} is no data")


def _encode_container(value: list | tuple | dict, parts: _Encoding, depth: int) -> Any:
    place: object = 0
    try:
        if isinstance(value, dict):
            pairs = []
            for place, item in value.items():
                pairs.append([_encode(place, parts, depth), _encode(item, parts, depth)])
            return {"dict": pairs}
        items: list = []
        for item in value:
            place = len(items)
            items.append(_encode(item, parts, depth))
        return {"tuple": items} if isinstance(value, tuple) else items
    except DiscomfortValueUnsupported as error:
        raise error.inside(place) from None


def _encode_float(value: float) -> Any:
    if math.isnan(value):
        return {"float": "nan"}
    if math.isinf(value):
        return {"float": "inf" if value > 0 else "-inf"}
    if value == 0 and math.copysign(1, value) < 0:
        return {"float": "-0"}
    return value


def _digits(value: int) -> str:
    # Python itself refuses to read or write an int of more digits.
    if abs(value) >= _TOO_LARGE:
        raise DiscomfortValueUnsupported(f"An int of more than {MAX_DIGITS} digits is too large")
    return str(value)


def _decode(tree: Any, parts: _Decoding, depth: int) -> Any:
    if tree is None or isinstance(tree, (bool, str)):
        return tree
    if isinstance(tree, (int, float)):
        return _decode_number(tree)
    if depth == MAX_DEPTH and _is_container(tree):
        raise DiscomfortValueDamaged(f"The tree is deeper than {MAX_DEPTH} levels.")
    if isinstance(tree, list):
        return [_decode(item, parts, depth + 1) for item in tree]
    if not isinstance(tree, dict) or len(tree) != 1:
        raise DiscomfortValueDamaged("An object of the tree has to have exactly one key, the tag.")
    ((tag, content),) = tree.items()
    if tag == "tuple" and isinstance(content, list):
        return tuple([_decode(item, parts, depth + 1) for item in content])
    if tag == "dict" and isinstance(content, list):
        return _decode_dict(content, parts, depth + 1)
    if tag == "object":
        return _decode_object(content, parts, depth)
    if not isinstance(content, str):
        raise DiscomfortValueDamaged(f"The tag {tag!r:.60} is unknown or holds the wrong kind of content.")
    return _decode_leaf(tag, content, parts.tensor_named)


def _decode_number(number: int | float) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value) or (value == 0 and math.copysign(1, value) < 0):
        raise DiscomfortValueDamaged("A number of the tree has to be finite and not -0.")
    return value


def _decode_dict(pairs: list, parts: _Decoding, depth: int) -> dict:
    result = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise DiscomfortValueDamaged("A dict of the tree has to be a list of pairs.")
        key, value = pair
        try:
            result[_decode(key, parts, depth)] = _decode(value, parts, depth)
        except TypeError as error:
            raise DiscomfortValueDamaged("A dict of the tree has a key that Python cannot use as one.") from error
    return result


def _decode_object(content: Any, parts: _Decoding, depth: int) -> Any:
    name, fields = content if isinstance(content, list) and len(content) == 2 else (None, None)
    if not isinstance(name, str) or not isinstance(fields, dict) or list(fields) != ["dict"]:
        raise DiscomfortValueDamaged("An object of the tree has to have a name and a dict of fields.")
    named = _decode(fields, parts, depth)
    if not all(isinstance(key, str) for key in named):
        raise DiscomfortValueDamaged("A field of an object of the tree has to be named by a text.")
    return parts.rebuild(name, named)


def _decode_leaf(tag: str, content: str, tensor_named: Callable[[str], Any]) -> Any:
    if tag == "int" and len(content.lstrip("-")) <= MAX_DIGITS and _INTEGER.fullmatch(content):
        return int(content)
    if tag == "float" and content in _SPECIAL_FLOATS:
        return _SPECIAL_FLOATS[content]
    if tag == "tensor":
        return tensor_named(content)
    if tag == "bytes":
        try:
            return base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise DiscomfortValueDamaged("Bytes of the tree are no base64.") from error
    raise DiscomfortValueDamaged(f"The tree holds {tag!r:.60}: {content!r:.60}, which means nothing.")


def _is_container(tree: Any) -> bool:
    return isinstance(tree, list) or (isinstance(tree, dict) and ("tuple" in tree or "dict" in tree))


def _containers(trees: list) -> list:
    return [tree for tree in map(_fields, trees) if _is_container(tree)]


def _fields(tree: Any) -> Any:
    """An object is as deep as its fields are."""
    return tree["object"][1] if isinstance(tree, dict) and "object" in tree else tree


def _items(tree: Any) -> list:
    if isinstance(tree, list):
        return tree
    return tree["tuple"] if "tuple" in tree else [item for pair in tree["dict"] for item in pair]


def _too_deep() -> DiscomfortValueUnsupported:
    return DiscomfortValueUnsupported(f"A value nested deeper than {MAX_DEPTH} levels, or one that holds itself,")
