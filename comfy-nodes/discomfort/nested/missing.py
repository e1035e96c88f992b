"""What to say of files that are not there, before anything runs."""

from __future__ import annotations

from ..workflow_files import find_workflow, workflows_folder


def missing_workflow(name: str | None) -> str | None:
    """What to say about a workflow; None where it is there, or where its name comes over a link."""
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
