"""Tagged JSON, without torch and without ComfyUI."""

from __future__ import annotations

import enum
import math
import random
import re
from collections import OrderedDict, namedtuple
from typing import Any

import pytest

from discomfort.transport.problems import DiscomfortValueDamaged, DiscomfortValueUnsupported
from discomfort.transport.tagged_json import decode_tree, encode_tree, tree_depth, tree_from_text, tree_to_text
from same import same


def no_tensors(_: Any) -> Any:
    raise AssertionError("there is no tensor here")


def round_trip(value: Any) -> Any:
    return decode_tree(tree_from_text(tree_to_text(encode_tree(value, no_tensors))), no_tensors)


def random_value(generator: random.Random, depth: int = 0) -> Any:
    kinds = ["none", "bool", "int", "float", "text", "bytes", "list", "tuple", "dict"]
    kind = generator.choice(kinds if depth < 5 else kinds[:6])
    children = range(generator.randrange(4))
    if kind == "bool":
        return generator.random() < 0.5
    if kind == "int":
        return generator.randrange(-(2 ** generator.randrange(1, 200)), 2 ** generator.randrange(1, 200))
    if kind == "float":
        return generator.choice(
            [math.nan, math.inf, -math.inf, -0.0, 0.0, 1.0, 5e-324, generator.uniform(-1e9, 1e9), generator.random()]
        )
    if kind == "text":
        return "".join(chr(generator.choice([65, 0, 34, 0xE9, 0xD800, 0xFFFF, 0x1F34F])) for _ in children)
    if kind == "bytes":
        return generator.randbytes(generator.randrange(20))
    if kind == "list":
        return [random_value(generator, depth + 1) for _ in children]
    if kind == "tuple":
        return tuple(random_value(generator, depth + 1) for _ in children)
    if kind == "dict":
        keys: list[Any] = [None, 1, "a", 2.5, (1, "b"), b"c", "__proto__", True]
        return {generator.choice(keys): random_value(generator, depth + 1) for _ in children}
    return None


def test_random_nested_values_come_back_the_same():
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    generator = random.Random(seed)
    for _ in range(2000):
        value = random_value(generator)
        assert same(round_trip(value), value), value


@pytest.mark.parametrize("value", [2**64 - 1, 2**64, -(2**70), 1 - 10**4300, 0], ids=lambda value: value.bit_length())
def test_an_int_stays_exact(value):
    assert round_trip(value) == value
    assert type(round_trip(value)) is int


def test_an_int_of_more_than_4300_digits_is_refused():
    with pytest.raises(DiscomfortValueUnsupported, match="4300 digits"):
        encode_tree(10**4300, no_tensors)


@pytest.mark.parametrize("value", [1.0, -1.5, 1e16, 1e300, 0.0])
def test_a_number_in_the_tree_is_a_float(value):
    assert encode_tree(value, no_tensors) == value
    assert type(round_trip(value)) is float


def test_a_number_written_without_a_point_is_a_float_too():
    assert type(decode_tree(tree_from_text("1"), no_tensors)) is float


def test_a_lone_surrogate_is_written_as_an_escape():
    assert tree_to_text("\ud800") == '"\\ud800"'
    assert tree_to_text("\U0001f34f") == '"\U0001f34f"'


def test_subclasses_of_plain_types_become_the_plain_types():
    class Choice(str, enum.Enum):
        FIRST = "first"

    point = namedtuple("point", "x y")(1, 2)
    value = [Choice.FIRST, enum.IntEnum("Number", "ONE").ONE, OrderedDict(a=1), point]
    assert same(round_trip(value), ["first", 1, {"a": 1}, (1, 2)])


def test_numpy_scalars_become_plain_numbers():
    numpy = pytest.importorskip("numpy")
    value = [
        numpy.float32(0.5),
        numpy.int64(2**62),
        numpy.uint8(3),
        numpy.bool_(True),
        numpy.float64(1),
        numpy.str_("a"),
    ]
    assert same(round_trip(value), [0.5, 2**62, 3, True, 1.0, "a"])


def test_an_object_is_refused_with_its_type_and_place():
    class Model:
        pass

    with pytest.raises(DiscomfortValueUnsupported) as caught:
        encode_tree({"a": [1, (Model(),)]}, no_tensors)
    assert "Model is no data" in str(caught.value)
    assert "(at ['a'][1][0] of the value)" in str(caught.value)


