"""Messages on a stream: each a JSON text behind a header that tells its length."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

_LARGEST = 256 * 1024 * 1024
_LONGEST_HEADER = 8192


class FramingBroken(ValueError):
    """The other side says something that is no message."""


def frame(message: dict[str, Any]) -> bytes:
    """A message as bytes. Raises ValueError for what JSON cannot hold (NaN, infinity, objects)."""
    body = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Lone surrogates become escapes: so it is UTF-8 in any case.
    data = body.encode("utf-8", "backslashreplace")
    return b"Content-Length: %d\r\n\r\n" % len(data) + data


def read_message(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message; None at the end of the stream."""
    length = None
    while True:
        line = stream.readline(_LONGEST_HEADER)
        if not line:
            return None
        if line == b"\r\n":
            break
        name, colon, value = line.partition(b":")
        if not colon:
            raise FramingBroken(f"wrote {line[:200]!r} where a message was expected")
        if name.strip().lower() == b"content-length":
            length = _length(value)
    if length is None:
        raise FramingBroken("wrote a message without its length")
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        message = json.loads(body)
    except ValueError as error:
        raise FramingBroken(f"wrote a message that is no JSON: {body[:200]!r}") from error
    if not isinstance(message, dict):
        raise FramingBroken(f"wrote a message that is no object: {body[:200]!r}")
    return message


def _length(value: bytes) -> int:
    try:
        length = int(value)
    except ValueError:
        length = -1
    if not 0 <= length <= _LARGEST:
        raise FramingBroken(f"wrote a message of the length {value.strip()[:40]!r}")
    return length
