"""Objects of ComfyUI's own classes: taken apart, written, read and made again."""

from __future__ import annotations

import io
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")
pytest.importorskip("comfy.cli_args").args.cpu = True

import comfy.clip_vision  # noqa: E402
import comfy.nested_tensor  # noqa: E402
from comfy_api.input_impl import VideoFromComponents, VideoFromFile  # noqa: E402
from comfy_api.latest import _input as inputs  # noqa: E402
from comfy_api.latest import _util as util  # noqa: E402
from comfy_api.util import VideoComponents  # noqa: E402

from discomfort.objects.known_objects import known_objects  # noqa: E402
from discomfort.transport.problems import DiscomfortValueDamaged, DiscomfortValueUnsupported  # noqa: E402
from discomfort.transport.tagged_json import is_tensor  # noqa: E402
from discomfort.transport.value_file import encode, lay_out, read_value_file, write_value_file  # noqa: E402
from golden_values import GOLDEN, golden_objects, steps  # noqa: E402
from same import same  # noqa: E402


def round_trip(folder: Path, value: Any) -> Any:
    path = folder / "value.safetensors"
    write_value_file(path, lay_out(encode(value, known_objects.take_apart), "*", False))
    return read_value_file(path, known_objects.rebuild).value


def frames(height: int = 16, width: int = 16, **more: Any) -> Any:
    images = torch.rand(4, height, width, 3, generator=torch.Generator().manual_seed(7))
    return VideoFromComponents(VideoComponents(images=images, frame_rate=Fraction(30_000, 1001), **more))


def mp4() -> bytes:
    stream = io.BytesIO()
    frames().save_to(stream)
    return stream.getvalue()


def test_a_nested_tensor_comes_back_with_its_tensors(tmp_path: Path):
    read = round_trip(tmp_path, {"samples": comfy.nested_tensor.NestedTensor((steps([1, 2]), steps([3])))})["samples"]
    assert type(read) is comfy.nested_tensor.NestedTensor and read.is_nested
    assert same(read.tensors, [steps([1, 2]), steps([3])])


def test_the_output_of_clip_vision_comes_back_with_all_attributes(tmp_path: Path):
    seen = comfy.clip_vision.Output()
    seen["last_hidden_state"] = steps([1, 2, 3])
    seen["image_sizes"] = [torch.zeros(3, 8, 8).shape]
    seen["mm_projected"] = None
    read = round_trip(tmp_path, seen)
    assert type(read) is comfy.clip_vision.Output
    assert same(vars(read), {"last_hidden_state": steps([1, 2, 3]), "image_sizes": [(3, 8, 8)], "mm_projected": None})


@pytest.mark.parametrize("window", [{}, {"start_time": 0.05, "duration": 0.07}], ids=["whole", "trimmed"])
def test_a_video_that_is_a_file_keeps_its_bytes_and_its_window(window: dict[str, float], tmp_path: Path):
    path = tmp_path / "video.mp4"
    path.write_bytes(mp4())
    for source in (str(path), io.BytesIO(mp4())):
        read = round_trip(tmp_path, VideoFromFile(source, **window))
        assert read.get_stream_source().read() == mp4()
        assert read.get_duration() == VideoFromFile(str(path), **window).get_duration()
        assert torch.equal(read.get_components().images, VideoFromFile(str(path), **window).get_components().images)


def test_a_video_of_frames_keeps_them_bit_for_bit_and_brings_a_file(tmp_path: Path):
    sound = {"waveform": torch.rand(1, 2, 6000), "sample_rate": 44_100}
    video = frames(audio=sound)
    name, fields = known_objects.take_apart(video)
    assert name == "VideoFromComponents"
    assert VideoFromFile(io.BytesIO(fields["file"].numpy().tobytes())).get_dimensions() == (16, 16)
    read = round_trip(tmp_path, video)
    assert same(read.get_components().images, video.get_components().images)
    assert same(read.get_components().audio, sound)
    assert read.get_components().frame_rate == Fraction(30_000, 1001)


def test_frames_that_no_codec_takes_go_on_without_a_file(tmp_path: Path):
    assert known_objects.take_apart(frames(15, 15))[1]["file"] is None
    assert round_trip(tmp_path, frames(15, 15)).get_components().images.shape == (4, 15, 15, 3)


@pytest.mark.parametrize("name", ["MESH", "VOXEL", "SPLAT"])
def test_geometry_comes_back_with_all_attributes(name: str, tmp_path: Path):
    known = getattr(util, name, None) or pytest.skip(f"this ComfyUI has no {name}")
    arguments = {
        "MESH": {"vertices": steps([1, 3, 3]), "faces": torch.tensor([[[0, 1, 2]]])},
        "VOXEL": {"data": steps([1, 2, 2, 2])},
        "SPLAT": {
            each: steps([1, 2, size])
            for each, size in {"positions": 3, "scales": 3, "rotations": 4, "opacities": 1, "sh": 3}.items()
        },
    }[name]
    value = known(**arguments)
    value.extra = "of a later version"
    read = round_trip(tmp_path, value)
    assert type(read) is known
    assert same(vars(read), vars(value))


