"""The routes about jobs (docs/protocol.md) on ComfyUI's own server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from .answers import refusal
from .guarded_routes import GuardedRoutes
from .transport.jobs import INSTANCE, Jobs, JobState
from .transport.problems import DiscomfortBadRequest
from .transport.store import is_uuid
from .transport.submissions import parse_follow


def add_job_routes(server: Any, interrupt: Callable[[], None]) -> Jobs:
    """Adds the routes to a PromptServer. `interrupt` ends the prompt that runs at its next step."""
    jobs = Jobs(server.prompt_queue, interrupt)
    routes = GuardedRoutes(server.routes)

    @routes.add("GET", "/discomfort/jobs/{uuid}")
    async def look(request: web.Request) -> web.Response:
        return _tell(request, jobs.look)

    @routes.add("POST", "/discomfort/jobs/{uuid}/cancel")
    async def cancel(request: web.Request) -> web.Response:
        return _tell(request, jobs.cancel)

    def _tell(request: web.Request, ask: Callable[[str], JobState]) -> web.Response:
        prompt_id = request.match_info["uuid"]
        if not is_uuid(prompt_id):
            return refusal(DiscomfortBadRequest("A job has a UUID in lower case.", f"{prompt_id!r:.80}"))
        state = ask(prompt_id)
        answer = {"v": 1, "id": prompt_id, "instance": INSTANCE, **state._asdict(), "worker": jobs.worker_lives()}
        return web.json_response(answer)

    @routes.add("POST", "/discomfort/follow")
    async def follow(request: web.Request) -> web.Response:
        try:
            client_id, ids = parse_follow(await _json(request))
        except DiscomfortBadRequest as error:
            return refusal(error)

        def tell_running(prompt_id: str) -> None:
            if getattr(server, "last_prompt_id", None) == prompt_id:
                server.client_id = client_id

        return web.json_response({"v": 1, "followed": jobs.follow(ids, client_id, tell_running)})

    return jobs


async def _json(request: web.Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise DiscomfortBadRequest("The body is no JSON.", str(error)) from error
