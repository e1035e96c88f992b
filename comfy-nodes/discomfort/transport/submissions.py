"""The bookkeeping of submits: what a request says, which context a run and its values belong to, each id once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from .bounded import BoundedMap
from .checksum import is_digest
from .problems import DiscomfortBadRequest, DiscomfortValueGone
from .run_place import RunPlace
from .store import context_folders, disk_root, is_context_id, is_uuid, lease_path, value_name

_MOST_IDS = 100_000
_MOST_FILES = 10_000
_READERS_A_VALUE = 64
_MOST_CHARACTERS = 300


class Submit(NamedTuple):
    """What the library says beside the prompt."""

    prompt_id: str
    context: str
    reads: list[str]
    forget: list[str]
    files: dict[str, str] = {}
    digests: dict[str, str] = {}
    ram: int = 0
    # The workflow's, for people.
    name: str | None = None


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
    reads, forget = _ids(note, "reads"), _ids(note, "forget")
    return Submit(prompt_id, context, reads, forget, _texts(note, "files"), _digests(note), _ram(note), _name(note))


def _ids(note: dict, key: str) -> list[str]:
    ids = note.get(key, [])
    if not isinstance(ids, list) or len(ids) > _MOST_IDS:
        raise DiscomfortBadRequest(f"{key} has to be a list of at most {_MOST_IDS} ids.")
    for entry in ids:
        if not is_uuid(entry):
            raise DiscomfortBadRequest(f"{key} holds an id that is no UUID in lower case.", f"{entry!r:.80}")
    return ids


def _name(note: dict) -> str | None:
    name = note.get("name")
    if name is not None and (not isinstance(name, str) or len(name) > _MOST_CHARACTERS):
        raise DiscomfortBadRequest(f"name has to be a text of at most {_MOST_CHARACTERS} characters.")
    return name


def parse_follow(body: Any) -> tuple[str, list[str]]:
    """Checks a wish to hear of jobs under another client id. Raises DiscomfortBadRequest with what is wrong."""
    if not isinstance(body, dict) or body.get("v") != 1:
        raise DiscomfortBadRequest("Only version 1 of this question is known here.")
    client_id = body.get("client_id")
    if not isinstance(client_id, str) or not 0 < len(client_id) <= 100:
        raise DiscomfortBadRequest("client_id has to be a text of at most 100 characters.", f"{client_id!r:.120}")
    return client_id, _ids(body, "ids")


def parse_names(body: Any) -> list[str]:
    """Checks a question about files. Raises DiscomfortBadRequest with what is wrong."""
    names = body.get("names") if isinstance(body, dict) else None
    if not isinstance(names, list) or len(names) > _MOST_FILES or not all(isinstance(name, str) for name in names):
        raise DiscomfortBadRequest(f"names has to be a list of at most {_MOST_FILES} texts.")
    return names


def _texts(note: dict, key: str, most: int = _MOST_FILES) -> dict[str, str]:
    texts = note.get(key, {})
    if not isinstance(texts, dict) or len(texts) > most or not all(isinstance(text, str) for text in texts.values()):
        raise DiscomfortBadRequest(f"{key} has to be an object of at most {most} texts.")
    return texts


def _digests(note: dict) -> dict[str, str]:
    digests = _texts(note, "digests", _MOST_IDS)
    if not all(is_uuid(value) and is_digest(digest) for value, digest in digests.items()):
        raise DiscomfortBadRequest("digests has to hold ids of values, each with a checksum.")
    return digests


def _ram(note: dict) -> int:
    share = note.get("ram", 0)
    if not isinstance(share, int) or isinstance(share, bool) or share < 0:
        raise DiscomfortBadRequest("ram has to be a number of bytes.", f"{share!r:.40}")
    return share


class FoundValue(NamedTuple):
    """The file of a value, and the checksum that it has to have where it lies on disk."""

    path: Path
    digest: str | None


class _Noted(NamedTuple):
    """A run that was submitted."""

    context: str
    place: RunPlace
    reads: tuple[str, ...]


class Runs:
    """Remembers for loaders and savers which context they work for, until the library says that a run is done."""

    def __init__(self, limit: int = _MOST_IDS) -> None:
        self._noted: BoundedMap[str, _Noted] = BoundedMap(limit)
        # The runs that read a value, the latest first: each knows a context in which it lies.
        self._readers: BoundedMap[str, tuple[str, ...]] = BoundedMap(limit)
        self._digests: BoundedMap[str, str] = BoundedMap(limit)

    def note(self, submit: Submit) -> None:
        run = submit.prompt_id
        place = RunPlace(context_folders(submit.context), submit.ram)
        self._noted.put(run, _Noted(submit.context, place, tuple(submit.reads)))
        for value, digest in submit.digests.items():
            self._digests.put(value, digest)
        for value in submit.reads:
            others = [known for known in self._readers.get(value) or () if known != run]
            self._readers.put(value, (run, *others)[:_READERS_A_VALUE])

    def forget(self, run: str) -> None:
        """A run is done: nothing of it will be read or written any more."""
        noted = self._noted.pop(run)
        for value in () if noted is None else noted.reads:
            others = tuple(known for known in self._readers.get(value) or () if known != run)
            if others:
                self._readers.put(value, others)
            else:
                self._readers.pop(value)
                self._digests.pop(value)

    def place_of_run(self, run: str) -> RunPlace:
        """Where the savers of a run write."""
        noted = self._noted.get(run)
        if noted is None:
            raise DiscomfortValueGone(f"The run {run!r:.60} did not come through POST /discomfort/submit.")
        if not noted.place.is_open:
            raise DiscomfortValueGone(f'The context "{noted.context}" of this run is closed.')
        return noted.place

    def find(self, value: str) -> FoundValue:
        """The file of a value that some submit named in its reads."""
        runs = [self._noted.get(run) for run in self._readers.get(value) or ()]
        # The same value may lie in several contexts, and any of them may close earlier.
        contexts = list(dict.fromkeys(noted.context for noted in runs if noted is not None))
        if not contexts:
            raise DiscomfortValueGone(f"No submit has named the value {value!r:.60} in its reads.")
        name = value_name(value)
        for folder in [folder for context in contexts for folder in context_folders(context)]:
            if (folder / name).is_file():
                is_on_disk = folder.parent == disk_root()
                return FoundValue(folder / name, self._digests.get(value) if is_on_disk else None)
            if lease_path(folder, value).exists():
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

    def forget(self, prompt_id: str) -> None:
        """A run is done: nobody comes with its id again."""
        self._answers.pop(prompt_id)
