"""What a saver tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from discomfort.transport.problems import DiscomfortValueUnsupported
from discomfort.transport.receipt import Outgoing, outgoing, saver_entry
from discomfort.transport.run_place import RunPlace
from discomfort.transport.store import is_uuid


def no_place() -> RunPlace:
    raise AssertionError("no file is needed")


def entry(value: Any, value_type: str = "*", place: Any = no_place) -> dict[str, Any]:
    return saver_entry("port", Outgoing(value, value_type, False), place)


def test_a_list_of_one_is_a_plain_value_and_other_lengths_are_lists():
    assert outgoing(["a"], "STRING") == ("a", "STRING", False)
    assert outgoing(["a", "b"], "STRING") == (["a", "b"], "STRING", True)
    assert outgoing([], "STRING") == ([], "STRING", True)


def test_a_small_value_travels_inside_the_entry():
    told = entry(2**64, "INT")
    receipt = told["receipt"]
    assert is_uuid(receipt.pop("id"))
    assert told == {"v": 1, "unique_id": "port", "receipt": receipt, "tree": {"int": str(2**64)}}
    assert receipt == {"v": 1, "type": "INT", "list": False, "dtype": None, "shape": None, "bytes": 0}


def test_a_text_over_65536_characters_becomes_a_file(tmp_path: Path):
    assert "tree" in entry("a" * 65_534)
    told = entry("a" * 65_535, place=lambda: RunPlace([tmp_path], 0))
    assert "tree" not in told
    path = tmp_path / f"{told['receipt']['id']}.safetensors"
    assert path.stat().st_size == told["receipt"]["bytes"]


def test_a_deeply_nested_value_becomes_a_file(tmp_path: Path):
    value: Any = 1
    for _ in range(32):
        value = [value]
    assert "tree" in entry(value)
    assert "tree" not in entry([value], place=lambda: RunPlace([tmp_path], 0))


def test_a_value_that_is_no_data_names_the_port_its_type_and_the_ways_out():
    with pytest.raises(DiscomfortValueUnsupported) as caught:
        entry(object())
    message = str(caught.value)
    for part in ('Port "port"', "builtins.object", "inside the workflow first", "passBy: 'ref'"):
        assert part in message


def test_a_tensor_becomes_a_file_and_its_receipt_tells_dtype_and_shape(tmp_path: Path):
    torch = pytest.importorskip("torch")
    told = entry(torch.zeros(1, 4, 4, 3), "IMAGE", lambda: RunPlace([tmp_path], 0))
    assert "tree" not in told
    assert (told["receipt"]["dtype"], told["receipt"]["shape"]) == ("F32", [1, 4, 4, 3])
    assert str(tmp_path) not in json.dumps(told)


def test_the_receipt_of_a_latent_tells_about_its_samples(tmp_path: Path):
    torch = pytest.importorskip("torch")
    latent = {"samples": torch.zeros(1, 4, 2, 2, dtype=torch.float16), "noise_mask": torch.zeros(1)}
    receipt = entry(latent, "LATENT", lambda: RunPlace([tmp_path], 0))["receipt"]
    assert (receipt["dtype"], receipt["shape"]) == ("F16", [1, 4, 2, 2])


def test_a_value_too_large_for_a_header_is_refused_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discomfort.transport.value_file._LARGEST_HEADER", 70_000)
    with pytest.raises(DiscomfortValueUnsupported, match=r'Port "port": A value with .* is too large'):
        entry("a" * 70_000, place=lambda: RunPlace([tmp_path], 0))
    assert list(tmp_path.iterdir()) == []
