"""Which nodes of a prompt load models, and which files they name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from discomfort.models.changed_files import MARK, ChangedFiles
from discomfort.models.model_files import ModelFiles
from discomfort.models.model_nodes import find_model_nodes, stand_first
from discomfort.models.run_cost import count_ancestors


def gives(*types: Any, **more: Any) -> type:
    return type("Node", (), {"RETURN_TYPES": types, **more})


CLASSES = {
    "Checkpoint": gives("MODEL", "CLIP", "VAE"),
    "Lora": gives("MODEL", "CLIP"),
    "Patch": gives("MODEL"),
    "Sam": gives("SAM_MODEL"),
    "Text": gives("STRING"),
    "Choice": gives(["a.ckpt", "b.ckpt"]),
    "Picture": gives("IMAGE"),
    "Encode": gives("CONDITIONING"),
    "Mixed": gives("MODEL", "IMAGE"),
    "Anything": gives("*"),
    "Saver": gives("MODEL", OUTPUT_NODE=True),
    "Random": gives("MODEL", NOT_IDEMPOTENT=True),
    "Greedy": gives("MODEL", ACCEPT_ALL_INPUTS=True),
    "Broken": type("Broken", (), {"RETURN_TYPES": 7}),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.ckpt", "b.ckpt", "lora.pt"):
        (tmp_path / name).write_text(name)
    return tmp_path


def files(folder: Path) -> ModelFiles:
    return ModelFiles(lambda: {"models": ([str(folder)], {".ckpt"}), "more": ([str(folder / "none")], set())})


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def found(folder: Path, prompt: dict[str, Any]) -> dict[str, Any]:
    return find_model_nodes(prompt, CLASSES, files(folder))


def test_loaders_and_what_only_patches_their_models_are_found(folder: Path):
    nodes = found(
        folder,
        {
            "encode": node("Encode", clip=["lora", 1], text="a"),
            "load": node("Checkpoint", name="a.ckpt"),
            "lora": node("Lora", model=["load", 0], clip=["load", 1], name="lora.pt", strength=["number", 0]),
            "number": node("Text", value="1"),
            "patch": node("Patch", model=["lora", 0], shift=3.0),
        },
    )
    assert set(nodes) == {"load", "lora", "patch"}
    names = {key: [os.path.basename(stamp.path) for stamp in one.stamps] for key, one in nodes.items()}
    assert names == {"load": ["a.ckpt"], "lora": ["lora.pt", "a.ckpt"], "patch": ["lora.pt", "a.ckpt"]}
    assert nodes["patch"].loaders == nodes["lora"].loaders
    assert nodes["lora"].loaders[1:] == nodes["load"].loaders
    assert [nodes[key].size for key in ("load", "lora", "patch")] == [6, 7, 0]


def test_a_node_that_takes_or_gives_anything_heavy_is_none(folder: Path):
    assert not found(
        folder,
        {
            "picture": node("Picture", name="a.ckpt"),
            "patched": node("Patch", picture=["picture", 0], name="a.ckpt"),
            "mixed": node("Mixed", name="a.ckpt"),
            "anything": node("Anything", name="a.ckpt"),
            "after": node("Patch", value=["anything", 0], name="a.ckpt"),
            "saver": node("Saver", name="a.ckpt"),
            "random": node("Random", name="a.ckpt"),
            "broken": node("Broken", name="a.ckpt"),
            "unknown": node("Unknown", name="a.ckpt"),
            "nothing": None,
            "lost": node("Patch", model=["gone", 0], name="a.ckpt"),
        },
    )


def test_a_loader_whose_file_cannot_be_seen_is_none(folder: Path):
    assert not found(
        folder,
        {
            "repository": node("Checkpoint", name="somebody/model"),
            "gone": node("Checkpoint", name="gone.ckpt"),
            "both": node("Checkpoint", name="a.ckpt", other="gone.safetensors"),
            "odd": node("Checkpoint", name="\0.ckpt", more=None, list=[1, 2, 3]),
        },
    )


def test_a_file_is_found_by_a_name_from_a_text_node_and_by_its_full_path(folder: Path):
    prompt = {
        "text": node("Text", value="a.ckpt"),
        "load": node("Checkpoint", name=["text", 0]),
        "choice": node("Choice", value="b.ckpt"),
        "other": node("Sam", name=["choice", 0]),
        "full": node("Sam", name=str(folder / "b.ckpt")),
    }
    nodes = found(folder, prompt)
    assert set(nodes) == {"load", "other", "full"}
    assert [nodes[key].size for key in ("load", "other", "full")] == [6, 6, 6]


def test_one_file_with_other_settings_is_another_model_but_a_lora_with_another_strength_is_not(folder: Path):
    nodes = found(
        folder,
        {
            "half": node("Checkpoint", name="a.ckpt", dtype="fp8"),
            "full": node("Checkpoint", name="a.ckpt", dtype="fp16"),
            "weak": node("Lora", model=["full", 0], name="lora.pt", strength=0.1),
            "strong": node("Lora", model=["full", 0], name="lora.pt", strength=0.9),
        },
    )
    assert nodes["half"].loaders != nodes["full"].loaders
    assert nodes["weak"].loaders == nodes["strong"].loaders


def test_a_circle_is_no_model(folder: Path):
    circle = {"a": node("Patch", model=["b", 0], name="a.ckpt"), "b": node("Patch", model=["a", 0])}
    assert not found(folder, circle)


@pytest.mark.parametrize("how", ["written", "replaced", "same time and size"])
def test_a_file_that_changed_has_another_stamp(folder: Path, how: str):
    path = folder / "a.ckpt"
    before = files(folder).named_by("a.ckpt")
    if how == "written":
        path.write_text("something else")
    else:
        state = path.stat()
        (folder / "new").write_text("tpkc.a")
        if how == "same time and size":
            os.utime(folder / "new", ns=(state.st_atime_ns, state.st_mtime_ns))
        os.replace(folder / "new", path)
    after = files(folder).named_by("a.ckpt")
    assert len(before) == len(after) == 1
    assert before != after


def test_one_run_sees_one_state_of_a_file(folder: Path):
    seen = files(folder)
    before = seen.named_by("a.ckpt")
    (folder / "a.ckpt").write_text("something else")
    assert seen.named_by("a.ckpt") == before


def test_only_loaders_of_changed_files_are_marked(folder: Path):
    changed = ChangedFiles()
    prompt = {
        "load": node("Checkpoint", name="a.ckpt"),
        "other": node("Checkpoint", name="b.ckpt"),
        "greedy": node("Greedy", name="a.ckpt"),
        "picture": node("Picture", name="a.ckpt"),
        "nothing": None,
    }

    def mark() -> dict[str, Any]:
        return changed.mark(prompt, CLASSES, files(folder))

    assert mark() is prompt
    assert mark() is prompt
    (folder / "a.ckpt").write_text("something else")
    first = mark()
    assert [key for key, one in first.items() if one and MARK in one["inputs"]] == ["load"]
    assert mark() == first
    (folder / "a.ckpt").write_text("and again")
    assert mark()["load"]["inputs"][MARK] != first["load"]["inputs"][MARK]
    assert MARK not in prompt["load"]["inputs"]


def test_nodes_stand_first_whatever_their_order():
    assert stand_first({"b", "a"}, dict.fromkeys("abc"))
    assert not stand_first({"b", "c"}, dict.fromkeys("abc"))
    assert stand_first(set(), {})


def test_ancestors_are_counted_where_there_are_many():
    def chain(length: int) -> dict[str, Any]:
        return {str(place): node("Patch", model=[str(place - 1), 0]) for place in range(length)}

    assert count_ancestors(chain(100), 5_000) == 0
    assert count_ancestors(chain(300), 100_000) == 0
    assert count_ancestors(chain(300), 40_000) > 40_000
    wide = {**chain(1), **{f"w{place}": node("Patch", model=["0", 0]) for place in range(1_000)}}
    assert count_ancestors(wide, 10_000) == 1_000
    backwards = dict(reversed(chain(300).items()))
    assert count_ancestors(backwards, 40_000) > 40_000
    circle = {f"c{place}": node("Patch", model=[f"c{(place + 1) % 300}", 0]) for place in range(300)}
    assert count_ancestors({**circle, "odd": None}, 20_000) > 0
