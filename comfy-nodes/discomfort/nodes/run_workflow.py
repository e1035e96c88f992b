"""The node that runs a workflow on a server nested in this one."""

from __future__ import annotations

from typing import Any

from ..nested.describe import describe, workflow_named
from ..nested.fingerprint import fingerprint
from ..nested.inputs import wanted_inputs
from ..nested.missing import missing_workflow
from ..nested.ports import Ports, ports_from_text
from ..nested.run_nested import Nested, run_nested
from .sockets import HIDDEN, OUTPUT_NAMES, OUTPUT_TYPES, OUTPUTS_ARE_LISTS, input_sockets, models_widget, one


class RunWorkflow:
    """Known as DiscomfortTestRunner in prompts and saved workflows."""

    CATEGORY = "discomfort"
    DESCRIPTION = (
        "Runs a workflow that has Discomfort ports, on a second ComfyUI. Its INPUT ports are the inputs of this node, "
        "its OUTPUT ports the outputs."
    )
    FUNCTION = "run"
    RETURN_TYPES = OUTPUT_TYPES
    RETURN_NAMES = OUTPUT_NAMES
    INPUT_IS_LIST = True
    OUTPUT_IS_LIST = OUTPUTS_ARE_LISTS
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {
            "required": {"workflow_path": ("STRING", {"default": ""}), "models": models_widget()},
            "optional": {"ports": ("STRING", {"default": ""}), **input_sockets()},
            "hidden": HIDDEN,
        }

    @classmethod
    def VALIDATE_INPUTS(cls, workflow_path: Any) -> bool | str:
        return missing_workflow(one(workflow_path)) or True

    @classmethod
    def IS_CHANGED(cls, workflow_path: list[str], **_others: Any) -> Any:
        return fingerprint([one(workflow_path)])

    def check_lazy_status(self, workflow_path: list[str], ports: Any = None, **others: Any) -> list[str]:
        return wanted_inputs(_ports(one(workflow_path), ports), others)

    def run(self, workflow_path: list[str], models: list[str], ports: Any = None, **others: Any) -> dict[str, Any]:
        path = one(workflow_path)
        nested = Nested("run", {"workflow": str(workflow_named(path))}, _ports(path, ports), one(models))
        return run_nested(nested, others)


def _ports(path: str, ports: Any) -> Ports:
    return ports_from_text(one(ports) or "") or describe(path)
