"""Model files that were replaced while the server runs.

ComfyUI's own cache knows names of files, not their content: it would give the old model on. A node whose file is in
another state than when it was first seen gets an input more, which no class reads and which makes its key another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ..ports.rewrite import is_link
from ..transport.bounded import BoundedMap
from .model_files import ModelFiles, Stamp
from .model_nodes import gives_models

MARK = "discomfort_file"
_MOST_FILES = 10_000


class ChangedFiles:
    """Remembers how each file looked when it was first named."""

    def __init__(self) -> None:
        self._first: BoundedMap[str, Stamp] = BoundedMap(_MOST_FILES)

    def mark(self, prompt: dict[str, Any], classes: Mapping[str, Any], files: ModelFiles) -> dict[str, Any]:
        """The prompt with a mark at each loader whose file has changed; the same prompt where none has."""
        marks = {}
        for node_id, node in prompt.items():
            if not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
                continue
            node_class = classes.get(node.get("class_type"))
            # A class that takes any input might take the mark for one of its own.
            if not gives_models(node_class) or getattr(node_class, "ACCEPT_ALL_INPUTS", False):
                continue
            changed = [stamp for stamp in _named(node, files) if self._has_changed(stamp)]
            if changed:
                marks[node_id] = hashlib.sha256(repr(changed).encode()).hexdigest()[:16]
        if not marks:
            return prompt
        return {
            node_id: {**node, "inputs": {**node["inputs"], MARK: marks[node_id]}} if node_id in marks else node
            for node_id, node in prompt.items()
        }

    def _has_changed(self, stamp: Stamp) -> bool:
        first = self._first.get(stamp.path)
        if first is None:
            self._first.put(stamp.path, stamp)
            return False
        return first != stamp


def _named(node: dict[str, Any], files: ModelFiles) -> list[Stamp]:
    values = node["inputs"].values()
    return [stamp for value in values if not is_link(value) for stamp in files.named_by(value)]
