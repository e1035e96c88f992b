"""The routes for libraries on other machines, over real sockets, on a server that stands for ComfyUI's."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import types
import uuid
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

web = pytest.importorskip("aiohttp.web")
aiohttp = pytest.importorskip("aiohttp")

MIB = 1 << 20


class Client:
    """Asks a started server; gives status, headers and bytes."""

    def __init__(self, session: Any, address: str, remotes: Any) -> None:
        self.address = address
        self.remotes = remotes
        self._session = session

    async def __call__(self, method: str, path: str, **options: Any) -> tuple[int, Any, bytes]:
        async with self._session.request(method, self.address + path, **options) as response:
            return response.status, response.headers, await response.read()

    async def open(self) -> str:
        context = str(uuid.uuid4())
        assert (await self("PUT", f"/discomfort/contexts/{context}"))[0] == 201
        return context

    async def put(self, path: str, whole: bytes, begin: int = 0, end: int | None = None) -> tuple[int, Any]:
        """Sends a part of a value, by default all of it."""
        part = whole[begin:end]
        status, _, body = await self("PUT", path, data=part, headers=describe(whole, begin, begin + len(part)))
        return status, json.loads(body)


def describe(whole: bytes, begin: int, end: int) -> dict[str, str]:
    digest = f"crc32:{zlib.crc32(whole):08x}"
    return {"Content-Range": f"bytes {begin}-{end - 1}/{len(whole)}", "X-Discomfort-Digest": digest}


def serve(check: Callable[[Client], Awaitable[None]], **how: Any) -> None:
    """Runs a check against a started server."""

    async def main() -> None:
        from discomfort.server_routes import add_routes
        from discomfort.server_values import add_value_routes
        from discomfort.transport.remote_contexts import RemoteContexts

        remotes = RemoteContexts(**how)
        server, application = types.SimpleNamespace(routes=web.RouteTableDef()), web.Application()
        add_routes(server, types.SimpleNamespace(describe=dict), lambda names: {}, None, None)
        add_value_routes(server, remotes)
        application.add_routes(server.routes)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            try:
                await check(Client(session, f"http://127.0.0.1:{runner.addresses[0][1]}", remotes))
            finally:
                await runner.cleanup()
                remotes.close()

    asyncio.run(main())


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(sys.modules, "comfyui_version", types.SimpleNamespace(__version__="0.30.0"))
    monkeypatch.setenv("DISCOMFORT_STORE", str(tmp_path / "disk"))
    monkeypatch.setenv("DISCOMFORT_RAM_STORE", str(tmp_path / "ram"))
    for name in ("DISCOMFORT_TOKEN", "DISCOMFORT_MAX_VALUE_GB", "DISCOMFORT_REMOTE_HOURS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "disk"


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "owner.json")


def test_a_context_is_made_once_with_a_record_of_this_process_and_removed(root: Path):
    async def check(client: Client) -> None:
        context = await client.open()
        status, _, body = await client("PUT", f"/discomfort/contexts/{context}")
        assert (status, json.loads(body)) == (200, {"v": 1, "limit": 64 << 30})
        for folder in (root / context, root.parent / "ram" / context):
            owner = json.loads((folder / "owner.json").read_text())
            assert owner["v"] == 1
            assert owner["pid"] == os.getpid()
            assert set(owner) == {"v", "pid", "startTime", "place", "remote"}
            assert folder.stat().st_mode & 0o777 == 0o700
        assert (await client("DELETE", f"/discomfort/contexts/{context}"))[0] == 200
        assert [*root.iterdir(), *(root.parent / "ram").iterdir()] == []
        assert (await client("DELETE", f"/discomfort/contexts/{context}"))[0] == 404

    serve(check)


def test_a_value_goes_up_in_parts_and_comes_down_whole_and_in_ranges(root: Path):
    whole = os.urandom(3 * MIB + 17)

    async def check(client: Client) -> None:
        context, value = await client.open(), str(uuid.uuid4())
        path = f"/discomfort/values/{context}/{value}"
        assert (await client("HEAD", path))[0] == 404
        assert await client.put(path, whole, 0, 2 * MIB) == (200, {"v": 1, "bytes": 2 * MIB, "complete": False})
        status, headers, _ = await client("HEAD", path)
        assert (status, headers["X-Discomfort-Bytes"], headers["X-Discomfort-Complete"]) == (200, f"{2 * MIB}", "0")
        assert (await client("GET", path))[0] == 404
        assert await client.put(path, whole, 2 * MIB) == (200, {"v": 1, "bytes": len(whole), "complete": True})
        status, headers, _ = await client("HEAD", path)
        assert (status, headers["X-Discomfort-Bytes"], headers["X-Discomfort-Complete"]) == (200, f"{len(whole)}", "1")
        assert (await client("GET", path))[::2] == (200, whole)
        ranged = await client("GET", path, headers={"Range": f"bytes={MIB}-"})
        assert ranged[::2] == (206, whole[MIB:])
        assert files_in(root / context) == [f"{value}.safetensors"]
        # What is there is never written again.
        assert (await client.put(path, whole))[1]["complete"] is True
        assert (await client("DELETE", path))[0] == 200
        assert (await client("GET", path))[0] == 404
        assert files_in(root / context) == []

    serve(check)


def test_an_upload_that_breaks_off_goes_on_where_the_server_is(root: Path):
    whole = os.urandom(6 * MIB)

    async def check(client: Client) -> None:
        context, value = await client.open(), str(uuid.uuid4())
        path = f"/discomfort/values/{context}/{value}"
        await asyncio.to_thread(send_and_break_off, client.address, path, whole, 4 * MIB)
        await until_written(root / context, 2 * MIB)
        there = int((await client("HEAD", path))[1]["X-Discomfort-Bytes"])
        assert 2 * MIB <= there <= 4 * MIB
        status, refused = await client.put(path, whole, there + 1)
        assert (status, refused["error"]["type"]) == (409, "discomfort_offset_wrong")
        assert (await client.put(path, whole, there))[1]["complete"] is True
        assert (root / context / f"{value}.safetensors").read_bytes() == whole

    serve(check)


async def until_written(folder: Path, least: int) -> None:
    """Waits for so many bytes of an upload. To ask the server would end the request that brings them."""
    for _ in range(500):
        if sum(path.stat().st_size for path in folder.glob(".*.tmp")) >= least:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the bytes do not arrive")


def send_and_break_off(address: str, path: str, whole: bytes, after: int) -> None:
    url = urlsplit(address)
    headers = {"Host": url.netloc, "Content-Length": f"{len(whole)}", **describe(whole, 0, len(whole))}
    head = f"PUT {path} HTTP/1.1\r\n" + "".join(f"{name}: {text}\r\n" for name, text in headers.items()) + "\r\n"
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(head.encode() + whole[:after])


def test_a_request_that_hangs_writes_no_more_once_another_one_goes_on(root: Path):
    whole = os.urandom(2 * MIB)

    async def check(client: Client) -> None:
        context, value = await client.open(), str(uuid.uuid4())
        path = f"/discomfort/values/{context}/{value}"
        go_on = asyncio.Event()

        async def slowly() -> Any:
            yield whole[: MIB + 5]
            await go_on.wait()
            yield whole[MIB + 5 :]

        headers = {**describe(whole, 0, len(whole)), "Content-Length": f"{len(whole)}"}
        hanging = asyncio.create_task(client("PUT", path, data=slowly(), headers=headers))
        await until_written(root / context, MIB)
        there = int((await client("HEAD", path))[1]["X-Discomfort-Bytes"])
        go_on.set()
        assert (await hanging)[0] == 409
        assert (await client.put(path, whole, there))[1]["complete"] is True
        assert (root / context / f"{value}.safetensors").read_bytes() == whole

    serve(check)


def test_other_bytes_than_those_that_were_told_are_refused_and_removed(root: Path):
    whole = os.urandom(1000)

    async def check(client: Client) -> None:
        context, value = await client.open(), str(uuid.uuid4())
        path = f"/discomfort/values/{context}/{value}"
        other = bytes(1000)
        status, _, body = await client("PUT", path, data=other, headers=describe(whole, 0, 1000))
        assert (status, json.loads(body)["error"]["type"]) == (422, "discomfort_checksum_wrong")
        assert files_in(root / context) == []
        assert (await client.put(path, whole))[1]["complete"] is True
        # Neither more nor fewer bytes than the part says.
        for data, told in ((whole, 999), (whole[:999], 1000)):
            path = f"/discomfort/values/{context}/{uuid.uuid4()}"
            assert (await client("PUT", path, data=data, headers=describe(whole, 0, told)))[0] == 400
        # A later part of another value than the one that was begun.
        await client.put(path, whole, 0, 500)
        assert (await client.put(path, other, 500))[0] == 400

    serve(check)


def test_headers_that_tell_nothing_are_refused():
    whole = bytes(10)

    async def check(client: Client) -> None:
        path = f"/discomfort/values/{await client.open()}/{uuid.uuid4()}"
        good = describe(whole, 0, 10)
        for bad in (
            {"Content-Range": ""},
            {"Content-Range": "bytes 0-9/*"},
            {"Content-Range": "bytes 5-4/10"},
            {"Content-Range": "bytes 0-10/10"},
            {"X-Discomfort-Digest": "sha256:00"},
            {"X-Discomfort-Digest": ""},
        ):
            assert (await client("PUT", path, data=whole, headers={**good, **bad}))[0] == 400

    serve(check)


def test_values_that_are_too_large_are_refused_before_they_are_sent(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCOMFORT_MAX_VALUE_GB", "0.001")

    async def check(client: Client) -> None:
        context = await client.open()
        path = f"/discomfort/values/{context}/{uuid.uuid4()}"
        assert (await client.put(path, bytes(2 * MIB), 0, 100))[0] == 413
        assert (await client.put(path, bytes(MIB)))[0] == 200

    serve(check)


def test_a_full_disk_is_told_and_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch):
    from discomfort.transport import upload

    async def check(client: Client) -> None:
        context = await client.open()
        path = f"/discomfort/values/{context}/{uuid.uuid4()}"
        with monkeypatch.context() as patch:
            patch.setattr(upload.shutil, "disk_usage", lambda folder: types.SimpleNamespace(free=100))
            status, told = await client.put(path, bytes(1000))
            assert (status, told["error"]["type"]) == (507, "discomfort_store_full")
        with monkeypatch.context() as patch:
            patch.setattr(upload.os, "write", full)
            assert (await client.put(path, bytes(1000)))[0] == 507
        assert files_in(root / context) == []

    def full(_descriptor: int, _block: Any) -> int:
        raise OSError(28, "No space left on device")

    serve(check)


HOSTILE = ["..", "%2e%2e", "..%2f..%2fetc", "named", "probes", "A" * 36, "a" * 65, "x%00y", "-x", "%2fetc%2fpasswd"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_no_id_becomes_no_path(root: Path, hostile: str):
    whole = bytes(10)

    async def check(client: Client) -> None:
        context, value = await client.open(), str(uuid.uuid4())
        before = sorted(str(path) for path in root.parent.rglob("*"))
        for path in (
            f"/discomfort/contexts/{hostile}",
            f"/discomfort/values/{hostile}/{value}",
            f"/discomfort/values/{context}/{hostile}",
        ):
            url = client.address + path
            for method in ("PUT", "GET", "HEAD", "DELETE"):
                options = {"data": whole, "headers": describe(whole, 0, 10)} if method == "PUT" else {}
                status = await raw(url, method, options)
                assert status in (400, 404, 405), (method, path, status)
        assert sorted(str(path) for path in root.parent.rglob("*")) == before

    async def raw(url: str, method: str, options: dict) -> int:
        from yarl import URL

        # As it is, without tidying the dots away.
        async with aiohttp.ClientSession() as session, session.request(
            method, URL(url, encoded=True), **options
        ) as response:
            return response.status

    serve(check)


def test_a_context_of_this_machine_is_not_reachable(root: Path):
    context, value = str(uuid.uuid4()), str(uuid.uuid4())
    folder = root / context
    folder.mkdir(parents=True)
    (folder / f"{value}.safetensors").write_bytes(b"secret")

    async def check(client: Client) -> None:
        path = f"/discomfort/values/{context}/{value}"
        for method in ("GET", "HEAD", "DELETE"):
            assert (await client(method, path))[0] == 404
        assert (await client.put(path, b"other"))[0] == 404
        assert (await client("DELETE", f"/discomfort/contexts/{context}"))[0] == 404
        assert (await client("PUT", f"/discomfort/contexts/{context}"))[0] == 409
        assert (folder / f"{value}.safetensors").read_bytes() == b"secret"
        # Nor from within a context that is.
        own = await client.open()
        assert (await client("GET", f"/discomfort/values/{own}/{value}"))[0] == 404

    serve(check)


def test_with_a_token_only_the_handshake_answers_without_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCOMFORT_TOKEN", "a-secret")
    some = str(uuid.uuid4())

    async def check(client: Client) -> None:
        assert (await client("GET", "/discomfort/handshake"))[0] == 200
        asked = [
            ("GET", f"/discomfort/probe/{some}"),
            ("GET", "/discomfort/validators"),
            ("GET", "/discomfort/model-cache"),
            ("POST", "/discomfort/files"),
            ("POST", "/discomfort/submit"),
            ("PUT", f"/discomfort/contexts/{some}"),
            ("DELETE", f"/discomfort/contexts/{some}"),
            *((method, f"/discomfort/values/{some}/{some}") for method in ("GET", "HEAD", "PUT", "DELETE")),
        ]
        wrong = ("Bearer other", "Bearer ", "a-secret", "Basic a-secret", "Bearer a-secret2", "Bearer \u00e4")
        for given in (None, *wrong):
            for method, path in asked:
                headers = {} if given is None else {"Authorization": given}
                status, told, _ = await client(method, path, headers=headers)
                assert (status, told["WWW-Authenticate"]) == (401, "Bearer"), (method, path, given)
        headers = {"Authorization": "Bearer a-secret"}
        assert (await client("PUT", f"/discomfort/contexts/{some}", headers=headers))[0] == 201
        assert (await client("GET", f"/discomfort/values/{some}/{some}", headers=headers))[0] == 404

    serve(check)


def test_contexts_that_nobody_asks_for_are_removed(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCOMFORT_REMOTE_HOURS", "2")
    clock = [0.0]

    async def check(client: Client) -> None:
        first, second = await client.open(), await client.open()
        clock[0] = 3600
        assert (await client.put(f"/discomfort/values/{second}/{uuid.uuid4()}", b"used"))[0] == 200
        clock[0] = 2 * 3600 + 1
        client.remotes.remove_idle()
        assert not (root / first).exists()
        assert (root / second).exists()
        client.remotes.touch(second)
        clock[0] = 4 * 3600
        client.remotes.remove_idle()
        assert (root / second).exists()
        # It is made anew where it is asked for again.
        assert (await client("PUT", f"/discomfort/contexts/{first}"))[0] == 201

    serve(check, now=lambda: clock[0])


def test_what_a_server_that_was_killed_left_is_swept(root: Path):
    from discomfort.transport.owner import own_owner

    def leave(name: str, **owner: Any) -> Path:
        folder = root / name
        folder.mkdir(parents=True)
        (folder / "owner.json").write_text(json.dumps({**own_owner(), "remote": True, **owner}))
        return folder

    dead = leave("dead", startTime="another-boot:1")
    alive, elsewhere = leave("alive"), leave("elsewhere", place="another-machine", pid=1)
    script = leave("script", startTime="another-boot:1", remote=False)

    async def check(client: Client) -> None:
        await client.open()
        assert [folder.exists() for folder in (dead, alive, elsewhere, script)] == [False, True, True, True]

    serve(check)


def test_what_is_in_use_is_known_to_the_library_in_its_own_words():
    from discomfort.transport.owner import is_dead, own_owner

    owner = own_owner()
    assert not is_dead(owner)
    assert is_dead({**owner, "startTime": "another-boot:1"})
    assert is_dead({**owner, "pid": 2**22 + 1, "startTime": None})
    for odd in (None, [], {}, {**owner, "pid": "1"}, {**owner, "pid": -1}, {**owner, "place": "x"}):
        assert not is_dead(odd)
