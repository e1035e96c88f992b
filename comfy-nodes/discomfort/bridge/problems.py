"""What can go wrong on the way to the bridge. The messages are for people: they stand on the red node."""

from __future__ import annotations

from typing import Any


class BridgeMissing(RuntimeError):
    """Node.js or the library is not there. The message says what to install."""


class BridgeEnded(RuntimeError):
    """The bridge ended, or does not answer any more, while somebody waited for it."""


class NestedRunFailed(RuntimeError):
    """What the bridge answers where something failed: its message as it is, and the code of the error."""

    def __init__(self, message: str, code: str = "UNKNOWN", details: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.details = details
