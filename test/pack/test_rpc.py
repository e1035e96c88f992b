"""JSON-RPC over real pipes."""

from __future__ import annotations

import io
import os
import queue
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest

from discomfort.bridge.framing import FramingBroken, frame, read_message
from discomfort.bridge.problems import BridgeEnded, NestedRunFailed
from discomfort.bridge.rpc import Incoming, Peer


class Pair:
    """Two sides of a connection: ours is a Peer, the other one reads and writes messages itself."""

    def __init__(self) -> None:
        ours_in, other_out = os.pipe()
        other_in, ours_out = os.pipe()
        self.came: queue.SimpleQueue[Incoming] = queue.SimpleQueue()
        self.other_in: BinaryIO = os.fdopen(other_in, "rb")
        self.other_out: BinaryIO = os.fdopen(other_out, "wb", buffering=0)
        self.peer = Peer(os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb"), self.came.put)

    def say(self, message: dict[str, Any]) -> None:
        self.other_out.write(frame({"jsonrpc": "2.0", **message}))

    def hear(self) -> dict[str, Any]:
        message = read_message(self.other_in)
        assert message is not None
        return message


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.peer.close()
    made.other_out.close()


def test_what_is_framed_is_read_again() -> None:
    message = {"text": "äöü \ud800 \U0001f600", "large": 2**70, "float": 0.1, "none": None}
    stream = io.BytesIO(frame(message) + frame({"next": 1}))
    assert read_message(stream) == message
    assert read_message(stream) == {"next": 1}
    assert read_message(stream) is None


def test_headers_come_in_any_order_and_case() -> None:
    assert read_message(io.BytesIO(b"X: y\r\nCONTENT-LENGTH: 2\r\nZ: 1\r\n\r\n{}")) == {}


def test_a_message_that_is_cut_off_is_the_end() -> None:
    assert read_message(io.BytesIO(frame({"a": 1})[:-1])) is None


@pytest.mark.parametrize(
    "text",
    [
        *(b"hello\r\n", b"X: y\r\n\r\n{}", b"Content-Length: -1\r\n\r\n", b"Content-Length: x\r\n\r\n"),
        *(b"Content-Length: 99999999999\r\n\r\n", b"Content-Length: 1\r\n\r\n{", b"Content-Length: 2\r\n\r\n[]"),
    ],
)
def test_what_is_no_message_is_refused(text: bytes) -> None:
    with pytest.raises(FramingBroken):
        read_message(io.BytesIO(text))


def test_a_value_that_json_lacks_is_refused_before_it_is_sent(pair: Pair) -> None:
    with pytest.raises(ValueError, match="JSON"):
        pair.peer.request("run", {"x": float("nan")})
    pair.peer.notify("after", {})
    assert pair.hear()["method"] == "after"


def test_answers_find_their_requests_in_any_order(pair: Pair) -> None:
    first, second = pair.peer.request("a", {}), pair.peer.request("b", {})
    asked = [pair.hear(), pair.hear()]
    assert [each["method"] for each in asked] == ["a", "b"]
    pair.say({"id": asked[1]["id"], "result": "to b"})
    pair.say({"id": asked[0]["id"], "result": "to a"})
    assert first.wait(5) and second.wait(5)
    assert (first.result(), second.result()) == ("to a", "to b")


def test_requests_from_many_threads_do_not_mix(pair: Pair) -> None:
    results: dict[int, Any] = {}

    def ask(number: int) -> None:
        pending = pair.peer.request("echo", {"number": number})
        pending.wait(10)
        results[number] = pending.result()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for _ in threads:
        asked = pair.hear()
        pair.say({"id": asked["id"], "result": asked["params"]["number"]})
    for thread in threads:
        thread.join()
    assert results == {number: number for number in range(20)}


def test_an_error_is_raised_with_its_message_and_code(pair: Pair) -> None:
    pending = pair.peer.request("run", {})
    data = {"code": "NODE_FAILED", "details": {"node": "3"}}
    pair.say({"id": pair.hear()["id"], "error": {"code": -32000, "message": "It failed.", "data": data}})
    assert pending.wait(5)
    with pytest.raises(NestedRunFailed, match=r"^It failed\.$") as raised:
        pending.result()
    assert (raised.value.code, raised.value.details) == ("NODE_FAILED", {"node": "3"})


def test_cancelling_is_told_and_the_answer_is_waited_for(pair: Pair) -> None:
    pending = pair.peer.request("run", {})
    number = pair.hear()["id"]
    pair.peer.cancel(pending)
    assert pair.hear() == {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}
    pair.say({"id": number, "error": {"code": -32800, "message": "It was cancelled."}})
    assert pending.wait(5)
    with pytest.raises(NestedRunFailed) as raised:
        pending.result()
    assert raised.value.code == "CANCELLED"


def test_requests_of_the_other_side_are_answered(pair: Pair) -> None:
    pair.say({"id": "x", "method": "makeRoom", "params": {"call": "c"}})
    request = pair.came.get(timeout=5)
    assert (request.method, request.params) == ("makeRoom", {"call": "c"})
    pair.peer.respond(request, {"freed": 3})
    assert pair.hear() == {"jsonrpc": "2.0", "id": "x", "result": {"freed": 3}}
    pair.peer.refuse(request, "no")
    assert pair.hear()["error"]["message"] == "no"


def test_the_end_of_the_connection_fails_whoever_waits_and_whoever_comes(pair: Pair) -> None:
    waiting = pair.peer.request("run", {})
    pair.other_out.close()
    assert waiting.wait(5)
    with pytest.raises(BridgeEnded):
        waiting.result()
    late = pair.peer.request("run", {})
    assert late.is_done
    with pytest.raises(BridgeEnded):
        late.result()


def test_a_side_that_does_not_read_holds_up_nobody(pair: Pair) -> None:
    for _ in range(50):
        pair.peer.notify("much", {"text": "x" * 100_000})
    pending = pair.peer.request("last", {})
    assert not pending.is_done


def test_an_answer_that_nobody_asked_for_is_no_trouble(pair: Pair) -> None:
    pair.say({"id": 99, "result": 1})
    pending = pair.peer.request("a", {})
    pair.say({"id": pair.hear()["id"], "result": 2})
    assert pending.wait(5)
    assert pending.result() == 2
