"""One run of one node: values go in, the bridge works, values come out."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from .problems import NestedRunFailed
from .process import BridgeProcess, Inbox, when_done
from .rpc import Incoming, Pending
from .shared_bridge import SharedBridge

_POLL_SECONDS = 0.05
_CANCEL_SECONDS = 5.0
# A server that runs already answers long before.
_START_SECONDS = 1.0
_STARTING = "Starting the nested ComfyUI"


class Hooks(NamedTuple):
    """What the bridge wants of whoever waits, in the thread of the wait."""

    # Raises where the user pressed stop.
    check: Callable[[], None]
    # Takes the parameters of `progress`.
    progress: Callable[[dict[str, Any]], None]
    # Unloads models and gives the bytes that became free.
    make_room: Callable[[], int]


class Place(NamedTuple):
    """Where the values of a call lie: the id of a context, and how much of it may be memory."""

    context: str
    ram: int


class Work(NamedTuple):
    """What is to be done: the request, how its inputs are written, and how what it gives is read."""

    method: str
    fields: dict[str, Any]
    write: Callable[[Place], list[dict[str, Any]]]
    read: Callable[[Place, dict[str, Any]], Any]


class Patience(NamedTuple):
    """After how many seconds of silence the bridge is asked whether it lives, and how long it has for the answer."""

    silence: float = 30.0
    answer: float = 30.0


USUAL_PATIENCE = Patience()


def run_call(bridge: SharedBridge, hooks: Hooks, work: Work, patience: Patience = USUAL_PATIENCE) -> Any:
    """Has the bridge do the work. Raises NestedRunFailed, BridgeEnded, BridgeMissing, and what hooks raise."""
    with bridge.use(hooks.check) as process:
        opened = _Wait(process, hooks, patience, _STARTING).until("open", {"v": 1})
        call, place = opened["call"], Place(opened["context"], opened["ram"])
        wait = _Wait(process, hooks, patience)
        process.listen(call, wait.inbox)
        try:
            fields = {"v": 1, "call": call, "inputs": work.write(place), **work.fields}
            return work.read(place, wait.until(work.method, fields))
        finally:
            process.forget(call)
            process.peer.notify("close", {"v": 1, "call": call})


def ask(bridge: SharedBridge, hooks: Hooks, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """Asks the bridge something that is no run."""
    with bridge.use(hooks.check) as process:
        return _Wait(process, hooks, USUAL_PATIENCE, _STARTING).until(method, params)


class _Wait:
    """Serves the bridge while an answer is waited for."""

    def __init__(self, process: BridgeProcess, hooks: Hooks, patience: Patience, long_wait: str = "") -> None:
        self.inbox: Inbox = queue.SimpleQueue()
        self._process, self._hooks, self._patience = process, hooks, patience
        self._ping: tuple[Pending, float] | None = None
        # What is told where the answer takes its time.
        self._long_wait = long_wait

    def until(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Asks, and gives the answer."""
        pending = self._process.peer.request(method, params, when_done(self.inbox))
        begun = time.monotonic()
        try:
            while not pending.is_done:
                self._hooks.check()
                if self._long_wait and time.monotonic() - begun > _START_SECONDS:
                    self._hooks.progress({"value": 0, "text": self._long_wait})
                    self._long_wait = ""
                message = self._next()
                if message is not None:
                    self._serve(message)
                self._watch()
        except BaseException:
            self._cancel(pending)
            raise
        answer = pending.result()
        if not isinstance(answer, dict):
            raise NestedRunFailed(f"The bridge answered {answer!r:.100} to {method}. Is it of another version?")
        return answer

    def _next(self) -> Incoming | None:
        try:
            return self.inbox.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            return None

    def _serve(self, message: Incoming) -> None:
        if message.method == "progress":
            self._hooks.progress(message.params)
        elif message.method == "makeRoom":
            self._make_room(message)
        elif message.id is not None:
            self._process.peer.refuse(message, f"{message.method!r:.40} is not known here.")

    def _make_room(self, message: Incoming) -> None:
        try:
            freed = self._hooks.make_room()
        except BaseException as error:
            self._process.peer.refuse(message, f"The models of the outer server could not be unloaded: {error}")
            raise
        self._process.peer.respond(message, {"v": 1, "freed": max(0, int(freed))})

    def _watch(self) -> None:
        """Kills a bridge that says nothing, even when it is asked."""
        now, peer = time.monotonic(), self._process.peer
        if self._ping is not None:
            ping, asked = self._ping
            if ping.is_done or peer.last_heard > asked:
                self._ping = None
            elif now - asked > self._patience.answer:
                self._process.kill("did not answer any more and was killed")
        elif now - peer.last_heard > self._patience.silence:
            self._ping = (peer.request("ping", {"v": 1}), now)

    def _cancel(self, pending: Pending) -> None:
        """Has the inner run stopped before anything else happens, by force if need be."""
        if pending.is_done or self._process.has_ended:
            return
        peer = self._process.peer
        peer.cancel(pending)
        deadline = time.monotonic() + _CANCEL_SECONDS
        while not pending.is_done:
            if time.monotonic() > deadline:
                self._process.kill("could not be cancelled and was killed")
                return
            message = self._next()
            if message is not None and message.id is not None:
                peer.refuse(message, "The run is being cancelled.")
