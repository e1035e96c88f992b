"""The node that runs a script in TypeScript or JavaScript, with a server nested in this one at its hands."""

from __future__ import annotations

import math
from typing import Any

from ..nested.fingerprint import file_fingerprint
from ..nested.inputs import wanted_inputs
from ..nested.missing import missing_script
from ..nested.ports import Ports, ports_from_names
from ..nested.run_nested import Nested, run_nested
from ..script_files import find_script
from .runner import Runner
from .sockets import HIDDEN, input_sockets, models_widget, one

ENDINGS = (".ts", ".mts", ".js", ".mjs")


class Script(Runner):
    """A script may look at the clock or at files: it runs each time unless somebody says that it does not."""

    DESCRIPTION = (
        "Runs a script in TypeScript or JavaScript with inputs, context and discomfort at hand; what it returns are "
        "the outputs. One line that ends in .ts, .mts, .js or .mjs is the path of a file, all else is the script."
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {
            "required": {
                "script": ("STRING", {"default": "", "multiline": True}),
                "inputs": ("STRING", {"default": "", "placeholder": "image: IMAGE, strength: FLOAT"}),
                "outputs": ("STRING", {"default": "", "placeholder": "image: IMAGE, score: FLOAT"}),
                "pure": ("BOOLEAN", {"default": False}),
                "models": models_widget(),
            },
            "optional": input_sockets(),
            "hidden": HIDDEN,
        }

    @classmethod
    def VALIDATE_INPUTS(cls, script: Any) -> bool | str:
        text = one(script)
        if text is None:
            return True
        if not text.strip():
            return 'The widget "script" is empty. Write a script, or the path of one.'
        path = script_path(text)
        return (path is not None and missing_script(path)) or True

    @classmethod
    def IS_CHANGED(cls, script: list[str], pure: list[bool], **_others: Any) -> Any:
        text = one(script)
        if one(pure) is not True or text is None:
            return math.nan
        path = script_path(text)
        return "text" if path is None else file_fingerprint(find_script(path))

    def check_lazy_status(self, inputs: list[str], outputs: list[str], **others: Any) -> list[str]:
        return wanted_inputs(ports_from_names(one(inputs), one(outputs)), others)

    def run(
        self, script: list[str], inputs: list[str], outputs: list[str], models: list[str], **others: Any
    ) -> dict[str, Any]:
        ports: Ports = ports_from_names(one(inputs), one(outputs))
        text = one(script)
        path = script_path(text)
        fields = {
            "script": {"text": text} if path is None else {"path": path},
            "types": {name: value_type for name, value_type in ports.outputs if value_type != "*"},
        }
        return run_nested(Nested("script", fields, ports, one(models)), others)


def script_path(text: str) -> str | None:
    """The path, where the widget holds one instead of a script."""
    bare = text.strip()
    return bare if bare.endswith(ENDINGS) and len(bare.splitlines()) == 1 else None
