"""The routes, over real sockets, on a server that stands for ComfyUI's."""

from __future__ import annotations

import asyncio
import sys
import types
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

web = pytest.importorskip("aiohttp.web")
aiohttp = pytest.importorskip("aiohttp")


class Queue:
    """Remembers which history entries were deleted."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def delete_history_item(self, prompt_id: str) -> None:
        self.deleted.append(prompt_id)


class Server:
    """What the pack uses of ComfyUI's PromptServer."""

    def __init__(self) -> None:
        self.routes = web.RouteTableDef()
        self.prompt_queue = Queue()
        self.posted: list[Any] = []
        # Those of the last answer.
        self.told_headers: Any = {}

        @self.routes.get("/prompt")
        async def wrong(_request: web.Request) -> web.Response:
            raise AssertionError("this is not the handler for posts")

        @self.routes.post("/prompt")
        async def prompt(request: web.Request) -> web.Response:
            body = await request.json()
            await asyncio.sleep(0.01)
            self.posted.append(body)
            if body["prompt"] == "crash":
                raise KeyError("77")
            status = 400 if body["prompt"] == "bad" else 200
            return web.json_response({"prompt_id": body["prompt_id"], "number": len(self.posted)}, status=status)


class Models:
    """What the routes use of the cache of models."""

    def attend(self) -> None:
        pass

    def describe(self) -> dict[str, int]:
        return {"limit": 8, "loaders": 1, "entries": 2, "hits": 3, "stores": 4}


# What stands for the files of ComfyUI's folders.
FILES = {"a.ckpt": "10:5", "b.png": "20:6"}

Call = Callable[..., Awaitable[tuple[int, Any]]]


