"""Writes one picture of a port as a PNG file for the page."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import numpy
from PIL import Image


def save_picture(picture: Any, folder: Path) -> dict[str, str]:
    """Saves the rows of a picture (0 to 1, with or without channels) under a name of its own."""
    rows = numpy.nan_to_num(picture.detach().to("cpu").float().numpy())
    pixels = (rows.clip(0, 1) * 255 + 0.5).astype(numpy.uint8)
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    folder.mkdir(parents=True, exist_ok=True)
    name = f"discomfort-{uuid.uuid4().hex}.png"
    Image.fromarray(pixels).save(folder / name, compress_level=1)
    return {"filename": name, "subfolder": "", "type": "temp"}
