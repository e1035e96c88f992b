"""The workflow that a picture carries, as ComfyUI saves it there."""

from __future__ import annotations

import io

from PIL import Image

_NAMES = ("workflow", "prompt")


def text_in_picture(data: bytes) -> str:
    """The drawing, else the prompt, as JSON; empty where there is neither."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            texts = {name: picture.info[name] for name in _NAMES if isinstance(picture.info.get(name), str)}
            # WebP has them in its EXIF block, with their names in front.
            for value in picture.getexif().values():
                name, colon, text = value.partition(":") if isinstance(value, str) else ("", "", "")
                if colon and name.lower() in _NAMES:
                    texts.setdefault(name.lower(), text)
    except (OSError, ValueError, SyntaxError):
        return ""
    return texts.get("workflow") or texts.get("prompt") or ""
