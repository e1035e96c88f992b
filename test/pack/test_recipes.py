"""Recipes cut out of prompts, and put into them again."""

from __future__ import annotations

from typing import Any

import pytest

from discomfort.recipes.ancestors import ancestors
from discomfort.recipes.capture import capture, runner_outputs
from discomfort.recipes.given_recipes import GivenRecipes, node_key
from discomfort.recipes.real_values import Expansion
from discomfort.recipes.recipe import RecipeValue, recipe_from_json
from discomfort.recipes.runners import RecipeImpossible
from discomfort.transport.receipt import Outgoing

RUNNER = "DiscomfortTestRunner"


def node(class_type: str, title: str | None = None, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, **({"_meta": {"title": title}} if title else {})}


PROMPT = {
    "1": node("CheckpointLoaderSimple", "Base", ckpt_name="a.safetensors"),
    "2": node("LoraLoader", model=["1", 0], clip=["1", 1], lora_name="l.safetensors", strength=0.5),
    "3": node("CLIPTextEncode", clip=["2", 1], text="an apple"),
    "4": node("SaveImage", images=["9", 0]),
    "9": node("VAEDecode"),
}


def cut(link: list, prompt: dict[str, Any] = PROMPT, given: Any = None, paid: str = "") -> RecipeValue:
    return capture(link, ("MODEL", False), prompt.get, given or {}, lambda name: name == paid)


def never(*_given: Any) -> Any:
    raise AssertionError


def recipe(*nodes: str, link: list | None = None) -> RecipeValue:
    return RecipeValue("MODEL", False, {name: node("Loader", name=name) for name in nodes}, link or [nodes[-1], 0])


def test_only_what_stands_before_a_link_is_cut_out_with_its_ids_and_titles() -> None:
    found = cut(["2", 0])
    told = found.to_json(never)
    assert told == {
        "type": "MODEL",
        "list": False,
        "link": ["2", 0],
        "prompt": {"1": PROMPT["1"], "2": PROMPT["2"]},
    }
    assert list(cut(["3", 0]).prompt) == ["1", "2", "3"]
    assert recipe_from_json(told, never) == found


def test_the_prompt_stays_as_it_is() -> None:
    cut(["2", 0]).prompt["1"]["inputs"]["ckpt_name"] = "b"
    assert PROMPT["1"]["inputs"]["ckpt_name"] == "a.safetensors"


def test_inputs_of_our_own_are_left_out() -> None:
    prompt = {"1": node("Loader", name="a", discomfort_file="123")}
    assert cut(["1", 0], prompt).prompt["1"]["inputs"] == {"name": "a"}


def test_a_circle_and_a_link_to_nowhere_are_told() -> None:
    circle = {"1": node("A", x=["2", 0]), "2": node("B", x=["1", 0])}
    with pytest.raises(RecipeImpossible, match="form a circle"):
        cut(["1", 0], circle)
    with pytest.raises(RecipeImpossible, match="node 7, which is not there"):
        cut(["1", 0], {"1": node("A", x=["7", 0])})
    with pytest.raises(RecipeImpossible, match="node 8, which is not there"):
        cut(["8", 0])


def test_chains_of_thousands_and_diamonds_of_any_depth_end() -> None:
    chain = {str(number): node("A", x=[str(number - 1), 0], y=[str(number - 1), 0]) for number in range(1, 5000)}
    chain["0"] = node("Loader")
    assert len(cut(["4999", 0], chain).prompt) == 5000
    assert ancestors("4999", chain.get)[0] == "0"


def test_a_paid_node_is_refused_by_its_title() -> None:
    with pytest.raises(RecipeImpossible, match=r'"Base" \(node 1\) is a paid node'):
        cut(["2", 0], paid="CheckpointLoaderSimple")


def test_constants_that_are_no_json_are_told() -> None:
    with pytest.raises(RecipeImpossible, match=r'The input "x" of "A" \(node 1\) holds a object'):
        cut(["1", 0], {"1": node("A", x=object())})
    with pytest.raises(RecipeImpossible, match="holds a float"):
        cut(["1", 0], {"1": node("A", x=float("inf"))})


