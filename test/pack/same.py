"""Whether two values are the same in all that the codec promises to keep."""

from __future__ import annotations

import math
from typing import Any

from discomfort.transport.tagged_json import is_tensor
from taken import Taken


def same(left: Any, right: Any) -> bool:
    """Equal in type and content, down to the sign of zero and the order of a dict."""
    if is_tensor(left):
        return is_tensor(right) and _same_tensors(left, right)
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        both_nan = math.isnan(left) and math.isnan(right)
        return both_nan or (left == right and math.copysign(1, left) == math.copysign(1, right))
    if isinstance(left, Taken):
        return left.name == right.name and same(left.fields, right.fields)
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def _same_tensors(left: Any, right: Any) -> bool:
    from discomfort.transport.tensor_bytes import bytes_of, plain

    alike = left.dtype == right.dtype and left.shape == right.shape
    return alike and bytes_of(plain(left)) == bytes_of(plain(right))
