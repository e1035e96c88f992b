"""The routes that our part of the page asks (docs/protocol.md), on ComfyUI's own server."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from aiohttp import web

from .answers import failure, refusal
from .guarded_routes import GuardedRoutes, is_allowed, unauthorized
from .transport.jobs import Jobs
from .transport.problems import DiscomfortBadRequest
from .transport.script_runs import ScriptRuns, State, state_in_history
from .workflow_files import find_workflow

_MOST_BYTES = 64 * 1024 * 1024


def add_page_routes(server: Any, jobs: Jobs) -> ScriptRuns:
    """Adds the routes to a PromptServer. The submit route tells the runs of scripts that are listed here."""
    routes = GuardedRoutes(server.routes)

    def ask(prompt_id: str) -> State:
        state = jobs.look(prompt_id).state
        if state in ("pending", "running"):
            return state
        if state == "refused":
            return "cancelled"
        with server.prompt_queue.mutex:
            return state_in_history(server.prompt_queue.history.get(prompt_id))

    script_runs = ScriptRuns(ask)

    @server.routes.get("/discomfort/page/workflow")
    async def workflow(request: web.Request) -> web.Response:
        name = request.query.get("path", "")
        # What was saved in the page ComfyUI itself gives to everybody who asks; the page has no token.
        if os.path.isabs(name) and not is_allowed(request):
            return unauthorized()
        try:
            file = find_workflow(name)
            if file is None:
                message = f'There is no workflow "{name:.200}". Name a saved one, or the whole path of a file.'
                return failure(404, "discomfort_not_found", message)
            return web.json_response(text=await asyncio.to_thread(read_workflow, file))
        except DiscomfortBadRequest as error:
            return refusal(error)
        except OSError as error:
            return failure(404, "discomfort_not_found", f'"{name:.200}" cannot be read.', str(error))

    @routes.add("GET", "/discomfort/page/runs")
    async def runs(_request: web.Request) -> web.Response:
        return web.json_response({"v": 1, "runs": script_runs.list()})

    return script_runs


def read_workflow(file: Path) -> str:
    """The text of a file, if it is a workflow or a prompt: nothing else of this machine is told."""
    if file.stat().st_size > _MOST_BYTES:
        raise DiscomfortBadRequest("The file is too large for a workflow.")
    try:
        text = file.read_text(encoding="utf-8")
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise DiscomfortBadRequest("The file is not a workflow: it is no JSON.") from None
    if not _is_workflow(read):
        raise DiscomfortBadRequest("The file is not a workflow: save one in ComfyUI's page, or export one as API.")
    return text


def _is_workflow(read: Any) -> bool:
    if not isinstance(read, dict):
        return False
    if isinstance(read.get("nodes"), list):
        return all(isinstance(node, dict) and isinstance(node.get("type"), str) for node in read["nodes"])
    nodes = list(read.values())
    return bool(nodes) and all(isinstance(node, dict) and isinstance(node.get("class_type"), str) for node in nodes)
