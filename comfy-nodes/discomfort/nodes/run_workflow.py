"""The node that runs a workflow on a server nested in this one."""

from __future__ import annotations

from typing import Any

from ..nested.describe import workflow_named
from ..nested.run_nested import Nested, run_nested
from .runner import WorkflowRunner, ports_of_path
from .sockets import HIDDEN, input_sockets, models_widget, one


class RunWorkflow(WorkflowRunner):
    """Known as DiscomfortTestRunner in prompts and saved workflows."""

    DESCRIPTION = (
        "Runs a workflow that has Discomfort ports, on a second ComfyUI. Its INPUT ports are the inputs of this node, "
        "its OUTPUT ports the outputs."
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {
            "required": {"workflow_path": ("STRING", {"default": ""}), "models": models_widget()},
            "optional": {"ports": ("STRING", {"default": ""}), **input_sockets()},
            "hidden": HIDDEN,
        }

    def run(self, workflow_path: list[str], models: list[str], ports: Any = None, **others: Any) -> dict[str, Any]:
        path = one(workflow_path)
        nested = Nested("run", {"workflow": str(workflow_named(path))}, ports_of_path(path, ports), one(models))
        return run_nested(nested, others)
