"""Whether writes into a private mapping are noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from discomfort.transport import private_mapping  # noqa: E402
from discomfort.transport.private_mapping import GivenOut, was_written  # noqa: E402
from discomfort.transport.value_file import Value, encode, lay_out, read_value_file, write_value_file  # noqa: E402


@pytest.fixture(params=["pages", "bytes"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "bytes":
        monkeypatch.setattr(private_mapping, "_PAGES", tmp_path / "this system has no pagemap")
    file = tmp_path / "value.safetensors"
    value = [torch.zeros(3_000_000), torch.ones(3, dtype=torch.uint8)]
    write_value_file(file, lay_out(encode(value), "*", False))
    return file


def read(path: Path) -> Value:
    return read_value_file(path)


@pytest.mark.parametrize("place", [0, 1_500_000, -1])
def test_a_write_anywhere_is_noticed_and_reading_is_not(path: Path, place: int):
    loaded = read(path)
    assert not was_written(loaded.buffer, path)
    assert loaded.value[0].sum() == 0
    assert not was_written(loaded.buffer, path)
    loaded.value[0][place] = 1
    assert was_written(loaded.buffer, path)


def test_a_write_under_inference_mode_is_noticed(path: Path):
    with torch.inference_mode():
        loaded = read(path)
        loaded.value[1].add_(1)
    assert was_written(loaded.buffer, path)


def test_a_value_that_was_written_to_gets_a_new_generation_once(path: Path):
    given_out, loaded = GivenOut(), read(path)
    assert given_out.generation("v") == 0
    given_out.note("v", loaded.buffer, path)
    assert given_out.generation("v") == 0
    loaded.value[0].add_(1)
    assert [given_out.generation("v"), given_out.generation("v")] == [1, 1]
    again = read(path)
    given_out.note("v", again.buffer, path)
    assert given_out.generation("v") == 1


def test_what_was_given_out_is_not_kept_alive(path: Path):
    given_out = GivenOut()
    loaded: Any = read(path)
    given_out.note("v", loaded.buffer, path)
    loaded.value[0].add_(1)
    del loaded
    assert given_out.generation("v") == 0


def test_only_what_is_held_or_was_written_to_is_remembered(path: Path):
    given_out, held = GivenOut(), read(path)
    given_out.note("held", held.buffer, path)
    written = read(path)
    given_out.note("written", written.buffer, path)
    written.value[0].add_(1)
    assert given_out.generation("written") == 1
    del written
    for number in range(1_000):
        given_out.note(f"{number}", read(path).buffer, path)
    assert len(given_out) < 300
    held.value[0].add_(1)
    assert [given_out.generation("held"), given_out.generation("written"), given_out.generation("5")] == [1, 1, 0]
