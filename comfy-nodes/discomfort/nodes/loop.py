"""The node that runs a workflow again and again on a server nested in this one."""

from __future__ import annotations

from typing import Any

from ..nested.describe import workflow_named
from ..nested.loop_widgets import MOST_ROUNDS, condition, feedback_pairs, rounds
from ..nested.run_nested import Nested, run_nested
from .runner import WorkflowRunner, ports_of_path
from .sockets import HIDDEN, input_sockets, models_widget, one


class Loop(WorkflowRunner):
    """The rounds are made by the library: values go from one to the next without coming here."""

    DESCRIPTION = (
        "Runs a workflow that has Discomfort ports again and again, on a second ComfyUI. What an OUTPUT port gives "
        "goes into the INPUT port of the same id in the next round, or into the one that feedback names."
    )

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
        return run_nested(Nested("loop", fields, ports_of_path(path, ports), one(models), collected), others)
