"""The node that takes a value out of a run."""

from __future__ import annotations

from typing import Any

from ..objects.known_objects import known_objects
from ..runs import residents, runs
from ..transport.receipt import outgoing, resident_entry, saver_entry
from .any_type import ANY


class ContextSaver:
    """Takes the id of its run as input: so it is new in each run and the cache never repeats an old receipt."""

    CATEGORY = "discomfort/internal"
    DESCRIPTION = "Saves a value into a Discomfort context. The library puts it into prompts; it is not for drawing."
    FUNCTION = "save"
    RETURN_TYPES = ()
    INPUT_IS_LIST = True
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        text, flag = ("STRING", {"default": ""}), ("BOOLEAN", {"default": False})
        return {
            "required": {"value": (ANY,), "unique_id": text, "type": ("STRING", {"default": "*"}), "run": text},
            "optional": {"is_list": flag, "resident": flag},
        }

    def save(
        self,
        value: list,
        unique_id: list[str],
        type: list[str],
        run: list[str],
        is_list: list[bool] | None = None,
        resident: list[bool] | None = None,
    ) -> dict[str, Any]:
        out = outgoing(value, type[0], stays_list=bool(is_list and is_list[0]))
        if resident and resident[0]:
            folder = runs.place_of_run(run[0]).leases
            entry = resident_entry(unique_id[0], out, lambda value, kept: residents.keep(value, kept, folder))
        else:
            entry = saver_entry(unique_id[0], out, lambda: runs.place_of_run(run[0]), known_objects.take_apart)
        return {"ui": {"discomfort": [entry]}}