def serve(check: Callable[[Server, Call], Awaitable[None]]) -> None:
    """Runs a check against a started server."""

    async def main() -> None:
        from discomfort.server_routes import add_routes

        server, application = Server(), web.Application()
        add_routes(server, Models(), lambda names: {name: FILES[name] for name in names if name in FILES})
        application.add_routes(server.routes)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as session:

            async def call(method: str, path: str, **options: Any) -> tuple[int, Any]:
                async with session.request(method, address + path, **options) as response:
                    server.told_headers = response.headers
                    return response.status, await response.json()

            try:
                await check(server, call)
            finally:
                await runner.cleanup()

    asyncio.run(main())


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(sys.modules, "comfyui_version", types.SimpleNamespace(__version__="0.30.0"))
    monkeypatch.setenv("DISCOMFORT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("DISCOMFORT_NONCE", "a-nonce")
    return tmp_path / "store"


def submit(prompt: Any = None, **note: Any) -> dict[str, Any]:
    note = {"v": 1, "context": "ctx", **note}
    return {"prompt": prompt or {}, "prompt_id": str(uuid.uuid4()), "discomfort": note}


def test_the_handshake_tells_who_answers_and_where_values_lie(root: Path):
    async def check(_server: Server, call: Call) -> None:
        status, told = await call("GET", "/discomfort/handshake")
        assert status == 200
        assert {**told, "python": "", "pid": 0} == {
            "v": 1,
            "protocol": 1,
            "protocolMin": 1,
            "pack": "0.1.0",
            "nonce": "a-nonce",
            "comfyui": "0.30.0",
            "python": "",
            "roots": {"ram": None, "disk": str(root)},
            "pid": 0,
        }

    serve(check)


def test_a_probe_is_told_or_not_found_or_refused(root: Path):
    async def check(_server: Server, call: Call) -> None:
        probe = str(uuid.uuid4())
        (root / "probes").mkdir(parents=True)
        (root / "probes" / probe).write_text("here")
        assert await call("GET", f"/discomfort/probe/{probe}") == (200, {"v": 1, "text": "here"})
        assert (await call("GET", f"/discomfort/probe/{uuid.uuid4()}"))[0] == 404
        assert (await call("GET", "/discomfort/probe/..%2fsecret"))[0] == 400

    serve(check)


def test_a_submit_gives_what_the_prompt_route_answers_and_makes_no_folder(root: Path):
    async def check(server: Server, call: Call) -> None:
        body = submit()
        answer = await call("POST", "/discomfort/submit", json=body)
        assert answer == (200, {"prompt_id": body["prompt_id"], "number": 1})
        assert server.posted == [body]
        assert not (root / "ctx").exists()

    serve(check)


@pytest.mark.parametrize(("prompt", "status"), [("good", 200), ("bad", 400), ("crash", 500)])
def test_a_repeated_id_gives_the_first_answer_and_queues_nothing(prompt: str, status: int):
    async def check(server: Server, call: Call) -> None:
        body = submit(prompt)
        together = await asyncio.gather(*[call("POST", "/discomfort/submit", json=body) for _ in range(5)])
        answers = [*together, await call("POST", "/discomfort/submit", json=body)]
        assert answers == [answers[0]] * 6
        assert answers[0][0] == status
        assert len(server.posted) == 1

    serve(check)


def test_twenty_submits_at_once_are_queued_once_each():
    async def check(server: Server, call: Call) -> None:
        bodies = [submit() for _ in range(20)]
        answers = await asyncio.gather(*[call("POST", "/discomfort/submit", json=body) for body in bodies])
        assert [answer["prompt_id"] for _, answer in answers] == [body["prompt_id"] for body in bodies]
        assert sorted(answer["number"] for _, answer in answers) == list(range(1, 21))
        assert len(server.posted) == 20

    serve(check)


def test_the_classes_that_check_inputs_themselves_are_told(monkeypatch: pytest.MonkeyPatch):
    class Loader:
        @classmethod
        def VALIDATE_INPUTS(cls, image):
            return True

    classes = {"Loader": Loader, "Plain": object}
    monkeypatch.setitem(sys.modules, "nodes", types.SimpleNamespace(NODE_CLASS_MAPPINGS=classes))

    async def check(_server: Server, call: Call) -> None:
        answer = await call("GET", "/discomfort/validators")
        assert answer == (200, {"v": 1, "classes": {"Loader": ["image"]}})

    serve(check)


def test_the_cache_of_models_tells_how_it_is_used():
    async def check(_server: Server, call: Call) -> None:
        answer = await call("GET", "/discomfort/model-cache")
        assert answer == (200, {"v": 1, "limit": 8, "loaders": 1, "entries": 2, "hits": 3, "stores": 4})

    serve(check)


def test_the_state_of_named_files_is_told_and_names_of_no_file_are_left_out():
    async def check(_server: Server, call: Call) -> None:
        told = await call("POST", "/discomfort/files", json={"v": 1, "names": ["b.png", "euler.x", "a.ckpt"]})
        assert told == (200, {"v": 1, "files": {"b.png": "20:6", "a.ckpt": "10:5"}})
        for names in (None, "a.ckpt", [1], ["a.ckpt"] * 10_001):
            status, refused = await call("POST", "/discomfort/files", json={"v": 1, "names": names})
            assert (status, refused["error"]["type"]) == (400, "discomfort_bad_request")

    serve(check)


def test_a_submit_tells_which_of_its_files_have_changed():
    async def check(server: Server, call: Call) -> None:
        for files, changed in (
            ({"a.ckpt": "10:5"}, None),
            ({"a.ckpt": "10:4", "b.png": "20:6", "gone.png": "1:1"}, '["a.ckpt", "gone.png"]'),
        ):
            body = submit()
            body["discomfort"]["files"] = files
            status, told = await call("POST", "/discomfort/submit", json=body)
            assert (status, told["prompt_id"]) == (200, body["prompt_id"])
            assert server.told_headers.get("X-Discomfort-Changed") == changed
        for files in ([], {"a.ckpt": 5}, "a.ckpt"):
            body = submit()
            body["discomfort"]["files"] = files
            status, refused = await call("POST", "/discomfort/submit", json=body)
            assert (status, refused["error"]["type"]) == (400, "discomfort_bad_request")

    serve(check)


def test_forget_deletes_history_entries():
    async def check(server: Server, call: Call) -> None:
        old = [str(uuid.uuid4()), str(uuid.uuid4())]
        await call("POST", "/discomfort/submit", json=submit(forget=old))
        assert server.prompt_queue.deleted == old

    serve(check)


def test_a_bad_submit_is_refused_in_the_shape_of_comfyui_and_queues_nothing():
    async def check(server: Server, call: Call) -> None:
        for options in ({"data": b"no json"}, {"json": []}, {"json": submit(context="../x")}):
            status, told = await call("POST", "/discomfort/submit", **options)
            assert status == 400
            assert set(told) == {"error", "node_errors"}
            assert set(told["error"]) == {"type", "message", "details", "extra_info"}
            assert told["error"]["type"] == "discomfort_bad_request"
        assert server.posted == []

    serve(check)


def test_a_store_that_cannot_be_made_is_told(root: Path):
    root.write_text("a file lies where the store should be")

    async def check(_server: Server, call: Call) -> None:
        answer = await call("GET", "/discomfort/handshake")
        assert answer[0] == 500
        assert answer[1]["error"]["type"] == "discomfort_store_unusable"

    serve(check)
