"""The node that runs a workflow again and again on a server nested in this one."""

from __future__ import annotations

from typing import Any

from ..nested.describe import describe, workflow_named
from ..nested.fingerprint import fingerprint
from ..nested.inputs import wanted_inputs
from ..nested.loop_widgets import MOST_ROUNDS, condition, feedback_pairs, rounds
from ..nested.missing import missing_workflow
from ..nested.ports import Ports, ports_from_text
from ..nested.run_nested import Nested, run_nested
from .sockets import HIDDEN, OUTPUT_NAMES, OUTPUT_TYPES, OUTPUTS_ARE_LISTS, input_sockets, models_widget, one


class Loop:
    """The rounds are made by the library: values go from one to the next without coming here."""

    CATEGORY = "discomfort"
    DESCRIPTION = (
        "Runs a workflow that has Discomfort ports again and again, on a second ComfyUI. What an OUTPUT port gives "
        "goes into the INPUT port of the same id in the next round, or into the one that feedback names."
    )
    FUNCTION = "run"
    RETURN_TYPES = OUTPUT_TYPES
    RETURN_NAMES = OUTPUT_NAMES
    INPUT_IS_LIST = True
    OUTPUT_IS_LIST = OUTPUTS_ARE_LISTS
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        text = ("STRING", {"default": ""})
        return {
            "required": {
                "workflow_path": text,
                "iterations": ("INT", {"default": 5, "min": 1, "max": MOST_ROUNDS}),
                "feedback": ("STRING", {"default": "", "multiline": True, "placeholder": "output -> input"}),
                "until": ("STRING", {"default": "", "placeholder": "score >= 0.8"}),
                "index": ("STRING", {"default": "", "placeholder": "INPUT port for the round's number"}),
                "results": (["last", "list", "batch"], {"default": "last"}),
                "models": models_widget(),
            },
            "optional": {"ports": text, **input_sockets()},
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

    def run(
        self,
        workflow_path: list[str],
        iterations: list[int],
        feedback: list[str],
        until: list[str],
        index: list[str],
        results: list[str],
        models: list[str],
        ports: Any = None,
        **others: Any,
    ) -> dict[str, Any]:
        path, collected = one(workflow_path), one(results)
        fields = {
            "workflow": str(workflow_named(path)),
            "iterations": rounds(one(iterations)),
            "feedback": feedback_pairs(one(feedback)),
            "until": condition(one(until)),
            "index": one(index).strip() or None,
            "collect": collected != "last",
        }
        return run_nested(Nested("loop", fields, _ports(path, ports), one(models), collected), others)


def _ports(path: str, ports: Any) -> Ports:
    return ports_from_text(one(ports) or "") or describe(path)
