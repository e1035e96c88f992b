"""Tells whether what a node runs has changed: the workflow, the files that it names, and the workflows that it runs."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..models.model_files import Stamp, stamp_of
from ..named_files import note_files
from ..recipes.runners import RUNNERS
from ..transport.bounded import BoundedMap
from ..workflow_files import find_workflow
from .text_in_picture import text_in_picture

_DEEPEST = 8
_MOST = 1000
_LARGEST_READ = 64 * 1024 * 1024
_LONGEST_NAME = 1024


# What a file says: a digest of its bytes, the names of files in its widgets, and those of workflows that it runs.
_Content = tuple[str, tuple[str, ...], tuple[str, ...]]
_read: BoundedMap[Stamp, _Content] = BoundedMap(_MOST)


def fingerprint(names: list[str | None]) -> str | float:
    """One text for workflows by their names. Another text means that something is not as it was. A name that comes over
    a link is not known yet: then it is NaN, which equals nothing.
    """
    digest = hashlib.sha256()
    known = [name for name in names if name is not None]
    if len(known) < len(names):
        return math.nan
    for part in _parts(known, set(), 0):
        digest.update(part.encode("utf-8", "backslashreplace") + b"\0")
    return digest.hexdigest()


def file_fingerprint(path: Path | None) -> str:
    """The same for a single file, such as a script; None for one that is not there."""
    return "gone" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()


def _parts(names: list[str], seen: set[Path], depth: int) -> Iterator[str]:
    for name in names:
        path = find_workflow(name)
        if path is None:
            yield f"no {name}"
            continue
        if path in seen or depth > _DEEPEST:
            continue
        seen.add(path)
        digest, files, workflows = _content(path)
        yield digest
        for file, state in sorted(note_files(files).items()):
            yield f"{file}={state}"
        yield from _parts(list(workflows), seen, depth + 1)


def _content(path: Path) -> _Content:
    stamp = stamp_of(str(path))
    known = _read.get(stamp) if stamp is not None else None
    if known is None:
        known = _look(path.read_bytes()) if stamp is None or stamp.size <= _LARGEST_READ else (repr(stamp), (), ())
        if stamp is not None:
            _read.put(stamp, known)
    return known


def _look(data: bytes) -> _Content:
    digest = hashlib.sha256(data).hexdigest()
    try:
        document: Any = json.loads(data if data.lstrip()[:1] == b"{" else text_in_picture(data))
    except (ValueError, RecursionError):
        return digest, (), ()
    files: dict[str, None] = {}
    workflows: dict[str, None] = {}
    for kind, values in _nodes(document):
        texts = [text for text in _texts(values) if text]
        files.update(dict.fromkeys(text for text in texts if "." in text and len(text) <= _LONGEST_NAME))
        if kind in RUNNERS:
            lines = (line for text in texts for line in text.splitlines() if line.strip())
            workflows.update(dict.fromkeys(each for line in lines for each in (line.strip(), _behind_colon(line))))
    return digest, tuple(files), tuple(each for each in workflows if each and find_workflow(each))


def _nodes(document: Any) -> Iterator[tuple[str, Any]]:
    """The class and the values of each node, in a drawing (with its subgraphs) or in a prompt."""
    if not isinstance(document, dict):
        return
    if isinstance(document.get("nodes"), list):
        definitions = document.get("definitions")
        subgraphs = definitions.get("subgraphs") if isinstance(definitions, dict) else None
        for graph in (document, *(subgraphs if isinstance(subgraphs, list) else ())):
            nodes = graph.get("nodes") if isinstance(graph, dict) else None
            for node in nodes if isinstance(nodes, list) else ():
                if isinstance(node, dict):
                    yield str(node.get("type")), node.get("widgets_values")
        return
    for node in document.values():
        if isinstance(node, dict):
            yield str(node.get("class_type")), node.get("inputs")


def _texts(values: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif depth < _DEEPEST and isinstance(values, (dict, list)):
        for value in values.values() if isinstance(values, dict) else values:
            yield from _texts(value, depth + 1)


def _behind_colon(line: str) -> str:
    return line.partition(":")[2].strip()
