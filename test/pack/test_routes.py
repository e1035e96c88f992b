"""The routes, over real sockets, on a server that stands for ComfyUI's."""

from __future__ import annotations

import asyncio
import sys
import threading
import types
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from prompt_queue import PromptQueue

web = pytest.importorskip("aiohttp.web")
aiohttp = pytest.importorskip("aiohttp")


class Queue(PromptQueue):
    """Remembers which history entries were deleted."""

    def __init__(self) -> None:
        super().__init__()
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
        self.interrupts = 0
        self.client_id: str | None = None
        self.last_prompt_id: str | None = None

        @self.routes.get("/prompt")
        async def wrong(_request: web.Request) -> web.Response:
            raise AssertionError("this is not the handler for posts")

        @self.routes.post("/prompt")
        async def prompt(request: web.Request) -> web.Response:
            body = await request.json()
            await self.validate()
            self.posted.append(body)
            if body["prompt"] == "queue":
                self.prompt_queue.add(body["prompt_id"], body.get("client_id", ""))
            if body["prompt"] == "crash":
                raise KeyError("77")
            status = 400 if body["prompt"] == "bad" else 200
            return web.json_response({"prompt_id": body["prompt_id"], "number": len(self.posted)}, status=status)


    async def validate(self) -> None:
        await asyncio.sleep(0.01)

    def interrupt(self) -> None:
        self.interrupts += 1


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
        from discomfort.echo import echo_requests
        from discomfort.server_jobs import add_job_routes
        from discomfort.server_page import add_page_routes
        from discomfort.server_routes import add_routes

        server, application = Server(), web.Application()
        jobs = add_job_routes(server, server.interrupt)
        known = lambda names: {name: FILES[name] for name in names if name in FILES}  # noqa: E731
        add_routes(server, Models(), known, jobs, add_page_routes(server, jobs))
        application.add_routes(server.routes)
        echo_requests(application)
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
    monkeypatch.setitem(sys.modules, "folder_paths", types.SimpleNamespace())
    monkeypatch.setenv("DISCOMFORT_WORKFLOWS", str(tmp_path / "workflows"))
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


async def where(call: Call, prompt_id: str) -> tuple[str, int | None]:
    status, told = await call("GET", f"/discomfort/jobs/{prompt_id}")
    assert (status, told["v"], told["id"]) == (200, 1, prompt_id)
    return told["state"], told["position"]


def test_a_job_is_found_wherever_it_is_in_the_queue():
    async def check(server: Server, call: Call) -> None:
        first, second = submit("queue"), submit("queue")
        for body in (first, second):
            await call("POST", "/discomfort/submit", json=body)
        assert server.told_headers["X-Discomfort-Position"] == "1"
        assert await where(call, first["prompt_id"]) == ("pending", 0)
        server.prompt_queue.begin()
        assert await where(call, first["prompt_id"]) == ("running", None)
        assert await where(call, second["prompt_id"]) == ("pending", 1)
        server.prompt_queue.end()
        assert await where(call, first["prompt_id"]) == ("ended", None)
        assert await where(call, str(uuid.uuid4())) == ("unknown", None)

    serve(check)


def test_all_answers_about_jobs_tell_the_same_process():
    async def check(server: Server, call: Call) -> None:
        body = submit("queue")
        await call("POST", "/discomfort/submit", json=body)
        _, told = await call("GET", f"/discomfort/jobs/{body['prompt_id']}")
        assert told["instance"] == server.told_headers.get("X-Discomfort-Instance", told["instance"])
        await call("POST", "/discomfort/submit", json=body)
        assert server.told_headers["X-Discomfort-Instance"] == told["instance"]

    serve(check)


