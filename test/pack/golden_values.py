"""The values of the golden files, and how to write the files anew: python test/pack/golden_values.py"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import torch

from taken import Taken, take_apart

GOLDEN = Path(__file__).parents[1] / "golden"


class Golden(NamedTuple):
    """One value as it is saved."""

    name: str
    type: str
    value: Any
    is_list: bool = False


def steps(shape: list[int], dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Numbers that every dtype here holds exactly: 0, 1/64, 2/64, …"""
    return (torch.arange(math.prod(shape), dtype=torch.float32) / 64).reshape(shape).to(dtype)


def file_of(text: str) -> torch.Tensor:
    """A file inside a value."""
    return torch.frombuffer(bytearray(text.encode()), dtype=torch.uint8)


def every_dtype() -> list[torch.Tensor]:
    """The same 16 bytes as every dtype that a value file can hold; a bool has only two of them."""
    from discomfort.transport.tensor_bytes import TORCH_TYPES

    raw = torch.arange(120, 136, dtype=torch.uint8)
    return [(raw % 2 if dtype is torch.bool else raw).view(dtype) for dtype in TORCH_TYPES.values()]


def golden_objects() -> list[Golden]:
    """Values with objects of ComfyUI's classes in them."""
    nested = Taken("NestedTensor", {"tensors": [steps([1, 2, 1, 2, 2]), steps([1, 3, 4])]})
    seen = Taken(
        "ClipVisionOutput",
        {"last_hidden_state": steps([1, 2, 3]), "image_sizes": [(3, 224, 224)], "mm_projected": None},
    )
    rate = Taken("Fraction", {"numerator": 30_000, "denominator": 1001})
    sound = {"waveform": steps([1, 2, 8]), "sample_rate": 44_100}
    frames = {"file": None, "images": steps([2, 2, 2, 3]), "frame_rate": rate, "audio": sound, "bit_depth": 8}
    options = {"pooled_output": steps([1, 4]), "strength": 1.0, "area": ("percentage", 0.5, 1.0), "seen": seen}
    mesh = {"vertices": steps([1, 3, 3]), "faces": torch.tensor([[[0, 1, 2]]]), "uvs": None, "unlit": False}
    return [
        Golden("audio", "AUDIO", sound),
        Golden("nested-latent", "LATENT", {"samples": nested, "noise_mask": nested, "type": "audio"}),
        Golden("sigmas", "SIGMAS", steps([5])),
        Golden("clip-vision-output", "CLIP_VISION_OUTPUT", seen),
        Golden("conditioning", "CONDITIONING", [[steps([1, 2, 4]), options], [steps([1, 1, 4]), {}]]),
        Golden(
            "video-file",
            "VIDEO",
            Taken("VideoFromFile", {"file": file_of("a video"), "start_time": 0.5, "duration": 0.0}),
        ),
        Golden("video-frames", "VIDEO", Taken("VideoFromComponents", frames)),
        Golden("mesh", "MESH", Taken("MESH", mesh)),
        Golden("file-3d", "FILE_3D_GLB", Taken("File3D", {"file": file_of("a model"), "format": "glb"})),
        Golden("svg", "SVG", Taken("SVG", {"data": [file_of("<svg/>"), file_of("x")[:0]]})),
        Golden("curve", "CURVE", Taken("LinearCurve", {"points": [(0.0, 0.0), (1.0, 0.5)]})),
        Golden("boxes", "BOUNDING_BOXES", [{"x": 1, "y": 2, "width": 3, "height": 4, "metadata": {}}]),
        Golden("objects", "*", {"set": Taken("frozenset", {"items": [(1, 2)]}), "numbers": [nested, [seen]]}),
        Golden("every-dtype", "*", every_dtype()),
    ]


def golden_values() -> list[Golden]:
    """Every golden value."""
    images = [steps([1, 2, 2, 3]), steps([1, 3, 1, 3])]
    latent = {"samples": steps([1, 4, 2, 2]), "noise_mask": steps([1, 1, 16, 16])[..., :2, :2], "batch_index": [0]}
    mixed = [torch.tensor([True, False, True]), steps([1], torch.float16), steps([2], torch.float64), steps([1])]
    return [
        Golden("big-int", "INT", [2**64 - 1, 2**70, -(2**64), 7, 0]),
        Golden("floats", "*", [1.0, 0.1, -2.5, 1e300, 5e-324, math.nan, math.inf, -math.inf, -0.0, 0.0]),
        Golden("plain", "*", [None, True, False, "", 1, 1.0]),
        Golden("text", "STRING", 'ü 日本 \U0001f34f " \\ \n \x00 \u2028 lone \ud800 and \udc00 end'),
        Golden("dict", "DICT", {"a": {"b": [1, {}]}, 1: "int", 1.5: "float", None: 0, (1, "x"): [], True + 1: "two"}),
        Golden("tuple", "TUPLE", (1, ("a", ()), [2.5], None)),
        Golden("bytes", "*", {"all": bytes(range(256)), "none": b""}),
        Golden("image", "IMAGE", steps([1, 4, 4, 3])),
        Golden("mask", "MASK", steps([1, 4, 4])),
        Golden("latent", "LATENT", latent),
        Golden("images", "IMAGE", images, is_list=True),
        Golden("no-images", "IMAGE", [], is_list=True),
        Golden("fp16", "*", steps([2, 3], torch.float16)),
        Golden("bf16", "*", steps([2, 3], torch.bfloat16)),
        Golden("uint8", "*", torch.arange(250, 256, dtype=torch.uint8)),
        Golden("int64", "*", torch.tensor([[-(2**63), 2**63 - 1]])),
        Golden("bool", "*", torch.tensor([[True, False, True]])),
        Golden("mixed-tensors", "*", mixed),
        Golden("scalar-and-empty-tensor", "*", (torch.tensor(1.5), torch.zeros([0, 3]))),
        *golden_objects(),
    ]


def describe(golden: Golden) -> dict[str, Any]:
    """What the index says about a value: all that a reader in another language has to find in the file."""
    from discomfort.transport.tensor_bytes import bytes_of, dtype_name
    from discomfort.transport.value_file import encode

    encoded = encode(golden.value, take_apart)
    tensors = {
        str(name): {"dtype": dtype_name(tensor), "shape": list(tensor.shape), "hex": bytes_of(tensor).hex()}
        for name, tensor in enumerate(encoded.tensors)
    }
    return {
        "file": f"{golden.name}.safetensors",
        "type": golden.type,
        "list": golden.is_list,
        "tree": encoded.tree,
        "tensors": tensors,
    }


def main() -> None:
    """Writes all golden files and their index."""
    from discomfort.transport.value_file import encode, lay_out, write_value_file

    GOLDEN.mkdir(exist_ok=True)
    for golden in golden_values():
        path = GOLDEN / f"{golden.name}.safetensors"
        write_value_file(path, lay_out(encode(golden.value, take_apart), golden.type, golden.is_list))
        path.chmod(0o644)
    index = {"v": 1, "values": [describe(golden) for golden in golden_values()]}
    (GOLDEN / "values.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    import conftest  # noqa: F401 - it makes the pack importable

    main()
