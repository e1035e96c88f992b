"""The bookkeeping of submits: what a request says, which context a run and its values belong to, each id once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from .bounded import BoundedMap
from .problems import DiscomfortBadRequest, DiscomfortValueGone
from .store import context_folder, is_context_id, is_uuid, lease_path, value_path

_MOST_IDS = 100_000
_MOST_FILES = 10_000
_CONTEXTS_A_VALUE = 8


class Submit(NamedTuple):
    """What the library says beside the prompt."""

    prompt_id: str
    context: str
    reads: list[str]
    forget: list[str]
    files: dict[str, str] = {}


class Answer(NamedTuple):
    """What ComfyUI answered to a prompt, kept to be given again."""

    status: int
    body: bytes
    content_type: str


def parse_submit(body: Any) -> Submit:
    """Checks a submit. Raises DiscomfortBadRequest with what is wrong."""
    note = body.get("discomfort") if isinstance(body, dict) else None
    if not isinstance(note, dict):
        raise DiscomfortBadRequest('The body has to be a JSON object that holds "discomfort".')
    if note.get("v") != 1:
        raise DiscomfortBadRequest("Only version 1 of a submit is known here.", f"v is {note.get('v')!r:.40}")
    prompt_id, context = body.get("prompt_id"), note.get("context")
    if not is_uuid(prompt_id):
        raise DiscomfortBadRequest("prompt_id has to be a UUID in lower case.", f"{prompt_id!r:.80}")
    if not is_context_id(context):
        raise DiscomfortBadRequest("The context id is not valid.", f"{context!r:.80}")
    return Submit(prompt_id, context, _ids(note, "reads"), _ids(note, "forget"), _files(note))


def _ids(note: dict, key: str) -> list[str]:
    ids = note.get(key, [])
    if not isinstance(ids, list) or len(ids) > _MOST_IDS:
        raise DiscomfortBadRequest(f"{key} has to be a list of at most {_MOST_IDS} ids.")
    for entry in ids:
        if not is_uuid(entry):
            raise DiscomfortBadRequest(f"{key} holds an id that is no UUID in lower case.", f"{entry!r:.80}")
    return ids


def parse_names(body: Any) -> list[str]:
    """Checks a question about files. Raises DiscomfortBadRequest with what is wrong."""
    names = body.get("names") if isinstance(body, dict) else None
    if not isinstance(names, list) or len(names) > _MOST_FILES or not all(isinstance(name, str) for name in names):
        raise DiscomfortBadRequest(f"names has to be a list of at most {_MOST_FILES} texts.")
    return names


def _files(note: dict) -> dict[str, str]:
    files = note.get("files", {})
    if not isinstance(files, dict) or len(files) > _MOST_FILES or not all(isinstance(f, str) for f in files.values()):
        raise DiscomfortBadRequest(f"files has to hold at most {_MOST_FILES} names of files, each with a text.")
    return files


class Runs:
    """Remembers for loaders and savers which context they work for."""

    def __init__(self, limit: int = _MOST_IDS) -> None:
        self._contexts: BoundedMap[str, str] = BoundedMap(limit)
        self._reads: BoundedMap[str, tuple[str, ...]] = BoundedMap(limit)

    def note(self, submit: Submit) -> None:
        self._contexts.put(submit.prompt_id, submit.context)
        for value in submit.reads:
            # The latest context first; the same value may lie in several, and any of them may close earlier.
            others = tuple(known for known in self._reads.get(value) or () if known != submit.context)
            self._reads.put(value, (submit.context, *others)[:_CONTEXTS_A_VALUE])

    def folder_of_run(self, run: str) -> Path:
        """Where the savers of a run write."""
        context = self._contexts.get(run)
        if context is None:
            raise DiscomfortValueGone(f"The run {run!r:.60} did not come through POST /discomfort/submit.")
        folder = context_folder(context)
        if not folder.is_dir():
            raise DiscomfortValueGone(f'The context "{context}" of this run is closed.')
        return folder

    def file_of_value(self, value: str) -> Path:
        """The file of a value that some submit named in its reads."""
        contexts = self._reads.get(value)
        if contexts is None:
            raise DiscomfortValueGone(f"No submit has named the value {value!r:.60} in its reads.")
        for context in contexts:
            path = value_path(context, value)
            if path.is_file():
                return path
            if lease_path(path.parent, value).exists():
                raise DiscomfortValueGone(
                    f"The value {value} was kept alive in a ComfyUI process that has ended, or in another one."
                )
        raise DiscomfortValueGone(f"The value {value} is no longer in its context.")


class Submissions:
    """Lets each prompt id through once. Whoever comes with the same id gets the first answer."""

    def __init__(self, limit: int = 10_000) -> None:
        self._answers: BoundedMap[str, asyncio.Future[Answer]] = BoundedMap(limit)

    async def once(self, prompt_id: str, queue: Callable[[], Awaitable[Answer]]) -> Answer:
        answer = self._answers.get(prompt_id)
        if answer is None:
            answer = asyncio.ensure_future(queue())
            self._answers.put(prompt_id, answer)
        # A caller that goes away must not take the answer from the others.
        return await asyncio.shield(answer)
