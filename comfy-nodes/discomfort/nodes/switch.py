"""The node that runs one of several workflows on a server nested in this one."""

from __future__ import annotations

from typing import Any

from ..nested.cases import cases, chosen
from ..nested.describe import describe, workflow_named
from ..nested.fingerprint import fingerprint
from ..nested.inputs import wanted_inputs
from ..nested.missing import missing_workflow
from ..nested.node_misused import NodeMisused
from ..nested.ports import Ports, checked, ports_from_text
from ..nested.run_nested import Nested, run_nested
from .runner import Runner
from .sockets import HIDDEN, input_sockets, models_widget, one


class Switch(Runner):
    """Only what the chosen workflow takes is evaluated."""

    DESCRIPTION = (
        "Runs one of several workflows that have Discomfort ports, on a second ComfyUI. Each line of workflows is "
        '"value: path", or a path alone, which is counted from 0; "else: path" is for all other values.'
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        text = ("STRING", {"default": ""})
        return {
            "required": {
                "choice": text,
                "workflows": ("STRING", {"default": "", "multiline": True, "placeholder": "value: path"}),
                "models": models_widget(),
            },
            "optional": {
                "by": ("STRING,INT,FLOAT,BOOLEAN", {"forceInput": True}),
                "ports": text,
                **input_sockets(),
            },
            "hidden": HIDDEN,
        }

    @classmethod
    def VALIDATE_INPUTS(cls, workflows: Any) -> bool | str:
        text = one(workflows)
        if text is None:
            return True
        try:
            listed = cases(text)
        except NodeMisused as error:
            return str(error)
        return next((said for said in map(missing_workflow, listed.values()) if said), True)

    @classmethod
    def IS_CHANGED(cls, workflows: list[str], **_others: Any) -> Any:
        text = one(workflows)
        return fingerprint([None] if text is None else list(cases(text).values()))

    def check_lazy_status(
        self, choice: list[str], workflows: list[str], by: Any = None, ports: Any = None, **others: Any
    ) -> list[str]:
        listed = cases(one(workflows))
        all_ports = _ports(listed, ports)
        taken = {name for name, _ in describe(chosen(one(choice), by, listed)).inputs}
        return wanted_inputs(all_ports, others, taken)

    def run(
        self,
        choice: list[str],
        workflows: list[str],
        models: list[str],
        by: Any = None,
        ports: Any = None,
        **others: Any,
    ) -> dict[str, Any]:
        listed = cases(one(workflows))
        path = chosen(one(choice), by, listed)
        fields = {"workflow": str(workflow_named(path))}
        nested = Nested("run", fields, _ports(listed, ports), one(models), own=describe(path))
        return run_nested(nested, others)


def _ports(listed: dict[str, str], ports: Any) -> Ports:
    told = ports_from_text(one(ports) or "")
    if told is not None:
        return told
    described = [describe(path) for path in dict.fromkeys(listed.values())]
    return checked(
        Ports(
            list({port[0]: port for each in described for port in each.inputs}.values()),
            list({port[0]: port for each in described for port in each.outputs}.values()),
        )
    )
