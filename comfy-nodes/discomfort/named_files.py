"""Which files the constants of a prompt name: models, inputs, and what was saved before."""

from __future__ import annotations

import os
from collections.abc import Iterable

import folder_paths

from .models.model_files import ModelFiles


def note_files(names: Iterable[str]) -> dict[str, str]:
    """Size and time of the files that names stand for, by the name as it stands in the prompt."""
    inputs = {"input": ([folder_paths.get_input_directory()], None)}
    files = ModelFiles(lambda: {**folder_paths.folder_names_and_paths, **inputs})
    found = {}
    for name in names:
        bare, folder = folder_paths.annotated_filepath(name)
        # Whoever asks hears of files in ComfyUI's own folders and of no others.
        if os.path.isabs(bare) or ".." in bare.replace("\\", "/").split("/"):
            continue
        text = files.note(bare) if folder is None else files.note(os.path.join(folder, bare))
        if text:
            found[name] = text
    return found
