"""Stands for `discomfort bridge`, as a process of its own on real pipes. What a call does is told by the script's text.

It keeps values where they are: what comes in at a port goes out at the port of the same id.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

_out = threading.Lock()
_calls: dict[str, str] = {}
_cancelled: dict[Any, threading.Event] = {}
_answers: dict[str, queue.SimpleQueue[Any]] = {}


def send(message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    with _out:
        os.write(1, b"Content-Length: %d\r\n\r\n" % len(body) + body)


def note(text: str) -> None:
    """What happened, for the test to read."""
    if os.environ.get("STAND_IN_NOTES"):
        with Path(os.environ["STAND_IN_NOTES"]).open("a") as file:
            file.write(f"{text}\n")


def ask(method: str, params: dict[str, Any]) -> Any:
    number = str(uuid.uuid4())
    _answers[number] = queue.SimpleQueue()
    send({"id": number, "method": method, "params": params})
    return _answers[number].get()


def answer(request: Any, work: Any) -> None:
    try:
        send({"id": request, "result": work()})
    except Failure as failure:
        send({"id": request, "error": {"code": failure.number, "message": str(failure), "data": failure.data}})


class Failure(Exception):
    def __init__(self, text: str, number: int = -32_000, code: str = "NODE_FAILED") -> None:
        super().__init__(text)
        self.number, self.data = number, {"code": code, "details": {"node": "3"}}


def open_call() -> dict[str, Any]:
    call, context = str(uuid.uuid4()), f"stand-in-{uuid.uuid4()}"
    root = Path(os.environ.get("DISCOMFORT_STORE") or Path(os.environ["DISCOMFORT_HOME"], "store"))
    (root / context).mkdir(parents=True)
    _calls[call] = context
    note(f"open {call}")
    return {"v": 1, "call": call, "context": context, "ram": 0}


def run(request: Any, params: dict[str, Any]) -> dict[str, Any]:
    call = params["call"]
    memory = None
    note(f"login {json.dumps(params.get('login'))}")
    for word in params.get("script", {}).get("text", "").split():
        if word == "progress":
            told = {"v": 1, "call": call, "value": 0.5, "text": "KSampler 5/10"}
            send({"method": "progress", "params": told})
        elif word == "room":
            memory = json.dumps(ask("makeRoom", {"v": 1, "call": call}))
        elif word == "fail":
            raise Failure('"KSampler" (node 3) failed: out of memory')
        elif word == "crash":
            print("no more strength", file=sys.stderr, flush=True)
            os._exit(7)
        elif word == "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
            # The signal may stop another thread first, and this one a moment later.
            threading.Event().wait()
        elif word == "wait":
            note("waiting")
            _cancelled[request].wait()
            note("cancelled")
            raise Failure("It was cancelled.", -32_800)
        elif word == "deaf":
            note("waiting")
            threading.Event().wait()
        elif word == "garbage":
            os.write(1, b"hello\n")
        elif word == "big":
            return ran(params, memory, warnings=["x" * 3_000_000])
    return ran(params, memory)


def ran(params: dict[str, Any], memory: str | None, warnings: list[str] | None = None) -> dict[str, Any]:
    kept = {entry["unique_id"]: entry for entry in params["inputs"]}
    values = {name: [{k: v for k, v in entry.items() if k != "unique_id"}] for name, entry in kept.items()}
    wanted = list(kept) if params["outputs"] is None else params["outputs"]
    outputs: list[dict[str, Any]] = [{"unique_id": name, "values": values.get(name, [])} for name in wanted]
    rounds = params.get("iterations", 1)
    if params.get("collect"):
        outputs = [{**output, "values": output["values"] * rounds} for output in outputs]
    return {"v": 1, "outputs": outputs, "rounds": rounds, "warnings": warnings or [], "memory": memory, "files": []}


def describe(params: dict[str, Any]) -> dict[str, Any]:
    found = json.loads(Path(params["workflow"]).read_text())
    note(f"describe {params['workflow']}")
    return {"v": 1, "inputs": found["inputs"], "outputs": found["outputs"]}


def serve(message: dict[str, Any]) -> None:
    method, params, number = message.get("method"), message.get("params", {}), message.get("id")
    if method is None:
        _answers[number].put(message.get("result", message.get("error")))
    elif method == "$/cancelRequest":
        _cancelled[params["id"]].set()
    elif method == "close":
        note(f"close {params['call']}")
    elif method == "initialize":
        note(f"initialize {json.dumps(params)}")
        if os.environ.get("STAND_IN_FAILS_TO_BEGIN"):
            print("the library is broken", file=sys.stderr, flush=True)
            os._exit(3)
        send({"id": number, "result": {"v": 1, "discomfort": "0", "pid": os.getpid()}})
    elif method == "shutdown":
        note("shutdown")
        if os.environ.get("STAND_IN_STAYS"):
            return
        send({"id": number, "result": {"v": 1}})
        os._exit(0)
    elif method == "ping":
        send({"id": number, "result": {"v": 1}})
    else:
        _cancelled[number] = threading.Event()
        work = {"open": open_call, "describe": lambda: describe(params)}.get(method, lambda: run(number, params))
        threading.Thread(target=answer, args=(number, work), daemon=True).start()


def main() -> None:
    note(f"begin {os.getpid()}")
    while True:
        header = sys.stdin.buffer.readline()
        if not header:
            break
        sys.stdin.buffer.readline()
        serve(json.loads(sys.stdin.buffer.read(int(header.split(b":")[1]))))
    note("end of input")
    os._exit(0)


if __name__ == "__main__":
    main()
