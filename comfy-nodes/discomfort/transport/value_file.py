"""Value files: safetensors with a tagged JSON tree in the metadata. Written once, then only mapped."""

from __future__ import annotations

import errno
import json
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .checksum import digest_of
from .problems import DiscomfortStoreFull, DiscomfortValueDamaged, DiscomfortValueGone, DiscomfortValueUnsupported
from .tagged_json import (
    Rebuild,
    TakeApart,
    decode_tree,
    encode_tree,
    no_object,
    tree_from_text,
    tree_to_text,
    unknown_object,
)

FORMAT = "1"
_ALIGNMENT = 64
# Readers of safetensors files refuse larger headers.
_LARGEST_HEADER = 100_000_000
_LARGEST_WRITE = 1 << 30


class Encoded(NamedTuple):
    """A value taken apart: its tree, and its tensors in the order in which the tree names them."""

    tree: Any
    tensors: list[Any]


class Value(NamedTuple):
    """What a value file holds."""

    type: str
    is_list: bool
    value: Any
    buffer: mmap.mmap


def encode(value: Any, take_apart: TakeApart = no_object) -> Encoded:
    """Takes a value apart. Raises DiscomfortValueUnsupported where it is no data."""
    tensors: list[Any] = []

    def name_tensor(tensor: Any) -> str:
        from .tensor_bytes import dtype_name, plain

        dtype_name(tensor)
        tensors.append(plain(tensor))
        return str(len(tensors) - 1)

    return Encoded(encode_tree(value, name_tensor, take_apart), tensors)


class Layout(NamedTuple):
    """How a value lies in its file: the header, and the bytes of the tensors behind it."""

    header: bytes
    chunks: list[memoryview]

    @property
    def size(self) -> int:
        return len(self.header) + sum(len(chunk) for chunk in self.chunks)


def lay_out(encoded: Encoded, value_type: str, is_list: bool) -> Layout:
    """Lays a value out. Wide items come first: so all are aligned and there are no gaps."""
    from .tensor_bytes import bytes_of, dtype_name

    header: dict[str, Any] = {
        "__metadata__": {
            "discomfort": FORMAT,
            "type": value_type,
            "list": "1" if is_list else "0",
            "tree": tree_to_text(encoded.tree),
        }
    }
    chunks, offset = [], 0
    for name, tensor in sorted(enumerate(encoded.tensors), key=lambda item: (-item[1].element_size(), item[0])):
        chunk = bytes_of(tensor)
        header[str(name)] = {
            "dtype": dtype_name(tensor),
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(chunk)],
        }
        chunks.append(chunk)
        offset += len(chunk)
    text = tree_to_text(header).encode()
    if len(text) > _LARGEST_HEADER:
        raise DiscomfortValueUnsupported(
            f"A value with {len(text)} bytes of texts, numbers and bytes outside of tensors is too large"
        )
    text += b" " * (-(8 + len(text)) % _ALIGNMENT)
    return Layout(len(text).to_bytes(8, "little") + text, chunks)


class Written(NamedTuple):
    """A value file that was written: its size, and its checksum if that was wanted."""

    bytes: int
    digest: str | None


def write_value_file(path: Path, layout: Layout, checksum: bool = False) -> Written:
    """Writes a value aside and renames it into place. After a failure nothing is left behind."""
    header, chunks = layout
    aside = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            size = _write_all(descriptor, [memoryview(header), *chunks])
        finally:
            os.close(descriptor)
        os.replace(aside, path)
        return Written(size, digest_of([header, *chunks]) if checksum else None)
    except BaseException as error:
        aside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiscomfortStoreFull(
                error.errno,
                f"There is no room for a value of {layout.size} bytes in the store. "
                "Free space there, delete values of the context, or set DISCOMFORT_STORE to a larger folder.",
            ) from error
        raise


def read_value_file(path: Path, rebuild: Rebuild = unknown_object, digest: str | None = None) -> Value:
    """Maps a value file privately: tensors share the mapping, and writing to them never reaches the file.

    With a digest all bytes are compared with it first.
    """
    try:
        with path.open("rb") as file:
            buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except FileNotFoundError:
        raise DiscomfortValueGone("The file of the value is gone.") from None
    except ValueError as error:
        raise DiscomfortValueDamaged("The file of the value is empty.") from error
    if digest is not None and digest_of([buffer]) != digest:
        raise DiscomfortValueDamaged("The bytes of the value's file do not have the checksum that its receipt tells.")
    header, begin = _read_header(buffer)
    metadata = header.pop("__metadata__", None)
    if not isinstance(metadata, dict) or metadata.get("discomfort") != FORMAT or not _are_texts(metadata):
        raise DiscomfortValueDamaged("The file is no Discomfort value, or one of another version.")

    def tensor_named(name: str) -> Any:
        return _tensor(buffer, header.get(name), begin)

    value = decode_tree(tree_from_text(metadata["tree"]), tensor_named, rebuild)
    return Value(metadata["type"], metadata["list"] == "1", value, buffer)


def _write_all(descriptor: int, chunks: Iterable[memoryview]) -> int:
    size = 0
    for chunk in chunks:
        done = 0
        while done < len(chunk):
            done += os.write(descriptor, chunk[done : done + _LARGEST_WRITE])
        size += done
    return size


def _read_header(buffer: mmap.mmap) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(buffer[:8], "little")
    if len(buffer) < 8 or length > min(_LARGEST_HEADER, len(buffer) - 8):
        raise DiscomfortValueDamaged("The file of the value is cut off.")
    try:
        header = json.loads(buffer[8 : 8 + length].decode())
    except ValueError as error:
        raise DiscomfortValueDamaged("The header of the value's file is no JSON.") from error
    if not isinstance(header, dict):
        raise DiscomfortValueDamaged("The header of the value's file is no JSON object.")
    return header, 8 + length


def _are_texts(metadata: dict) -> bool:
    return all(isinstance(metadata.get(key), str) for key in ("type", "list", "tree"))


def _tensor(buffer: mmap.mmap, entry: Any, begin: int) -> Any:
    from .tensor_bytes import tensor_from

    try:
        dtype, shape, (first, last) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = all(isinstance(number, int) and number >= 0 for number in (first, last, *shape))
    except (TypeError, KeyError, ValueError) as error:
        raise DiscomfortValueDamaged("The tree names a tensor that the file does not describe.") from error
    if not numbers or not isinstance(dtype, str) or not first <= last <= len(buffer) - begin:
        raise DiscomfortValueDamaged("The file of the value is cut off.")
    return tensor_from(buffer, dtype, shape, begin + first, begin + last)
