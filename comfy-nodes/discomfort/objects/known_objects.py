"""The classes whose objects can be passed by value. docs/values.md lists their fields."""

from __future__ import annotations

from . import attributes, curves, files, nested, plain, video
from .registry import Known, Registry

_LATEST = "comfy_api.latest"


def _attributes(name: str, module: str, class_name: str) -> Known:
    return Known(name, module, class_name, attributes.take_attributes, attributes.rebuild_attributes)


known_objects = Registry(
    [
        Known("NestedTensor", "comfy.nested_tensor", "NestedTensor", nested.take_nested, nested.rebuild_nested),
        _attributes("ClipVisionOutput", "comfy.clip_vision", "Output"),
        Known("VideoFromFile", f"{_LATEST}._input_impl", "VideoFromFile", video.take_file, video.rebuild_file),
        Known(
            "VideoFromComponents",
            f"{_LATEST}._input_impl",
            "VideoFromComponents",
            video.take_components,
            video.rebuild_components,
        ),
        _attributes("MESH", f"{_LATEST}._util", "MESH"),
        _attributes("VOXEL", f"{_LATEST}._util", "VOXEL"),
        _attributes("SPLAT", f"{_LATEST}._util", "SPLAT"),
        Known("File3D", f"{_LATEST}._util", "File3D", files.take_file_3d, files.rebuild_file_3d),
        Known("SVG", f"{_LATEST}._util", "SVG", files.take_svg, files.rebuild_svg),
        Known("MonotoneCubicCurve", f"{_LATEST}._input", "MonotoneCubicCurve", curves.take_curve, curves.rebuild_curve),
        Known("LinearCurve", f"{_LATEST}._input", "LinearCurve", curves.take_curve, curves.rebuild_curve),
        _attributes("RangeInput", f"{_LATEST}._input", "RangeInput"),
        Known("Fraction", "fractions", "Fraction", plain.take_fraction, plain.rebuild_fraction),
        Known("set", "builtins", "set", plain.take_set, plain.rebuild_set),
        Known("frozenset", "builtins", "frozenset", plain.take_set, plain.rebuild_set),
        Known("ndarray", "numpy", "ndarray", plain.take_array, plain.rebuild_array),
    ]
)
