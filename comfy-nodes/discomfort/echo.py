"""Has each answer say which request it belongs to: something in between may send one twice on the same connection."""

from __future__ import annotations

from typing import Any

HEADER = "X-Discomfort-Request"
_MOST_CHARACTERS = 100


def echo_requests(application: Any) -> None:
    """Adds the id of a request, where it has one, to its answer: also on ComfyUI's own routes."""

    async def echo(request: Any, response: Any) -> None:
        told = request.headers.get(HEADER)
        if told is not None and len(told) <= _MOST_CHARACTERS:
            response.headers[HEADER] = told

    application.on_response_prepare.append(echo)
