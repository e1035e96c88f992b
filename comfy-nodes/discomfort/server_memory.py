"""The route with which the bridge has a nested server unload its models."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import comfy.model_management as memory
from aiohttp import web

from .guarded_routes import GuardedRoutes
from .loaded_models import loaded_bytes

_PATIENCE_SECONDS = 10.0


def add_memory_route(server: Any) -> None:
    """Adds the route to a PromptServer."""

    @GuardedRoutes(server.routes).add("POST", "/discomfort/unload")
    async def unload(_request: web.Request) -> web.Response:
        # ComfyUI's own thread does it, between two prompts: nobody else may touch models.
        queue, before = server.prompt_queue, loaded_bytes()
        queue.set_flag("unload_models", True)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while _is_waiting(queue) and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        return web.json_response({"v": 1, "freed": max(0, before - loaded_bytes())})


def _is_waiting(queue: Any) -> bool:
    return bool(queue.get_flags(reset=False).get("unload_models")) or len(memory.current_loaded_models) > 0