def test_a_job_that_waits_leaves_the_queue_when_it_is_cancelled_and_no_other_does():
    async def check(server: Server, call: Call) -> None:
        bodies = [submit("queue") for _ in range(3)]
        for body in bodies:
            await call("POST", "/discomfort/submit", json=body)
        first, second, third = (body["prompt_id"] for body in bodies)
        server.prompt_queue.begin()
        _, told = await call("POST", f"/discomfort/jobs/{second}/cancel")
        assert told["state"] == "refused"
        assert await where(call, third) == ("pending", 1)
        assert (await call("POST", f"/discomfort/jobs/{first}/cancel"))[1]["state"] == "running"
        assert server.interrupts == 1
        server.prompt_queue.end()
        assert (await call("POST", f"/discomfort/jobs/{first}/cancel"))[1]["state"] == "ended"
        assert server.interrupts == 1

    serve(check)


def test_a_job_that_was_cancelled_before_it_came_is_refused():
    async def check(server: Server, call: Call) -> None:
        body = submit("queue")
        await call("POST", f"/discomfort/jobs/{body['prompt_id']}/cancel")
        status, told = await call("POST", "/discomfort/submit", json=body)
        assert (status, told["error"]["type"]) == (409, "discomfort_refused")
        assert server.posted == []
        assert await where(call, body["prompt_id"]) == ("refused", None)

    serve(check)


def test_a_job_that_is_cancelled_while_comfyui_validates_it_never_runs():
    async def check(server: Server, call: Call) -> None:
        validating, go_on = asyncio.Event(), asyncio.Event()

        async def validate() -> None:
            validating.set()
            await go_on.wait()

        server.validate = validate
        body = submit("queue")
        submitting = asyncio.ensure_future(call("POST", "/discomfort/submit", json=body))
        await validating.wait()
        assert await where(call, body["prompt_id"]) == ("pending", None)
        await call("POST", f"/discomfort/jobs/{body['prompt_id']}/cancel")
        go_on.set()
        await submitting
        assert server.prompt_queue.queue == []
        assert await where(call, body["prompt_id"]) == ("refused", None)

    serve(check)


def test_messages_of_jobs_follow_to_another_socket():
    async def check(server: Server, call: Call) -> None:
        bodies = [{**submit("queue"), "client_id": "old"} for _ in range(2)]
        for body in bodies:
            await call("POST", "/discomfort/submit", json=body)
        first, second = (body["prompt_id"] for body in bodies)
        server.prompt_queue.begin()
        server.last_prompt_id, server.client_id = first, "old"
        wish = {"v": 1, "client_id": "new", "ids": [first, second, str(uuid.uuid4())]}
        status, told = await call("POST", "/discomfort/follow", json=wish)
        assert (status, sorted(told["followed"])) == (200, sorted([first, second]))
        assert server.client_id == "new"
        assert server.prompt_queue.queue[0][3]["client_id"] == "new"

    serve(check)


def test_the_messages_of_somebody_elses_job_stay_with_them():
    async def check(server: Server, call: Call) -> None:
        await call("POST", "/discomfort/submit", json={**submit("queue"), "client_id": "theirs"})
        server.prompt_queue.begin()
        server.last_prompt_id, server.client_id = "theirs", "theirs"
        wish = {"v": 1, "client_id": "ours", "ids": [str(uuid.uuid4())]}
        assert await call("POST", "/discomfort/follow", json=wish) == (200, {"v": 1, "followed": []})
        assert server.client_id == "theirs"

    serve(check)


def test_wishes_about_jobs_that_are_not_as_they_should_be_are_refused():
    async def check(_server: Server, call: Call) -> None:
        assert (await call("GET", "/discomfort/jobs/not-an-id"))[0] == 400
        for wish in ([], {"v": 2}, {"v": 1, "client_id": "", "ids": []}, {"v": 1, "client_id": "a", "ids": ["x"]}):
            assert (await call("POST", "/discomfort/follow", json=wish))[0] == 400

    serve(check)


def test_the_death_of_the_thread_that_executes_prompts_is_told():
    async def check(_server: Server, call: Call) -> None:
        async def lives() -> Any:
            return (await call("GET", f"/discomfort/jobs/{uuid.uuid4()}"))[1]["worker"]

        assert await lives() is None
        end = threading.Event()

        def prompt_worker() -> None:
            end.wait()

        worker = threading.Thread(target=prompt_worker)
        worker.start()
        assert await lives() is True
        end.set()
        worker.join()
        assert await lives() is False

    serve(check)


