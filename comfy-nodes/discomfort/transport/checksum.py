"""The checksum over all bytes of a value's file, as receipts tell it: crc32: and eight hexadecimal digits."""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterable

_DIGEST = re.compile(r"crc32:[0-9a-f]{8}")


def is_digest(text: object) -> bool:
    """Whether this has the form of a checksum."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def digest_of(parts: Iterable[bytes | memoryview | mmap.mmap]) -> str:
    """The checksum of parts that follow each other."""
    total = 0
    for part in parts:
        total = zlib.crc32(part, total)
    return digest_text(total)


def digest_text(total: int) -> str:
    """A sum that was made with zlib.crc32, as receipts tell it."""
    return f"crc32:{total:08x}"
