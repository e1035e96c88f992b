"""Value files: their exact bytes, private mappings, failures that leave nothing behind."""

from __future__ import annotations

import errno
import json
import os
import random
import stat
import time
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from discomfort.transport.problems import (  # noqa: E402
    DiscomfortStoreFull,
    DiscomfortValueDamaged,
    DiscomfortValueGone,
    DiscomfortValueUnsupported,
)
from discomfort.transport.value_file import encode, lay_out, read_value_file, write_value_file  # noqa: E402
from golden_values import GOLDEN, Golden, describe, golden_values  # noqa: E402
from same import same  # noqa: E402
from taken import Taken, take_apart  # noqa: E402

INDEX = json.loads((GOLDEN / "values.json").read_text())


def write(path: Path, value: Any, value_type: str = "*", is_list: bool = False) -> int:
    return write_value_file(path, lay_out(encode(value, take_apart), value_type, is_list)).bytes


def round_trip(folder: Path, value: Any) -> Any:
    write(folder / "value.safetensors", value)
    return read_value_file(folder / "value.safetensors").value


@pytest.mark.parametrize("golden", golden_values(), ids=lambda golden: golden.name)
def test_a_golden_value_is_written_as_exactly_these_bytes(golden: Golden, tmp_path: Path):
    size = write(tmp_path / "value.safetensors", golden.value, golden.type, golden.is_list)
    written = (tmp_path / "value.safetensors").read_bytes()
    assert written == (GOLDEN / f"{golden.name}.safetensors").read_bytes()
    assert size == len(written)


@pytest.mark.parametrize("golden", golden_values(), ids=lambda golden: golden.name)
def test_a_golden_file_is_read_as_the_value(golden: Golden):
    read = read_value_file(GOLDEN / f"{golden.name}.safetensors", Taken)
    assert (read.type, read.is_list) == (golden.type, golden.is_list)
    assert same(read.value, golden.value)


def test_the_golden_index_describes_all_files():
    assert INDEX["values"] == [describe(golden) for golden in golden_values()]
    files = {entry["file"] for entry in INDEX["values"]}
    assert files == {path.name for path in GOLDEN.glob("*.safetensors")}


@pytest.mark.parametrize("entry", INDEX["values"], ids=lambda entry: entry["file"])
def test_tensors_are_aligned_and_leave_no_gaps(entry: dict[str, Any]):
    raw = (GOLDEN / entry["file"]).read_bytes()
    begin = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:begin])
    header.pop("__metadata__")
    place = 0
    for described in header.values():
        first, last = described["data_offsets"]
        count = len(described["shape"]) and last > first
        assert first == place
        if count:
            items = 1
            for size in described["shape"]:
                items *= size
            assert first % ((last - first) // items) == 0
        place = last
    assert begin % 64 == 0
    assert begin + place == len(raw)


@pytest.mark.parametrize("entry", INDEX["values"], ids=lambda entry: entry["file"])
def test_the_safetensors_library_reads_the_same_tensors(entry: dict[str, Any]):
    safetensors = pytest.importorskip("safetensors")
    with safetensors.safe_open(GOLDEN / entry["file"], "pt") as file:
        assert file.metadata()["discomfort"] == "1"
        assert set(file.keys()) == set(entry["tensors"])
        for name, described in entry["tensors"].items():
            tensor = file.get_tensor(name)
            assert list(tensor.shape) == described["shape"]
            assert bytes(tensor.reshape(-1).view(torch.uint8).tolist()).hex() == described["hex"]


DTYPES = [
    name
    for name in (
        "bool uint8 int8 uint16 int16 uint32 int32 uint64 int64 float8_e4m3fn float8_e4m3fnuz float8_e5m2 "
        "float8_e5m2fnuz float8_e8m0fnu float16 bfloat16 float32 float64 complex64"
    ).split()
    if hasattr(torch, name)
]


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_of_safetensors_comes_back(dtype: str, tmp_path: Path):
    tensor = torch.arange(6).reshape(2, 3).to(getattr(torch, dtype))
    assert same(round_trip(tmp_path, {"a": tensor})["a"], tensor)


def test_a_dtype_that_safetensors_lacks_is_refused():
    with pytest.raises(DiscomfortValueUnsupported, match="complex128"):
        encode(torch.zeros(2, dtype=torch.complex128))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1),
        torch.arange(24.0)[::3],
        torch.zeros(1).expand(3, 4),
        torch.complex(torch.ones(2), torch.ones(2)).conj(),
        torch.nn.Parameter(torch.ones(2)),
        torch.ones(2, requires_grad=True),
    ],
    ids=["permuted", "strided", "expanded", "conjugated", "parameter", "with gradient"],
)
def test_a_tensor_in_any_arrangement_is_written_in_order(tensor: Any, tmp_path: Path):
    read = round_trip(tmp_path, tensor)
    assert torch.equal(read, tensor.detach().resolve_conj().contiguous())


