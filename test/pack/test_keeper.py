"""What happens from prompt to prompt, as ComfyUI asks and tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from discomfort.models.keeper import ModelKeeper
from discomfort.models.kept_models import KeptModels
from discomfort.models.memory import headroom, make_room
from discomfort.models.model_files import ModelFiles

LOADER = type("Loader", (), {"RETURN_TYPES": ("MODEL",)})
SAMPLER = type("Sampler", (), {"RETURN_TYPES": ("LATENT",)})


class Blocked:
    pass


Blocked.__name__ = "ExecutionBlocker"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.pt", "b.pt"):
        (tmp_path / name).write_text(name)
    return tmp_path


def keeper_of(folder: Path, limit: int = 2, room: Callable = lambda size, drop: None) -> ModelKeeper:
    def files() -> ModelFiles:
        return ModelFiles(lambda: {"models": ([str(folder)], set())})

    return ModelKeeper(KeptModels(limit), lambda: {"Loader": LOADER, "Sampler": SAMPLER}, files, room)


def prompt_of(name: str) -> dict[str, Any]:
    return {
        "load": {"class_type": "Loader", "inputs": {"name": name}},
        "sample": {"class_type": "Sampler", "inputs": {"model": ["load", 0]}},
    }


def run(keeper: ModelKeeper, name: str, outputs: Any = None) -> Any:
    """One prompt: all nodes are looked up, then each again before it runs. Gives what was found, or what was loaded."""
    assert keeper.start(prompt_of(name))
    key = f"key of {name}"
    found = keeper.look_up("load", key)
    assert not keeper.is_kept("sample")
    if found is None:
        assert not keeper.is_served
        assert keeper.look_up("load", key) is None
        loaded = outputs or [[object()]]
        keeper.store("load", key, loaded, None)
        assert keeper.is_served
        keeper.end()
        return loaded
    assert keeper.is_served
    keeper.end()
    return found.outputs


def test_a_model_is_loaded_once(folder: Path):
    keeper = keeper_of(folder)
    first = run(keeper, "a.pt")
    assert run(keeper, "b.pt") != first
    assert run(keeper, "a.pt")[0][0] is first[0][0]
    assert keeper.kept.describe() == {"limit": 2, "loaders": 2, "entries": 2, "hits": 1, "stores": 2}


def test_what_is_given_out_does_not_grow_what_is_kept(folder: Path):
    keeper = keeper_of(folder)
    first = run(keeper, "a.pt")
    first[0].append("added by a node")
    assert len(run(keeper, "a.pt")[0]) == 1


def test_a_changed_file_is_loaded_anew(folder: Path):
    keeper = keeper_of(folder)
    first = run(keeper, "a.pt")
    (folder / "a.pt").write_text("another model")
    second = run(keeper, "a.pt")
    assert second[0][0] is not first[0][0]
    assert run(keeper, "a.pt")[0][0] is second[0][0]


def test_a_file_that_changes_while_it_is_loaded_is_not_kept(folder: Path):
    keeper = keeper_of(folder)
    keeper.start(prompt_of("a.pt"))
    assert keeper.look_up("load", "key") is None
    (folder / "a.pt").write_text("another model")
    keeper.store("load", "key", [[object()]], None)
    assert keeper.kept.describe()["stores"] == 0


def test_blocked_and_malformed_outputs_are_not_kept(folder: Path):
    keeper = keeper_of(folder)
    for outputs in ([[Blocked()]], [object()], "odd"):
        run(keeper, "a.pt", outputs)
    assert keeper.kept.describe()["stores"] == 0


def test_clearing_during_a_run_keeps_out_what_it_still_loads(folder: Path):
    keeper = keeper_of(folder)
    run(keeper, "a.pt")
    keeper.start(prompt_of("b.pt"))
    keeper.look_up("load", "key of b.pt")
    keeper.clear()
    keeper.store("load", "key of b.pt", [[object()]], None)
    assert keeper.kept.describe()["entries"] == 0
    assert keeper.is_served
    assert not keeper.is_kept("load")


def test_a_run_without_models_or_with_too_many_ancestors_is_left_alone(folder: Path):
    keeper = keeper_of(folder)
    assert not keeper.start({"sample": {"class_type": "Sampler", "inputs": {}}})
    assert keeper.is_served
    chain = {str(place): {"class_type": "Sampler", "inputs": {"model": [str(place - 1), 0]}} for place in range(1, 300)}
    assert not keeper.start({**chain, **prompt_of("a.pt")})


def test_a_model_that_comfyui_has_itself_is_not_waited_for(folder: Path):
    keeper = keeper_of(folder)
    keeper.start(prompt_of("a.pt"))
    assert not keeper.is_served
    keeper.is_kept("sample")
    assert keeper.is_served


def test_loaders_that_stand_later_are_waited_for_until_the_first_node_runs(folder: Path):
    keeper = keeper_of(folder)
    keeper.start(dict(reversed(prompt_of("a.pt").items())))
    keeper.is_kept("sample")
    assert not keeper.is_served
    keeper.is_kept("sample")
    assert keeper.is_served


def test_room_is_made_before_a_model_is_read_and_never_of_what_the_run_uses(folder: Path):
    asked = []

    def room(size: int, drop: Callable[[], bool]) -> None:
        asked.append(size)
        while drop():
            pass

    keeper = keeper_of(folder, room=room)
    run(keeper, "a.pt")
    prompt = {**prompt_of("b.pt"), "other": {"class_type": "Loader", "inputs": {"name": "a.pt"}}}
    keeper.start(prompt)
    assert keeper.look_up("other", "key of a.pt") is not None
    assert keeper.look_up("load", "key of b.pt") is None
    assert asked == [4]
    keeper.look_up("load", "key of b.pt")
    assert asked == [4, 4]
    assert keeper.kept.describe()["entries"] == 1
    run(keeper, "b.pt")
    assert keeper.kept.describe()["loaders"] == 1


def test_models_go_until_there_is_room():
    free, models = [10], [3, 3, 3]

    def drop() -> bool:
        if models:
            free[0] += models.pop()
        return bool(models)

    make_room(8, drop, lambda: free[0], reserve=5)
    assert models == [3, 3]
    make_room(100, drop, lambda: free[0], reserve=5)
    assert models == []


def test_a_tenth_of_the_memory_stays_free_within_bounds():
    gigabyte = 1024**3
    assert [headroom(total * gigabyte) // gigabyte for total in (8, 50, 500)] == [2, 5, 10]
