"""Objects of Python and numpy that ComfyUI's nodes put into values."""

from __future__ import annotations

from typing import Any

from ..transport.problems import DiscomfortValueUnsupported


def take_fraction(fraction: Any) -> dict[str, Any]:
    return {"numerator": fraction.numerator, "denominator": fraction.denominator}


def rebuild_fraction(known: type, fields: dict[str, Any]) -> Any:
    return known(fields["numerator"], fields["denominator"])


def take_set(items: Any) -> dict[str, Any]:
    return {"items": list(items)}


def rebuild_set(known: type, fields: dict[str, Any]) -> Any:
    return known(fields["items"])


def take_array(array: Any) -> dict[str, Any]:
    """A numpy array as a tensor."""
    import numpy
    import torch

    try:
        # A copy: tensors have neither strides nor the byte order of other machines, and may be written to.
        return {"array": torch.from_numpy(numpy.array(array, dtype=array.dtype.newbyteorder("="), order="C"))}
    except TypeError:
        raise DiscomfortValueUnsupported(f"A numpy array of the dtype {array.dtype} is no tensor") from None


def rebuild_array(_known: type, fields: dict[str, Any]) -> Any:
    return fields["array"].numpy()
