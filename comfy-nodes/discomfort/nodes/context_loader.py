"""The node that brings a stored value into a run."""

from __future__ import annotations

from typing import Any

from comfy_execution.graph_utils import ExecutionBlocker

from ..objects.known_objects import known_objects
from ..runs import given_out, residents, runs
from ..transport.problems import DiscomfortValueGone
from ..transport.store import is_uuid
from ..transport.value_file import Value, read_value_file
from .any_type import ANY

# Instead of a version: what an earlier workflow of the run blocked is blocked here too.
BLOCKED = "blocked"


class ContextLoader:
    """Its only input is the version of a value, so that ComfyUI's cache works up to the next version."""

    CATEGORY = "discomfort/internal"
    DESCRIPTION = "Loads a value of a Discomfort context. The library puts it into prompts; it is not for drawing."
    FUNCTION = "load"
    RETURN_TYPES = (ANY,)
    RETURN_NAMES = ("value",)
    OUTPUT_IS_LIST = (True,)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"version": ("STRING", {"default": ""})}}

    @classmethod
    def VALIDATE_INPUTS(cls, version: Any) -> bool | str:
        if version == BLOCKED:
            return True
        if not is_uuid(version):
            return "version has to be the id of a value"
        if residents.get(version) is not None:
            return True
        try:
            runs.find(version)
        except DiscomfortValueGone as error:
            return str(error)
        return True

    @classmethod
    def IS_CHANGED(cls, version: str) -> int:
        # A version never changes, but what an earlier run was given may have been written to in place.
        return given_out.generation(version)

    def _read(self, version: str, tries: int = 3) -> Value:
        path, digest = runs.find(version)
        try:
            loaded = read_value_file(path, known_objects.rebuild, digest)
        except DiscomfortValueGone:
            # The library may just have moved it between memory and disk.
            if tries == 1:
                raise
            return self._read(version, tries - 1)
        given_out.note(version, loaded.buffer, path)
        return loaded

    def load(self, version: str) -> tuple[list]:
        if version == BLOCKED:
            return ([ExecutionBlocker(None)],)
        resident = residents.get(version)
        if resident is not None:
            return (resident.value if resident.is_list else [resident.value],)
        loaded = self._read(version)
        return (loaded.value if loaded.is_list else [loaded.value],)