def nested(levels: int, wrap: Any) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda item: [item], lambda item: (item,), lambda item: {"a": item}])
def test_200_levels_pass_and_201_are_refused(wrap):
    tree = encode_tree(nested(200, wrap), no_tensors)
    assert encode_tree(round_trip(nested(200, wrap)), no_tensors) == tree
    with pytest.raises(DiscomfortValueUnsupported, match="200 levels"):
        encode_tree(nested(201, wrap), no_tensors)


def test_a_value_that_holds_itself_is_refused():
    value: list = []
    value.append(value)
    with pytest.raises(DiscomfortValueUnsupported, match="200 levels"):
        encode_tree(value, no_tensors)


def test_a_tree_of_201_levels_is_refused():
    with pytest.raises(DiscomfortValueDamaged, match="200 levels"):
        decode_tree(nested(201, lambda item: [item]), no_tensors)


def test_a_tree_deeper_than_python_goes_is_refused_not_fatal():
    with pytest.raises(DiscomfortValueDamaged):
        tree_from_text("[" * 100_000 + "]" * 100_000)


def test_depth_counts_containers():
    assert tree_depth(encode_tree(1, no_tensors)) == 0
    assert tree_depth(encode_tree([], no_tensors)) == 1
    assert tree_depth(encode_tree({"a": (1, [2])}, no_tensors)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "1e999",
        "-0.0",
        "{}",
        '{"int":"1","float":"nan"}',
        '{"int":1}',
        '{"int":"01"}',
        '{"int":"1.0"}',
        '{"int":" 1"}',
        '{"int":"\u0661"}',
        '{"float":"1.5"}',
        '{"tuple":{}}',
        '{"dict":[["a"]]}',
        '{"dict":[[[],1]]}',
        '{"bytes":"a"}',
        '{"bytes":"é"}',
        '{"unknown":"x"}',
        "[1",
        "9" * 400,
    ],
)
def test_a_tree_that_breaks_the_grammar_is_refused(text):
    with pytest.raises(DiscomfortValueDamaged):
        decode_tree(tree_from_text(text), no_tensors)


class Point:
    """An object of a class that is known below."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields


def take_point(value: Any) -> tuple[str, dict[str, Any]] | None:
    return ("Point", value.fields) if isinstance(value, Point) else None


def make_point(name: str, fields: dict[str, Any]) -> Point:
    assert name == "Point"
    return Point(**fields)


def test_an_object_of_a_known_class_goes_as_its_name_and_fields():
    tree = encode_tree([Point(x=1, inner=Point(y=(2.0,)))], no_tensors, take_point)
    inner = {"object": ["Point", {"dict": [["y", {"tuple": [2.0]}]]}]}
    assert tree == [{"object": ["Point", {"dict": [["x", {"int": "1"}], ["inner", inner]]}]}]
    (read,) = decode_tree(tree_from_text(tree_to_text(tree)), no_tensors, make_point)
    assert same(read.fields["inner"].fields, {"y": (2.0,)})


def test_an_object_is_as_deep_as_its_fields():
    assert tree_depth(encode_tree(Point(x=[1]), no_tensors, take_point)) == 2
    nest = lambda levels: nested(levels, lambda item: Point(x=item))  # noqa: E731
    assert tree_depth(encode_tree(nest(200), no_tensors, take_point)) == 200
    with pytest.raises(DiscomfortValueUnsupported, match="200 levels"):
        encode_tree(nest(201), no_tensors, take_point)


def test_what_is_no_data_inside_an_object_is_told_with_its_place():
    with pytest.raises(DiscomfortValueUnsupported, match=re.escape("(at [0]['x'] of the value)")):
        encode_tree([Point(x=object())], no_tensors, take_point)


def test_an_object_is_damaged_where_nobody_knows_its_name():
    with pytest.raises(DiscomfortValueDamaged, match="'Point'"):
        decode_tree({"object": ["Point", {"dict": []}]}, no_tensors)


@pytest.mark.parametrize(
    "content",
    [
        "Point",
        ["Point"],
        ["Point", {"dict": []}, 1],
        [1, {"dict": []}],
        ["Point", [1]],
        ["Point", {"dict": [[{"int": "1"}, 1.0]]}],
    ],
)
def test_an_object_without_a_name_and_a_dict_of_named_fields_is_damaged(content: Any):
    with pytest.raises(DiscomfortValueDamaged):
        decode_tree({"object": content}, no_tensors, make_point)
