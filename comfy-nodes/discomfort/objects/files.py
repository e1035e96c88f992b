"""Files inside values: their bytes as a tensor of U8, so that they lie beside the header and not in it."""

from __future__ import annotations

import io
import os
from typing import IO, Any


def tensor_of_file(source: str | os.PathLike | IO[bytes]) -> Any:
    """The bytes of a file on disk or of a stream, as a tensor of one axis."""
    import numpy
    import torch

    if isinstance(source, (str, os.PathLike)):
        return torch.from_numpy(numpy.fromfile(source, dtype=numpy.uint8))
    source.seek(0)
    return torch.from_numpy(numpy.frombuffer(bytearray(source.read()), dtype=numpy.uint8))


def stream_of(tensor: Any) -> io.BytesIO:
    """The bytes of such a tensor as a stream of their own."""
    return io.BytesIO(tensor.numpy().tobytes())


def take_file_3d(model: Any) -> dict[str, Any]:
    """A 3D model as its file."""
    return {"file": tensor_of_file(model.get_source()), "format": model.format}


def rebuild_file_3d(known: type, fields: dict[str, Any]) -> Any:
    return known(stream_of(fields["file"]), file_format=fields["format"])


def take_svg(svg: Any) -> dict[str, Any]:
    """Drawings as their files."""
    return {"data": [tensor_of_file(stream) for stream in svg.data]}


def rebuild_svg(known: type, fields: dict[str, Any]) -> Any:
    return known([stream_of(file) for file in fields["data"]])
