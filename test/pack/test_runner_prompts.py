"""What is read off a prompt before it runs: types of links, which outputs count, which references are made here."""

from __future__ import annotations

from typing import Any

from discomfort.recipes.targets import output_targets
from discomfort.recipes.upstream_type import LinkType, create_typer
from discomfort.recipes.wanted_outside import MARK, mark_wanted, outputs_wanted_outside, read_mark

CLASSES: dict[str, tuple[tuple[Any, ...], tuple[bool, ...]]] = {
    "CheckpointLoaderSimple": (("MODEL", "CLIP", "VAE"), ()),
    "KSamplerSelect": (("SAMPLER",), ()),
    "LoadImages": (("IMAGE", "STRING"), (True, False)),
    "Choose": ((["a", "b"],), ()),
    "Reroute": (("*",), ()),
    "Two": (("*",), ()),
    "ComfySwitchNode": (("COMFY_MATCHTYPE_V3",), ()),
    "Either": (("IMAGE,MASK",), ()),
    "PrimitiveBoolean": (("BOOLEAN",), ()),
}


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def type_of(prompt: dict[str, Any], link: list, runner: str = "*") -> LinkType:
    return create_typer(prompt.get, CLASSES.get, lambda _node, _number: runner)(link)


LOADER = node("CheckpointLoaderSimple")


def test_a_class_declares_its_types_and_lists() -> None:
    assert type_of({"1": LOADER}, ["1", 1]) == ("CLIP", False)
    assert type_of({"1": node("LoadImages")}, ["1", 0]) == ("IMAGE", True)
    assert type_of({"1": node("Choose")}, ["1", 0]) == ("COMBO", False)


def test_what_is_not_known_is_any() -> None:
    assert type_of({"1": node("Nobody")}, ["1", 0]) == ("*", False)
    assert type_of({"1": LOADER}, ["1", 9]) == ("*", False)
    assert type_of({}, ["1", 0]) == ("*", False)
    assert type_of({"1": node("Either")}, ["1", 0]) == ("*", False)


def test_outputs_of_any_type_are_followed() -> None:
    prompt = {"1": LOADER, "2": node("Reroute", x=["1", 0]), "3": node("Reroute", x=["2", 0], label="r")}
    assert type_of(prompt, ["3", 0]) == ("MODEL", False)
    assert type_of({**prompt, "4": node("DiscomfortPort", value=["3", 0], unique_id="m")}, ["4", 0]).name == "MODEL"
    assert type_of({"4": node("DiscomfortPort", unique_id="m")}, ["4", 0]).name == "*"


def test_a_list_stays_one_behind_them() -> None:
    assert type_of({"1": node("LoadImages"), "2": node("Reroute", x=["1", 0])}, ["2", 0]) == ("IMAGE", True)


def test_with_two_inputs_nothing_is_guessed() -> None:
    assert type_of({"1": LOADER, "2": node("Two", a=["1", 0], b=["1", 0])}, ["2", 0]).name == "*"


def test_a_switch_has_the_type_of_what_it_chooses_from() -> None:
    prompt = {"1": LOADER, "0": node("PrimitiveBoolean")}
    switch = node("ComfySwitchNode", switch=["0", 0], on_true=["1", 0], on_false=["1", 0])
    assert type_of({**prompt, "2": switch}, ["2", 0]).name == "MODEL"
    mixed = node("ComfySwitchNode", switch=["0", 0], on_true=["1", 0], on_false=["1", 1])
    assert type_of({**prompt, "2": mixed}, ["2", 0]).name == "*"


def test_a_circle_ends() -> None:
    prompt = {"1": node("Reroute", x=["2", 0]), "2": node("Reroute", x=["1", 0])}
    assert type_of(prompt, ["1", 0]).name == "*"


def test_our_own_nodes_are_asked_for_their_ports() -> None:
    assert type_of({"1": node("DiscomfortLoop")}, ["1", 0], "LATENT").name == "LATENT"


