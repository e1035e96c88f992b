"""How many servers this one is nested in."""

from __future__ import annotations

import os

from .node_misused import NodeMisused

DEEPEST = 3


def depth() -> int:
    """0 for one that somebody started; each nested server is told one more."""
    try:
        return max(0, int(os.environ.get("DISCOMFORT_DEPTH") or 0))
    except ValueError:
        return 0


def refuse_depth() -> None:
    """Raises NodeMisused where one server more would be too many: each has a process, and models, of its own."""
    if depth() >= DEEPEST:
        raise NodeMisused(
            f"Workflows run each other {depth()} deep already, and more than {DEEPEST} is not allowed. "
            "Does one of them run itself? Choose another workflow, or join two of them into one."
        )
