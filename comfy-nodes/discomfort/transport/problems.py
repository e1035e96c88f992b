"""The failures that this pack raises on purpose. Their names are part of the protocol: the library tells them apart."""

from __future__ import annotations

WAYS_OUT = (
    "Pass it by reference (passBy: 'ref') or keep it in the server (passBy: 'resident'), "
    "or turn it into an image, a mask, a latent, a number or a text inside the workflow first."
)


class DiscomfortBadRequest(ValueError):
    """A request that the routes refuse."""

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class DiscomfortValueUnsupported(TypeError):
    """A value that is no data: neither JSON nor tensors hold it."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where

    def inside(self, key: object) -> DiscomfortValueUnsupported:
        """The same failure seen from the container that holds the value under `key`."""
        return DiscomfortValueUnsupported(self.reason, f"[{key!r:.60}]{self.where}")

    def __str__(self) -> str:
        place = f" (at {self.where[:300]} of the value)" if self.where else ""
        return f"{self.reason}{place}"


class DiscomfortValueDamaged(ValueError):
    """A value file or a tree that does not hold what the protocol says."""


class DiscomfortValueGone(LookupError):
    """A value that no file is there for."""


class DiscomfortStoreFull(OSError):
    """The folder of the values has no room left."""


class DiscomfortPortUnbound(ValueError):
    """An input port that has neither a value nor a drawn one."""


class DiscomfortContextTaken(FileExistsError):
    """A context of that id is there that no remote library made."""


class DiscomfortOffsetWrong(ValueError):
    """A part of an upload that does not begin where the server is."""


class DiscomfortChecksumWrong(ValueError):
    """An upload whose bytes are not those that were announced."""
