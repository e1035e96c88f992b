"""One side of a JSON-RPC 2.0 connection over two streams. Safe to use from several threads."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

from .framing import FramingBroken, frame, read_message
from .problems import BridgeEnded, NestedRunFailed

CANCELLED = -32_800
_FAULT = -32_603


class Incoming(NamedTuple):
    """A request or a notification (whose id is None) of the other side."""

    id: Any
    method: str
    params: dict[str, Any]


class Pending:
    """The answer to a request, which is there sooner or later."""

    def __init__(self, number: int, done: Callable[[], None]) -> None:
        self.id = number
        self.is_done = False
        self.was_cancelled = False
        self._result: Any = None
        self._error: Exception | None = None
        self._event = threading.Event()
        self._done = done

    def wait(self, seconds: float | None = None) -> bool:
        """Whether the answer came within the time."""
        return self._event.wait(seconds)

    def result(self) -> Any:
        """The answer. Raises NestedRunFailed where it is an error, BridgeEnded where none comes any more."""
        if self._error is not None:
            raise self._error
        return self._result

    def settle(self, result: Any = None, error: Exception | None = None) -> None:
        """Sets the answer; only the first one counts."""
        if self.is_done:
            return
        self._result, self._error, self.is_done = result, error, True
        self._event.set()
        self._done()


class Peer:
    """Reads and writes in threads of its own: a side that does not read never holds up who asks."""

    def __init__(
        self,
        reader: BinaryIO,
        writer: BinaryIO,
        incoming: Callable[[Incoming], None],
        ended: Callable[[str], Exception] = lambda why: BridgeEnded(why or "The connection has ended."),
    ) -> None:
        self.last_heard = time.monotonic()
        self.is_closed = False
        self._incoming, self._ended = incoming, ended
        self._end: Exception | None = None
        self._pending: dict[int, Pending] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(reader,), name="discomfort-bridge-reader", daemon=True).start()
        threading.Thread(target=self._write, args=(writer,), name="discomfort-bridge-writer", daemon=True).start()

    def request(self, method: str, params: dict[str, Any], done: Callable[[], None] = lambda: None) -> Pending:
        """Asks. `done` is called by another thread as soon as the answer is there."""
        with self._lock:
            pending = Pending(next(self._numbers), done)
            is_closed = self.is_closed
            if not is_closed:
                self._pending[pending.id] = pending
        if is_closed:
            pending.settle(error=self._end or self._ended(""))
            return pending
        try:
            self._send({"id": pending.id, "method": method, "params": params})
        except BaseException:
            with self._lock:
                self._pending.pop(pending.id, None)
            raise
        return pending

    def cancel(self, pending: Pending) -> None:
        """Says that an answer is not wanted any more. It still comes."""
        pending.was_cancelled = True
        self.notify("$/cancelRequest", {"id": pending.id})

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Tells something that has no answer."""
        self._send({"method": method, "params": params})

    def respond(self, request: Incoming, result: Any) -> None:
        """Answers a request of the other side."""
        self._send({"id": request.id, "result": result})

    def refuse(self, request: Incoming, message: str) -> None:
        """Answers a request of the other side by an error."""
        self._send({"id": request.id, "error": {"code": _FAULT, "message": message}})

    def close(self) -> None:
        """Ends the connection: what is on its way out is written, and what is waited for fails."""
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
            waiting = list(self._pending.values())
            self._pending.clear()
        self._outbox.put(None)
        for pending in waiting:
            pending.settle(error=self._end or self._ended(""))

    def _send(self, message: dict[str, Any]) -> None:
        self._outbox.put(frame({"jsonrpc": "2.0", **message}))

    def _write(self, writer: BinaryIO) -> None:
        try:
            while (data := self._outbox.get()) is not None:
                writer.write(data)
                writer.flush()
        except (OSError, ValueError):
            pass  # Nobody reads any more; the reader learns of it too.
        try:
            writer.close()
        except (OSError, ValueError):
            pass

    def _read(self, reader: BinaryIO) -> None:
        why = ""
        try:
            while (message := read_message(reader)) is not None:
                self.last_heard = time.monotonic()
                self._take(message)
        except FramingBroken as error:
            why = str(error)
        except (OSError, ValueError):
            pass  # It was closed here.
        self._end = self._ended(why)
        self.close()

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            params = message.get("params")
            incoming = Incoming(message.get("id"), message["method"], params if isinstance(params, dict) else {})
            try:
                self._incoming(incoming)
            except Exception:
                logging.exception("Discomfort: a message of the bridge could not be taken")
            return
        with self._lock:
            pending = self._pending.pop(message.get("id"), None)
        if pending is None:
            return
        if "error" in message:
            pending.settle(error=_failure(message["error"]))
        else:
            pending.settle(message.get("result"))


def _failure(error: Any) -> NestedRunFailed:
    told = error if isinstance(error, dict) else {}
    data = told.get("data")
    data = data if isinstance(data, dict) else {}
    code = "CANCELLED" if told.get("code") == CANCELLED else str(data.get("code", "UNKNOWN"))
    return NestedRunFailed(str(told.get("message", error)), code, data.get("details"))
