"""Who is logged in at the page that queued the prompt which runs: partner nodes of an inner workflow need it, too."""

from __future__ import annotations

from typing import Any

from comfy_execution.utils import get_executing_context
from server import PromptServer

# Where ComfyUI keeps it in an item of its queue, apart from what it shows.
_PROMPT_ID, _EXTRA_DATA, _SENSITIVE = 1, 3, 5
_NAMES = {"authToken": "auth_token_comfy_org", "apiKey": "api_key_comfy_org"}


def login() -> dict[str, dict[str, str]]:
    """The field of a request; none where nobody is logged in. It is no hidden input of the nodes: those stand in the
    error of a node that fails, which the page and the history show to everybody.
    """
    context = get_executing_context()
    queue = PromptServer.instance.prompt_queue
    with queue.mutex:
        running = list(queue.currently_running.values())
    item = next((item for item in running if context is not None and item[_PROMPT_ID] == context.prompt_id), ())
    known: dict[str, Any] = {}
    for part in (_EXTRA_DATA, _SENSITIVE):
        if part < len(item) and isinstance(item[part], dict):
            known.update(item[part])
    found = {name: known[key] for name, key in _NAMES.items() if isinstance(known.get(key), str) and known[key]}
    return {"login": found} if found else {}
