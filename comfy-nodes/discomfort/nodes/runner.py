"""What the nodes that run workflows have in common."""

from __future__ import annotations

from typing import Any

from ..nested.describe import describe
from ..nested.fingerprint import fingerprint
from ..nested.inputs import wanted_inputs
from ..nested.missing import missing_workflow
from ..nested.ports import Ports, ports_from_text
from .sockets import OUTPUT_NAMES, OUTPUT_TYPES, OUTPUTS_ARE_LISTS, one


class Runner:
    """All its inputs and outputs are lists to ComfyUI, since a port may take or give one."""

    CATEGORY = "discomfort"
    FUNCTION = "run"
    RETURN_TYPES = OUTPUT_TYPES
    RETURN_NAMES = OUTPUT_NAMES
    INPUT_IS_LIST = True
    OUTPUT_IS_LIST = OUTPUTS_ARE_LISTS
    OUTPUT_NODE = True


class WorkflowRunner(Runner):
    """Runs the one workflow that its widget `workflow_path` names."""

    @classmethod
    def VALIDATE_INPUTS(cls, workflow_path: Any) -> bool | str:
        return missing_workflow(one(workflow_path)) or True

    @classmethod
    def IS_CHANGED(cls, workflow_path: list[str], **_others: Any) -> Any:
        return fingerprint([one(workflow_path)])

    def check_lazy_status(self, workflow_path: list[str], ports: Any = None, **others: Any) -> list[str]:
        return wanted_inputs(ports_of_path(one(workflow_path), ports), others)


def ports_of_path(path: str, ports: Any) -> Ports:
    """The ports that the page wrote down, else those that the workflow has now."""
    return ports_from_text(one(ports) or "") or describe(path)
