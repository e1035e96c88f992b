"""What to say of files that are not there, before anything runs."""

from __future__ import annotations

import os

from ..script_files import find_script, script_folders
from ..workflow_files import find_workflow, workflows_folder


def missing_workflow(name: str | None) -> str | None:
    """What to say about a workflow; None where it is there, or where its name comes over a link."""
    if name is None:
        return None
    if not name.strip():
        return "No workflow is chosen. Choose one that you saved, or write the path of a file."
    if find_workflow(name):
        return None
    where = f"Its path has to lead from {workflows_folder()}, or be absolute."
    return f'The workflow "{name.strip():.300}" is not there. {where}'


def missing_script(name: str) -> str | None:
    """The same about a script; None, too, where the config does not say in which folders it would lie."""
    if find_script(name):
        return None
    told = f'The script "{name:.300}" is not there'
    if os.path.isabs(name):
        return f"{told}. Correct its path."
    folders = script_folders()
    if folders is None:
        return None
    places = " and ".join(map(str, folders)) or "no folder, since discomfort.bridge.json names none"
    return f"{told}: it was looked for in {places}. Put it there, or correct its path."
