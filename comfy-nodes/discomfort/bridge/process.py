"""A process of `discomfort bridge`. It ends with this one, however that ends: its standard input closes then."""

from __future__ import annotations

import os
import queue
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from .log_file import LogFile
from .problems import BridgeEnded, BridgeMissing
from .rpc import Incoming, Peer

_POLL_SECONDS = 0.05
_START_SECONDS = 60.0
_STOP_SECONDS = 5.0


class Launch(NamedTuple):
    """How a bridge is started, and what it is told first."""

    command: list[str]
    env: dict[str, str]
    # Where it works, and where its log lies in a folder of its own.
    home: Path
    initialize: dict[str, Any]


# What a call waits at: messages about it come there, and None as a sign that an answer may be there.
Inbox: TypeAlias = "queue.SimpleQueue[Incoming | None]"


class BridgeProcess:
    """Runs until it is stopped, or until its end is noticed."""

    def __init__(self, launch: Launch) -> None:
        self._log = LogFile(launch.home / "logs")
        self._inboxes: dict[str, Inbox] = {}
        self._killed = ""
        log = self._log.open()
        try:
            self._process = subprocess.Popen(
                launch.command,
                env=launch.env,
                cwd=launch.home,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl-C in the terminal is for ComfyUI, which stops the bridge.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            raise BridgeMissing(
                f"The Discomfort bridge cannot be started: {launch.command[0]}: {error.strerror or error}. "
                "Correct DISCOMFORT_BRIDGE or DISCOMFORT_NODE, or install the nodes again."
            ) from error
        finally:
            os.close(log)
        assert self._process.stdin is not None and self._process.stdout is not None
        self.pid = self._process.pid
        self.peer = Peer(self._process.stdout, self._process.stdin, self._take, self._end)

    @property
    def has_ended(self) -> bool:
        """Whether it can be asked no more."""
        return self.peer.is_closed

    def initialize(self, launch: Launch, check: Callable[[], None]) -> None:
        """Waits until it can be asked. `check` may raise to give up."""
        begun = self.peer.request("initialize", launch.initialize)
        try:
            for _ in range(int(_START_SECONDS / _POLL_SECONDS)):
                if begun.wait(_POLL_SECONDS):
                    begun.result()
                    return
                check()
            raise BridgeEnded(self._words(f"did not begin within {_START_SECONDS:.0f} seconds"))
        except BaseException:
            self.kill("could not begin")
            raise

    def listen(self, call: str, inbox: Inbox) -> None:
        """Puts all messages about a call into a queue."""
        self._inboxes[call] = inbox

    def forget(self, call: str) -> None:
        """The opposite of `listen`."""
        self._inboxes.pop(call, None)

    def keep_log_small(self) -> None:
        """To be called now and then."""
        self._log.keep_small()

    def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """Asks it to stop what it started and to end; where it does not within the time it is killed."""
        self.peer.request("shutdown", {"v": 1})
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill("did not stop when it was asked to")
        self.peer.close()
        self._log.remove_empty()

    def kill(self, why: str) -> None:
        """Ends it at once. The server that it started ends by itself then."""
        self._killed = self._killed or why
        self._process.kill()
        self._process.wait()
        self.peer.close()

    def _take(self, message: Incoming) -> None:
        inbox = self._inboxes.get(str(message.params.get("call")))
        if inbox is not None:
            inbox.put(message)
        elif message.id is not None:
            self.peer.refuse(message, "No call of this id is open.")

    def _end(self, why: str) -> Exception:
        """The error for all who wait; `why` is set where what it wrote could not be read."""
        if why:
            self._killed = self._killed or f"{why} and was killed"
            self._process.kill()
            self._process.wait()
        if self._killed:
            return BridgeEnded(self._words(self._killed))
        try:
            # The pipes close a little before the process has ended.
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return BridgeEnded(self._words(f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"))

    def _words(self, what: str) -> str:
        tail = self._log.tail()
        return "\n".join(
            (
                f"The Discomfort bridge {what} while this node waited for it. Queue again: another one starts then.",
                *((f"The end of its log, {self._log.path}:", tail) if tail else ()),
            )
        )


def start_bridge(launch: Launch, check: Callable[[], None] = lambda: None) -> BridgeProcess:
    """Starts a bridge and waits until it can be asked."""
    launch.home.mkdir(parents=True, exist_ok=True)
    process = BridgeProcess(launch)
    process.initialize(launch, check)
    return process


def when_done(inbox: Inbox) -> Callable[[], None]:
    """For `Peer.request`: wakes whoever waits at the queue."""
    return lambda: inbox.put(None)