@pytest.mark.parametrize(
    "tensor", [torch.zeros(2, 2).to_sparse(), torch.zeros(2, device="meta")], ids=["sparse", "meta"]
)
def test_a_tensor_without_plain_bytes_is_refused(tensor: Any):
    with pytest.raises(DiscomfortValueUnsupported, match="no plain data"):
        encode(tensor)


def test_a_subclass_of_tensor_is_refused_by_name():
    class Quantized(torch.Tensor):
        pass

    with pytest.raises(DiscomfortValueUnsupported, match="Quantized"):
        encode(torch.zeros(2).as_subclass(Quantized))


def test_random_nested_values_with_tensors_come_back_the_same(tmp_path: Path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    generator = random.Random(seed)

    def value(depth: int) -> Any:
        kind = generator.randrange(4 if depth < 4 else 2)
        if kind == 0:
            dtype = getattr(torch, generator.choice(DTYPES))
            shape = [generator.randrange(4) for _ in range(generator.randrange(4))]
            return torch.randint(0, 2, shape).to(dtype)
        if kind == 1:
            return generator.choice([1, 1.0, "a", None, b"b", True])
        if kind == 2:
            return [value(depth + 1) for _ in range(generator.randrange(4))]
        return {generator.choice("abc"): value(depth + 1) for _ in range(generator.randrange(4))}

    for _ in range(200):
        original = value(0)
        assert same(round_trip(tmp_path, original), original), original


def test_writing_in_place_reaches_neither_the_file_nor_another_reader(tmp_path: Path):
    write(tmp_path / "value.safetensors", torch.zeros(4))
    first = read_value_file(tmp_path / "value.safetensors").value
    second = read_value_file(tmp_path / "value.safetensors").value
    first.add_(1)
    assert first.tolist() == [1] * 4
    assert second.tolist() == [0] * 4
    assert read_value_file(tmp_path / "value.safetensors").value.tolist() == [0] * 4


def test_a_tensor_outlives_its_deleted_file(tmp_path: Path):
    tensor = round_trip(tmp_path, torch.ones(1000))
    (tmp_path / "value.safetensors").unlink()
    assert tensor.sum() == 1000


def test_a_large_value_is_mapped_not_read(tmp_path: Path):
    write(tmp_path / "value.safetensors", torch.zeros(16_000_000))
    started = time.perf_counter()
    read_value_file(tmp_path / "value.safetensors")
    assert time.perf_counter() - started < 0.02


def test_a_file_is_for_its_owner_alone_and_nothing_else_is_left(tmp_path: Path):
    write(tmp_path / "value.safetensors", [1])
    assert stat.S_IMODE((tmp_path / "value.safetensors").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["value.safetensors"]


def test_a_full_disk_is_a_clear_error_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int, _data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiscomfortStoreFull, match="no room for a value of"):
        write(tmp_path / "value.safetensors", torch.zeros(4))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_a_value_that_is_gone(tmp_path: Path):
    with pytest.raises(DiscomfortValueGone):
        read_value_file(tmp_path / "value.safetensors")


def test_a_file_cut_off_anywhere_is_damaged_and_never_fatal(tmp_path: Path):
    raw = (GOLDEN / "latent.safetensors").read_bytes()
    for length in range(0, len(raw), 7):
        (tmp_path / "value.safetensors").write_bytes(raw[:length])
        with pytest.raises(DiscomfortValueDamaged):
            read_value_file(tmp_path / "value.safetensors")


def forged(path: Path, header: Any) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(16))
    return path


METADATA = {"discomfort": "1", "type": "*", "list": "0", "tree": '{"tensor":"0"}'}


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"\xff",
        [],
        {},
        {"__metadata__": {**METADATA, "discomfort": "2"}},
        {"__metadata__": {**METADATA, "tree": 1}},
        {"__metadata__": METADATA},
        {"__metadata__": METADATA, "0": {"dtype": "F32", "shape": [4]}},
        {"__metadata__": METADATA, "0": {"dtype": "F99", "shape": [4], "data_offsets": [0, 16]}},
        {"__metadata__": METADATA, "0": {"dtype": "F32", "shape": [5], "data_offsets": [0, 16]}},
        {"__metadata__": METADATA, "0": {"dtype": "F32", "shape": [8], "data_offsets": [0, 32]}},
        {"__metadata__": METADATA, "0": {"dtype": "F32", "shape": [4], "data_offsets": [-16, 0]}},
        {"__metadata__": METADATA, "0": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}},
        {"__metadata__": METADATA, "0": {"dtype": "F32", "shape": "4", "data_offsets": [0, 16]}},
        {"__metadata__": METADATA, "0": {"dtype": ["F32"], "shape": [4], "data_offsets": [0, 16]}},
        {"__metadata__": METADATA, "0": {"dtype": "F32", "shape": [4], "data_offsets": [0.0, 16.0]}},
    ],
    ids=str,
)
def test_a_forged_header_is_refused(header: Any, tmp_path: Path):
    with pytest.raises(DiscomfortValueDamaged):
        read_value_file(forged(tmp_path / "value.safetensors", header))
