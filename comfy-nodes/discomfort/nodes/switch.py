"""The node that runs one of several workflows on a server nested in this one."""

from __future__ import annotations

import re
from typing import Any

from ..nested.describe import describe, workflow_named
from ..nested.fingerprint import fingerprint
from ..nested.inputs import wanted_inputs
from ..nested.missing import missing_workflow
from ..nested.node_misused import NodeMisused
from ..nested.ports import Ports, checked, ports_from_text
from ..nested.run_nested import Nested, run_nested
from .sockets import HIDDEN, OUTPUT_NAMES, OUTPUT_TYPES, OUTPUTS_ARE_LISTS, input_sockets, models_widget, one

ELSE = "else"

# The space tells it from a drive of Windows.
_CASE = re.compile(r"([^:]*?)\s*:\s+(\S.*)")


class Switch:
    """Only what the chosen workflow takes is evaluated."""

    CATEGORY = "discomfort"
    DESCRIPTION = (
        "Runs one of several workflows that have Discomfort ports, on a second ComfyUI. Each line of workflows is "
        '"value: path", or a path alone, which is counted from 0; "else: path" is for all other values.'
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
        taken = {name for name, _ in describe(chosen(choice, by, listed)).inputs}
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
        path = chosen(choice, by, listed)
        fields = {"workflow": str(workflow_named(path))}
        nested = Nested("run", fields, _ports(listed, ports), one(models), own=describe(path))
        return run_nested(nested, others)


def cases(text: str) -> dict[str, str]:
    """The workflows by their values, in the order of the lines."""
    listed: dict[str, str] = {}
    for number, line in enumerate(line.strip() for line in text.splitlines() if line.strip()):
        found = _CASE.fullmatch(line)
        value, path = (found[1], found[2]) if found else (str(number), line)
        value = ELSE if value.lower() == ELSE else value
        if value in listed:
            raise NodeMisused(f'Two lines of the widget "workflows" are for the value "{value}". Keep one of them.')
        listed[value] = path
    if not listed:
        raise NodeMisused('The widget "workflows" is empty. Write one workflow a line, as "value: path".')
    return listed


def chosen(choice: list[str], by: Any, listed: dict[str, str]) -> str:
    """The workflow for what comes in at `by`, else for what `choice` says."""
    if by is not None and len(by) != 1:
        raise NodeMisused(f"by is given {len(by)} values, and one workflow is chosen. Give it one value.")
    value = one(choice) if by is None else by[0]
    for name, path in listed.items():
        if name != ELSE and _is_same(name, value):
            return path
    if ELSE in listed:
        return listed[ELSE]
    values = ", ".join(f'"{name}"' for name in listed)
    raise NodeMisused(f'No workflow is for the value "{value!s:.200}" (there are {values}). Add a line "else: path".')


def _is_same(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name.lower() in (("true", "1") if value else ("false", "0"))
    if isinstance(value, (int, float)):
        try:
            return float(name) == value
        except ValueError:
            return False
    return name == str(value).strip()


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
