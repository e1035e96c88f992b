"""What the nodes that run workflows have in common."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..workflow_files import find_workflow, workflows_folder
from .sockets import NodeMisused, Ports


class Nested(NamedTuple):
    """What one of the nodes wants to be run."""

    # The request to the bridge, and its fields beyond those that all have.
    method: str
    fields: dict[str, Any]
    ports: Ports
    models: str
    # What becomes of the values of several rounds: last, list or batch.
    results: str = "last"
    # The ports of the workflow itself, where the node's are those of several.
    own: Ports | None = None


def models_widget() -> Any:
    """Whether models make room for each other."""
    return (["unload", "keep"], {"default": "unload"})


def one(values: Any) -> Any:
    """The value of a widget: ComfyUI gives lists to these nodes. None where a link has not been evaluated."""
    return values[0] if values else None


def missing_workflow(name: str | None) -> str | None:
    """What to say about a workflow that is not there; None where it is, or where its name comes over a link."""
    if name is None:
        return None
    if not name.strip():
        return "No workflow is chosen. Choose one that you saved, or write the path of a file."
    return None if find_workflow(name) else _missing("workflow", name)


def missing_script(name: str) -> str | None:
    """The same about a script."""
    return None if find_workflow(name) else _missing("script", name)


def _missing(what: str, name: str) -> str:
    where = f"Its path has to lead from {workflows_folder()}, or be absolute."
    return f'The {what} "{name.strip():.300}" is not there. {where}'


def fingerprint(names: list[str | None]) -> str:
    return ""


def file_fingerprint(name: str) -> str:
    return ""


def describe(workflow: str) -> Ports:
    raise NodeMisused("not there yet")


def wanted_inputs(ports: Ports, others: dict[str, Any], taken: set[str] | None = None) -> list[str]:
    return []


def run_nested(nested: Nested, others: dict[str, Any]) -> dict[str, Any]:
    raise NodeMisused("not there yet")
