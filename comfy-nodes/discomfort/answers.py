"""The answers of our routes that are refusals, in the shape that ComfyUI itself uses."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .transport.problems import DiscomfortBadRequest


def refusal(error: DiscomfortBadRequest) -> web.Response:
    """A request that is not as the protocol says."""
    return failure(400, "discomfort_bad_request", error.message, error.details)


def unusable(error: OSError) -> web.Response:
    """A store that cannot be made or written to."""
    return failure(500, "discomfort_store_unusable", "The store of values cannot be used.", str(error))


def failure(status: int, kind: str, message: str, details: str = "", **headers: str) -> web.Response:
    """Any other one."""
    error: dict[str, Any] = {"type": kind, "message": message, "details": details, "extra_info": {}}
    return web.json_response({"error": error, "node_errors": {}}, status=status, headers=headers)
