"""Videos: a file goes as that file, frames go as the frames and as the file that ComfyUI makes of them."""

from __future__ import annotations

import inspect
import io
import logging
from typing import Any

from .attributes import rebuild_attributes
from .files import stream_of, tensor_of_file


def take_file(video: Any) -> dict[str, Any]:
    """The file, and the part of it in seconds that is meant (a duration of 0 is up to its end)."""
    start, duration = _window(video)
    return {"file": tensor_of_file(video.get_stream_source()), "start_time": start, "duration": duration}


def rebuild_file(known: type, fields: dict[str, Any]) -> Any:
    window = {name: float(fields[name]) for name in ("start_time", "duration") if fields[name]}
    return known(stream_of(fields["file"]), **window)


def take_components(video: Any) -> dict[str, Any]:
    """The frames with their audio and rate, which lose nothing, and an MP4 of them for whoever wants a file."""
    depth = {"bit_depth": video.get_bit_depth()} if hasattr(video, "get_bit_depth") else {}
    return {"file": _encode(video), **vars(video.get_components()), **depth}


def rebuild_components(known: type, fields: dict[str, Any]) -> Any:
    from comfy_api.util import VideoComponents

    has_depth = "bit_depth" in fields and "bit_depth" in inspect.signature(known).parameters
    of_video = {"bit_depth": fields["bit_depth"]} if has_depth else {}
    of_components = {name: field for name, field in fields.items() if name not in ("file", "bit_depth")}
    return known(rebuild_attributes(VideoComponents, of_components), **of_video)


def _window(video: Any) -> tuple[float, float]:
    if hasattr(video, "get_active_trim_window"):
        return video.get_active_trim_window()
    # Older versions tell it only to themselves, the oldest have none.
    return tuple(float(getattr(video, f"_VideoFromFile__{name}", 0)) for name in ("start_time", "duration"))


def _encode(video: Any) -> Any:
    """None where these frames cannot be encoded: the common codecs take even sizes only."""
    from comfy_api.util import VideoContainer

    stream = io.BytesIO()
    try:
        video.save_to(stream, format=VideoContainer.MP4)
    except Exception as error:
        logging.warning("Discomfort: the frames of a video go on without a file of it: %s", error)
        return None
    return tensor_of_file(stream)