def test_nodes_that_run_workflows_have_to_run_before_up_to_the_first_on_each_way() -> None:
    prompt = {
        "1": node(RUNNER, input_0=["0", 0]),
        "2": node("DiscomfortScript", input_0=["1", 0]),
        "3": node("LoraLoader", model=["2", 4], clip=["1", 1]),
        "0": node("Loader"),
    }
    assert runner_outputs(["3", 0], prompt.get) == [("2", 4), ("1", 1)]
    assert runner_outputs(["2", 4], prompt.get) == [("2", 4)]
    assert runner_outputs(["0", 0], prompt.get) == []


def test_what_they_gave_takes_their_place() -> None:
    prompt = {
        "1": node(RUNNER),
        "2": node("DiscomfortScript"),
        "3": node("LoraLoader", model=["1", 0], lora_name=["2", 0], strength=["2", 1]),
    }
    text = Outgoing("l.safetensors", "STRING", False)
    given = {("1", 0): recipe("ref:a", "ref:b"), ("2", 0): text, ("2", 1): Outgoing(0.5, "FLOAT", False)}
    assert cut(["3", 0], prompt, given).prompt == {
        "ref:a": node("Loader", name="ref:a"),
        "ref:b": node("Loader", name="ref:b"),
        "3": node("LoraLoader", model=["ref:b", 0], lora_name="l.safetensors", strength=0.5),
    }
    assert cut(["1", 0], prompt, given) == given["1", 0]


def test_data_in_the_middle_of_a_recipe_is_loaded_there_once() -> None:
    prompt = {"1": node(RUNNER), "3": node("CLIPVisionEncode", image=["1", 2], mask=["1", 2])}
    image = Outgoing([1, 2], "IMAGE", True)
    found = cut(["3", 0], prompt, {("1", 2): image})
    ((version, out),) = found.reads.items()
    assert out == image
    assert found.prompt == {
        "1:2": node("DiscomfortContextLoader", version=version),
        "3": node("CLIPVisionEncode", image=["1:2", 0], mask=["1:2", 0]),
    }


def test_what_is_not_known_any_more_is_told() -> None:
    prompt = {"1": node(RUNNER, "Load"), "3": node("LoraLoader", model=["1", 2])}
    with pytest.raises(RecipeImpossible, match=r'"Load" \(node 1\) made a value at its output 2, of which it is not'):
        cut(["3", 0], prompt, {("1", 2): None})
    with pytest.raises(RecipeImpossible, match="made a value at its output 2"):
        cut(["1", 2], prompt, {})


def test_two_recipes_share_what_they_have_in_common() -> None:
    prompt = {"1": node(RUNNER), "3": node("Merge", a=["1", 0], b=["1", 1])}
    given = {("1", 0): recipe("ref:a", "ref:b"), ("1", 1): recipe("ref:a", "ref:c")}
    assert list(cut(["3", 0], prompt, given).prompt) == ["ref:a", "ref:b", "ref:c", "3"]


def test_two_nodes_of_one_id_are_told() -> None:
    prompt = {"1": node(RUNNER), "3": node("Merge", a=["1", 0], b=["1", 1])}
    other = RecipeValue("MODEL", False, {"ref:a": node("Other")}, ["ref:a", 0])
    with pytest.raises(RecipeImpossible, match="Two different nodes are called ref:a"):
        cut(["3", 0], prompt, {("1", 0): recipe("ref:a"), ("1", 1): other})


def test_a_node_is_known_by_what_it_is_and_not_by_its_id() -> None:
    one = {"1": node("Loader", name="a"), "2": node(RUNNER, input_0=["1", 0], discomfort_outside="0")}
    same = {"8": node("Loader", name="a"), "9": node(RUNNER, input_0=["8", 0], discomfort_needs_0=["8", 0])}
    other = {"1": node("Loader", name="b"), "2": node(RUNNER, input_0=["1", 0])}
    assert node_key("2", one.get) == node_key("9", same.get)
    assert node_key("2", one.get) != node_key("2", other.get)


