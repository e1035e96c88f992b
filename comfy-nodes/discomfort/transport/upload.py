"""A value that arrives in parts: written aside, compared with its checksum, renamed."""

from __future__ import annotations

import errno
import os
import re
import shutil
import threading
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from .checksum import digest_text, is_digest
from .problems import DiscomfortBadRequest, DiscomfortChecksumWrong, DiscomfortOffsetWrong, DiscomfortStoreFull

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")


class Part(NamedTuple):
    """Which bytes of a value a request brings, and what the whole value is."""

    begin: int
    end: int
    total: int
    digest: str


def parse_part(headers: Mapping[str, str]) -> Part:
    """Reads the headers of a part. Raises DiscomfortBadRequest with what is wrong."""
    given, digest = headers.get("Content-Range", ""), headers.get("X-Discomfort-Digest", "")
    found = _RANGE.fullmatch(given)
    if found is None:
        raise DiscomfortBadRequest("Content-Range has to be bytes first-last/total.", f"{given!r:.80}")
    if not is_digest(digest):
        raise DiscomfortBadRequest("X-Discomfort-Digest has to be the checksum of the value.", f"{digest!r:.80}")
    first, last, total = (int(number) for number in found.groups())
    if not first <= last < total:
        raise DiscomfortBadRequest("Content-Range lies outside of the value.", given)
    return Part(first, last + 1, total, digest)


class Upload:
    """The parts of one value so far. The latest request writes; one that hangs on a dead connection writes no more."""

    def __init__(self, path: Path, total: int, digest: str) -> None:
        self.received = 0
        self._path = path
        self._aside = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
        self._total = total
        self._digest = digest
        self._sum = 0
        self._writer = 0
        self._lock = threading.Lock()

    def is_for(self, part: Part) -> bool:
        """Whether a part belongs to the value that this one began with."""
        return (part.total, part.digest) == (self._total, self._digest)

    def stop_writers(self) -> int:
        """Ends what earlier requests still write, and gives how many bytes are there."""
        with self._lock:
            self._writer += 1
            return self.received

    def begin(self, offset: int) -> int:
        """Lets a request write from an offset on, in place of earlier ones. Gives its right to do so."""
        with self._lock:
            if offset != self.received:
                raise DiscomfortOffsetWrong(f"The next byte has to be number {self.received}.")
            if shutil.disk_usage(self._path.parent).free < self._total - offset:
                self._remove()
                raise self._no_room()
            self._writer += 1
            return self._writer

    def write(self, writer: int, block: bytes) -> None:
        """Adds bytes at the end. A value without room leaves nothing."""
        with self._lock:
            if writer != self._writer:
                raise DiscomfortOffsetWrong("A later request goes on with this value.")
            try:
                self._append(block)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                self._remove()
                raise self._no_room() from error

    def finish(self) -> bool:
        """Makes a value with all its bytes the one that others see. Whether all were there."""
        with self._lock:
            if self.received < self._total:
                return False
            told = digest_text(self._sum)
            if told != self._digest:
                self._remove()
                raise DiscomfortChecksumWrong(f"The bytes have the checksum {told} and not {self._digest}.")
            os.replace(self._aside, self._path)
            return True

    def discard(self) -> None:
        """Removes what is there so far."""
        with self._lock:
            self._writer += 1
            self._remove()

    def _no_room(self) -> DiscomfortStoreFull:
        message = f"There is no room for a value of {self._total} bytes in the store of the server."
        return DiscomfortStoreFull(errno.ENOSPC, message)

    def _append(self, block: bytes) -> None:
        # The folder may be gone with its context, then so is the upload.
        descriptor = os.open(self._aside, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.ftruncate(descriptor, self.received)
            os.lseek(descriptor, self.received, os.SEEK_SET)
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        finally:
            os.close(descriptor)
        self._sum = zlib.crc32(block, self._sum)
        self.received += len(block)

    def _remove(self) -> None:
        self._aside.unlink(missing_ok=True)
        self.received = 0
        self._sum = 0
