"""Routes that want the token of this server, where it has one."""

from __future__ import annotations

import functools
import hmac
import os
from collections.abc import Awaitable, Callable

from aiohttp import web

from .answers import failure

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class GuardedRoutes:
    """Adds routes to those of ComfyUI. With DISCOMFORT_TOKEN in the environment they answer to whoever tells it."""

    def __init__(self, routes: web.RouteTableDef) -> None:
        self._routes = routes

    def add(self, method: str, path: str) -> Callable[[Handler], Handler]:
        def decorate(handler: Handler) -> Handler:
            @functools.wraps(handler)
            async def guarded(request: web.Request) -> web.StreamResponse:
                return await handler(request) if is_allowed(request) else unauthorized()

            return self._routes.route(method, path)(guarded)

        return decorate


def is_allowed(request: web.Request) -> bool:
    """Whether a request tells the token, where one is wanted."""
    token = os.environ.get("DISCOMFORT_TOKEN")
    if not token:
        return True
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(errors="surrogateescape"), f"Bearer {token}".encode())


def unauthorized() -> web.Response:
    """The answer to one that does not."""
    message = "This server wants a token: Authorization: Bearer <DISCOMFORT_TOKEN>."
    return failure(401, "discomfort_unauthorized", message, **{"WWW-Authenticate": "Bearer"})
