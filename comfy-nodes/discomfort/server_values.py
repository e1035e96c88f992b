"""The routes by which a library on another machine brings values here and takes them."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from .answers import failure, refusal, unusable
from .guarded_routes import GuardedRoutes
from .transport.limits import max_value_bytes
from .transport.problems import (
    DiscomfortBadRequest,
    DiscomfortChecksumWrong,
    DiscomfortContextTaken,
    DiscomfortOffsetWrong,
    DiscomfortStoreFull,
    DiscomfortValueGone,
)
from .transport.remote_contexts import RemoteContexts
from .transport.upload import Part, parse_part

_BLOCK = 1 << 20
_CONTEXT = "/discomfort/contexts/{context}"
_VALUE = "/discomfort/values/{context}/{value}"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_value_routes(server: Any, remotes: RemoteContexts) -> None:
    """Adds the routes to a PromptServer."""
    routes = GuardedRoutes(server.routes)

    @routes.add("PUT", _CONTEXT)
    @_told
    async def open_context(request: web.Request) -> web.Response:
        is_new = await asyncio.to_thread(remotes.open, request.match_info["context"])
        return web.json_response({"v": 1, "limit": max_value_bytes()}, status=201 if is_new else 200)

    @routes.add("DELETE", _CONTEXT)
    @_told
    async def remove_context(request: web.Request) -> web.Response:
        await asyncio.to_thread(remotes.remove, request.match_info["context"])
        return web.json_response({"v": 1})

    # aiohttp adds HEAD to each GET.
    @routes.add("GET", _VALUE)
    @_told
    async def read_value(request: web.Request) -> web.StreamResponse:
        found = remotes.find(*_ids(request))
        if request.method == "HEAD":
            return _describe(found, remotes.received(*_ids(request)))
        return _not_found("There is no such value here.") if found is None else web.FileResponse(found)

    @routes.add("PUT", _VALUE)
    @_told
    async def write_value(request: web.Request) -> web.Response:
        part, limit = parse_part(request.headers), max_value_bytes()
        if part.total > limit:
            message = f"The value has {part.total} bytes; this server takes {limit} (DISCOMFORT_MAX_VALUE_GB)."
            return failure(413, "discomfort_value_too_large", message)
        if remotes.find(*_ids(request)) is not None:
            return _received(part.total, True)
        return await _write_part(remotes, request, part)

    @routes.add("DELETE", _VALUE)
    @_told
    async def remove_value(request: web.Request) -> web.Response:
        await asyncio.to_thread(remotes.remove_value, *_ids(request))
        return web.json_response({"v": 1})


async def _write_part(remotes: RemoteContexts, request: web.Request, part: Part) -> web.Response:
    """Writes what comes as it comes: of a part that breaks off, the next one goes on where this one ended."""
    context, value = _ids(request)
    upload = await asyncio.to_thread(remotes.upload, context, value, part)
    writer = upload.begin(part.begin)
    left = part.end - part.begin
    async for block in _blocks(request):
        left -= len(block)
        if left < 0:
            raise DiscomfortBadRequest("The part is longer than its Content-Range.")
        await asyncio.to_thread(upload.write, writer, block)
        remotes.touch(context)
    if left > 0:
        raise DiscomfortBadRequest("The part is shorter than its Content-Range.")
    is_complete = await asyncio.to_thread(remotes.finish, context, value, upload)
    return _received(part.end, is_complete)


def _describe(found: Path | None, received: int | None) -> web.Response:
    """How many bytes of a value are there, and whether these are all."""
    if found is None and received is None:
        return _not_found("There is no such value here.")
    size = received if found is None else found.stat().st_size
    told = {"X-Discomfort-Bytes": f"{size}", "X-Discomfort-Complete": "0" if found is None else "1"}
    return web.Response(headers=told)


async def _blocks(request: web.Request) -> AsyncIterator[bytes]:
    """The body in blocks of about 1 MiB."""
    block = bytearray()
    async for chunk in request.content.iter_any():
        block += chunk
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _told(handler: Handler) -> Handler:
    """Turns the failures that are meant into answers."""

    @functools.wraps(handler)
    async def told(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except DiscomfortBadRequest as error:
            return refusal(error)
        except DiscomfortValueGone as error:
            return _not_found(str(error))
        except DiscomfortContextTaken as error:
            return failure(409, "discomfort_context_taken", str(error.strerror))
        except DiscomfortOffsetWrong as error:
            return failure(409, "discomfort_offset_wrong", str(error))
        except DiscomfortChecksumWrong as error:
            return failure(422, "discomfort_checksum_wrong", str(error))
        except DiscomfortStoreFull as error:
            return failure(507, "discomfort_store_full", str(error.strerror))
        except FileNotFoundError:
            return _not_found("The context was removed meanwhile.")
        except ConnectionError:
            raise  # Whoever sent it is gone.
        except OSError as error:
            return unusable(error)

    return told


def _ids(request: web.Request) -> tuple[str, str]:
    return request.match_info["context"], request.match_info["value"]


def _received(size: int, is_complete: bool) -> web.Response:
    return web.json_response({"v": 1, "bytes": size, "complete": is_complete})


def _not_found(message: str) -> web.Response:
    return failure(404, "discomfort_not_found", message)
