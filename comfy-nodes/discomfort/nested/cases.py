"""Which of several workflows runs, as the widgets of a switch say it."""

from __future__ import annotations

import re
from typing import Any

from .node_misused import NodeMisused

ELSE = "else"

# A drive of Windows (C:\…) is no value.
_CASE = re.compile(r"(?![A-Za-z]:[\\/])([^:]*?)\s*:\s*(\S.*)")


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


def chosen(choice: str, by: list | None, listed: dict[str, str]) -> str:
    """The workflow for what comes in at `by`, a list of ComfyUI, else for what `choice` says."""
    if by is not None and len(by) != 1:
        raise NodeMisused(f"by is given {len(by)} values, and one workflow is chosen. Give it one value.")
    value = choice if by is None else by[0]
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
