"""Joins the kept models with ComfyUI: its cache asks them, its memory management empties them."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from aiohttp import web

from .models.changed_files import ChangedFiles
from .models.keeper import ModelKeeper
from .models.kept_models import KeptModels
from .models.memory import headroom, make_room
from .models.model_files import ModelFiles
from .models.model_nodes import find_model_nodes, stand_first

_DEFAULT_LIMIT = 8


class ModelCache:
    """Keeps models on one server. Where ComfyUI has no cache providers it only sees to changed files."""

    def __init__(self, server: Any, keeper: ModelKeeper, registry: Any) -> None:
        self._server = server
        self._keeper = keeper
        self._registry = registry
        self._changed = ChangedFiles()
        self._provider = None if registry is None else _make_provider(self, keeper, registry)
        self._is_attending = False
        # Prompts are posted on the server's event loop and executed on a thread of their own.
        self._lock = threading.Lock()

    def on_prompt(self, posted: Any) -> Any:
        """Prepares a posted prompt. Never raises: at worst it goes on as it came."""

        def prepare() -> None:
            if isinstance(posted.get("prompt"), dict):
                posted["prompt"] = self._prepared(posted["prompt"])

        _quietly(prepare)
        return posted

    def _prepared(self, prompt: dict[str, Any]) -> dict[str, Any]:
        """The prompt with loaders of changed files marked, and loaders first.

        While a provider is registered, ComfyUI writes down the key of each node that it looks up, which is dear. With
        the loaders first it can be told to stop after them.
        """
        files, classes = _files(), _classes()
        prompt = self._changed.mark(prompt, classes, files)
        if self._provider is None:
            return prompt
        self.attend()
        found = find_model_nodes(prompt, classes, files)
        return prompt if stand_first(found, prompt) else {**{node_id: prompt[node_id] for node_id in found}, **prompt}

    def attend(self) -> None:
        """Lets ComfyUI ask from the next prompt on."""
        with self._lock:
            if self._provider is not None and not self._is_attending:
                self._is_attending = True
                self._registry.register_cache_provider(self._provider)

    def leave_when_served(self) -> None:
        """Lets ComfyUI stop asking once the running prompt has all; who posts the next one has it ask again."""
        with self._lock:
            if self._is_attending and self._keeper.is_served and self._server.prompt_queue.get_tasks_remaining() <= 1:
                self._is_attending = False
                self._registry.unregister_cache_provider(self._provider)

    def prompt_of(self, prompt_id: str) -> dict[str, Any] | None:
        running, _pending = self._server.prompt_queue.get_current_queue_volatile()
        return next((item[2] for item in running if item[1] == prompt_id), None)

    def clear(self) -> None:
        self._keeper.clear()

    def describe(self) -> dict[str, int]:
        return self._keeper.kept.describe()


def create_model_cache(server: Any) -> ModelCache:
    """The model cache of a PromptServer, with its part in each posted prompt and in `POST /free`."""
    limit = _limit()
    registry = _find_registry() if limit > 0 else None
    kept = KeptModels(limit if registry is not None else 0)
    cache = ModelCache(server, ModelKeeper(kept, _classes, _files, _make_room), registry)
    server.add_on_prompt_handler(cache.on_prompt)
    if registry is not None:
        server.app.middlewares.append(_clear_on_free(cache))
    return cache


def _make_provider(cache: ModelCache, keeper: ModelKeeper, registry: Any) -> Any:
    class ModelProvider(registry.CacheProvider):
        def on_prompt_start(self, prompt_id: str) -> None:
            def start() -> None:
                prompt = cache.prompt_of(prompt_id)
                if prompt is None or not keeper.start(prompt):
                    keeper.end()
                    cache.leave_when_served()

            _quietly(start)

        def on_prompt_end(self, prompt_id: str) -> None:
            _quietly(keeper.end)

        def should_cache(self, context: Any, value: Any = None) -> bool:
            def asked() -> bool:
                is_kept = keeper.is_kept(context.node_id)
                if is_kept and value is not None:
                    keeper.store(context.node_id, context.cache_key_hash, value.outputs, value.ui)
                    is_kept = False
                if not is_kept:
                    cache.leave_when_served()
                return is_kept

            return bool(_quietly(asked))

        async def on_lookup(self, context: Any) -> Any:
            kept = _quietly(lambda: keeper.look_up(context.node_id, context.cache_key_hash))
            if kept is None:
                return None
            # Lists of their own: ComfyUI and nodes may add to theirs.
            return registry.CacheValue(outputs=[list(values) for values in kept.outputs], ui=kept.ui)

        async def on_store(self, context: Any, value: Any) -> None:
            """Not used: it may come only after the prompt has ended. `should_cache` has stored by then."""

    return ModelProvider()


_has_complained = False


def _quietly(work: Callable[[], Any]) -> Any:
    """Does what may fail without harm to the run. Says so once: it is asked for every node of every run."""
    global _has_complained
    try:
        return work()
    except Exception:
        if not _has_complained:
            _has_complained = True
            logging.exception("Discomfort: the cache of models failed; models may be loaded again")
        return None


def _clear_on_free(cache: ModelCache) -> Any:
    @web.middleware
    async def clear_on_free(request: web.Request, handler: Callable) -> web.StreamResponse:
        if request.method == "POST" and request.path in ("/free", "/api/free"):
            try:
                asked = await request.json()
                if isinstance(asked, dict) and asked.get("free_memory"):
                    # Before ComfyUI hears of it, so that its collector finds nothing held.
                    cache.clear()
            except ValueError:
                pass  # ComfyUI itself answers to a body that is no JSON.
        return await handler(request)

    return clear_on_free


def _find_registry() -> Any:
    """ComfyUI's list of cache providers, where it has one and its queue tells what runs."""
    try:
        from comfy_execution import cache_provider
        from execution import PromptQueue
    except ImportError:
        return None
    needed = ("CacheProvider", "CacheValue", "register_cache_provider", "unregister_cache_provider")
    has_all = all(hasattr(cache_provider, name) for name in needed)
    return cache_provider if has_all and hasattr(PromptQueue, "get_current_queue_volatile") else None


def _limit() -> int:
    given = os.environ.get("DISCOMFORT_KEEP_MODELS", "").strip()
    if given == "":
        return _DEFAULT_LIMIT
    if given.isdecimal():
        return int(given)
    logging.warning(
        "Discomfort: DISCOMFORT_KEEP_MODELS is %r, not a number of models; %d are kept.", given, _DEFAULT_LIMIT
    )
    return _DEFAULT_LIMIT


def _classes() -> Any:
    import nodes

    return nodes.NODE_CLASS_MAPPINGS


def _files() -> ModelFiles:
    import folder_paths

    return ModelFiles(lambda: folder_paths.folder_names_and_paths)


def _make_room(size: int, drop: Callable[[], bool]) -> None:
    import psutil

    reserve = headroom(psutil.virtual_memory().total)
    make_room(size, drop, lambda: psutil.virtual_memory().available, reserve)
