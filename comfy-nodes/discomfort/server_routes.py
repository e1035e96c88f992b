"""The routes of docs/protocol.md on ComfyUI's own server."""

from __future__ import annotations

import json
import logging
import os
import platform
from collections.abc import Callable, Iterable
from typing import Any

import comfyui_version
from aiohttp import web

from .answers import failure, refusal, unusable
from .guarded_routes import GuardedRoutes
from .model_cache import ModelCache
from .runs import remotes, runs
from .transport.jobs import INSTANCE, Jobs
from .transport.problems import DiscomfortBadRequest
from .transport.script_runs import ScriptRuns
from .transport.store import disk_root, make_roots, ram_root, read_probe
from .transport.submissions import Answer, Submissions, Submit, parse_names, parse_submit
from .validators import list_validators
from .version import PACK_VERSION, PROTOCOL, PROTOCOL_MIN

NoteFiles = Callable[[Iterable[str]], dict[str, str]]


def add_routes(
    server: Any, models: ModelCache, note_files: NoteFiles, jobs: Jobs, script_runs: ScriptRuns
) -> None:
    """Adds the routes to a PromptServer. They exist under /api too, as all of its routes do."""
    submissions = Submissions()
    routes = GuardedRoutes(server.routes)

    # Without the token: it tells who answers, and nothing that is worth hiding from them.
    @server.routes.get("/discomfort/handshake")
    async def handshake(_request: web.Request) -> web.Response:
        try:
            make_roots()
        except OSError as error:
            return unusable(error)
        return web.json_response(
            {
                "v": 1,
                "protocol": PROTOCOL,
                "protocolMin": PROTOCOL_MIN,
                "pack": PACK_VERSION,
                "nonce": os.environ.get("DISCOMFORT_NONCE"),
                "comfyui": comfyui_version.__version__,
                "python": platform.python_version(),
                "roots": {"ram": None if ram_root() is None else str(ram_root()), "disk": str(disk_root())},
                "pid": os.getpid(),
            }
        )

    @routes.add("GET", "/discomfort/probe/{uuid}")
    async def probe(request: web.Request) -> web.Response:
        try:
            text = read_probe(request.match_info["uuid"])
        except DiscomfortBadRequest as error:
            return refusal(error)
        if text is None:
            return failure(404, "discomfort_not_found", "There is no such probe here.")
        return web.json_response({"v": 1, "text": text})

    @routes.add("GET", "/discomfort/validators")
    async def validators(_request: web.Request) -> web.Response:
        import nodes  # ComfyUI's own; it lists all classes once they are loaded

        return web.json_response({"v": 1, "classes": list_validators(nodes.NODE_CLASS_MAPPINGS)})

    @routes.add("GET", "/discomfort/model-cache")
    async def model_cache(_request: web.Request) -> web.Response:
        return web.json_response({"v": 1, **models.describe()})

    @routes.add("POST", "/discomfort/files")
    async def files(request: web.Request) -> web.Response:
        try:
            names = parse_names(await _json(request))
        except DiscomfortBadRequest as error:
            return refusal(error)
        return web.json_response({"v": 1, "files": note_files(names)})

    @routes.add("POST", "/discomfort/submit")
    async def submit(request: web.Request) -> web.Response:
        try:
            submitted = parse_submit(await _json(request))
        except DiscomfortBadRequest as error:
            return refusal(error)
        # Looked for before the prompt can end it, so that its death is noticed.
        jobs.worker_lives()
        answer = await submissions.once(submitted.prompt_id, lambda: _queue(server, request, submitted, jobs))
        if answer.status == 200:
            script_runs.note(submitted.prompt_id, submitted.name)
        # The prompt that ran meanwhile may have had ComfyUI stop asking for models.
        models.attend()
        for prompt_id in submitted.forget:
            script_runs.settle(prompt_id)
            server.prompt_queue.delete_history_item(prompt_id)
            submissions.forget(prompt_id)
            runs.forget(prompt_id)
        headers = {"X-Discomfort-Instance": INSTANCE}
        position = jobs.look(submitted.prompt_id).position
        if position is not None:
            headers["X-Discomfort-Position"] = str(position)
        if submitted.files:
            headers |= _tell_changed(submitted.files, note_files(submitted.files))
        return web.Response(status=answer.status, body=answer.body, content_type=answer.content_type, headers=headers)


async def _queue(server: Any, request: web.Request, submitted: Submit, jobs: Jobs) -> Answer:
    """Hands the request to ComfyUI's own handler, so that a submit is validated and rewritten like any prompt."""
    if jobs.is_refused(submitted.prompt_id):
        return _answer(failure(409, "discomfort_refused", "This prompt was cancelled before it came."))
    runs.note(submitted)
    remotes.touch(submitted.context)
    jobs.coming(submitted.prompt_id)
    try:
        response = await _prompt_handler(server)(request)
    except web.HTTPException as raised:
        response = raised
    except Exception as error:
        logging.exception("Discomfort: POST /prompt failed")
        response = failure(500, "discomfort_prompt_failed", f"ComfyUI could not take the prompt: {error}")
    finally:
        jobs.came(submitted.prompt_id)
    return _answer(response)


def _answer(response: Any) -> Answer:
    body = response.body if isinstance(response.body, bytes) else (response.text or "").encode()
    return Answer(response.status, body, response.content_type)


def _prompt_handler(server: Any) -> Any:
    for route in server.routes:
        if isinstance(route, web.RouteDef) and route.method == "POST" and route.path == "/prompt":
            return route.handler
    raise RuntimeError("this ComfyUI has no POST /prompt")


def _tell_changed(noted: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    """Which files are not those any more that the library noted. The body stays exactly ComfyUI's own."""
    changed = [name for name, text in noted.items() if now.get(name) != text]
    return {"X-Discomfort-Changed": json.dumps(changed)} if changed else {}


async def _json(request: web.Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise DiscomfortBadRequest("The body is no JSON.", str(error)) from error