def test_a_3d_file_and_a_drawing_keep_their_bytes(tmp_path: Path):
    path = tmp_path / "model.GLB"
    path.write_bytes(bytes(range(256)))
    for model in (util.File3D(str(path)), util.File3D(io.BytesIO(bytes(range(256))), "glb")):
        read = round_trip(tmp_path, model)
        assert (read.get_data().getvalue(), read.format) == (bytes(range(256)), "glb")
    read = round_trip(tmp_path, util.SVG([io.BytesIO(b"<svg/>"), io.BytesIO(b"")]))
    assert [stream.getvalue() for stream in read.data] == [b"<svg/>", b""]


@pytest.mark.parametrize("name", ["mesh", "video-frames"])
def test_an_object_of_another_version_is_made_with_the_defaults_of_this_one(name: str):
    read = read_value_file(GOLDEN / f"{name}.safetensors", known_objects.rebuild).value
    _, fields = known_objects.take_apart(read)
    (golden,) = [golden for golden in golden_objects() if golden.name == name]
    kept = {each: field for each, field in golden.value.fields.items() if each in fields and is_tensor(field)}
    assert same({each: fields[each] for each in kept}, kept) and kept


def test_curves_and_ranges_come_back_the_same(tmp_path: Path):
    if not hasattr(inputs, "LinearCurve"):
        pytest.skip("this ComfyUI has no curves")
    for known in (inputs.LinearCurve, inputs.MonotoneCubicCurve):
        curve = known([(0, 0.1), (0.5, 0.25), (1, 1)])
        read = round_trip(tmp_path, curve)
        assert type(read) is known
        assert read.points == curve.points
        assert read.interp(0.3) == curve.interp(0.3)
    assert vars(round_trip(tmp_path, inputs.RangeInput(0.1, 0.9))) == vars(inputs.RangeInput(0.1, 0.9))


@pytest.mark.parametrize(
    "array",
    [
        numpy.array(3.5),
        numpy.arange(6, dtype=numpy.uint16).reshape(2, 3).T,
        numpy.arange(4, dtype=">i4"),
        numpy.zeros((0, 3), dtype=numpy.float16),
        numpy.array([math.nan, -0.0]),
        numpy.array([True, False]),
    ],
    ids=["scalar", "turned", "of other byte order", "empty", "special floats", "bool"],
)
def test_an_array_of_numpy_comes_back_with_its_numbers(array: Any, tmp_path: Path):
    read = round_trip(tmp_path, array)
    assert type(read) is numpy.ndarray and read.flags.writeable
    assert read.dtype == array.dtype.newbyteorder("=") and read.shape == array.shape
    assert read.tobytes() == array.astype(read.dtype).tobytes()


def test_an_array_of_objects_is_refused():
    with pytest.raises(DiscomfortValueUnsupported, match="dtype object"):
        encode(numpy.array([None]), known_objects.take_apart)


def test_sets_and_fractions_come_back_the_same(tmp_path: Path):
    value = {"set": {1, "a"}, "frozen": frozenset({(1, 2)}), "rate": Fraction(24_000, 1001)}
    assert round_trip(tmp_path, value) == value


def test_conditioning_with_hooks_is_refused_with_its_place():
    hooks = pytest.importorskip("comfy.hooks").HookGroup()
    with pytest.raises(DiscomfortValueUnsupported, match=r"HookGroup is no data \(at \[0\]\[1\]\['hooks'\]"):
        encode([[steps([1, 2, 4]), {"hooks": hooks}]], known_objects.take_apart)


# What this ComfyUI adds of its own (attributes with defaults, the file of frames) is in none of the golden files.
WITHOUT_ADDITIONS = [golden for golden in golden_objects() if golden.name not in ("mesh", "video-frames")]


@pytest.mark.parametrize("golden", WITHOUT_ADDITIONS, ids=lambda golden: golden.name)
def test_the_golden_objects_are_written_as_exactly_these_bytes(golden: Any, tmp_path: Path):
    try:
        value = read_value_file(GOLDEN / f"{golden.name}.safetensors", known_objects.rebuild).value
    except DiscomfortValueDamaged as error:
        pytest.skip(str(error))
    encoded = encode(value, known_objects.take_apart)
    write_value_file(tmp_path / "again.safetensors", lay_out(encoded, golden.type, golden.is_list))
    assert (tmp_path / "again.safetensors").read_bytes() == (GOLDEN / f"{golden.name}.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("name", "fields", "told"),
    [
        ("os.system", {"command": "true"}, "not known here"),
        ("MESH", {"vertices": None}, "do not fit"),
        ("File3D", {"file": 1, "format": "glb"}, "do not fit"),
        ("Fraction", {"numerator": 1, "denominator": 0}, "do not fit"),
        ("set", {"items": [[1]]}, "do not fit"),
    ],
)
def test_an_unknown_name_and_fields_that_do_not_fit_are_damage(name: str, fields: dict[str, Any], told: str):
    with pytest.raises(DiscomfortValueDamaged, match=told):
        known_objects.rebuild(name, fields)