OUTPUTS = {"SaveImage", "PreviewImage", "DiscomfortTestRunner", "DiscomfortPort"}


def targets(prompt: dict[str, Any]) -> list[str] | None:
    return output_targets(prompt, OUTPUTS.__contains__)


def test_one_that_runs_for_another_output_is_none_itself() -> None:
    runner, lazy = node("DiscomfortTestRunner"), node("Lazy", on_true=["1", 0])
    prompt = {"1": runner, "2": lazy, "3": node("SaveImage", x=["2", 0])}
    assert targets(prompt) == ["3"]


def test_one_that_runs_for_nobody_counts() -> None:
    assert targets({"1": node("DiscomfortTestRunner"), "3": node("SaveImage")}) is None
    dangling = {"1": node("DiscomfortTestRunner"), "2": node("Reroute", x=["1", 0]), "3": node("SaveImage")}
    assert targets(dangling) is None


def test_of_a_chain_the_last_one_counts() -> None:
    prompt = {"1": node("DiscomfortTestRunner"), "2": node("DiscomfortTestRunner", input_0=["1", 0])}
    assert targets(prompt) == ["2"]


def test_in_a_circle_all_count_and_comfyui_refuses_it() -> None:
    prompt = {
        "1": node("DiscomfortTestRunner", input_0=["2", 0]),
        "2": node("DiscomfortTestRunner", input_0=["1", 0]),
    }
    assert targets(prompt) is None


def test_without_our_nodes_nothing_changes() -> None:
    assert targets({"1": node("SaveImage"), "2": node("PreviewImage")}) is None


def wanted(prompt: dict[str, Any], *starts: str, references: tuple[str, ...] = ()) -> set[tuple[str, int]]:
    return outputs_wanted_outside(prompt, starts, lambda node_id, name: f"{node_id}.{name}" in references)


def test_what_a_node_of_this_server_takes_is_made_here() -> None:
    prompt = {"1": node("DiscomfortTestRunner"), "2": node("KSampler", model=["1", 0]), "3": node("Save", x=["2", 0])}
    assert wanted(prompt, "3") == {("1", 0)}


def test_what_only_our_nodes_take_is_not() -> None:
    prompt = {"1": node("DiscomfortTestRunner"), "2": node("DiscomfortTestRunner", input_0=["1", 0])}
    assert wanted(prompt, "2", references=("2.input_0",)) == set()
    assert wanted(prompt, "2") == set()


def test_what_is_part_of_a_recipe_is_not_either() -> None:
    prompt = {
        "1": node("DiscomfortTestRunner"),
        "2": node("LoraLoader", model=["1", 0]),
        "3": node("DiscomfortTestRunner", input_0=["2", 0], input_1=["1", 1]),
    }
    assert wanted(prompt, "3", references=("3.input_0",)) == set()
    assert wanted(prompt, "3") == {("1", 0)}


def test_before_a_recipe_the_walk_goes_on_at_our_nodes() -> None:
    prompt = {
        "0": node("DiscomfortTestRunner"),
        "1": node("DiscomfortTestRunner", input_0=["9", 0]),
        "9": node("Encode", x=["0", 3]),
        "2": node("LoraLoader", model=["1", 0]),
        "3": node("DiscomfortTestRunner", input_0=["2", 0]),
    }
    assert wanted(prompt, "3", references=("3.input_0",)) == {("0", 3)}


def test_marks_are_read_again() -> None:
    prompt = {"1": node("DiscomfortTestRunner", x=1), "2": node("SaveImage")}
    marked = mark_wanted(prompt, {("1", 2), ("1", 0)})
    assert marked["1"]["inputs"] == {"x": 1, MARK: "0,2"}
    assert marked["2"] is prompt["2"]
    assert read_mark(marked["1"]) == {0, 2}
    assert read_mark(mark_wanted(prompt, set())["1"]) == set()
    assert read_mark(prompt["1"]) is None
