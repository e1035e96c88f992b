"""The node that runs a workflow on a server nested in this one."""

from __future__ import annotations

from typing import Any

from .nested_run import Nested, describe, fingerprint, missing_workflow, models_widget, one, run_nested, wanted_inputs
from .sockets import HIDDEN, OUTPUT_NAMES, OUTPUT_TYPES, OUTPUTS_ARE_LISTS, Ports, input_sockets, ports_from_text


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
    def IS_CHANGED(cls, workflow_path: list[str], **_others: Any) -> str:
        return fingerprint([one(workflow_path)])

    def check_lazy_status(self, workflow_path: list[str], ports: Any = None, **others: Any) -> list[str]:
        return wanted_inputs(_ports(one(workflow_path), ports), others)

    def run(self, workflow_path: list[str], models: list[str], ports: Any = None, **others: Any) -> dict[str, Any]:
        path = one(workflow_path)
        nested = Nested("run", {"workflow": path}, _ports(path, ports), one(models))
        return run_nested(nested, others)


def _ports(path: str, ports: Any) -> Ports:
    return ports_from_text(one(ports) or "") or describe(path)
