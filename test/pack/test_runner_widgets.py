"""What the widgets of the nodes that run workflows say, and what is said where they make no sense."""

from __future__ import annotations

import json
from typing import Any

import pytest

from discomfort.nested.batch import batch
from discomfort.nested.cases import cases, chosen
from discomfort.nested.depth import depth, refuse_depth
from discomfort.nested.loop_widgets import condition, feedback_pairs, rounds
from discomfort.nested.node_misused import NodeMisused
from discomfort.nested.ports import Ports, checked, ports_from_names, ports_from_text


def test_ports_are_read_as_the_page_writes_them() -> None:
    text = json.dumps({"inputs": [["image", "IMAGE"], ["n", "INT"]], "outputs": [["image", "IMAGE"]]})
    assert ports_from_text(text) == ([("image", "IMAGE"), ("n", "INT")], [("image", "IMAGE")])


def test_without_them_the_bridge_has_to_be_asked() -> None:
    assert ports_from_text(" ") is None


@pytest.mark.parametrize("text", ["x", "[]", "{}", '{"inputs": [["a"]], "outputs": []}', '{"inputs": 1}'])
def test_other_texts_are_told(text: str) -> None:
    with pytest.raises(NodeMisused, match='The widget "ports"'):
        ports_from_text(text)


def test_names_have_a_type_or_none() -> None:
    assert ports_from_names("image: IMAGE, strength\n n :INT,", "") == (
        [("image", "IMAGE"), ("strength", "*"), ("n", "INT")],
        [],
    )


@pytest.mark.parametrize("text", [": IMAGE", "a:"])
def test_a_name_that_is_none_is_told(text: str) -> None:
    with pytest.raises(NodeMisused, match="is no name"):
        ports_from_names(text, "")


def test_a_name_that_stands_twice_is_told() -> None:
    with pytest.raises(NodeMisused, match='Two outputs are called "a"'):
        ports_from_names("", "a, b, a: INT")


def test_more_ports_than_sockets_are_told() -> None:
    many = [(f"p{number}", "INT") for number in range(33)]
    assert checked(Ports(many[:32], many[:32]))
    with pytest.raises(NodeMisused, match="There are 33 inputs, and a node has 32 sockets"):
        checked(Ports(many, []))


def test_feedback_is_a_pair_a_line() -> None:
    assert feedback_pairs("image -> start\n\n a→b ") == [["image", "start"], ["a", "b"]]
    with pytest.raises(NodeMisused, match='"image" in the widget "feedback" is no pair'):
        feedback_pairs("image")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("done", {"output": "done"}),
        ("score >= 0.8", {"output": "score", "operator": ">=", "value": 0.8}),
        ("score>5", {"output": "score", "operator": ">", "value": 5}),
        ("done == false", {"output": "done", "operator": "==", "value": False}),
        ('my state != "true"', {"output": "my state", "operator": "!=", "value": "true"}),
        ("state == ready now", {"output": "state", "operator": "==", "value": "ready now"}),
    ],
)
def test_conditions(text: str, found: Any) -> None:
    assert condition(text) == found


@pytest.mark.parametrize("text", ["score => 0.8", "score = 1", "score >", "> 3", "!done"])
def test_a_condition_that_is_none_is_told(text: str) -> None:
    with pytest.raises(NodeMisused, match="is no condition"):
        condition(text)


@pytest.mark.parametrize("number", [0, 10_001, 2.5, "3", True, None])
def test_a_linked_number_of_rounds_is_checked(number: Any) -> None:
    assert rounds(10_000) == 10_000
    with pytest.raises(NodeMisused, match="iterations is"):
        rounds(number)


def test_cases_have_a_value_or_are_counted() -> None:
    assert cases("cat:a.json\n\n b/c.json\nElse: d.json") == {"cat": "a.json", "1": "b/c.json", "else": "d.json"}
    assert cases("C:\\flows\\a.json\n1: C:\\flows\\b.json") == {"0": "C:\\flows\\a.json", "1": "C:\\flows\\b.json"}


def test_cases_that_clash_and_none_at_all_are_told() -> None:
    with pytest.raises(NodeMisused, match='for the value "1"'):
        cases("1: a.json\nb.json")
    with pytest.raises(NodeMisused, match="is empty"):
        cases("\n")


@pytest.mark.parametrize(
    ("choice", "by", "path"),
    [
        ("cat", None, "a"),
        (" cat ", None, "a"),
        ("dog", None, "e"),
        ("dog", ["cat"], "a"),
        ("", [1], "b"),
        ("", [1.0], "b"),
        ("", [0], "z"),
        ("", [True], "t"),
        ("", [2.5], "e"),
        ("", [None], "e"),
    ],
)
def test_choosing(choice: str, by: list | None, path: str) -> None:
    listed = {"true": "t", "cat": "a", "1": "b", "0": "z", "else": "e"}
    assert chosen(choice, by, listed) == path


def test_a_choice_that_is_nobodys_is_told_with_those_there_are() -> None:
    with pytest.raises(NodeMisused, match=r'No workflow is for the value "c" \(there are "a", "b"\)'):
        chosen("c", None, {"a": "1", "b": "2"})
    with pytest.raises(NodeMisused, match="by is given 2 values"):
        chosen("", ["a", "b"], {"a": "1"})
    with pytest.raises(NodeMisused, match="by is given 0 values"):
        chosen("", [], {"a": "1"})


def test_depth_is_read_and_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCOMFORT_DEPTH", raising=False)
    assert depth() == 0
    monkeypatch.setenv("DISCOMFORT_DEPTH", "nonsense")
    assert depth() == 0
    monkeypatch.setenv("DISCOMFORT_DEPTH", "2")
    refuse_depth()
    monkeypatch.setenv("DISCOMFORT_DEPTH", "3")
    with pytest.raises(NodeMisused, match="Workflows run each other 3 deep"):
        refuse_depth()


def test_images_and_latents_become_one_batch() -> None:
    torch = pytest.importorskip("torch")
    images = [torch.zeros(2, 4, 4, 3), torch.ones(1, 4, 4, 3)]
    assert batch("image", images).shape == (3, 4, 4, 3)
    latents = [{"samples": torch.zeros(1, 4, 2, 2)}, {"samples": torch.ones(1, 4, 2, 2), "batch_index": [0]}]
    joined = batch("latent", latents)
    assert list(joined) == ["samples"]
    assert joined["samples"].shape == (2, 4, 2, 2)


def test_what_cannot_be_one_batch_is_told() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(NodeMisused, match=r"different sizes at \"image\" \(4 x 4 x 3 and 8 x 8 x 3\)"):
        batch("image", [torch.zeros(1, 4, 4, 3), torch.zeros(1, 8, 8, 3)])
    with pytest.raises(NodeMisused, match=r'values of the type int at "n".*"list"'):
        batch("n", [1, 2])
    with pytest.raises(NodeMisused, match="no values"):
        batch("n", [])
