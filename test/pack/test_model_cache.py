"""The kept models as ComfyUI meets them: what is registered when, and what `POST /free` does."""

from __future__ import annotations

import asyncio
import sys
import types
from pathlib import Path
from typing import Any

import pytest

web = pytest.importorskip("aiohttp.web")
aiohttp = pytest.importorskip("aiohttp")

LOADER = type("Loader", (), {"RETURN_TYPES": ("MODEL",)})
SAMPLER = type("Sampler", (), {"RETURN_TYPES": ("LATENT",)})


class Registry:
    """What the pack uses of ComfyUI's comfy_execution.cache_provider."""

    class CacheProvider:
        pass

    class CacheValue(types.SimpleNamespace):
        pass

    def __init__(self) -> None:
        self.providers: list[Any] = []
        self.register_cache_provider = self.providers.append
        self.unregister_cache_provider = self.providers.remove


class Queue:
    def __init__(self) -> None:
        self.running: list[tuple] = []
        self.pending = 0

    def get_current_queue_volatile(self) -> tuple[list, list]:
        return self.running, []

    def get_tasks_remaining(self) -> int:
        return len(self.running) + self.pending


class Server:
    def __init__(self) -> None:
        self.prompt_queue = Queue()
        self.handlers: list[Any] = []
        self.app = web.Application()
        self.add_on_prompt_handler = self.handlers.append

    def post(self, prompt: Any) -> Any:
        """A prompt as ComfyUI goes on with it, which then runs."""
        prepared = self.handlers[0]({"prompt": prompt})["prompt"]
        self.prompt_queue.running = [(1, "id", prepared, {}, [], {})]
        return prepared


@pytest.fixture(autouse=True)
def comfyui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    registry = Registry()
    (tmp_path / "a.pt").write_text("a model")
    modules = {
        "nodes": types.SimpleNamespace(NODE_CLASS_MAPPINGS={"Loader": LOADER, "Sampler": SAMPLER}),
        "folder_paths": types.SimpleNamespace(folder_names_and_paths={"models": ([str(tmp_path)], set())}),
        "comfy_execution": types.SimpleNamespace(cache_provider=registry),
        "comfy_execution.cache_provider": registry,
        "execution": types.SimpleNamespace(PromptQueue=Queue),
        "psutil": types.SimpleNamespace(virtual_memory=lambda: types.SimpleNamespace(total=0, available=2**60)),
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delenv("DISCOMFORT_KEEP_MODELS", raising=False)
    return registry


def create(server: Server) -> Any:
    from discomfort.model_cache import create_model_cache

    return create_model_cache(server)


def prompt() -> dict[str, Any]:
    """The loader stands last, as it may in a drawn workflow."""
    return {
        "sample": {"class_type": "Sampler", "inputs": {"model": ["load", 0]}},
        "load": {"class_type": "Loader", "inputs": {"name": "a.pt"}},
    }


def asked(node_id: str) -> Any:
    return types.SimpleNamespace(node_id=node_id, class_type="", cache_key_hash=f"hash of {node_id}")


def execute(registry: Registry, prepared: dict[str, Any]) -> list[str]:
    """What ComfyUI does with a prompt whose outputs it does not have. Gives the nodes that it had to execute."""

    def look_up(node_id: str) -> Any:
        for provider in tuple(registry.providers):
            if provider.should_cache(asked(node_id)):
                return asyncio.run(provider.on_lookup(asked(node_id)))
        return None

    for provider in tuple(registry.providers):
        provider.on_prompt_start("id")
    found = {node_id for node_id in prepared if look_up(node_id)}
    executed = []
    for node_id in ("load", "sample"):
        if node_id not in prepared or node_id in found or look_up(node_id):
            continue
        executed.append(node_id)
        value = types.SimpleNamespace(outputs=[[object()]], ui=None)
        for provider in tuple(registry.providers):
            assert not provider.should_cache(asked(node_id), value)
    for provider in tuple(registry.providers):
        provider.on_prompt_end("id")
    return executed


def test_a_model_is_kept_and_comfyui_stops_asking_once_it_has_it(comfyui: Registry):
    server = Server()
    cache = create(server)
    prepared = server.post(prompt())
    assert list(prepared) == ["load", "sample"]
    assert len(comfyui.providers) == 1
    assert execute(comfyui, prepared) == ["load", "sample"]
    assert comfyui.providers == []
    assert execute(comfyui, server.post(prompt())) == ["sample"]
    assert comfyui.providers == []
    assert cache.describe() == {"limit": 8, "loaders": 1, "entries": 1, "hits": 1, "stores": 1}


def test_comfyui_goes_on_asking_where_the_next_prompt_waits(comfyui: Registry):
    server = Server()
    create(server)
    execute(comfyui, server.post(prompt()))
    prepared = server.post(prompt())
    server.prompt_queue.pending = 1
    execute(comfyui, prepared)
    assert len(comfyui.providers) == 1


def test_a_prompt_without_models_is_not_asked_about_and_goes_on_as_it_is(comfyui: Registry):
    server = Server()
    create(server)
    plain = {"sample": {"class_type": "Sampler", "inputs": {}}}
    assert server.post(plain) is plain
    comfyui.providers[0].on_prompt_start("id")
    assert comfyui.providers == []


@pytest.mark.parametrize("posted", [None, [], {}, {"prompt": None}, {"prompt": {"a": 7, "b": {"inputs": 7}}}])
def test_odd_bodies_go_on_as_they_came(posted: Any):
    server = Server()
    create(server)
    assert server.handlers[0](posted) == posted


@pytest.mark.parametrize(("given", "limit"), [("3", 3), ("0", 0), ("", 8), ("many", 8), ("-1", 8)])
def test_the_limit_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, given: str, limit: int):
    monkeypatch.setenv("DISCOMFORT_KEEP_MODELS", given)
    assert create(Server()).describe()["limit"] == limit