def test_given_recipes_are_found_again_where_there_is_one() -> None:
    known = GivenRecipes()
    known.note("key", 0, [recipe("a")])
    known.note("key", 1, [recipe("a"), recipe("b")])
    assert known.find("key", 0) == recipe("a")
    assert known.find("key", 1) is None
    assert known.find("other", 0) is None


def test_recipes_become_nodes_with_ids_of_their_own_and_a_list_at_the_end() -> None:
    expansion = Expansion("5.0.0.")
    assert expansion.graph() == {}
    assert expansion.add(0, [recipe("ref:a", "ref:b")]) == ["5.0.0.output0", 0]
    assert expansion.add(3, [recipe("ref:a"), recipe("ref:c")]) == ["5.0.0.output3", 0]
    graph = expansion.graph()
    assert graph["5.0.0.output0"] == node("DiscomfortGather", value_0=["5.0.0.ref:b", 0])
    assert graph["5.0.0.output3"] == node("DiscomfortGather", value_0=["5.0.0.ref:a", 0], value_1=["5.0.0.ref:c", 0])
    assert set(graph) == {"5.0.0.output0", "5.0.0.output3", "5.0.0.ref:a", "5.0.0.ref:b", "5.0.0.ref:c"}


def test_loaders_of_the_nested_server_are_replaced_since_their_context_is_not_here() -> None:
    prompt = {
        "a": node("DiscomfortContextLoader", version="v"),
        "b": node("CLIPVisionEncode", image=["a", 0], crop="none"),
    }
    made = RecipeValue("CLIP_VISION_OUTPUT", False, prompt, ["b", 0])
    expansion = Expansion("p.")
    expansion.add(0, [made])
    assert expansion.graph()["p.a"] == node("DiscomfortHeldValue", version="v")
    assert expansion.graph()["p.b"]["inputs"] == {"image": ["p.a", 0], "crop": "none"}


def loading(version: str, number: int = 1) -> RecipeValue:
    """A recipe that reads a value."""
    prompt = {"ref:l": node("DiscomfortContextLoader", version=version), "ref:e": node("Encode", image=["ref:l", 0])}
    return RecipeValue("CONDITIONING", False, prompt, ["ref:e", 0], {version: Outgoing(number, "INT", False)})


def test_a_recipe_takes_along_what_it_reads_under_the_id_that_it_has_there() -> None:
    def write(version: str, out: Outgoing) -> dict[str, Any]:
        return {"unique_id": version, "receipt": {"id": f"new {version}"}, "tree": out.value}

    told = loading("v", 5).to_json(write)
    assert told["prompt"]["ref:l"] == node("DiscomfortContextLoader", version="new v")
    assert told["reads"] == [{"unique_id": "v", "receipt": {"id": "new v"}, "tree": 5}]
    back = recipe_from_json(told, lambda entry: Outgoing(entry["tree"], "INT", False))
    assert back.reads == {"new v": Outgoing(5, "INT", False)}


def test_so_does_one_that_it_is_part_of() -> None:
    prompt = {"1": node(RUNNER), "3": node("Combine", a=["1", 0], b=["1", 1])}
    found = cut(["3", 0], prompt, {("1", 0): loading("v"), ("1", 1): loading("w")})
    assert set(found.reads) == {"v", "w"}


def test_lists_that_are_constants_are_wrapped_for_the_other_server_and_unwrapped_here() -> None:
    prompt = {"1": node("Choose", several=["a", "b", "c"], one="a")}
    made = cut(["1", 0], prompt)
    assert made.prompt["1"]["inputs"] == {"several": {"__value__": ["a", "b", "c"]}, "one": "a"}
    expansion = Expansion("p.")
    expansion.add(0, [made])
    assert expansion.graph()["p.1"]["inputs"] == {"several": ["a", "b", "c"], "one": "a"}
