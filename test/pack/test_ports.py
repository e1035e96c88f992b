"""Ports in a posted prompt."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from discomfort.ports.drawn_values import drawn_value, input_is_widget
from discomfort.ports.rewrite import NOTHING, rewrite_ports


def port(**inputs: Any) -> dict[str, Any]:
    return {"class_type": "DiscomfortPort", "inputs": {"unique_id": "x", "tags": "", **inputs}}


def node(**inputs: Any) -> dict[str, Any]:
    return {"class_type": "Any", "inputs": inputs}


def nothing(_node: str, _name: str, _given: Any) -> Any:
    return NOTHING


def test_a_prompt_without_ports_is_not_touched():
    prompt = {"1": node(a=1), "2": node(a=["1", 0])}
    assert rewrite_ports(prompt, nothing) is prompt


def test_the_posted_prompt_itself_is_never_changed():
    prompt = {"1": node(), "2": port(value=["1", 0]), "3": node(a=["2", 0])}
    before = copy.deepcopy(prompt)
    rewrite_ports(prompt, nothing)
    assert prompt == before


def test_a_passthru_port_becomes_a_link():
    prompt = {"1": node(), "2": port(value=["1", 3]), "3": node(a=["2", 0], b=["2", 0])}
    assert rewrite_ports(prompt, nothing) == {"1": node(), "3": node(a=["1", 3], b=["1", 3])}


def test_a_chain_of_passthru_ports_becomes_one_link():
    prompt = {"4": node(a=["3", 0]), "3": port(value=["2", 0]), "2": port(value=["1", 0]), "1": node()}
    assert rewrite_ports(prompt, nothing) == {"4": node(a=["1", 0]), "1": node()}


def test_an_output_port_stays_and_is_joined_with_what_feeds_it():
    prompt = {"1": node(), "2": port(value=["1", 0]), "3": port(value=["2", 0])}
    assert rewrite_ports(prompt, nothing) == {"1": node(), "3": port(value=["1", 0])}


def test_a_port_that_the_page_runs_by_itself_stays():
    prompt = {"1": node(), "2": port(value=["1", 0]), "3": node(a=["2", 0])}
    assert rewrite_ports(prompt, nothing, ["2"]) == {**prompt, "3": node(a=["1", 0])}


def test_an_input_port_with_a_known_constant_disappears():
    prompt = {"1": port(), "2": node(seed=["1", 0], a=["9", 0])}
    rewritten = rewrite_ports(prompt, lambda node_id, name, given: (node_id, name, given is NOTHING))
    assert rewritten == {"2": node(seed=("2", "seed", True), a=["9", 0])}


def test_an_input_port_stays_for_the_inputs_that_no_constant_is_known_for():
    prompt = {"1": port(), "2": node(seed=["1", 0], model=["1", 0])}
    rewritten = rewrite_ports(prompt, lambda _, name, __: 7 if name == "seed" else NOTHING)
    assert rewritten == {"1": port(), "2": node(seed=7, model=["1", 0])}


def test_an_input_port_reaches_a_widget_through_a_passthru_port():
    prompt = {"1": port(), "2": port(value=["1", 0]), "3": node(seed=["2", 0])}
    assert rewrite_ports(prompt, lambda *_: 7) == {"3": node(seed=7)}


def test_a_value_given_in_the_prompt_is_offered_as_the_constant():
    prompt = {"1": port(value=5), "2": node(seed=["1", 0])}
    assert rewrite_ports(prompt, lambda _, __, given: given) == {"2": node(seed=5)}


def test_a_port_with_a_given_value_and_no_consumer_shows_it():
    prompt = {"1": port(value=5)}
    assert rewrite_ports(prompt, nothing) == prompt


def test_a_port_that_nothing_is_linked_to_is_left_out():
    assert rewrite_ports({"1": port(), "2": node()}, nothing) == {"2": node()}


def test_the_former_name_of_the_socket_is_understood():
    prompt = {"1": node(), "2": port(input_data=["1", 0]), "3": port(input_data=["2", 0]), "4": node(a=["3", 0])}
    prompt["5"] = port(input_data=["4", 0])
    assert rewrite_ports(prompt, nothing) == {"1": node(), "4": node(a=["1", 0]), "5": port(value=["4", 0])}


def test_a_circle_of_ports_is_left_for_comfyui_to_refuse():
    prompt = {"1": port(value=["2", 0]), "2": port(value=["1", 0]), "3": node(a=["1", 0]), "4": port(value=["4", 0])}
    assert rewrite_ports(prompt, nothing) == prompt


@pytest.mark.parametrize(
    "broken", [{}, {"class_type": "DiscomfortPort"}, {"class_type": "DiscomfortPort", "inputs": 1}, 5]
)
def test_broken_nodes_are_left_alone(broken: Any):
    prompt = {"1": broken, "2": port(value=["1", 0]), "3": node(a=["2", 0], b=[1, 2], c=["x"], d=["2", True])}
    rewritten = rewrite_ports(prompt, nothing)
    assert rewritten["1"] == broken
    assert rewritten["3"]["inputs"]["a"] == ["1", 0]


SAMPLER = {
    "required": {
        "model": ("MODEL",),
        "seed": ("INT", {"control_after_generate": True}),
        "steps": ("INT", {"min": 1}),
        "cfg": ("FLOAT", {}),
        "name": (["euler", "ddim"],),
        "linked": ("STRING", {"forceInput": True}),
    },
    "optional": {"note": ("STRING",), "fast": ("BOOLEAN",), "mode": ("COMBO", {"options": ["a", "b"]})},
}
VALUES = [5, "randomize", 20, 7, "ddim", "hello", True, "b"]


def drawn(name: str, values: Any = VALUES, node_id: str = "3", **more: Any) -> Any:
    workflow = {"nodes": [{"id": 3, "type": "Sampler", "widgets_values": values, **more}]}
    return drawn_value(workflow, node_id, "Sampler", SAMPLER, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [("seed", 5), ("steps", 20), ("cfg", 7), ("name", "ddim"), ("note", "hello"), ("fast", True), ("mode", "b")],
)
def test_a_drawn_value_is_found_by_the_place_of_its_widget(name: str, value: Any):
    assert drawn(name) == value
    assert drawn(name, {"seed": 1, name: value}) == value


def test_seeds_without_a_control_entry_are_understood_too():
    assert drawn("steps", [5, 20, 7, "ddim", "", True, "a"]) == 20


def test_the_workflow_itself_knows_the_order_of_widgets_best():
    order = ["steps", "seed", "cfg", "name", "note", "fast", "mode", "extra"]
    inputs = [{"name": "model"}, *({"name": name, "widget": {"name": name}} for name in order)]
    assert drawn("cfg", [20, 5, "fixed", 7, "ddim"], inputs=inputs) == 7


@pytest.mark.parametrize("name", ["model", "linked", "unknown"])
def test_what_is_no_widget_has_no_drawn_value(name: str):
    assert drawn(name) is NOTHING
    assert not input_is_widget(SAMPLER, name)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("steps", [5, "randomize", "20"]),
        ("steps", [5, "randomize", True]),
        ("name", [5, "fixed", 20, 7, "gone"]),
        ("note", [5, "fixed", 20, 7, "ddim", None]),
        ("mode", [5, "fixed"]),
        ("mode", None),
    ],
)
def test_a_drawn_value_that_does_not_suit_its_widget_is_not_taken(name: str, values: Any):
    assert drawn(name, values) is NOTHING


def test_a_node_of_another_class_or_id_is_not_taken():
    assert drawn("seed", type="Other") is NOTHING
    assert drawn("seed", node_id="4") is NOTHING
    assert drawn_value(None, "3", "Sampler", SAMPLER, "seed") is NOTHING


def test_a_node_inside_subgraphs_is_found_by_its_path():
    inner = {"id": "g2", "nodes": [{"id": 3, "type": "Sampler", "widgets_values": VALUES}]}
    outer = {"id": "g1", "nodes": [{"id": 9, "type": "g2"}]}
    workflow = {"nodes": [{"id": 57, "type": "g1"}], "definitions": {"subgraphs": [outer, inner]}}
    assert drawn_value(workflow, "57:9:3", "Sampler", SAMPLER, "steps") == 20
    assert drawn_value(workflow, "57:8:3", "Sampler", SAMPLER, "steps") is NOTHING


def show(items: list) -> dict[str, list]:
    from discomfort.ports.show import show_items

    return show_items("port", items, lambda picture: {"shape": list(picture.shape)})


def test_scalars_are_shown_as_text_and_given_as_data():
    assert show([7]) == {"text": ["7"], "discomfort": [{"v": 1, "unique_id": "port", "tree": {"int": "7"}}]}
    assert show(["a", 1.5])["text"] == ["a", "1.5"]
    assert show(["a", 1.5])["discomfort"][0]["tree"] == ["a", 1.5]


def test_an_object_is_shown_by_its_type():
    assert show([object()]) == {"text": ["builtins.object"]}


def test_an_empty_list_is_shown_as_data_alone():
    assert show([]) == {"discomfort": [{"v": 1, "unique_id": "port", "tree": []}]}


def test_images_and_masks_are_shown_as_pictures_and_other_tensors_by_shape():
    torch = pytest.importorskip("torch")
    assert show([torch.zeros(2, 4, 5, 3), torch.zeros(1, 4, 5)]) == {
        "images": [{"shape": [4, 5, 3]}, {"shape": [4, 5, 3]}, {"shape": [4, 5]}]
    }
    assert show([torch.zeros(1, 16, 8, 8)]) == {"text": ["torch.float32 [1, 16, 8, 8]"]}
    assert show([{"samples": torch.zeros(2)}])["text"] == ["{samples: torch.float32 [2]}"]
    assert show([torch.zeros(100, 4, 4)])["text"] == ["The first 16 of 100 pictures"]


@pytest.mark.parametrize(("shape", "mode"), [([4, 5, 3], "RGB"), ([4, 5, 4], "RGBA"), ([4, 5, 1], "L"), ([4, 5], "L")])
def test_a_picture_becomes_a_png_file(shape: list[int], mode: str, tmp_path: Path):
    torch = pytest.importorskip("torch")
    image = pytest.importorskip("PIL.Image")
    from discomfort.ports.picture import save_picture

    rows = torch.full(shape, 0.5)
    rows[0, 0] = float("nan")
    told = save_picture(rows, tmp_path / "temp")
    assert (told["subfolder"], told["type"]) == ("", "temp")
    with image.open(tmp_path / "temp" / told["filename"]) as read:
        assert (read.mode, read.size) == (mode, (5, 4))