@pytest.mark.parametrize("lacks", ["comfy_execution.cache_provider", "limit"])
def test_without_providers_nothing_is_kept_but_changed_files_are_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, comfyui: Registry, lacks: str
):
    if lacks == "limit":
        monkeypatch.setenv("DISCOMFORT_KEEP_MODELS", "0")
    else:
        monkeypatch.setitem(sys.modules, lacks, None)
        monkeypatch.setitem(sys.modules, "comfy_execution", types.SimpleNamespace())
    server = Server()
    cache = create(server)
    assert list(server.post(prompt())) == ["sample", "load"]
    (tmp_path / "a.pt").write_text("another model")
    assert "discomfort_file" in server.post(prompt())["load"]["inputs"]
    assert comfyui.providers == []
    assert cache.describe()["limit"] == 0


def test_a_failure_inside_is_told_once_and_breaks_no_run(comfyui: Registry, caplog: pytest.LogCaptureFixture):
    from discomfort import model_cache

    model_cache._has_complained = False
    server = Server()
    create(server)
    prepared = server.post(prompt())
    server.prompt_queue.running = [("no id",)]
    for _ in range(2):
        comfyui.providers[0].on_prompt_start("id")
    assert execute(comfyui, prepared) == ["load", "sample"]
    assert len([record for record in caplog.records if "models may be loaded again" in record.message]) == 1


@pytest.mark.parametrize(
    ("path", "body", "stays"),
    [
        ("/free", {"free_memory": True}, 0),
        ("/api/free", {"free_memory": True, "unload_models": True}, 0),
        ("/free", {"unload_models": True}, 1),
        ("/free", [], 1),
        ("/other", {"free_memory": True}, 1),
    ],
)
def test_the_models_go_when_memory_is_to_be_freed(comfyui: Registry, path: str, body: Any, stays: int):
    server = Server()
    cache = create(server)
    execute(comfyui, server.post(prompt()))

    async def handler(request: web.Request) -> web.Response:
        # ComfyUI reads the body as well.
        return web.json_response(await request.json())

    async def main() -> None:
        for known in ("/free", "/api/free", "/other"):
            server.app.router.add_post(known, handler)
        runner = web.AppRunner(server.app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
        try:
            async with aiohttp.ClientSession() as session, session.post(address, json=body) as response:
                assert await response.json() == body
        finally:
            await runner.cleanup()

    asyncio.run(main())
    assert cache.describe()["entries"] == stays
