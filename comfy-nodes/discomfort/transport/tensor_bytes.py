"""Tensors as plain little-endian bytes and back. The only module of the transport that needs torch."""

from __future__ import annotations

import sys
from typing import Any

import torch

from .problems import DiscomfortValueDamaged, DiscomfortValueUnsupported

_TORCH_NAMES = {
    "BOOL": "bool",
    "U8": "uint8",
    "I8": "int8",
    "U16": "uint16",
    "I16": "int16",
    "U32": "uint32",
    "I32": "int32",
    "U64": "uint64",
    "I64": "int64",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2": "float8_e5m2",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F8_E8M0": "float8_e8m0fnu",
    "F16": "float16",
    "BF16": "bfloat16",
    "F32": "float32",
    "F64": "float64",
    "C64": "complex64",
}
# An older torch lacks some of them.
TORCH_TYPES = {name: getattr(torch, known) for name, known in _TORCH_NAMES.items() if hasattr(torch, known)}
_NAMES = {dtype: name for name, dtype in TORCH_TYPES.items()}


def dtype_name(tensor: torch.Tensor) -> str:
    """The name of a tensor's dtype in a safetensors file."""
    if tensor.dtype not in _NAMES:
        raise DiscomfortValueUnsupported(f"A tensor of the dtype {tensor.dtype} has no place in a safetensors file")
    return _NAMES[tensor.dtype]


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """The same numbers as an ordinary tensor: on the CPU, in order, without lazy signs."""
    if type(tensor) not in (torch.Tensor, torch.nn.Parameter):
        kind = type(tensor)
        raise DiscomfortValueUnsupported(
            f"A tensor of the special Python type {kind.__module__}.{kind.__qualname__} is no plain data"
        )
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_nested or tensor.is_meta:
        raise DiscomfortValueUnsupported(f"A tensor of the layout {tensor.layout} on {tensor.device} is no plain data")
    return tensor.detach().to("cpu").resolve_conj().resolve_neg().contiguous()


def bytes_of(tensor: torch.Tensor) -> memoryview:
    """The bytes of a plain tensor, without a copy."""
    if sys.byteorder != "little":
        raise DiscomfortValueUnsupported("On a big-endian machine a tensor")
    if tensor.numel() == 0:
        return memoryview(b"")
    return memoryview(tensor.reshape(-1).view(torch.uint8).numpy())


def tensor_from(buffer: Any, dtype: str, shape: list[int], begin: int, end: int) -> torch.Tensor:
    """A tensor that shares the bytes from `begin` to `end` of a writable buffer and keeps that buffer alive."""
    if dtype not in TORCH_TYPES:
        raise DiscomfortValueDamaged(f"The file holds a tensor of the dtype {dtype!r:.40}, which is unknown here.")
    torch_type = TORCH_TYPES[dtype]
    count = 1
    for size in shape:
        count *= size
    if end - begin != count * torch_type.itemsize:
        raise DiscomfortValueDamaged(f"A tensor {dtype} {shape} cannot have {end - begin} bytes.")
    if count == 0:
        return torch.empty(shape, dtype=torch_type)
    return torch.frombuffer(buffer, dtype=torch_type, count=count, offset=begin).reshape(shape)
