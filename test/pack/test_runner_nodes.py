"""The nodes that run workflows, called as ComfyUI calls them, over a bridge that is a real process."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from discomfort.recipes.recipe import RecipeValue
from discomfort.transport.receipt import Outgoing
from outer_comfyui import STAND_IN, Execution, ExecutionBlocker, comfyui

pytest.importorskip("PIL")

MODEL = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}}


class Outer:
    def __init__(self, comfy: Any, folder: Path) -> None:
        self.comfy, self.folder = comfy, folder
        self.run_workflow = comfy.load("nodes.run_workflow").RunWorkflow
        self.loop = comfy.load("nodes.loop").Loop
        self.switch = comfy.load("nodes.switch").Switch
        self.script = comfy.load("nodes.script").Script

    def save(self, name: str, inputs: list, outputs: list) -> None:
        path = self.folder / "user/default/workflows" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"inputs": inputs, "outputs": outputs}))

    def noted(self, word: str) -> list[str]:
        notes = self.folder / "notes"
        return [line for line in notes.read_text().splitlines() if line.startswith(word)] if notes.exists() else []

    def execution(self, prompt: dict[str, Any], node_id: str, values: dict[tuple[str, int], list]) -> Execution:
        kinds = {
            "DiscomfortTestRunner": self.run_workflow,
            "DiscomfortLoop": self.loop,
            "DiscomfortSwitch": self.switch,
            "DiscomfortScript": self.script,
        }
        return Execution(kinds[prompt[node_id]["class_type"]], prompt, node_id, values)

    def run(
        self, prompt: dict[str, Any], node_id: str = "5", values: dict[tuple[str, int], list] | None = None
    ) -> dict[str, Any]:
        return self.execution(prompt, node_id, values or {}).run()


@pytest.fixture
def outer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outer]:
    monkeypatch.setenv("DISCOMFORT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("DISCOMFORT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DISCOMFORT_BRIDGE", json.dumps([sys.executable, str(STAND_IN)]))
    monkeypatch.setenv("STAND_IN_NOTES", str(tmp_path / "notes"))
    monkeypatch.delenv("DISCOMFORT_DEPTH", raising=False)
    monkeypatch.setattr(sys, "argv", ["main.py", "--cpu", "--port", "1"])
    with comfyui(tmp_path) as comfy:
        yield Outer(comfy, tmp_path)


def runner(**inputs: Any) -> dict[str, Any]:
    return {"class_type": "DiscomfortTestRunner", "inputs": {"workflow_path": "w.json", "models": "keep", **inputs}}


def ports(inputs: list, outputs: list) -> str:
    return json.dumps({"inputs": inputs, "outputs": outputs})


def is_blocked(items: Any) -> bool:
    return len(items) == 1 and isinstance(items[0], ExecutionBlocker) and items[0].message is None


def test_the_bridge_is_told_where_it_is(outer: Outer) -> None:
    outer.save("w.json", [], [])
    outer.run({"5": runner()})
    (line,) = outer.noted("initialize")
    assert json.loads(line.partition(" ")[2]) == {
        **{"v": 1, "comfyui": str(outer.folder), "python": sys.executable, "args": ["--cpu"], "depth": 0},
        **{"output": str(outer.folder / "output"), "user": str(outer.folder / "user")},
        "workflows": str(outer.folder / "user/default/workflows"),
    }


def test_it_is_told_who_is_logged_in_where_this_prompt_was_queued(outer: Outer) -> None:
    outer.save("w.json", [], [])
    context, running = outer.comfy.context, outer.comfy.server.prompt_queue.currently_running
    other = {"auth_token_comfy_org": "of-another", "api_key_comfy_org": "of-another"}
    running[0] = (0, "other", {}, {}, [], other)
    outer.run({"5": runner()})
    context[0] = SimpleNamespace(prompt_id="mine", node_id="5")
    outer.run({"5": runner()})
    for item in (
        (0, "mine", {}, {"client_id": "c"}, [], {"auth_token_comfy_org": "token", "api_key_comfy_org": "key"}),
        (0, "mine", {}, {}, [], {"auth_token_comfy_org": "token", "api_key_comfy_org": None}),
        (0, "mine", {}, {}, [], {"api_key_comfy_org": ""}),
        (0, "mine", {}, {"api_key_comfy_org": "key"}, []),
    ):
        running[1] = item
        outer.run({"5": runner()})
    assert [json.loads(line.partition(" ")[2]) for line in outer.noted("login")] == [
        *(None, None, {"authToken": "token", "apiKey": "key"}, {"authToken": "token"}, None, {"apiKey": "key"}),
    ]


def test_the_login_is_no_input_of_a_node_since_comfyui_shows_those_of_one_that_fails(outer: Outer) -> None:
    for node in (outer.run_workflow, outer.loop, outer.switch, outer.script):
        assert node.INPUT_TYPES()["hidden"] == {"dynprompt": "DYNPROMPT", "unique_id": "UNIQUE_ID"}


def test_values_go_through_whole_and_other_outputs_are_blocked(outer: Outer) -> None:
    outer.save("w.json", [["a", "INT"], ["b", "*"]], [["b", "*"], ["a", "INT"], ["c", "IMAGE"]])
    prompt = {"5": runner(input_0=["1", 0], input_1="text"), "1": {"class_type": "Anything", "inputs": {}}}
    result = outer.run(prompt, values={("1", 0): [2**70]})["result"]
    assert result[:2] == (("text",), (2**70,))
    assert len(result) == 32
    assert all(is_blocked(items) for items in result[2:])


def test_lists_of_comfyui_stay_lists_also_empty_ones(outer: Outer) -> None:
    outer.save("w.json", [["a", "INT"], ["b", "INT"]], [["a", "INT"], ["b", "INT"]])
    links = {"input_0": ["1", 0], "input_1": ["1", 1]}
    prompt = {"5": runner(**links), "1": {"class_type": "Anything", "inputs": {}}}
    result = outer.run(prompt, values={("1", 0): [1, 2, 3], ("1", 1): []})["result"]
    assert result[0] == (1, 2, 3)
    assert result[1] == ()


def test_tensors_lie_in_the_store_and_not_in_messages(outer: Outer) -> None:
    torch = pytest.importorskip("torch")
    outer.save("w.json", [["image", "IMAGE"]], [["image", "IMAGE"]])
    image = torch.rand(1, 64, 64, 3)
    prompt = {"5": runner(input_0=["1", 0]), "1": {"class_type": "EmptyImage", "inputs": {}}}
    ((given,), *_) = outer.run(prompt, values={("1", 0): [image]})["result"]
    assert torch.equal(given, image)


def test_a_reference_goes_as_its_recipe_and_nothing_before_it_runs(outer: Outer) -> None:
    outer.save("w.json", [["model", "MODEL"]], [["model", "MODEL"]])
    prompt = {"1": MODEL, "5": runner(input_0=["1", 0], discomfort_outside="")}
    execution = outer.execution(prompt, "5", {})
    result = execution.run()["result"]
    assert execution.evaluated == []
    assert result[0] == (RecipeValue("MODEL", False, {"1": MODEL}, ["1", 0]),)


def test_a_reference_that_others_take_is_made_here(outer: Outer) -> None:
    outer.save("w.json", [["model", "MODEL"]], [["model", "MODEL"]])
    prompt = {"1": MODEL, "5": runner(input_0=["1", 0], discomfort_outside="0")}
    found = outer.run(prompt)
    assert found["result"][0] == ["9.0.0.output0", 0]
    assert found["expand"] == {
        "9.0.0.1": MODEL,
        "9.0.0.output0": {"class_type": "DiscomfortGather", "inputs": {"value_0": ["9.0.0.1", 0]}},
    }


def test_a_list_of_two_is_not_taken_for_a_link(outer: Outer) -> None:
    outer.save("w.json", [["a", "*"], ["model", "MODEL"]], [["a", "*"], ["model", "MODEL"]])
    links = {"input_0": ["2", 0], "input_1": ["1", 0]}
    prompt = {"1": MODEL, "2": {"class_type": "Anything", "inputs": {}}, "5": runner(**links)}
    found = outer.run(prompt, values={("2", 0): ["1", 0]})
    assert "expand" in found
    assert found["result"][0] == ("1", 0)


def test_what_one_of_our_nodes_gave_goes_on_as_its_recipe(outer: Outer) -> None:
    outer.save("w.json", [["model", "MODEL"]], [["model", "MODEL"]])
    given = RecipeValue("MODEL", False, {"ref:a": MODEL}, ["ref:a", 0])
    prompt = {"4": runner(), "5": runner(input_0=["4", 0], discomfort_outside="")}
    assert outer.run(prompt, values={("4", 0): [given]})["result"][0] == (given,)


def test_between_two_of_ours_only_ours_runs(outer: Outer) -> None:
    outer.save("w.json", [["model", "MODEL"]], [["model", "MODEL"]])
    given = RecipeValue("MODEL", False, {"ref:a": MODEL}, ["ref:a", 0])
    lora = {"class_type": "LoraLoader", "inputs": {"model": ["4", 1], "lora_name": "l", "strength": ["3", 0]}}
    text = {"class_type": "DiscomfortScript", "inputs": {"script": "x", "inputs": "", "outputs": "n: FLOAT"}}
    prompt = {"3": text, "4": runner(), "6": lora, "5": runner(input_0=["6", 0], discomfort_outside="")}
    execution = outer.execution(prompt, "5", {("4", 1): [given], ("3", 0): [0.5]})
    ((recipe,), *_) = execution.run()["result"]
    assert sorted(execution.evaluated) == [("3", 0), ("4", 1)]
    assert recipe.prompt == {
        "ref:a": MODEL,
        "6": {"class_type": "LoraLoader", "inputs": {"model": ["ref:a", 0], "lora_name": "l", "strength": 0.5}},
    }
    assert set(prompt["5"]["inputs"]) == {"workflow_path", "models", "input_0", "discomfort_outside"}


def test_the_recipe_is_found_although_the_value_was_made_here(outer: Outer) -> None:
    outer.save("w.json", [["model", "MODEL"]], [["model", "MODEL"]])
    told = ports([["model", "MODEL"]], [["model", "MODEL"]])
    prompt = {
        "1": MODEL,
        "4": runner(ports=told, input_0=["1", 0], discomfort_outside="0"),
        "5": runner(ports=told, input_0=["4", 0], discomfort_outside=""),
    }
    outer.run(prompt, "4")
    ((recipe,), *_) = outer.run(prompt, values={("4", 0): [object()]})["result"]
    assert recipe.prompt == {"1": MODEL}


def test_a_value_that_is_no_data_goes_as_its_recipe_where_its_type_told_nothing(outer: Outer) -> None:
    outer.save("w.json", [["x", "*"]], [["x", "*"]])
    prompt = {"1": {"class_type": "Anything", "inputs": {"name": "n"}}, "5": runner(input_0=["1", 0])}
    found = outer.run({**prompt, "5": runner(input_0=["1", 0], discomfort_outside="")}, values={("1", 0): [object()]})
    assert found["result"][0][0].prompt == {"1": prompt["1"]}


def misused(outer: Outer, prompt: dict[str, Any], text: str, values: Any = None) -> None:
    with pytest.raises(ValueError, match=text):
        outer.run(prompt, values=values)


def test_wrong_links_are_told_before_anything_starts(outer: Outer) -> None:
    told = ports([["a", "INT"]], [["a", "INT"]])
    outer.save("w.json", [], [])
    misused(outer, {"5": runner(ports=told, input_1=3)}, "Something is linked to input_1, and there are 1 inputs")
    misused(outer, {"5": runner(ports=told, input_40="9:0")}, "linked to input_40")
    taker = {"class_type": "SaveImage", "inputs": {"images": ["5", 4]}}
    misused(outer, {"5": runner(ports=told), "7": taker}, 'The input "images" of node 7 is linked to output 4')
    assert not outer.noted("begin")


def test_an_output_that_does_not_come_is_told_and_not_asked_for_for_ever(outer: Outer) -> None:
    outer.save("w.json", [["a", "INT"]], [])
    prompt = {"1": {"class_type": "Anything", "inputs": {}}, "5": runner(input_0=["1", 0])}
    misused(outer, prompt, 'Nothing came for "a"')


def test_a_paid_node_in_a_recipe_is_refused(outer: Outer) -> None:
    outer.save("w.json", [["model", "MODEL"]], [])
    prompt = {"1": {"class_type": "PaidModel", "inputs": {}}, "5": runner(input_0=["1", 0])}
    misused(outer, prompt, "is a paid node")


def test_several_references_at_once_are_told(outer: Outer) -> None:
    outer.save("w.json", [["model", "MODEL"]], [])
    given = RecipeValue("MODEL", False, {"ref:a": MODEL}, ["ref:a", 0])
    misused(outer, {"4": runner(), "5": runner(input_0=["4", 0])}, "is given 2 values", {("4", 0): [given, given]})


def test_too_deep_a_nesting_is_refused_before_anything_starts(outer: Outer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOMFORT_DEPTH", "3")
    outer.save("w.json", [], [])
    misused(outer, {"5": runner()}, "run each other 3 deep")
    misused(outer, {"5": runner(ports=ports([], []))}, "run each other 3 deep")
    assert not outer.noted("begin")


def loop(**inputs: Any) -> dict[str, Any]:
    widgets = {"iterations": 3, "feedback": "", "until": "", "index": "", "results": "last", "models": "keep"}
    return {"class_type": "DiscomfortLoop", "inputs": {"workflow_path": "w.json", **widgets, **inputs}}


def test_a_loop_gives_the_last_value_all_of_them_or_a_batch(outer: Outer) -> None:
    torch = pytest.importorskip("torch")
    outer.save("w.json", [["image", "IMAGE"], ["n", "INT"]], [["image", "IMAGE"], ["n", "INT"]])
    image = torch.zeros(1, 4, 4, 3)

    def run(results: str) -> Any:
        prompt = {
            "1": {"class_type": "EmptyImage", "inputs": {}},
            "5": loop(results=results, input_0=["1", 0], input_1=7),
            "7": {"class_type": "SaveImage", "inputs": {"images": ["5", 0]}},
        }
        return outer.run(prompt, values={("1", 0): [image]})["result"]

    assert run("last")[1] == (7,)
    assert run("list")[1] == (7, 7, 7)
    ((batch,), (number,), *_) = run("batch")
    assert batch.shape == (3, 4, 4, 3)
    assert isinstance(number, ExecutionBlocker)
    assert "cannot be a batch" in str(number.message)


def test_a_batch_of_numbers_that_somebody_takes_is_told(outer: Outer) -> None:
    outer.save("w.json", [["n", "INT"]], [["n", "INT"]])
    taker = {"class_type": "SaveImage", "inputs": {"images": ["5", 0]}}
    misused(outer, {"5": loop(results="batch", input_0=7), "7": taker}, 'Set results to "list"')


def switch(**inputs: Any) -> dict[str, Any]:
    widgets = {"choice": "", "workflows": "a: a.json\nb: b.json", "models": "keep"}
    return {"class_type": "DiscomfortSwitch", "inputs": {**widgets, **inputs}}


def test_a_switch_evaluates_what_the_chosen_workflow_takes(outer: Outer) -> None:
    outer.save("a.json", [["x", "INT"], ["y", "INT"]], [["x", "INT"]])
    outer.save("b.json", [["y", "INT"], ["z", "INT"]], [["z", "INT"], ["y", "INT"]])
    links = {f"input_{number}": ["1", number] for number in range(3)}
    prompt = {"1": {"class_type": "Anything", "inputs": {}}, "5": switch(choice="b", **links)}
    execution = outer.execution(prompt, "5", {("1", 0): [1], ("1", 1): [2], ("1", 2): [3]})
    result = execution.run()["result"]
    assert execution.evaluated == [("1", 1), ("1", 2)]
    # x, z, y: those of all workflows, each once.
    assert is_blocked(result[0])
    assert result[1:3] == ((3,), (2,))


def test_a_switch_is_given_its_choice_over_a_link(outer: Outer) -> None:
    outer.save("a.json", [], [])
    outer.save("b.json", [["y", "INT"]], [["y", "INT"]])
    prompt = {"1": {"class_type": "Anything", "inputs": {}}, "5": switch(choice="a", by=["1", 0], input_0=4)}
    assert outer.run(prompt, values={("1", 0): ["b"]})["result"][0] == (4,)
    misused(outer, prompt, 'No workflow is for the value "c"', {("1", 0): ["c"]})


def script(text: str, **inputs: Any) -> dict[str, Any]:
    widgets = {"inputs": "", "outputs": "", "pure": False, "models": "keep"}
    return {"class_type": "DiscomfortScript", "inputs": {"script": text, **widgets, **inputs}}


def test_a_script_has_the_sockets_that_it_names(outer: Outer) -> None:
    prompt = {"5": script("", inputs="n: INT, m", outputs="m, n: INT", input_0=1, input_1="b")}
    assert outer.run(prompt)["result"][:2] == (("b",), (1,))


def test_progress_and_what_was_done_about_models_are_shown(outer: Outer) -> None:
    sent: list[tuple[str, str]] = []
    outer.comfy.server.client_id = "page"
    outer.comfy.server.send_progress_text = lambda text, node_id, _client: sent.append((node_id, text))
    found = outer.run({"5": script("progress room")})
    assert found["ui"] == {"text": ['{"v": 1, "freed": 5000000}']}
    assert sent[0] == ("5", "KSampler 5/10")


def test_an_error_of_the_bridge_is_the_error_of_the_node(outer: Outer) -> None:
    with pytest.raises(RuntimeError, match=r'^"KSampler" \(node 3\) failed: out of memory$'):
        outer.run({"5": script("fail")})


def test_files_that_are_not_there_are_told_when_a_prompt_is_queued(outer: Outer) -> None:
    outer.save("w.json", [], [])
    validate = outer.run_workflow.VALIDATE_INPUTS
    assert validate(["w.json"]) is True
    assert validate([None]) is True
    assert "No workflow is chosen" in validate([""])
    assert 'The workflow "gone.json" is not there' in validate(["gone.json"])
    assert "is not there" in validate(["../../secret.json"])
    assert "is not there" in outer.loop.VALIDATE_INPUTS(["gone.json"])
    assert outer.switch.VALIDATE_INPUTS(["a: w.json"]) is True
    assert '"b.json" is not there' in outer.switch.VALIDATE_INPUTS(["a: w.json\nb: b.json"])
    assert "is empty" in outer.switch.VALIDATE_INPUTS([""])
    assert outer.script.VALIDATE_INPUTS(["return {}"]) is True
    assert 'The script "gone.ts" is not there' in outer.script.VALIDATE_INPUTS(["gone.ts"])
    assert "is empty" in outer.script.VALIDATE_INPUTS([" "])


def test_a_changed_workflow_is_noticed_and_one_that_it_runs_too(outer: Outer) -> None:
    folder = outer.folder / "user/default/workflows"
    runner_node = {"type": "DiscomfortSwitch", "widgets_values": ["", "a: deep.json\nself: w.json"]}
    subgraph = {"nodes": [runner_node]}
    (folder / "w.json").write_text(json.dumps({"nodes": [], "definitions": {"subgraphs": [subgraph]}}))
    (folder / "deep.json").write_text("{}")
    mark = lambda: outer.run_workflow.IS_CHANGED(["w.json"])  # noqa: E731
    first = mark()
    assert mark() == first
    (folder / "deep.json").write_text('{"1": {}}')
    second = mark()
    assert second != first
    (folder / "w.json").write_text("{}")
    assert mark() not in (first, second)


def test_a_changed_file_that_a_workflow_names_is_noticed(outer: Outer) -> None:
    file = outer.folder / "input/in.png"
    file.write_bytes(b"1")
    path = outer.folder / "user/default/workflows/w.json"
    path.write_text(json.dumps({"1": {"class_type": "LoadImage", "inputs": {"images": [{"file": "in.png"}]}}}))
    mark = lambda: outer.loop.IS_CHANGED(["w.json"])  # noqa: E731
    first = mark()
    file.write_bytes(b"22")
    assert mark() != first


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_so_is_one_that_a_workflow_in_a_picture_names(outer: Outer, kind: str) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    (outer.folder / "input/in.png").write_bytes(b"1")
    text = json.dumps({"nodes": [{"type": "LoadImage", "widgets_values": ["in.png", "image"]}]})
    picture, path = Image.new("RGB", (2, 2)), outer.folder / f"user/default/workflows/w.{kind}"
    if kind == "png":
        info = PngInfo()
        info.add_text("workflow", text)
        picture.save(path, pnginfo=info)
    else:
        exif = Image.Exif()
        exif[0x010F] = f"Workflow:{text}"
        picture.save(path, exif=exif)
    first = outer.loop.IS_CHANGED([path.name])
    (outer.folder / "input/in.png").write_bytes(b"22")
    assert outer.loop.IS_CHANGED([path.name]) != first


def test_scripts_run_each_time_unless_they_are_pure(outer: Outer) -> None:
    path = outer.folder / "user/scripts/s.ts"
    path.parent.mkdir()
    path.write_text("return 1")
    assert math.isnan(outer.script.IS_CHANGED(["return 1"], [False]))
    assert outer.script.IS_CHANGED(["return 1"], [True]) == outer.script.IS_CHANGED(["return 1"], [True])
    first = outer.script.IS_CHANGED(["s.ts"], [True])
    path.write_text("return 2")
    assert outer.script.IS_CHANGED(["s.ts"], [True]) != first
    assert math.isnan(outer.script.IS_CHANGED((None,), [True]))


def test_a_path_that_comes_over_a_link_is_looked_at_each_time(outer: Outer) -> None:
    assert math.isnan(outer.run_workflow.IS_CHANGED((None,)))
    assert math.isnan(outer.switch.IS_CHANGED((None,)))


def posted(outer: Outer, prompt: dict[str, Any], **more: Any) -> dict[str, Any]:
    return outer.comfy.load("server_prompts").on_prompt({"prompt": prompt, **more})


def test_a_posted_prompt_says_what_it_runs_for_and_what_is_made_here(outer: Outer) -> None:
    told = ports([["model", "MODEL"]], [["model", "MODEL"]])
    prompt = {
        "1": MODEL,
        "4": runner(ports=told, input_0=["1", 0]),
        "6": {"class_type": "LoraLoader", "inputs": {"model": ["4", 0]}},
        "5": runner(ports=told, input_0=["6", 0]),
        "7": {"class_type": "KSampler", "inputs": {"model": ["5", 0]}},
        "8": {"class_type": "SaveImage", "inputs": {"images": ["7", 0]}},
    }
    found = posted(outer, prompt)
    assert found["partial_execution_targets"] == ["8"]
    assert found["prompt"]["4"]["inputs"]["discomfort_outside"] == ""
    assert found["prompt"]["5"]["inputs"]["discomfort_outside"] == "0"
    assert "discomfort_outside" not in prompt["5"]["inputs"]


def test_targets_that_were_named_stay(outer: Outer) -> None:
    prompt = {"5": runner(), "8": {"class_type": "SaveImage", "inputs": {"images": ["5", 0]}}}
    assert posted(outer, prompt, partial_execution_targets=["5"])["partial_execution_targets"] == ["5"]


def test_what_an_earlier_run_left_in_a_prompt_is_taken_out(outer: Outer) -> None:
    prompt = {"5": runner(discomfort_needs_0=["99", 0], discomfort_outside="7")}
    inputs = posted(outer, prompt)["prompt"]["5"]["inputs"]
    assert inputs == {"workflow_path": "w.json", "models": "keep", "discomfort_outside": ""}


def test_links_at_sockets_that_do_not_exist_are_not_followed_by_comfyui(outer: Outer) -> None:
    prompt = {"5": runner(input_40=["99", 0])}
    assert posted(outer, prompt)["prompt"]["5"]["inputs"]["input_40"] == "99:0"


def test_broken_prompts_go_on_as_they_came(outer: Outer) -> None:
    for prompt in ({"5": None}, {"5": {"class_type": "DiscomfortTestRunner"}}, {"5": {"inputs": 3}}, {}):
        assert posted(outer, dict(prompt))["prompt"] == prompt


def test_what_a_recipe_reads_goes_with_it_from_call_to_call(outer: Outer) -> None:
    torch = pytest.importorskip("torch")
    outer.save("w.json", [["c", "CONDITIONING"], ["d", "CONDITIONING"]], [["c", "CONDITIONING"]])
    image = torch.rand(1, 8, 8, 3)
    graph = {
        "ref:l": {"class_type": "DiscomfortContextLoader", "inputs": {"version": "v"}},
        "ref:e": {"class_type": "Encode", "inputs": {"image": ["ref:l", 0]}},
    }
    given = RecipeValue("CONDITIONING", False, graph, ["ref:e", 0], {"v": Outgoing(image, "IMAGE", False)})
    for mark in ("", "0"):
        links = {"input_0": ["4", 0], "input_1": ["4", 0]}
        prompt = {"4": runner(), "5": runner(**links, discomfort_outside=mark)}
        found = outer.run(prompt, values={("4", 0): [given]})
        if not mark:
            (given,) = found["result"][0]
            ((version, out),) = given.reads.items()
            assert given.prompt["ref:l"]["inputs"] == {"version": version}
            assert torch.equal(out.value, image)
    held = found["expand"]["9.0.0.ref:l"]
    assert held["class_type"] == "DiscomfortHeldValue"
    (shown,) = outer.comfy.load("nodes.held_value").HeldValue().give(**held["inputs"])
    assert torch.equal(shown[0], image)


def test_data_that_one_of_our_nodes_gave_is_part_of_a_recipe_as_a_value(outer: Outer) -> None:
    torch = pytest.importorskip("torch")
    outer.save("w.json", [["model", "MODEL"]], [["model", "MODEL"]])
    image = torch.rand(1, 8, 8, 3)
    patch = {"class_type": "LoraLoader", "inputs": {"image": ["4", 0]}}
    prompt = {"4": runner(), "6": patch, "5": runner(input_0=["6", 0], discomfort_outside="")}
    ((given,), *_) = outer.run(prompt, values={("4", 0): [image]})["result"]
    ((version, out),) = given.reads.items()
    assert given.prompt["4:0"] == {"class_type": "DiscomfortContextLoader", "inputs": {"version": version}}
    assert torch.equal(out.value, image)