def test_each_answer_says_which_request_it_belongs_to():
    async def check(server: Server, call: Call) -> None:
        for told in ("ab12-1", None, "x" * 101):
            headers = {} if told is None else {"X-Discomfort-Request": told}
            await call("POST", "/prompt", json={"prompt": {}, "prompt_id": "p"}, headers=headers)
            assert server.told_headers.get("X-Discomfort-Request") == (told if told == "ab12-1" else None)

    serve(check)


def test_the_page_is_given_workflows_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "workflows" / "mine"
    folder.mkdir(parents=True)
    texts = {
        "drawn.json": '{"nodes": [{"id": 1, "type": "A"}], "links": []}',
        "prompt.json": '{"1": {"class_type": "A", "inputs": {}}}',
        "secrets.json": '{"password": "x"}',
        "notes.txt": "no JSON",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    (tmp_path / "outside.json").write_text(texts["drawn.json"])

    async def check(server: Server, call: Call) -> None:
        async def ask(path: str) -> tuple[int, Any]:
            return await call("GET", "/discomfort/page/workflow", params={"path": path})

        assert (await ask("mine/drawn.json"))[1]["nodes"] == [{"id": 1, "type": "A"}]
        assert (await ask("mine/prompt.json"))[1]["1"]["class_type"] == "A"
        assert (await ask(str(tmp_path / "outside.json")))[0] == 200
        for name in ("mine/secrets.json", "mine/notes.txt"):
            status, answer = await ask(name)
            assert (status, answer["error"]["type"]) == (400, "discomfort_bad_request")
            assert "password" not in str(answer)
        for name in ("../outside.json", "mine", "mine/none.json", ""):
            assert (await ask(name))[0] == 404

    serve(check)


def test_the_page_needs_no_token_for_workflows_that_were_saved_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (folder / "saved.json", tmp_path / "outside.json"):
        file.write_text('{"nodes": [], "links": []}')
    monkeypatch.setenv("DISCOMFORT_TOKEN", "secret")

    async def check(_server: Server, call: Call) -> None:
        async def ask(path: str, headers: dict[str, str]) -> int:
            return (await call("GET", "/discomfort/page/workflow", params={"path": path}, headers=headers))[0]

        outside = str(tmp_path / "outside.json")
        assert await ask("saved.json", {}) == 200
        assert await ask(outside, {}) == 401
        assert await ask(outside, {"Authorization": "Bearer secret"}) == 200

    serve(check)


def test_the_page_is_told_the_last_runs_of_scripts_and_how_they_ended() -> None:
    async def check(server: Server, call: Call) -> None:
        async def runs() -> list[tuple[Any, Any]]:
            answer = (await call("GET", "/discomfort/page/runs"))[1]
            return [(run["name"], run["state"]) for run in answer["runs"]]

        assert await runs() == []
        first = submit("queue", name="first.json")
        await call("POST", "/discomfort/submit", json=first)
        await call("POST", "/discomfort/submit", json=submit("bad", name="refused.json"))
        assert await runs() == [("first.json", "pending")]
        server.prompt_queue.begin()
        assert await runs() == [("first.json", "running")]
        server.prompt_queue.end()
        server.prompt_queue.history[first["prompt_id"]] = {"status": {"status_str": "success", "messages": []}}
        second = submit("queue", forget=[first["prompt_id"]])
        await call("POST", "/discomfort/submit", json=second)
        server.prompt_queue.history.clear()
        assert await runs() == [(None, "pending"), ("first.json", "success")]

    serve(check)


def test_the_name_of_a_submit_is_a_short_text() -> None:
    async def check(_server: Server, call: Call) -> None:
        for name in (5, "x" * 301):
            assert (await call("POST", "/discomfort/submit", json=submit(name=name)))[0] == 400

    serve(check)
